"""The result: a licence, or a refusal on substance. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from rules.filling import said
from rules.records.form import Form, FormField
from rules.records.procedure import Procedure
from workflow.domain.case import Case
from workflow.domain.dossier import Dossier
from workflow.domain.slips.letter import Data, Letter, named
from workflow.domain.status import Outcome


def result(letter: Letter, case: Case, procedure: Procedure, dossier: Dossier, forms: Sequence[Form]) -> Data:
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
        "owner": _profile(forms, dossier, "name") or case.applicant_name,
        "address": _profile(forms, dossier, "address"),
        "head": _profile(forms, dossier, "head_name"),
        "head_title": _profile(forms, dossier, "head_title"),
        "conclusion": case.conclusion.strip(),
        "conditions": list(case.conditions),
        "validity": f"{validity.value:02} {units[validity.unit]}" if validity else "",
        "basis": [str(source) for source in procedure.sources],
        "annexes": _annexes(forms, dossier) if case.outcome is Outcome.GRANTED else [],
        "signer": unit.signer_vi if unit else procedure.authority_vi,
        "paper_form": procedure.result.paper_form or "",
    }


def _profile(forms: Sequence[Form], dossier: Dossier, what: str) -> str:
    """What the sheets say of the applicant, found by the mark the catalogue gives such a field."""
    for form in forms:
        for field in form.fields():
            value = _first(dossier, form, field) if field.profile == what else None
            if value:
                return str(value)
    return ""


def _first(dossier: Dossier, form: Form, field: FormField) -> Any:
    sheets = dossier.forms.get(form.id, ())
    return sheets[0].get(field.key) if sheets else None


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
