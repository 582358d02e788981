"""What must be true of working calendars and of the formats of codes."""

from collections.abc import Iterator, Mapping
from datetime import date

from rules.records.calendar import CalendarRecord, SpecialDay, follow_one_another
from rules.records.cited import Record
from rules.records.code import CodeFormat
from rules.records.office import Office
from rules.soundness.known import Fault, Known, unique
from rules.source_yaml import Location

SWAP = {"swapped_off", "working_saturday"}


def special_days(record: Record, known: Known) -> Iterator[Fault]:
    assert isinstance(record, CalendarRecord)
    if not known.has(Office, record.office_id):
        yield ("office_id",), f"unknown office {record.office_id}"
    yield from unique((str(day.day) for day in record.special_days), ("special_days",), "day")
    by_date = {day.day: day for day in record.special_days}
    for index, day in enumerate(record.special_days):
        at: Location = ("special_days", index)
        if not record.is_in_force(day.day):
            yield (*at, "date"), "outside the years of this calendar"
        yield from _special_day(day, at, by_date)


def _special_day(day: SpecialDay, at: Location, by_date: Mapping[date, SpecialDay]) -> Iterator[Fault]:
    at_weekend = day.day.weekday() >= 5
    if day.kind == "working_saturday" and not at_weekend:
        yield (*at, "kind"), "a weekday works anyway"
    if day.kind in ("compensatory", "swapped_off") and at_weekend:
        yield (*at, "kind"), "a weekend day is off anyway"
    if day.kind in SWAP:
        other = by_date.get(day.paired_with) if day.paired_with else None
        if other is None or other.paired_with != day.day or {day.kind, other.kind} != SWAP:
            yield at, "a swap has two days, each naming the other in paired_with"


def sessions(record: Record, known: Known) -> Iterator[Fault]:
    assert isinstance(record, CalendarRecord)
    schedules = {"working": record.working.sessions, "working_saturday_sessions": record.working_saturday_sessions}
    for name, stretches in schedules.items():
        if not follow_one_another(stretches):
            yield (name,), "sessions must have a length, and follow one another"
    for name, several in (("also_working", record.also_working), ("reception", record.reception)):
        for index, schedule in enumerate(several):
            if not follow_one_another(schedule.sessions):
                yield (name, index, "sessions"), "sessions must have a length, and follow one another"


def pattern(record: Record, known: Known) -> Iterator[Fault]:
    assert isinstance(record, CodeFormat)
    needed = ("{code}", "{number}") if record.kind == "result_code" else ("{agency}", "{date}", "{number}")
    for part in needed:
        if part not in record.pattern:
            yield ("pattern",), f"lacks {part}"
