"""An office's working calendar as approved: ordinary weeks, and every day that is not ordinary."""

from datetime import date, time
from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, PlainSerializer, model_validator

from rules.records.cited import Entry, Identifier, Record, Source, Text

DayKind = Literal["holiday", "compensatory", "swapped_off", "working_saturday"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _session(value: Any) -> Any:
    """Read "07:30-11:30"."""
    if not isinstance(value, str):
        return value
    begins, _, ends = value.partition("-")
    return (time.fromisoformat(begins), time.fromisoformat(ends))


def _written(session: tuple[time, time]) -> str:
    return f"{session[0]:%H:%M}-{session[1]:%H:%M}"


Session = Annotated[tuple[time, time], BeforeValidator(_session), PlainSerializer(_written, return_type=str)]


class Schedule(Entry):
    """Sessions of an ordinary week; a weekday that is not named has none."""

    weekdays: tuple[Weekday, ...]
    sessions: Annotated[tuple[Session, ...], Field(min_length=1)]


class SpecialDay(Entry):
    """A day that is not as its weekday says, and the document that makes it so. `paired_with` is a swap's other day."""

    day: date
    kind: DayKind
    name_vi: Text
    name_en: Text
    source: Source
    paired_with: date | None = None
    unconfirmed: bool = False

    @property
    def is_off(self) -> bool:
        return self.kind != "working_saturday"


class Season(Entry):
    """Other hours from a date to another, each year's own: summer and winter, a month of half days."""

    name_vi: Text
    name_en: Text
    first: date
    last: date
    working: Schedule
    also_working: tuple[Schedule, ...] = ()
    working_saturday_sessions: tuple[Session, ...]
    reception: tuple[Schedule, ...] = ()
    source: Source
    unconfirmed: bool = False
    invented: bool = False

    @model_validator(mode="after")
    def _is_a_span_of_sessions(self) -> Self:
        if self.last < self.first:
            raise ValueError(f"season {self.name_en}: {self.last} is before {self.first}")
        schedules = (self.working, *self.also_working, *self.reception)
        if not all(map(follow_one_another, (self.working_saturday_sessions, *(one.sessions for one in schedules)))):
            raise ValueError(f"season {self.name_en}: sessions must have a length, and follow one another")
        return self


class CalendarRecord(Record):
    """One approved version for one office. It knows the years from `effective_from` to `effective_to`, no other.

    `working` counts for limits, and so does `also_working`: weekdays with hours of their own, as a Saturday morning.
    `reception` is when the desk is open (R13), the same unless given. In a season its hours hold in the place of these.
    `same_days_as` names a calendar whose special days this one has too; the loader puts them in.
    """

    office_id: Identifier
    version: Text
    approved_on: date
    effective_to: date
    working: Schedule
    also_working: tuple[Schedule, ...] = ()
    working_saturday_sessions: tuple[Session, ...]
    reception: tuple[Schedule, ...] = ()
    seasons: tuple[Season, ...] = ()
    special_days: tuple[SpecialDay, ...] = ()
    same_days_as: Identifier | None = None

    @model_validator(mode="after")
    def _seasons_follow_one_another(self) -> Self:
        spans = sorted((season.first, season.last) for season in self.seasons)
        if spans and not self.effective_from <= spans[0][0] <= spans[-1][1] <= self.effective_to:
            raise ValueError("a season lies outside the years of this calendar")
        if any(later[0] <= earlier[1] for earlier, later in pairwise(spans)):
            raise ValueError("two seasons hold on the same day")
        return self

    def season_on(self, day: date) -> Season | None:
        return next((season for season in self.seasons if season.first <= day <= season.last), None)


def follow_one_another(sessions: tuple[Session, ...]) -> bool:
    """Whether each session has a length and begins after the one before it has ended."""
    flat = [clock for session in sessions for clock in session]
    return flat == sorted(set(flat))
