"""The clock's ledger: each thing that happens to a case's time, as the case after it and the line that tells it. Pure.

Lines are only ever added. What the case holds can be worked out again from them alone: `recomputed`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from rules import due as rule
from rules.errors import NotPublished
from rules.wording import limit_vi, start_rule_vi
from workflow.domain import clock
from workflow.domain.case import Case
from workflow.domain.law import calendar_of, procedure_of
from workflow.domain.slips.numerals import due_moment
from workflow.domain.status import Status

COMPETENT_BASIS = "Nghị định 118/2025/NĐ-CP, Điều 17 khoản 3"
APOLOGY_BASIS = "Nghị định 61/2018/NĐ-CP, Điều 19 khoản 9"
Kind = Literal[
    "taken_over", "check_started", "check_restarted", "started", "paused", "resumed", "restarted", "re_appointed",
    "calendar_moved", "calendar_kept", "stopped",
]  # fmt: skip
CHECKS = ("check_started", "check_restarted")
BEGINS = ("started", "restarted")  # the whole limit counts from here


@dataclass(frozen=True)
class LedgerEntry:
    """One line. `due_at` is the due that held from then on, with the calendar and the readings that gave it.

    Lines that end or pause a clock give none. `number` is the store's, 0 before it is written.
    """

    number: int
    kind: str
    at: datetime
    reason_vi: str
    basis: str
    due_at: datetime | None = None
    calendar_version: str | None = None
    readings: tuple[str, ...] = ()


def basis_of(case: Case) -> str:
    """The acts of the case's procedure."""
    return "; ".join(map(str, procedure_of(case).sources))


def check_begun(case: Case, piece_at: datetime, kind: Kind, reason_vi: str) -> tuple[Case, LedgerEntry | None]:
    """The check limit, anew from when this package came in (R08); no clock runs where none is published (R14)."""
    try:
        due = clock.check_due(case, piece_at)
    except NotPublished:
        return case.changed(check_started_at=None, check_due_at=None, deadline_at=None, late_from=None), None
    case = clock.with_check_due(case, due)
    facts = (due.at, due.calendar_version, tuple(due.readings))
    return case, LedgerEntry(0, kind, due.start, reason_vi, basis_of(case), *facts)


def taken_over(case: Case, at: datetime, giver_vi: str) -> tuple[Case, LedgerEntry]:
    """This office received a dossier that a desk of another area took in: nothing counts from before (D03)."""
    case = case.changed(competent_at=at, last_piece_at=max(case.last_piece_at, at))
    reason = f"Cơ quan có thẩm quyền nhận hồ sơ do {giver_vi} chuyển đến; thời hạn tính từ đây"
    return case, LedgerEntry(0, "taken_over", at, reason, COMPETENT_BASIS)


def started(case: Case, paid_at: datetime | None) -> tuple[Case, LedgerEntry]:
    """The main clock begins as the procedure's start rule says (R02), whenever that was. Raises LimitNotPublished."""
    procedure = procedure_of(case)
    received_at = case.competent_at or case.received_at
    times = {"received_at": received_at, "valid_at": case.last_piece_at, "paid_at": paid_at}
    started_at = rule.start(procedure.start_rule, **times, fee_due=bool(case.fee_vnd))
    assert started_at is not None, "a case is accepted only when all its start rule needs is there"
    due = clock.main_due(case, started_at)
    readings = ("R02", *due.readings)
    case = case.changed(
        paid_at=paid_at,
        started_at=due.start,
        due_at=due.at,
        first_due_at=due.at,
        deadline_at=due.at,
        late_from=rule.missed_at(due),
        calendar_version=due.calendar_version,
        readings=readings,
    )
    reason = f"Bắt đầu tính thời hạn {limit_vi(due.limit)}, {start_rule_vi(procedure.start_rule)} (R02)"
    return case, _line(case, "started", due.start, reason)


