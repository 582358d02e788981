"""Form 01: what was accepted, and when the result is due. Pure."""

from rules.records.procedure import Component, Procedure
from rules.wording import channel_vi, limit_vi, start_rule_vi
from workflow.domain.access import Staff
from workflow.domain.case import Case
from workflow.domain.dossier import Dossier
from workflow.domain.slips.letter import ContactFacts, Data, Letter, applicant_of, basis_of, named
from workflow.domain.slips.numerals import clock_and_date, due_moment, vnd

_RETURNED = {
    "online": "trực tuyến, tải về trong trang theo dõi hồ sơ sau khi đăng nhập",
    "counter": "trực tiếp tại {unit}, {address}",
    "postal": "qua dịch vụ bưu chính công ích, đến địa chỉ ghi trên",
}


def acceptance_slip(
    letter: Letter,
    case: Case,
    procedure: Procedure,
    contact: ContactFacts,
    dossier: Dossier,
    checker: Staff | None,
    id_number: str = "",
) -> Data:
    """Form 01: accepted, and when to come back for the result. The case has its code and its due time."""
    assert case.due_at is not None
    assert case.started_at is not None
    assert procedure.limit is not None
    unit = letter.office.unit(case.receiving_unit)
    unit_vi = unit.name_vi if unit else letter.office.name_vi
    return {
        **letter.data(),
        **applicant_of(contact, id_number),
        **named(procedure),
        "content": f"{procedure.result.name_vi} – {case.applicant_name}",
        "code": case.code,
        "arrival_number": case.arrival_number,
        "unit": unit_vi,
        "unit_phone": (unit.telephone if unit else None) or letter.office.telephone,
        "channel": channel_vi(case.channel),
        "components": components_of(procedure, dossier, case.channel),
        "sets": f"{procedure.dossier_sets:02}",
        "limit": f"{limit_vi(procedure.limit)}, tính từ {start_rule_vi(procedure.start_rule)}",
        "received": clock_and_date(case.received_at),
        "started": clock_and_date(case.started_at),
        "due": due_moment(case.due_at),
        "returned": _RETURNED[case.return_way].format(unit=unit_vi, address=letter.office.address_vi),
        "fee": _fee(case),
        "fee_paid": clock_and_date(case.paid_at) if case.paid_at else "",
        "book": str(letter.on.year),
        "sequence": "…" if letter.number is None else str(letter.number),
        "basis": basis_of(procedure),
        "calendar_version": case.calendar_version,
        "readings": list(case.readings),
        "checker": checker.name if checker else "",
        "is_online": case.channel == "online",
    }


def _fee(case: Case) -> str:
    """Before its fee is paid a case is accepted only where the clock does not wait for it (R23)."""
    if not case.fee_vnd:
        return "không phải nộp"
    return f"{vnd(case.fee_vnd)} đồng{', nộp theo thông báo phí' if case.owes_fee else ''}"


def components_of(procedure: Procedure, dossier: Dossier, channel: str) -> list[Data]:
    """What is in the dossier: a file that a supplement replaced does not count any more."""
    return [_component(one, dossier, channel) for one in procedure.components if is_held(one, dossier)]


def is_held(one: Component, dossier: Dossier) -> bool:
    return _count(one, dossier) > 0


def _count(one: Component, dossier: Dossier) -> int:
    return len(dossier.newest_files_of(one.code)) or len(dossier.forms.get(one.form_id or "", ()))


def _component(one: Component, dossier: Dossier, channel: str) -> Data:
    """Filed online there are no papers to count; on paper there is what the procedure asks for, and its scans.

    The catalogue says how many originals and copies, not which copies are certified, so that column stays empty.
    """
    originals, copies = (0, 0) if channel == "online" else (one.originals, one.copies)
    return {
        "name": one.name_vi,
        "original": _or_empty(originals),
        "certified": "",
        "plain": _or_empty(copies),
        "electronic": _or_empty(_count(one, dossier)),
    }


def _or_empty(number: int) -> str:
    return str(number) if number else ""
