"""What the office keeps of its work: the control slip of a dossier, the register of a period. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from rules.records.procedure import Procedure
from rules.wording import limit_vi
from workflow.domain.budgets import Account, Line
from workflow.domain.case import Case
from workflow.domain.dossier import Dossier
from workflow.domain.period import Period
from workflow.domain.slips.form_01 import components_of
from workflow.domain.slips.letter import ContactFacts, Data, Letter, basis_of, named
from workflow.domain.slips.numerals import due_moment, minute_and_date
from workflow.domain.status import Status


@dataclass(frozen=True)
class HandOver:
    """The dossier went from one to another; minutes are working minutes the taker planned and used, none at the ends.

    `giver` and `taker` are (unit, person), the person empty where none is known. `due_at` is by when it had to be
    handed over, where a rule says so (T05); `counts` is false for what lies before the clock was started anew.
    """

    giver: tuple[str, str]
    taker: tuple[str, str]
    at: datetime
    step_vi: str = ""
    planned_minutes: int | None = None
    used_minutes: int | None = None
    note: str = ""
    lateness: str | None = None
    is_open: bool = False
    counts: bool = True
    due_at: datetime | None = None

    @property
    def left_minutes(self) -> int | None:
        """Of the time the taker was given; negative: by so much over."""
        if self.planned_minutes is None or self.used_minutes is None:
            return None
        return self.planned_minutes - self.used_minutes

    @property
    def judgement(self) -> str | None:
        """Early, on time or late: as it was judged when the taker was through, else by what is used up so far."""
        left = self.left_minutes
        if self.lateness or left is None:
            return self.lateness
        if self.is_open:
            return "late" if left < 0 else None
        return "early" if left > 0 else "late" if left < 0 else "on_time"

    @property
    def is_late(self) -> bool:
        return self.judgement == "late"


def control_slip(
    letter: Letter,
    case: Case,
    procedure: Procedure,
    dossier: Dossier,
    hand_overs: Sequence[HandOver],
    account: Account | None = None,
) -> Data:
    """Who had the dossier, from when, for how long; the case is accepted. The minutes of `account` sum to the whole."""
    assert case.started_at is not None
    assert case.due_at is not None
    assert case.first_due_at is not None
    assert procedure.limit is not None
    return {
        **letter.data(),
        **named(procedure),
        "code": case.code,
        "owner": case.applicant_name,
        "received": minute_and_date(case.received_at),
        "limit": limit_vi(procedure.limit),
        "started": minute_and_date(case.started_at),
        "due": due_moment(case.due_at),
        "first_due": due_moment(case.first_due_at) if case.first_due_at != case.due_at else "",
        "finished": minute_and_date(case.finished_at) if case.finished_at else "",
        "components": components_of(procedure, dossier, case.channel),
        "holder": _holder(hand_overs),
        "rows": [_row(one) for one in hand_overs],
        "budgets": [_budget(one) for one in account.lines] if account else [],
        "sums": [account.whole, account.used, account.left] if account else [],
        "basis": basis_of(procedure),
    }


_JUDGED = {"early": "Sớm hạn", "on_time": "Đúng hạn", "late": "Quá hạn"}


def _holder(hand_overs: Sequence[HandOver]) -> str:
    """Who has it now; nothing once there is a result."""
    last = hand_overs[-1] if hand_overs else None
    return ", ".join(part for part in reversed(last.taker) if part) if last and last.is_open else ""


def _row(one: HandOver) -> Data:
    left = one.left_minutes
    return {
        "giver": [part for part in one.giver if part],
        "taker": [part for part in one.taker if part],
        "at": minute_and_date(one.at),
        "step": one.step_vi,
        "planned": "" if one.planned_minutes is None else str(one.planned_minutes),
        "used": "" if one.used_minutes is None else str(one.used_minutes),
        "left": "" if left is None else f"còn {left}" if left >= 0 else f"vượt {-left}",
        "lateness": _JUDGED.get(one.judgement or "", ""),
        "note": "; ".join(part for part in (_handed_over(one), one.note, _not_counted(one)) if part),
    }


def _handed_over(one: HandOver) -> str:
    """Whether the desk handed it over in time (T05)."""
    if one.due_at is None:
        return ""
    judged = "đúng hạn" if one.at <= one.due_at else "quá hạn"
    return f"Bàn giao {judged}, hạn bàn giao trước {due_moment(one.due_at)}"


def _not_counted(one: HandOver) -> str:
    return "" if one.counts else "Trước khi thời hạn được tính lại từ đầu, không cộng vào tổng"


def _budget(line: Line) -> Data:
    return {
        "steps": " + ".join(line.steps_vi),
        "planned": str(line.planned) if line.has_budget else "không tính riêng",
        "used": str(line.used),
        "left": str(line.left),
    }


@dataclass(frozen=True)
class Entry:
    """One dossier in the register; `sequence` is its place in the year's book, that of its form 01."""

    sequence: int
    case: Case
    procedure: Procedure
    components: int
    contact: ContactFacts | None
    proof: str = ""


def register(letter: Letter, period: Period, entries: Sequence[Entry], voided: Sequence[tuple[str, str]] = ()) -> Data:
    """The register of a period, in the book's order. A year that has ended is closed with its count.

    `voided` are the numbers of results that were taken and given up in the period, with the reason of each.
    """
    year_ended = letter.on.year > period.last.year and period.last == date(period.last.year, 12, 31)
    return {
        **letter.data(),
        "period": period.words_vi,
        "book": str(period.first.year),
        "rows": [_entry(letter, one) for one in entries],
        "total": str(len(entries)),
        "voided": [f"{number} ({why_vi})" for number, why_vi in voided],
        "closed": f"Sổ năm {period.last.year} đã khóa; không ghi thêm." if year_ended else "",
    }


def _entry(letter: Letter, one: Entry) -> Data:
    case, unit = one.case, letter.office.unit(one.case.resolving_unit)
    return {
        "sequence": str(one.sequence),
        "code": case.shown_code,
        "procedure": one.procedure.name_vi,
        "components": str(one.components),
        "applicant": case.applicant_name,
        "address": (one.contact.address or "") if one.contact else "",
        "phone": (one.contact.phone or "") if one.contact else "",
        "unit": unit.name_vi if unit else letter.office.name_vi,
        "received": minute_and_date(case.received_at),
        "due": minute_and_date(case.due_at) if case.due_at else "",
        "returned": minute_and_date(case.returned_at) if case.returned_at else _ENDED.get(case.status, ""),
        "way": _WAYS[case.return_way] if case.returned_at else "",
        "proof": one.proof,
    }


_WAYS = {"online": "Trực tuyến", "counter": "Trực tiếp", "postal": "Bưu chính"}
_ENDED = {Status.WITHDRAWN: "Đã rút", Status.STOPPED: "Dừng giải quyết"}
