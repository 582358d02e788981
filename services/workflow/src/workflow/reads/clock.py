"""The clock of one case with all that explains it: start, rule, ledger, each day, and what the rules give again."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from rules import approved
from rules import due as rule
from rules.calendar import Calendar
from rules.errors import OutsideCalendar
from rules.wording import limit_vi, start_rule_vi
from workflow import store
from workflow.domain import clock, ledger
from workflow.domain.access import Staff, check_sees
from workflow.domain.case import Case
from workflow.domain.days import Day, day_by_day
from workflow.domain.errors import NoSuchCase
from workflow.domain.law import calendar_of, procedure_of
from workflow.domain.ledger import LedgerEntry


@dataclass(frozen=True)
class ClockView:
    """The clock and why it says so; `agrees` tells that the stored due is what the ledger and the rules give again.

    What runs now, or ran last: of a case before its acceptance the check's clock.
    """

    case: Case
    procedure_vi: str
    due_at: datetime | None
    first_due_at: datetime | None
    started_at: datetime | None
    limit_vi: str
    start_rule: str
    start_rule_vi: str
    basis: str
    calendar_version: str
    readings: tuple[str, ...]
    minutes_left: int
    whole_minutes: int
    is_late: bool
    is_in_days: bool
    days: list[Day]
    ledger: list[LedgerEntry]
    recomputed_due_at: datetime | None
    agrees: bool

    @property
    def is_numbered(self) -> bool:
        """Whether the days bear numbers: a limit in days that nothing paused."""
        return any(day.count for day in self.days)

    @property
    def turns(self) -> list[LedgerEntry]:
        """What changed the clock after it began: pauses, restarts, a new date, another calendar, its end."""
        return [line for line in self.ledger if line.kind not in ("check_started", "started")]

    @property
    def skipped(self) -> list[Day]:
        return [day for day in self.days if day.reason]


async def see_clock(tx: AsyncSession, staff: Staff, reference: str, now: datetime) -> ClockView:
    """By dossier code, arrival number or id, for somebody who may see the case. Raises NoSuchCase."""
    case = check_sees(staff, await store.find_by_reference(tx, reference))
    return await view_clock(tx, case, now)


async def find_clock(tx: AsyncSession, reference: str, now: datetime) -> ClockView:
    """The same, for whoever holds the database itself. Raises NoSuchCase."""
    case = await store.find_by_reference(tx, reference)
    if case is None:
        raise NoSuchCase
    return await view_clock(tx, case, now)


async def view_clock(tx: AsyncSession, case: Case, now: datetime) -> ClockView:
    """The clock of the case with its explanation, recomputed from its ledger and the rules.

    By the calendar version that it was counted by last: one that was approved since says nothing of it yet, or never
    will where the case has ended.
    """
    lines = await store.ledger(tx, case.dossier_id)
    with approved.counting_by(await _calendar(tx, case)):
        return _view(case, lines, now)


async def _calendar(tx: AsyncSession, case: Case) -> Calendar:
    newest = calendar_of(case)
    if case.calendar_version in (None, newest.version):
        return newest
    known = store.calendars_by_label(await store.calendar_versions(tx, case.office))
    return known.get(case.calendar_version or "", newest)


def _view(case: Case, lines: list[LedgerEntry], now: datetime) -> ClockView:
    procedure, found = procedure_of(case), _rule_due(case, lines)
    again = _recomputed(case, lines)
    start_rule = procedure.start_rule if case.is_accepted else procedure.check_start_rule
    due_at = case.due_at or case.check_due_at
    return ClockView(
        case=case,
        procedure_vi=procedure.name_vi,
        due_at=due_at,
        first_due_at=case.first_due_at,
        started_at=found.start if found else None,
        limit_vi=limit_vi(found.limit) if found else "",
        start_rule=start_rule,
        start_rule_vi=start_rule_vi(start_rule),
        basis=ledger.basis_of(case),
        calendar_version=case.calendar_version or (found.calendar_version if found else calendar_of(case).version),
        readings=case.readings or (found.readings if found else ()),
        minutes_left=clock.minutes_left(case, now),
        whole_minutes=clock.whole_minutes(case),
        is_late=clock.is_late(case, now),
        is_in_days=found is not None and found.limit.is_in_days,
        days=day_by_day(found, due_at, lines, calendar_of(case)) if found and due_at else [],
        ledger=lines,
        recomputed_due_at=again,
        agrees=ledger.agrees(case, again),
    )


def _recomputed(case: Case, lines: list[LedgerEntry]) -> datetime | None:
    """None also where the calendar that counts does not reach so far any more."""
    try:
        return ledger.recomputed(case, lines)
    except OutsideCalendar:
        return None


def _rule_due(case: Case, lines: list[LedgerEntry]) -> rule.Due | None:
    """What the rule gives from the last start, before any pause or new date."""
    try:
        if case.is_accepted and case.started_at is not None:
            return clock.main_due(case, case.started_at)
        has_begun = any(entry.kind in ledger.CHECKS for entry in lines)
        return clock.check_due(case, case.last_piece_at) if has_begun else None
    except OutsideCalendar:
        return None
