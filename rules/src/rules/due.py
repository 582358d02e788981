"""When a limit ends, how late something was, and how a limit is shared among steps. Pure; R02 to R05, R07 and R12.

Nothing here reads a clock: every moment is an argument. Moments are aware; answers are in Vietnam's time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Literal

from rules.calendar import HANOI, Calendar, to_minute
from rules.catalogue import Catalogue, load
from rules.ends import begin, end
from rules.errors import NotPublished
from rules.readings import DEFAULT, Readings
from rules.records.limit import Limit, LimitKind, StartRule, Unit
from rules.records.procedure import Procedure, Step
from rules.terms import corresponding_day, months_in

__all__ = [
    "Apology",
    "Due",
    "Lateness",
    "Limit",
    "StartRule",
    "StepPlan",
    "Unit",
    "apology",
    "check_due",
    "check_limit",
    "days_counted",
    "due",
    "due_at",
    "lateness",
    "missed_at",
    "own_check_limit",
    "plan",
    "resumed_at",
    "shares",
    "start",
    "time_left",
]


_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Due:
    """The moment a limit ends and everything needed to explain it.

    `skipped` lists the days that did not count, each with its reason; for a calendar-day limit these are only the days
    it had to roll over. `readings` names our readings that took part. `late_after` says whether a limit in days is
    kept until the end of its date (R05) or, by an office's own setting, until its moment; hours and minutes always are.
    """

    at: datetime
    start: datetime
    limit: Limit
    calendar_version: str
    skipped: tuple[tuple[date, str], ...] = ()
    readings: tuple[str, ...] = ()
    late_after: Literal["date", "moment"] = "date"

    @property
    def is_judged_by_date(self) -> bool:
        return self.limit.is_in_days and self.late_after == "date"


@dataclass(frozen=True)
class Lateness:
    """The judgement of R05, and the working minutes from the finish to the due moment, negative when past it."""

    kind: Literal["early", "on_time", "late"]
    margin_working_minutes: int


@dataclass(frozen=True)
class StepPlan:
    """What one step may use of the whole, and the moment by which it should be through."""

    step: Step
    working_minutes: int
    due_at: datetime


@dataclass(frozen=True)
class Apology:
    """From when a letter of apology is drafted, and the last date on which a new date may still be given (R07)."""

    draft_at: datetime
    last_on: date


def start(
    rule: StartRule,
    *,
    received_at: datetime | None,
    valid_at: datetime | None = None,
    paid_at: datetime | None = None,
    fee_due: bool = True,
) -> datetime | None:
    """The moment the clock starts by the procedure's rule (R02), or None while something it needs is missing.

    `valid_at` is when the last valid piece was received, `paid_at` when the money was paid; never a click. Without
    `fee_due` nothing waits for a fee.
    """
    if rule == "valid_dossier" or (rule == "valid_dossier_and_fee" and not fee_due):
        return valid_at
    if rule == "valid_dossier_and_fee":
        return max(valid_at, paid_at) if valid_at and paid_at else None
    return received_at


def due_at(limit: Limit, start: datetime, calendar: Calendar, *, readings: Readings = DEFAULT) -> datetime:
    """When a limit that starts at `start` ends, without the explanation: a call costs the same however long it is.

    Raises OutsideCalendar.
    """
    return end(limit, begin(limit, start, calendar, readings), calendar, readings)


def due(limit: Limit, start: datetime, calendar: Calendar, *, readings: Readings = DEFAULT) -> Due:
    """When a limit that starts at `start` ends. The start is read to the minute, as form 01 prints it.

    The start's own date is not counted (R03). Raises OutsideCalendar if the end lies in a year nobody has approved.
    """
    begins = begin(limit, start, calendar, readings)
    ends = end(limit, begins, calendar, readings)
    late_after = readings.day_limits_late_after
    if limit.is_at_once:
        opens = calendar.opening_from(begins)
        return Due(ends, opens, limit, calendar.version, (), ("X03",), late_after)
    if not limit.is_in_days:
        return Due(ends, begins, limit, calendar.version, _passed_over(begins, ends, calendar), ("R04",))
    counted_from = begins.date() if limit.unit == "working_days" else _last_day(limit, begins.date()) - _DAY
    skipped = calendar.days_off(counted_from, ends.date())
    return Due(ends, begins, limit, calendar.version, skipped, ("R03", "R04"), late_after)


def _passed_over(begins: datetime, ends: datetime, calendar: Calendar) -> tuple[tuple[date, str], ...]:
    return calendar.days_off(begins.date() - _DAY, ends.date())


def _last_day(limit: Limit, begins: date) -> date:
    """Months and years end on the corresponding day (Civil Code, art. 148)."""
    if limit.unit == "months" or limit.unit == "years":
        return corresponding_day(begins, months_in(limit.value, limit.unit))
    return begins + timedelta(days=limit.value)


def days_counted(found: Due) -> int:
    """How many days the limit counts between start and end: working days, or dates up to the corresponding day."""
    if found.limit.unit == "working_days":
        return found.limit.value
    begins = found.start.astimezone(HANOI).date()
    return (_last_day(found.limit, begins) - begins).days


def check_limit(
    procedure: Procedure,
    channel: str,
    received_at: datetime,
    calendar: Calendar,
    *,
    readings: Readings = DEFAULT,
    on: date | None = None,
    catalogue: Catalogue | None = None,
) -> Due:
    """By when the one-stop officer must have checked the dossier; an online one, out of hours, starts when it opens.

    The procedure's own limit for the channel, else its own, else the general one in force `on` the day the dossier
    arrived (T01, T02; the day of `received_at` if not told). Raises NotPublished if no act gives any (R14).
    """
    arrived_on = on or received_at.astimezone(HANOI).date()
    limit = own_check_limit(procedure, channel) or (catalogue or load()).general_check_limit(channel, arrived_on)
    if limit is None:
        raise NotPublished(procedure.id, "check limit")
    begins = received_at
    if channel == "online" and readings.online_check_rolls:
        begins = calendar.opening_from(received_at)
    found = due(limit, begins, calendar, readings=readings)
    if begins == received_at:
        return found
    return replace(found, readings=(*found.readings, "T03"))


def own_check_limit(procedure: Procedure, channel: str) -> Limit | None:
    """What the procedure's own acts say for this channel; None leaves it to the general limit."""
    mine = (limit for name, limit in procedure.check_limit_by_channel.items() if name == channel)
    return next(mine, procedure.check_limit)


