"""An office's working calendar as approved: ordinary weeks, and every day that is not ordinary."""

from datetime import date, time
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainSerializer

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


class CalendarRecord(Record):
    """One approved version for one office. It knows the years from `effective_from` to `effective_to`, no other.

    `working` counts for limits; `reception` is when the desk is open (R13), the same unless given.
    """

    office_id: Identifier
    version: Text
    approved_on: date
    effective_to: date
    working: Schedule
    working_saturday_sessions: tuple[Session, ...]
    reception: tuple[Schedule, ...] = ()
    special_days: tuple[SpecialDay, ...]
