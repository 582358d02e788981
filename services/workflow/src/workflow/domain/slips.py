"""What each slip says, as plain data for its layout. Decides no number and no date; pure.

The fields are those of the slips seen in use; the layout of the annex of 2025 was not seen, so every slip says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from rules.fees import FeeQuote
from rules.filling import said
from rules.records.form import Form, FormField
from rules.records.office import Office
from rules.records.procedure import Component, Procedure
from rules.wording import channel_vi, limit_vi, start_rule_vi
from workflow.domain.access import Staff
from workflow.domain.case import Case
from workflow.domain.checklist import CheckItem
from workflow.domain.dossier import Dossier
from workflow.domain.numerals import amount_in_words, clock_and_date, long_date, vnd
from workflow.domain.status import Outcome

Data = dict[str, Any]

ACCEPTANCE_SLIP, SUPPLEMENT, FEE_NOTICE, RESULT = "01", "02", "fee-notice", "result"
SUFFIX = {ACCEPTANCE_SLIP: "", SUPPLEMENT: "/HDHS", FEE_NOTICE: "/TB", RESULT: ""}
FORMS_OF_2025_FROM = date(2025, 9, 15)  # Thông tư 03/2025/TT-VPCP; before it Thông tư 01/2018/TT-VPCP

_RETURNED = {
    "online": "Trực tuyến: tải về trong trang theo dõi hồ sơ, sau khi đăng nhập",
    "direct": "Tại Bộ phận Tiếp nhận và Trả kết quả",
    "postal": "Qua bưu chính công ích, hoặc tại Bộ phận Tiếp nhận và Trả kết quả",
}


class ContactFacts(Protocol):
    """What a slip prints of the applicant."""

    @property
    def name(self) -> str: ...
    @property
    def organisation(self) -> str | None: ...
    @property
    def email(self) -> str: ...
    @property
    def phone(self) -> str | None: ...
    @property
    def address(self) -> str | None: ...


@dataclass(frozen=True)
class Letter:
    """The head of a slip: who writes, under which number of its series, on which date, where to look it up."""

    office: Office
    form: str
    number: int | None
    on: date
    track_url: str
    is_preview: bool = False

    def data(self) -> Data:
        number = f"{self.number:02}{SUFFIX[self.form]}" if self.number else f"…{SUFFIX[self.form]}"
        return {
            "parent": self.office.parent_vi,
            "agency": self.office.name_vi,
            "address": self.office.address_vi,
            "telephone": self.office.telephone,
            "number": number,
            "place_date": f"{self.office.place_vi}, {long_date(self.on)}",
            "regulation": _regulation(self.form, self.on),
            "is_preview": self.is_preview,
            "track_url": self.track_url,
        }


def _regulation(form: str, on: date) -> str:
    if form not in (ACCEPTANCE_SLIP, SUPPLEMENT):
        return ""
    act = "Thông tư 03/2025/TT-VPCP" if on >= FORMS_OF_2025_FROM else "Thông tư 01/2018/TT-VPCP"
    return f"Mẫu số {form}, {act}"


def _applicant(contact: ContactFacts) -> Data:
    return {
        "owner": contact.organisation or contact.name,
        "submitter": contact.name,
        "address": contact.address or "",
        "phone": contact.phone or "",
        "email": contact.email,
    }


def _procedure(procedure: Procedure) -> Data:
    return {"procedure": procedure.name_vi, "procedure_code": procedure.national_code or "chưa công bố"}


def acceptance_slip(
    letter: Letter, case: Case, procedure: Procedure, contact: ContactFacts, dossier: Dossier, checker: Staff | None
) -> Data:
    """Form 01: accepted, and when to come back for the result. The case has its code and its due time."""
    assert case.due_at is not None
    assert case.started_at is not None
    assert procedure.limit is not None
    unit = letter.office.unit(case.receiving_unit)
    return {
        **letter.data(),
        **_applicant(contact),
        **_procedure(procedure),
        "code": case.code,
        "arrival_number": case.arrival_number,
        "unit": unit.name_vi if unit else letter.office.name_vi,
        "unit_phone": (unit.telephone if unit else None) or letter.office.telephone,
        "channel": channel_vi(case.channel),
        "components": [_component(one, dossier) for one in procedure.components if _count(one, dossier)],
        "sets": procedure.dossier_sets,
        "limit": f"{limit_vi(procedure.limit)}, tính từ {start_rule_vi(procedure.start_rule)}",
        "received": clock_and_date(case.received_at),
        "started": clock_and_date(case.started_at),
        "due": clock_and_date(case.due_at),
        "returned": _RETURNED[case.channel],
        "fee": f"{vnd(case.fee_vnd)} đồng" if case.fee_vnd else "Không",
        "fee_paid": clock_and_date(case.paid_at) if case.paid_at else "",
        "basis": [str(source) for source in procedure.sources],
        "calendar_version": case.calendar_version,
        "readings": list(case.readings),
        "checker": checker.name if checker else "",
    }


def _count(one: Component, dossier: Dossier) -> int:
    return len(dossier.files_of(one.code)) or len(dossier.forms.get(one.form_id or "", ()))


def _component(one: Component, dossier: Dossier) -> Data:
    """All came in electronic form: the paper columns of the slip stay empty until papers come in."""
    return {"name": one.name_vi, "original": "", "certified": "", "plain": "", "electronic": str(_count(one, dossier))}


@dataclass(frozen=True)
class Asked:
    """A supplement request of a round: its lines, and whom to ask about it."""

    round: int
    items: Sequence[CheckItem]
    staff: Staff


def supplement(letter: Letter, case: Case, procedure: Procedure, contact: ContactFacts, asked: Asked) -> Data:
    """Form 02: the one complete request of a round."""
    within = procedure.supplement.answer_within
    unit = letter.office.unit(asked.staff.unit)
    return {
        **letter.data(),
        **_applicant(contact),
        **_procedure(procedure),
        "arrival_number": case.arrival_number,
        "received": clock_and_date(case.received_at),
        "round": asked.round,
        "items": [{"name": _name(procedure, item.component), "reason": item.note.strip()} for item in asked.items],
        "basis": [str(source) for source in procedure.sources],
        "answer_within": limit_vi(within) if within else "",
        "officer": asked.staff.name,
        "officer_title": asked.staff.title,
        "officer_phone": asked.staff.phone or letter.office.telephone,
        "unit": unit.name_vi if unit else letter.office.name_vi,
    }


def _name(procedure: Procedure, code: str) -> str:
    component = procedure.component(code)
    return component.name_vi if component else code


def fee_notice(
    letter: Letter, case: Case, procedure: Procedure, contact: ContactFacts, quote: FeeQuote, staff: Staff
) -> Data:
    """The fee notice of a dossier found valid (R11)."""
    assert procedure.limit is not None
    return {
        **letter.data(),
        **_applicant(contact),
        **_procedure(procedure),
        "arrival_number": case.arrival_number,
        "received": clock_and_date(case.received_at),
        "lines": [
            {
                "name": line.name_vi,
                "quantity": str(line.quantity),
                "unit": vnd(line.unit_vnd),
                "amount": vnd(line.amount_vnd),
            }
            for line in quote.lines
        ],
        "subtotal": vnd(quote.subtotal_vnd),
        "reasons": [reason.why_vi for reason in quote.reasons],
        "total": vnd(quote.total_vnd),
        "total_words": amount_in_words(quote.total_vnd),
        "basis": list(quote.legal_basis),
        "limit": limit_vi(procedure.limit),
        "starts": start_rule_vi(procedure.start_rule),
        "officer": staff.name,
        "officer_title": staff.title,
        "officer_phone": staff.phone or letter.office.telephone,
        "unconfirmed": bool(quote.unconfirmed),
    }


def result(letter: Letter, case: Case, procedure: Procedure, dossier: Dossier, forms: Sequence[Form]) -> Data:
    """The result as it will be signed: a licence, or a refusal on substance with its reasons."""
    unit = next((one for one in letter.office.delegations if procedure.id in one.procedure_ids), None)
    validity = procedure.result.validity
    units = {"months": "tháng", "years": "năm"}
    return {
        **letter.data(),
        **_procedure(procedure),
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