def paused(case: Case, now: datetime) -> LedgerEntry:
    """Nothing counts while the applicant is waited for; `case` has the round that was asked for."""
    reason = f"Tạm dừng thời hạn, chờ người nộp bổ sung lần {case.round} (R08)"
    return LedgerEntry(0, "paused", now, reason, basis_of(case))


def answered(case: Case, asked_at: datetime, received_at: datetime) -> tuple[Case, LedgerEntry]:
    """A later supplement came in: the whole limit anew, or what was left of it, as the procedure says (R08)."""
    procedure = procedure_of(case)
    case = clock.after_supplement(case, procedure, asked_at, received_at)
    if procedure.supplement.after_acceptance == "resumes":
        reason = f"Tính tiếp thời hạn còn lại sau bổ sung lần {case.round} (R08)"
        return case, _line(case, "resumed", received_at, reason)
    limit = f" {limit_vi(procedure.limit)}" if procedure.limit else ""
    reason = f"Tính lại toàn bộ thời hạn{limit} từ khi nhận bổ sung lần {case.round} (R08)"
    return case, _line(case, "restarted", received_at, reason)


def re_appointed(case: Case, new_due_at: datetime, now: datetime) -> tuple[Case, LedgerEntry]:
    """The one new date, which is the extension with approval too (R07); the first due stays (R06)."""
    assert case.due_at is not None
    reason = f"Hẹn lại từ {due_moment(case.due_at)} sang {due_moment(new_due_at)} (R07)"
    readings = tuple(dict.fromkeys((*case.readings, "R07")))
    case = clock.with_due(case.changed(reappointed_at=now, readings=readings), new_due_at)
    return case, _line(case, "re_appointed", now, reason, APOLOGY_BASIS)


def stopped(case: Case, at: datetime, why_vi: str) -> LedgerEntry | None:
    """The case ends under a clock that runs; none where none runs."""
    if case.deadline_at is None:
        return None
    return LedgerEntry(0, "stopped", at, f"Ngừng tính thời hạn: {why_vi}", "R09")


def _line(case: Case, kind: Kind, at: datetime, reason_vi: str, basis: str = "") -> LedgerEntry:
    basis = basis or basis_of(case)
    return LedgerEntry(0, kind, at, reason_vi, basis, case.due_at, case.calendar_version, case.readings)


def recomputed(case: Case, ledger: Sequence[LedgerEntry], promised: datetime | None = None) -> datetime | None:
    """What runs now, or ran last: worked out from the lines, the rules and the calendar alone; none where nothing did.

    Of the case only what was filed is read, never a due. A new date that was promised is no rule's to work out, and no
    calendar moves it: it is read from its line, or for lines that do not say it from `promised`.
    """
    if any(entry.kind in BEGINS for entry in ledger):
        return _main_due(case, ledger, promised)
    # from when the package came in: the line's own moment is where one calendar had let the check begin
    has_begun = any(entry.kind in CHECKS for entry in ledger)
    return clock.check_due(case, case.last_piece_at).at if has_begun else None


def _main_due(case: Case, ledger: Sequence[LedgerEntry], promised: datetime | None) -> datetime | None:
    calendar = calendar_of(case)
    due_at = paused_at = None
    for entry in ledger:
        if entry.kind in BEGINS:
            due_at = clock.main_due(case, entry.at).at
        elif entry.kind == "paused":
            paused_at = entry.at
        elif entry.kind == "resumed" and due_at and paused_at:
            due_at = rule.resumed_at(due_at, paused_at, entry.at, calendar)
        elif entry.kind == "re_appointed":
            due_at = entry.due_at or promised
    return due_at


def agrees(case: Case, again: datetime | None) -> bool:
    """Whether what the case holds is what was worked out again; where nothing runs nothing can disagree."""
    held = case.due_at if case.is_accepted else case.check_due_at
    if held is None or (not case.is_accepted and case.status is not Status.SUBMITTED):
        return True
    return again == held
