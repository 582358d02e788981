"""Form 03, and the notice that handling stops. Pure."""

from dataclasses import dataclass

from rules.records.procedure import Procedure
from rules.wording import channel_vi
from workflow.domain.access import Staff
from workflow.domain.case import Case
from workflow.domain.slips.letter import ContactFacts, Data, Letter, applicant_of, basis_of, named, written_by
from workflow.domain.slips.numerals import clock_and_date, vnd
from workflow.domain.status import Status

_STATUS_VI = {Status.WAITING_FOR_SUPPLEMENT: "đang chờ bổ sung, hoàn thiện", Status.IN_PROCESS: "đang giải quyết"}


@dataclass(frozen=True)
class Refused:
    """Why a dossier is not taken, where its applicant should turn, and who says so."""

    reason: str
    where_to_go: str
    staff: Staff


def refusal(
    letter: Letter, case: Case, procedure: Procedure, contact: ContactFacts, refused: Refused, id_number: str = ""
) -> Data:
    """Form 03: not accepted."""
    return {
        **letter.data(),
        **applicant_of(contact, id_number),
        **named(procedure),
        **written_by(letter.office, refused.staff),
        "code": case.arrival_number,
        "channel": channel_vi(case.channel),
        "received": clock_and_date(case.received_at),
        "reason": refused.reason.strip(),
        "where_to_go": refused.where_to_go.strip(),
        "basis": basis_of(procedure),
    }


def stop_notice(
    letter: Letter, case: Case, procedure: Procedure, contact: ContactFacts, staff: Staff, id_number: str = ""
) -> Data:
    """The applicant asked to stop before the result was signed (R09). The case is as it was before it stopped."""
    assert case.stop_asked_at is not None
    return {
        **letter.data(),
        **applicant_of(contact, id_number),
        **named(procedure),
        **written_by(letter.office, staff),
        "code": case.shown_code,
        "channel": channel_vi(case.channel),
        "received": clock_and_date(case.received_at),
        "asked": clock_and_date(case.stop_asked_at),
        "asked_through": channel_vi("online"),  # the only way a request to stop reaches a case
        "status": _STATUS_VI.get(case.status, "đang giải quyết"),
        "stopped": clock_and_date(letter.at),
        "papers": _papers(case),
        "fee": f"{vnd(case.fee_vnd)} đồng" if case.fee_vnd and case.paid_at else "",
        "fee_paid": clock_and_date(case.paid_at) if case.paid_at else "",
        "basis": basis_of(procedure),
    }


def _papers(case: Case) -> str:
    if case.channel == "online":
        return "hồ sơ nộp trực tuyến, không có giấy tờ phải trả lại"
    return "giấy tờ đã nộp được trả lại tại nơi tiếp nhận hồ sơ"
