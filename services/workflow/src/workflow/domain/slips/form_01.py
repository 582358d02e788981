"""Form 01: what was accepted, and when the result is due. Pure."""

from rules.records.procedure import Component, Procedure
from rules.wording import channel_vi, limit_vi, start_rule_vi
from workflow.domain.access import Staff
from workflow.domain.case import Case
from workflow.domain.dossier import Dossier
from workflow.domain.slips.letter import ContactFacts, Data, Letter, applicant_of, named
from workflow.domain.slips.numerals import clock_and_date, vnd

_RETURNED = {
    "online": "Trực tuyến: tải về trong trang theo dõi hồ sơ, sau khi đăng nhập",
    "direct": "Tại Bộ phận Tiếp nhận và Trả kết quả",
    "postal": "Qua bưu chính công ích, hoặc tại Bộ phận Tiếp nhận và Trả kết quả",
}


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
        **applicant_of(contact),
        **named(procedure),
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