def check_due(
    procedure: Procedure,
    channel: str,
    office: str,
    *,
    arrived_at: datetime,
    piece_at: datetime | None = None,
    catalogue: Catalogue | None = None,
    calendar: Calendar | None = None,
) -> Due:
    """`check_limit` for a dossier of an office; `piece_at` is when the package to check came in, if not the first.

    `calendar` is a newer approved version of the office's than the one the rules bring.
    The office's readings are those of the day the dossier arrived (R01), whichever package is checked. Raises
    NotPublished (R14), OutsideCalendar, UnknownOffice.
    """
    law = catalogue or load()
    on = arrived_at.astimezone(HANOI).date()
    readings, held = law.readings(office, on, procedure.id), calendar or law.calendar(office)
    return check_limit(procedure, channel, piece_at or arrived_at, held, readings=readings, on=on, catalogue=law)


def lateness(due: Due, finished_at: datetime, calendar: Calendar) -> Lateness:
    """Early, on time or late (R05): by the date for day limits (until 24:00), by the minute for hour limits."""
    finished = to_minute(finished_at)
    done, wanted = (finished.date(), due.at.date()) if due.is_judged_by_date else (finished, due.at)
    kind: Literal["early", "on_time", "late"] = "early" if done < wanted else "on_time" if done == wanted else "late"
    return Lateness(kind, calendar.working_minutes_between(finished, due.at))


def missed_at(due: Due) -> datetime:
    """The first moment at which an unfinished dossier is late (R05): midnight after the date, or the next minute."""
    if due.is_judged_by_date:
        return datetime.combine(due.at.date() + timedelta(days=1), time(), HANOI)
    return due.at + timedelta(minutes=1)


def resumed_at(due_at: datetime, paused_at: datetime, again_at: datetime, calendar: Calendar) -> datetime:
    """A due with a pause taken out: what was left of it, from when the clock goes on (R08); a rest below 0 stays so.

    Moments are read to the minute, so that no second is lost or counted twice.
    """
    left = calendar.working_minutes_between(to_minute(paused_at), due_at)
    return calendar.add_working_minutes(to_minute(again_at), left)


def time_left(due_at: datetime, now: datetime, calendar: Calendar) -> int:
    """Working minutes from now to the due moment, negative once it has passed."""
    return calendar.working_minutes_between(now, due_at)


def apology(
    due: Due,
    calendar: Calendar,
    *,
    on: date | None = None,
    office_id: str | None = None,
    catalogue: Catalogue | None = None,
) -> Apology:
    """The span in which a new date may be given: at the latest one day before the due date (R07, T08).

    By the settings of the day the dossier arrived, or else of the limit's start; the office's own, where it has any.
    Raises NotPublished, OutsideCalendar.
    """
    law = catalogue or load()
    kinds: tuple[LimitKind, ...] = ("apology", "apology_draft", "apology_short")
    last_ahead, ahead, short = (_days_of(kind, on or due.start.date(), office_id, law) for kind in kinds)
    last_on = due.at.date() - timedelta(days=last_ahead)
    if calendar.working_days_between(due.start.date(), due.at.date()) < short:
        return Apology(due.start, last_on)
    day = calendar.add_working_days(due.at.date(), -ahead)
    return Apology(datetime.combine(day, calendar.sessions(day)[0][0], HANOI), last_on)


def _days_of(kind: LimitKind, on: date, office_id: str | None, law: Catalogue) -> int:
    held = law.general_limit(kind, on, office_id=office_id)
    if held is None or held.limit is None:
        raise NotPublished(kind, "general limit")
    return held.limit.value


def shares(steps: Iterable[Step], minutes: int) -> list[int]:
    """Cut the whole into each step's minutes by largest remainder, so that they sum to it exactly (R12).

    A step without a share of its own gets 0, also where it uses up another's (`shares_with`); of equal remainders the
    earlier step's is served first.
    """
    weights = [step.share or 0 for step in steps]
    whole = sum(weights)
    if not whole:
        return [0] * len(weights)
    cut = [minutes * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda n: -(minutes * weights[n] % whole))
    for n in by_remainder[: minutes - sum(cut)]:
        cut[n] += 1
    return cut


def plan(steps: Sequence[Step], start: datetime, due_at: datetime, calendar: Calendar) -> list[StepPlan]:
    """Each step's working minutes and planned end, one after the other; the last share ends when the limit does.

    Steps that use up one share together all end when it does; one without any time ends with the step before it.
    """
    begins = start.astimezone(HANOI)
    used, planned = 0, []
    for step, minutes in zip(steps, shares(steps, calendar.working_minutes_between(begins, due_at)), strict=True):
        used += minutes
        planned.append(StepPlan(step, minutes, calendar.add_working_minutes(begins, used)))
    return planned
