"""What must be true of a calendar before anybody may approve it, and what its reader should be warned of. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date

from rules.calendar import Sessions
from rules.records.calendar import CalendarRecord, SpecialDay, follow_one_another
from workflow.domain.errors import CalendarWrong, FieldSentence
from workflow.domain.slips.numerals import begin_day_vi, day_vi

SWAP = frozenset({"swapped_off", "working_saturday"})
SATURDAY = 5
WARN_AHEAD_DAYS = 60  # invented: how long before its calendar ends an office is reminded


def check_record(record: CalendarRecord, base: CalendarRecord) -> None:
    """Raises CalendarWrong with a sentence for everything that stands in the way of this version."""
    wrong = [*_years(record, base), *_days(record), *_hours(record)]
    if wrong:
        raise CalendarWrong(wrong)


def _years(record: CalendarRecord, base: CalendarRecord) -> Iterator[FieldSentence]:
    if record.office_id != base.office_id:
        yield "office_id", f"Lịch này của cơ quan {record.office_id}, không phải {base.office_id}."
    if record.effective_from > base.effective_from or record.effective_to < base.effective_to:
        yield (
            "until",
            f"Lịch mới phải giữ đủ các năm lịch hiện hành đang có (từ {day_vi(base.effective_from)} "
            f"đến {day_vi(base.effective_to)}).",
        )


def _days(record: CalendarRecord) -> Iterator[FieldSentence]:
    by_date = {day.day: day for day in record.special_days}
    for on, count in Counter(day.day for day in record.special_days).items():
        if count > 1:
            yield f"days.{on}", f"{begin_day_vi(on)} được ghi hai lần."
    for day in record.special_days:
        for sentence in _day(day, record, by_date):
            yield f"days.{day.day}", sentence


def _day(day: SpecialDay, record: CalendarRecord, by_date: Mapping[date, SpecialDay]) -> Iterator[str]:
    on = begin_day_vi(day.day)
    if not record.effective_from <= day.day <= record.effective_to:
        years = f"từ {day_vi(record.effective_from)} đến {day_vi(record.effective_to)}"
        yield f"{on} nằm ngoài các năm của lịch này ({years})."
    if day.kind == "working_saturday" and day.day.weekday() != SATURDAY:
        yield f"{on} không phải thứ Bảy nên không thể là thứ Bảy làm bù."
    if day.kind in ("compensatory", "swapped_off") and day.day.weekday() >= SATURDAY:
        yield f"{on} rơi vào cuối tuần, vốn đã nghỉ, nên không thể là nghỉ bù hay nghỉ hoán đổi."
    yield from _pair(day, by_date)


def _pair(day: SpecialDay, by_date: Mapping[date, SpecialDay]) -> Iterator[str]:
    if day.paired_with is None:
        return
    other = by_date.get(day.paired_with)
    if other is None or other.paired_with != day.day or {day.kind, other.kind} != SWAP:
        yield (
            f"{begin_day_vi(day.day)} hoán đổi với {day_vi(day.paired_with)}, nhưng ngày kia không ghi hoán đổi lại "
            "với ngày này (một ngày nghỉ hoán đổi, một thứ Bảy làm bù)."
        )


def _hours(record: CalendarRecord) -> Iterator[FieldSentence]:
    schedules = {"working": record.working.sessions, "working_saturday_sessions": record.working_saturday_sessions}
    schedules |= {f"also_working.{number}": schedule.sessions for number, schedule in enumerate(record.also_working)}
    schedules |= {f"reception.{number}": schedule.sessions for number, schedule in enumerate(record.reception)}
    for name, sessions in schedules.items():
        if sentence := _sessions_wrong(sessions):
            yield name, sentence


def _sessions_wrong(sessions: Sessions) -> str:
    if any(ends <= begins for begins, ends in sessions):
        return "Giờ kết thúc buổi làm việc phải sau giờ bắt đầu."
    if not follow_one_another(sessions):
        return "Các buổi làm việc không được chồng lên nhau và phải theo thứ tự."
    return ""


def warnings_of(record: CalendarRecord, base: CalendarRecord, today: date) -> list[str]:
    """What may be meant, but should be seen before it is approved: the past, and half a swap."""
    before = {day.day: day for day in base.special_days}
    after = {day.day: day for day in record.special_days}
    changed = sorted(on for on in before.keys() | after.keys() if before.get(on) != after.get(on))
    said = [_about(on, after.get(on), today) for on in changed]
    return [sentence for sentences in said for sentence in sentences]


def _about(on: date, day: SpecialDay | None, today: date) -> list[str]:
    said = []
    if on < today:
        said.append(
            f"{begin_day_vi(on)} đã qua. Sửa ngày đã qua vẫn được, để lịch đúng với thực tế; hồ sơ đang tính giờ qua "
            "ngày đó sẽ được tính lại."
        )
    if day and day.kind in SWAP and day.paired_with is None:
        said.append(f"{begin_day_vi(on)} chưa ghi ngày hoán đổi với nó.")
    if day and day.unconfirmed:
        said.append(f"{begin_day_vi(on)} được đánh dấu là chưa xác nhận.")
    return said


def days_ahead(record: CalendarRecord, today: date) -> int:
    """How many days the calendar still reaches, today not counted; under `WARN_AHEAD_DAYS` the next year is due."""
    return (record.effective_to - today).days
