"""A new version out of the newest one: days set or taken out, years added, or a whole record. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import ValidationError

from rules.records.calendar import CalendarRecord, Season, SpecialDay
from workflow.domain.errors import CalendarWrong
from workflow.domain.slips.numerals import begin_day_vi


@dataclass(frozen=True)
class Changes:
    """What a draft changes: days set anew or replaced, days that are ordinary again, and the last day it knows.

    `season` is hours of its own from a date to another; `schedules` are fields of the record given anew as they are
    (sessions, seasons, reception hours).
    """

    days: tuple[SpecialDay, ...] = ()
    removed: tuple[date, ...] = ()
    until: date | None = None
    schedules: Mapping[str, Any] | None = None
    season: Season | None = None


def season_of(base: CalendarRecord, first: date, last: date, name_vi: str, hours: list[str], act: str) -> Season:
    """Other hours on the ordinary weekdays of the base, from a date to another. Raises CalendarWrong."""
    working = {"weekdays": list(base.working.weekdays), "sessions": hours}
    facts = {"name_vi": name_vi, "name_en": name_vi, "first": first, "last": last, "source": {"act": act}}
    try:
        return Season.model_validate({**facts, "working": working, "working_saturday_sessions": hours})
    except ValidationError as refused:
        raise CalendarWrong([("season", f"Giờ theo mùa chưa đúng: {refused.errors()[0]['msg']}.")]) from refused


def drafted(base: CalendarRecord, changes: Changes, *, label: str, on: date) -> CalendarRecord:
    """The base with these changes, its days in order. Raises CalendarWrong."""
    _check_changes(base, changes)
    days = {day.day: day for day in base.special_days} | {day.day: day for day in changes.days}
    kept = [days[on] for on in sorted(days) if on not in changes.removed]
    facts = base.model_dump(mode="json") | dict(changes.schedules or {})
    facts |= {"special_days": [day.model_dump(mode="json") for day in kept], **_name(base, label, on)}
    if changes.season:
        facts["seasons"] = [*facts["seasons"], changes.season.model_dump(mode="json")]
    if changes.until:
        facts["effective_to"] = changes.until.isoformat()
    return read_record(facts)


def whole(base: CalendarRecord, facts: Mapping[str, Any], *, label: str, on: date) -> CalendarRecord:
    """A record given whole, in the place of the base; its name and dates of approval are ours. Raises CalendarWrong."""
    return read_record({**facts, **_name(base, label, on)})


def _name(base: CalendarRecord, label: str, on: date) -> dict[str, Any]:
    name = {"id": f"{base.office_id}-{label}", "office_id": base.office_id, "version": label}
    return {**name, "approved_on": on.isoformat()}


def next_label(taken: Collection[str], on: date) -> str:
    """The name of the next version: the year in which it is drafted, and its number in that year."""
    numbers = [label.partition(".")[2] for label in taken if label.startswith(f"{on.year}.")]
    last = max((int(number) for number in numbers if number.isdecimal()), default=0)
    return f"{on.year}.{last + 1}"


def read_record(facts: Mapping[str, Any]) -> CalendarRecord:
    """A record out of plain values. Raises CalendarWrong with where and what."""
    try:
        return CalendarRecord.model_validate(facts)
    except ValidationError as refused:
        wrong = [_sentence(error) for error in refused.errors()]
        raise CalendarWrong(wrong) from refused


def _sentence(error: Mapping[str, Any]) -> tuple[str, str]:
    where = ".".join(str(part) for part in error["loc"])
    return where or "record", f"“{where or 'lịch'}” chưa đúng: {error['msg']}"


def _check_changes(base: CalendarRecord, changes: Changes) -> None:
    """Raises CalendarWrong for changes that contradict themselves, or change nothing."""
    held = {day.day: day for day in base.special_days}
    wrong = [_twice(on) for on in _repeated([day.day for day in changes.days] + list(changes.removed))]
    wrong += [
        (f"days.{on}", f"{begin_day_vi(on)} không có trong danh sách ngày đặc biệt nên không bỏ được.")
        for on in changes.removed
        if on not in held
    ]
    is_same = all(held.get(day.day) == day for day in changes.days) and not changes.removed
    is_same = is_same and not changes.schedules and not changes.season
    if not wrong and is_same and changes.until in (None, base.effective_to):
        wrong = [("days", "Bản thảo không thay đổi gì so với lịch hiện hành.")]
    if wrong:
        raise CalendarWrong(wrong)


def _twice(on: date) -> tuple[str, str]:
    return f"days.{on}", f"{begin_day_vi(on)} được ghi hai lần."


def _repeated(days: list[date]) -> list[date]:
    return sorted({day for day in days if days.count(day) > 1})
