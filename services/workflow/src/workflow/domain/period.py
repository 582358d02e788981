"""The span of time a report is about: whole days of Vietnam's time. Pure."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from rules.calendar import HANOI
from workflow.domain.errors import NoSuchPeriod

_ROMAN = ("I", "II", "III", "IV")
_FIRST_YEAR, _LAST_YEAR = 2000, 2200


@dataclass(frozen=True)
class Period:
    """From the first day to the last one, both counted."""

    first: date
    last: date

    @property
    def start(self) -> datetime:
        return datetime.combine(self.first, time(), HANOI)

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return datetime.combine(self.last + timedelta(days=1), time(), HANOI)

    def as_of(self, now: datetime) -> datetime:
        """The moment at which what is still open is judged: the period's end, or now while it is not over."""
        return min(self.end, now)

    @property
    def words_vi(self) -> str:
        """`tháng 5/2026`, `quý II/2026`, `năm 2026`, else from when to when."""
        year, month = self.first.year, self.first.month
        if self == a_month(year, month):
            return f"tháng {month}/{year}"
        if month % 3 == 1 and self == a_quarter(year, (month + 2) // 3):
            return f"quý {_ROMAN[month // 3]}/{year}"
        if self == a_year(year):
            return f"năm {year}"
        return f"từ {self.first:%d/%m/%Y} đến {self.last:%d/%m/%Y}"


def a_month(year: int, month: int) -> Period:
    return Period(date(year, month, 1), date(year, month, monthrange(year, month)[1]))


def a_quarter(year: int, quarter: int) -> Period:
    return Period(date(year, 3 * quarter - 2, 1), a_month(year, 3 * quarter).last)


def a_year(year: int) -> Period:
    return Period(date(year, 1, 1), date(year, 12, 31))


def month_of(moment: datetime) -> Period:
    """The month that this moment lies in."""
    on = moment.astimezone(HANOI)
    return a_month(on.year, on.month)


def the_month_before(period: Period) -> Period:
    """The month before the one this period begins in."""
    return month_of(datetime.combine(period.first.replace(day=1) - timedelta(days=1), time(12), HANOI))


def named(text: str) -> Period:
    """The period of `2026`, `2026-Q2` or `2026-05`. Raises NoSuchPeriod."""
    said = re.fullmatch(r"(\d{4})(?:-(?:[qQ]([1-4])|(0[1-9]|1[0-2])))?", text.strip())
    if said is None or not _FIRST_YEAR <= int(said[1]) < _LAST_YEAR:
        raise NoSuchPeriod(text)
    if said[2]:
        return a_quarter(int(said[1]), int(said[2]))
    return a_month(int(said[1]), int(said[3])) if said[3] else a_year(int(said[1]))


def between(first: date, last: date) -> Period:
    """Raises NoSuchPeriod where it ends before it begins, or lies beyond any calendar."""
    if first > last or not (first.year >= _FIRST_YEAR and last.year < _LAST_YEAR):
        raise NoSuchPeriod(f"{first} – {last}")
    return Period(first, last)
