"""The form in which a calendar is drafted: what was typed becomes changes, and each refusal finds its field."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from starlette.datastructures import FormData, UploadFile

from kit.pages.forms import rows
from rules.errors import BadData
from rules.records.calendar import CalendarRecord, Season, SpecialDay
from rules.records.cited import Source
from rules.source_yaml import parse
from workflow.domain.calendars import Changes, season_of
from workflow.domain.errors import CalendarWrong, FieldSentence
from workflow.web.calendar_year import KINDS, ORDINARY, typed_hours

TABLE = "days"
LARGEST_FILE = 1_000_000
EMPTY_ROW: Mapping[str, str] = {}
SEASON = ("season_name", "season_first", "season_last", "season_hours", "season_source")
Typed = dict[str, Any]


def blank(record: CalendarRecord) -> Typed:
    """The form before anything is typed."""
    hours = {"working": typed_hours(record.working.sessions)}
    hours["saturday"] = typed_hours(record.working_saturday_sessions)
    hours |= dict.fromkeys(SEASON, "")
    return {TABLE: [EMPTY_ROW], "until": record.effective_to.isoformat(), "why_vi": "", **hours}


def typed(form: FormData) -> Typed:
    """What stands in the form; with one more row or one less, where that button was pressed."""
    names = ("until", "why_vi", "working", "saturday", "based_on", *SEASON)
    words = {name: str(form.get(name, "")).strip() for name in names}
    return {**words, TABLE: rows(form, TABLE) or [EMPTY_ROW]}


def pressed(form: FormData, said: Typed) -> Typed | None:
    """The form with its rows changed, where a button for that was pressed; none where the draft was sent."""
    if form.get("add_row"):
        return {**said, TABLE: [*said[TABLE], EMPTY_ROW]}
    number = str(form.get("remove_row", "")).rpartition("-")[2]
    if number.isdecimal():
        kept = [row for index, row in enumerate(said[TABLE]) if index != int(number)]
        return {**said, TABLE: kept or [EMPTY_ROW]}
    return None


def changes_of(said: Typed, base: CalendarRecord) -> Changes:
    """What the form asks for, beside the base. Raises CalendarWrong with the field of each fault."""
    wrong: list[FieldSentence] = []
    filled = [(index, row) for index, row in enumerate(said[TABLE]) if any(row.values())]
    days = [(row.get("kind"), _day(index, row, wrong)) for index, row in filled]
    until = _date(said["until"], "until", wrong) if said["until"] else None
    season = _season(said, base, wrong) if any(said[name] for name in SEASON) else None
    if wrong:
        raise CalendarWrong(wrong)
    removed = tuple(day.day for kind, day in days if kind == ORDINARY and day)
    kept = tuple(day for kind, day in days if kind != ORDINARY and day)
    return Changes(kept, removed, None if until == base.effective_to else until, _schedules(said, base), season)


def _season(said: Typed, base: CalendarRecord, wrong: list[FieldSentence]) -> Season | None:
    """Hours of their own from a date to another; what is wrong with them is added to `wrong`."""
    first = _date(said["season_first"], "season_first", wrong)
    last = _date(said["season_last"], "season_last", wrong)
    words = (("season_name", "Hãy ghi tên, như “Giờ mùa hè”."), ("season_source", "Hãy ghi số hiệu văn bản."))
    wrong += [(name, sentence) for name, sentence in words if not said[name]]
    if not said["season_hours"]:
        wrong.append(("season_hours", "Hãy ghi giờ làm việc, như 07:00-11:30, 13:30-17:00."))
    if wrong or first is None or last is None:
        return None
    hours = _hours(said["season_hours"], "season_hours")
    return season_of(base, first, last, said["season_name"], hours, said["season_source"])


def _day(index: int, row: Mapping[str, str], wrong: list[FieldSentence]) -> SpecialDay | None:
    """A row as a special day; what is wrong with it is added to `wrong`."""
    before = len(wrong)
    on = _date(row.get("day", ""), f"{TABLE}-{index}-day", wrong)
    kind = row.get("kind", "")
    if kind not in (*KINDS, ORDINARY):
        wrong.append((f"{TABLE}-{index}-kind", "Hãy chọn đó là ngày gì."))
    if kind != ORDINARY:
        wrong += [
            (f"{TABLE}-{index}-{name}", sentence)
            for name, sentence in (("name", "Hãy ghi tên ngày."), ("source", "Hãy ghi số hiệu văn bản."))
            if not row.get(name)
        ]
    pair = _date(row["pair"], f"{TABLE}-{index}-pair", wrong) if row.get("pair") else None
    if on is None or len(wrong) > before:
        return None
    name = row.get("name") or "-"
    source = Source(act=row.get("source") or "-")
    real = "holiday" if kind == ORDINARY else kind
    return SpecialDay(day=on, kind=real, name_vi=name, name_en=name, source=source, paired_with=pair)


def _date(text: str, field: str, wrong: list[FieldSentence]) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        wrong.append((field, "Hãy ghi một ngày có thật." if text else "Hãy chọn ngày."))
        return None


def _schedules(said: Typed, base: CalendarRecord) -> dict[str, Any] | None:
    """The hours where they were changed."""
    found: dict[str, Any] = {}
    if said["working"] != typed_hours(base.working.sessions):
        weekdays = list(base.working.weekdays)
        found["working"] = {"weekdays": weekdays, "sessions": _hours(said["working"], "working")}
    if said["saturday"] != typed_hours(base.working_saturday_sessions):
        found["working_saturday_sessions"] = _hours(said["saturday"], "saturday")
    return found or None


def _hours(text: str, field: str) -> list[str]:
    found = [part.strip() for part in text.split(",") if part.strip()]
    for part in found:
        begins, _, ends = part.partition("-")
        if not (_is_clock(begins) and _is_clock(ends)):
            raise CalendarWrong([(field, "Giờ làm việc viết như 07:30-11:30, 13:30-17:30.")])
    return found


def _is_clock(text: str) -> bool:
    hour, _, minute = text.strip().partition(":")
    return hour.isdecimal() and minute.isdecimal() and len(minute) == 2 and int(hour) < 24 and int(minute) < 60


async def whole_record(form: FormData) -> dict[str, Any] | None:
    """The record of a file that was sent, YAML or JSON; none where none was. Raises CalendarWrong."""
    file = form.get("record")
    if not isinstance(file, UploadFile) or not file.filename:
        return None
    return read_record_file(await file.read(LARGEST_FILE + 1))


def read_record_file(data: bytes) -> dict[str, Any]:
    """A calendar record as plain values. Raises CalendarWrong."""
    if len(data) > LARGEST_FILE:
        raise CalendarWrong([("record", "Tệp lịch lớn hơn 1 MB.")])
    try:
        return dict(parse(data, "tệp lịch").data)
    except BadData as broken:
        raise CalendarWrong([("record", f"Không đọc được: {broken}.")]) from broken


def field_of(said: Typed, field: str) -> str:
    """The id of the form's field that a refusal means: of the row with that day, where it names one."""
    name, _, on = field.partition(".")
    if name == TABLE and on:
        days: Sequence[Mapping[str, str]] = said[TABLE]
        found = next((index for index, row in enumerate(days) if on in (row.get("day"), row.get("pair"))), None)
        return f"{TABLE}-{found}-day" if found is not None else TABLE
    return {"working_saturday_sessions": "saturday", "season": "season_first"}.get(name, field)
