"""The result: a licence, or a refusal on substance. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rules.filling import said
from rules.records.form import Form, FormField
from rules.records.procedure import Procedure
from workflow.domain.case import Case
from workflow.domain.dossier import Dossier
from workflow.domain.slips.declared import declared
from workflow.domain.slips.letter import Data, Letter, basis_of, named
from workflow.domain.status import Outcome


@dataclass(frozen=True)
class Replaced:
    """The result found wrong, by its code, and why (R16)."""

    code: str
    reason_vi: str


def result(
    letter: Letter,
    case: Case,
    procedure: Procedure,
    dossier: Dossier,
    forms: Sequence[Form],
    replaced: Replaced | None = None,
) -> Data:
    """The result as it will be signed: a licence, or a refusal on substance with its reasons."""
    unit = next((one for one in letter.office.delegations if procedure.id in one.procedure_ids), None)
    validity = procedure.result.validity
    units = {"months": "tháng", "years": "năm"}
    return {
        **letter.data(),
        **named(procedure),
        "number": case.result_number or case.result_code,
        "place_date": f"{letter.office.place_vi}, ngày ký theo bản ghi phê duyệt",
        "granted": case.outcome is Outcome.GRANTED,
        "title": procedure.result.name_vi if case.outcome is Outcome.GRANTED else "Thông báo không cấp",
        "result_name": procedure.result.name_vi,
        "result_code": case.result_code,
        "code": case.code,
        "owner": declared(forms, dossier, "name") or case.applicant_name,
        "address": declared(forms, dossier, "address"),
        "head": declared(forms, dossier, "head_name"),
        "head_title": declared(forms, dossier, "head_title"),
        "conclusion": case.conclusion.strip(),
        "conditions": list(case.conditions),
        "validity": f"{validity.value:02} {units[validity.unit]}" if validity else "",
        "basis": basis_of(procedure),
        "replaces": replaced.code if replaced else "",
        "reason": replaced.reason_vi.strip() if replaced else "",
        "annexes": _annexes(forms, dossier) if case.outcome is Outcome.GRANTED else [],
        "signer": unit.signer_vi if unit else procedure.authority_vi,
        "paper_form": procedure.result.paper_form or "",
    }


def _annexes(forms: Sequence[Form], dossier: Dossier) -> list[Data]:
    """One annex per form that has a sheet for each thing licensed."""
    repeated = [form for form in forms if form.one_per and dossier.forms.get(form.id)]
    return [
        {"title": form.title_vi, "sheets": [_own_sections(form, sheet) for sheet in dossier.forms[form.id]]}
        for form in repeated
    ]


def _own_sections(form: Form, sheet: Mapping[str, Any]) -> list[Data]:
    """A sheet without what is copied from elsewhere or is our own addition to the form."""
    found = [
        {"title": section.title_vi, "rows": [_row(field, sheet) for field in section.fields if _is_own(field, sheet)]}
        for section in form.sections
    ]
    return [section for section in found if section["rows"]]


def _row(field: FormField, sheet: Mapping[str, Any]) -> list[str]:
    return [field.label_vi, said(field, sheet[field.key])]


def _is_own(field: FormField, sheet: Mapping[str, Any]) -> bool:
    return is_filled(field, sheet) and not (field.copy_of or field.profile or field.invented)


def is_filled(field: FormField, sheet: Mapping[str, Any]) -> bool:
    """Whether a field that is no table has something to show."""
    return field.type != "table" and sheet.get(field.key) not in (None, "")
