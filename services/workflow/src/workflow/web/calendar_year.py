"""A year of a working calendar as its page shows it: twelve months of days, each with its kind in a word."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rules.calendar import Calendar, Sessions
from rules.records.calendar import WEEKDAYS, CalendarRecord, Schedule, Season

# Each kind: the word that stands under the number in its cell, and the words a screen reader says.
SIGNS = {
    "holiday": ("Lễ", "nghỉ lễ"),
    "compensatory": ("Bù", "nghỉ bù"),
    "swapped_off": ("Đổi", "nghỉ hoán đổi"),
    "working_saturday": ("Làm", "thứ Bảy làm bù"),
}
KINDS = {kind: words[1][0].upper() + words[1][1:] for kind, words in SIGNS.items()}
ORDINARY = "ordinary"  # in the form: a special day that is to be as its weekday says again
WEEKDAY_VI = dict(
    zip(WEEKDAYS, ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật"), strict=True)
)


@dataclass(frozen=True)
class Cell:
    """A day of a month's sheet; `kind` is that of a special day, or `work`, `rest`, `unknown`."""

    on: date
    kind: str
    sign: str
    words: str


@dataclass(frozen=True)
class Month:
    """A month in weeks that begin on Monday; days of its neighbours are none."""

    first: date
    weeks: Sequence[Sequence[Cell | None]]
    working_days: int


def months_of(calendar: Calendar, year: int) -> list[Month]:
    return [_month(calendar, date(year, month, 1)) for month in range(1, 13)]


def _month(calendar: Calendar, first: date) -> Month:
    days = [_cell(calendar, on) for on in _days_of(first)]
    cells = [None] * first.weekday() + days + [None] * (-(first.weekday() + len(days)) % 7)
    weeks = [cells[start : start + 7] for start in range(0, len(cells), 7)]
    return Month(first, weeks, sum(cell.kind in ("work", "working_saturday") for cell in days))


def _days_of(first: date) -> Iterator[date]:
    day = first
    while day.month == first.month:
        yield day
        day += timedelta(days=1)


def _cell(calendar: Calendar, on: date) -> Cell:
    if not calendar.covers(on):
        return Cell(on, "unknown", "", "chưa có trong lịch")
    special = calendar.special_day(on)
    if special:
        sign, words = SIGNS[special.kind]
        return Cell(on, special.kind, sign, f"{words}: {special.name_vi}")
    return Cell(on, "work", "", "ngày làm việc") if calendar.sessions(on) else Cell(on, "rest", "", "nghỉ hằng tuần")


def years_of(record: CalendarRecord) -> range:
    return range(record.effective_from.year, record.effective_to.year + 1)


def hours_vi(sessions: Sessions) -> str:
    """`07:30–11:30, 13:30–17:30`."""
    return ", ".join(f"{begins:%H:%M}–{ends:%H:%M}" for begins, ends in sessions)


def schedule_vi(schedule: Schedule) -> str:
    """`Thứ Hai, thứ Ba: 07:30–11:30`."""
    days = ", ".join(WEEKDAY_VI[day] for day in schedule.weekdays)
    return f"{days[:1].upper()}{days[1:]}: {hours_vi(schedule.sessions)}"


def schedules_vi(record: CalendarRecord) -> list[tuple[str, str]]:
    """The hours of a record: what counts for limits, working Saturdays, and when the desk is open (R13)."""
    found = [("Giờ làm việc tính thời hạn", schedule_vi(record.working))]
    found += [("Cũng tính thời hạn", schedule_vi(schedule)) for schedule in record.also_working]
    found.append(("Thứ Bảy làm bù", hours_vi(record.working_saturday_sessions)))
    found += [_season_vi(season) for season in record.seasons]
    reception = "; ".join(map(schedule_vi, record.reception)) or "Như giờ làm việc"
    return [*found, ("Giờ tiếp nhận tại quầy", reception)]


def _season_vi(season: Season) -> tuple[str, str]:
    span = f"từ {season.first:%d/%m/%Y} đến {season.last:%d/%m/%Y}"
    return f"{season.name_vi}, {span}", f"{schedule_vi(season.working)} ({season.source})"


def typed_hours(sessions: Sessions) -> str:
    """Sessions as the form takes them: `07:30-11:30, 13:30-17:30`."""
    return ", ".join(f"{begins:%H:%M}-{ends:%H:%M}" for begins, ends in sessions)
