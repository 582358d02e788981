"""What the general limits and our settings beside them (T01 to T08) mean for one dossier. Pure; reads no clock.

`on` is the day whose rules hold: the one on which the dossier arrived (R01), else that of the moment asked about.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from rules.calendar import HANOI, Calendar, to_minute
from rules.catalogue import Catalogue, load
from rules.due import Due, due, missed_at
from rules.errors import NotPublished
from rules.readings import DEFAULT, Readings
from rules.records.limit import GeneralLimit, Limit, LimitKind
from rules.records.procedure import Procedure


@dataclass(frozen=True)
class Where:
    """Whose rules are asked for: the office, the day that counts, its calendar and its readings."""

    calendar: Calendar
    on: date
    office_id: str | None = None
    readings: Readings = DEFAULT
    catalogue: Catalogue | None = None

    def general(self, kind: LimitKind, channel: str | None = None) -> GeneralLimit | None:
        law = self.catalogue or load()
        return law.general_limit(kind, self.on, channel=channel, office_id=self.office_id)


@dataclass(frozen=True)
class Closing:
    """A request nobody answers: until when they may, when they are told of the closing, when it comes (R09, T07)."""

    answer: Due
    notice_at: datetime
    closes_at: datetime


def alert(received_at: datetime, channel: str, where: Where) -> Due | None:
    """By when somebody has looked at a new dossier (T04), from the opening on; None where nobody asks for it."""
    rule = where.general("alert", channel)
    if rule is None or rule.limit is None:
        return None
    return due(rule.limit, where.calendar.opening_from(received_at), where.calendar, readings=where.readings)


def hand_over(received_at: datetime, channel: str, where: Where) -> Due | None:
    """By when a dossier of this channel is with its division (T05); None where nothing is handed over on paper.

    Up to the cut-off it is the same day, later or on a day off the end of the next working day's first session.
    """
    rule, calendar = where.general("hand_over", channel), where.calendar
    if rule is None or rule.limit is None or rule.cutoff is None:
        return None
    begins = to_minute(received_at)
    day, today = begins.date(), calendar.sessions(begins.date())
    if today and begins.time() <= rule.cutoff:
        return Due(_at(day, today[-1][1]), begins, rule.limit, calendar.version, (), ("T05",))
    next_day = calendar.next_working_day(day)
    ends = _at(next_day, calendar.sessions(next_day)[0][1])
    return Due(ends, begins, rule.limit, calendar.version, calendar.days_off(day, next_day), ("T05",))


def supplement_notice(procedure: Procedure, accepted_at: datetime, where: Where) -> Due | None:
    """By when the appraisal asks for what lacks (T06): by the sector's own limit, else by the general one."""
    rule = where.general("supplement_notice")
    limit = procedure.supplement.notice_within or (rule.limit if rule else None)
    return due(limit, accepted_at, where.calendar, readings=where.readings) if limit else None


def answer_within(procedure: Procedure, where: Where) -> Limit | None:
    """How long an applicant has to answer (T07): as the procedure's acts say, else as a general rule does, if any."""
    rule = where.general("answer")
    return procedure.supplement.answer_within or (rule.limit if rule else None)


def closing(procedure: Procedure, asked_at: datetime, where: Where) -> Closing | None:
    """When a request of that moment is closed by itself if nobody answers; None where no act limits it (R14)."""
    within = answer_within(procedure, where)
    if within is None:
        return None
    answer = due(within, asked_at, where.calendar, readings=where.readings)
    told = before(answer.at.date(), needed("closing_notice", where), where.calendar)
    return Closing(answer, max(told, answer.start), missed_at(answer))


def warnings(begins: datetime, ends: datetime, where: Where) -> tuple[datetime, ...]:
    """The first and the second warning before a due moment, by the working time that is left of the whole.

    None where there is no working time between. Raises OutsideCalendar.
    """
    rule = where.general("warning")
    whole = where.calendar.working_minutes_between(begins, ends)
    if rule is None or rule.percent_left is None or whole <= 0:
        return ()
    return tuple(where.calendar.add_working_minutes(ends, -(whole * left // 100)) for left in rule.percent_left)


def needed(kind: LimitKind, where: Where) -> Limit:
    """The limit of a kind that there must be. Raises NotPublished."""
    rule = where.general(kind)
    if rule is None or rule.limit is None:
        raise NotPublished(kind, "general limit")
    return rule.limit


def before(day: date, limit: Limit, calendar: Calendar) -> datetime:
    """The opening of the day so long before another; of a date on which nobody works, its first minute."""
    if limit.unit == "working_days":
        earlier = calendar.add_working_days(day, -limit.value)
    else:
        earlier = day - timedelta(days=limit.value)
    sessions = calendar.sessions(earlier)
    return _at(earlier, sessions[0][0] if sessions else time())


def after(day: date, limit: Limit, calendar: Calendar) -> date:
    """The day so long after another: the mirror image of `before`."""
    if limit.unit == "working_days":
        return calendar.add_working_days(day, limit.value)
    return day + timedelta(days=limit.value)


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, HANOI)
