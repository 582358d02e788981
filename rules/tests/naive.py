"""The clock once more, as slowly as the law reads: one minute after the other. Shares no line with rules.calendar.

Written from the Civil Code (articles 145 to 148), the Labour Code (articles 111 and 112) and docs/readings.md. It reads
the same calendar data, as plain JSON, and keeps one thing from question to question: for each minute of the calendar's
years whether it is working time.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
MINUTE = timedelta(minutes=1)
DAY = 24 * 60
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Pause = tuple[datetime, datetime]


class NaiveClock:
    """A whole calendar, minute by minute. None means that the answer lies outside its years."""

    def __init__(self, facts: dict[str, Any]) -> None:
        self.first = date.fromisoformat(facts["effective_from"])
        self.last = date.fromisoformat(facts["effective_to"])
        self.midnight = datetime(self.first.year, self.first.month, self.first.day, tzinfo=HANOI)
        self.days = [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]
        self.works = bytearray()
        for day in self.days:
            self.works += minutes_of(day, facts)
        self.off = [not any(self.works[n * DAY : (n + 1) * DAY]) for n in range(len(self.days))]

    def minute(self, moment: datetime) -> int:
        return (moment - self.midnight) // MINUTE

    def moment(self, minute: int) -> datetime:
        return self.midnight + minute * MINUTE

    def is_off(self, day: date) -> bool:
        return self.off[(day - self.first).days]

    def knows(self, day: date) -> bool:
        return self.first <= day <= self.last

    # --- minutes and hours: the exact moment, and so many working minutes on (article 147, clause 1) ---

    def add(self, moment: datetime, minutes: int) -> datetime | None:
        at, end = self.minute(moment), len(self.works)
        while minutes > 0:
            if at >= end:
                return None
            minutes -= self.works[at]
            at += 1
        while minutes < 0:
            at -= 1
            if at < 0:
                return None
            minutes += self.works[at]
        return self.moment(at)

    def between(self, one: datetime, other: datetime) -> int:
        if other < one:
            return -self.between(other, one)
        return sum(self.works[self.minute(one) : self.minute(other)])

    def add_without(self, moment: datetime, minutes: int, pauses: Sequence[Pause]) -> datetime | None:
        """The same where the minutes of some pauses do not count either."""
        at = self.minute(moment)
        spans = [(self.minute(begins), self.minute(ends)) for begins, ends in pauses]
        while minutes > 0:
            if at >= len(self.works):
                return None
            if not any(begins <= at < ends for begins, ends in spans):
                minutes -= self.works[at]
            at += 1
        return self.moment(at)

    # --- days: the first is not counted, the last may not be a day off (articles 147 and 148) ---

    def working_days(self, start: datetime, count: int) -> datetime | None:
        day = start.date()
        while count:
            day += timedelta(days=1)
            if not self.knows(day):
                return None
            count -= not self.is_off(day)
        return self.on(day, start)

    def calendar_days(self, start: datetime, count: int) -> datetime | None:
        day = start.date()
        for _ in range(count):
            day += timedelta(days=1)
        return self.rolled(day, start)

    def months(self, start: datetime, count: int) -> datetime | None:
        return self.rolled(corresponding(start.date(), count), start)

    def rolled(self, day: date, start: datetime) -> datetime | None:
        if self.knows(day) and not self.is_off(day):
            return self.on(day, start)
        while self.knows(day):
            if not self.is_off(day):
                return self.close_of(day)
            day += timedelta(days=1)
        return None

    def close_of(self, day: date) -> datetime:
        last = (day - self.first).days * DAY + DAY
        while not self.works[last - 1]:
            last -= 1
        return self.moment(last)

    def on(self, day: date, start: datetime) -> datetime:
        """R04: the start's time of day; between and after sessions the end of the last one; before all, the opening."""
        midnight = (day - self.first).days * DAY
        at = midnight + start.hour * 60 + start.minute
        if self.works[at] or (at > midnight and self.works[at - 1]):
            return self.moment(at)
        back = at
        while back > midnight and not self.works[back - 1]:
            back -= 1
        if back > midnight:
            return self.moment(back)
        while not self.works[at]:
            at += 1
        return self.moment(at)

    def into_hours(self, moment: datetime) -> datetime | None:
        """The moment itself where working time lies behind or before it; else the opening that comes next."""
        at = self.minute(moment)
        while at < len(self.works) and not self.works[at]:
            at += 1
        return self.moment(at) if at < len(self.works) else None

    def days_off(self, after: date, until: date) -> list[date]:
        return [day for day in self.days if after < day <= until and self.is_off(day)]


def corresponding(day: date, months: int) -> date:
    """The corresponding day, or the last of a month that has none (article 148, clauses 2 to 4)."""
    year, month = day.year, day.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    for number in range(day.day, 0, -1):
        try:
            return date(year, month, number)
        except ValueError:
            continue
    raise AssertionError("every month has a first day")


def minutes_of(day: date, facts: dict[str, Any]) -> bytearray:
    """A byte for each minute of a day: whether people work then."""
    hours = facts
    for season in facts["seasons"]:
        if date.fromisoformat(season["first"]) <= day <= date.fromisoformat(season["last"]):
            hours = season
    sessions = [
        session
        for schedule in (hours["working"], *hours["also_working"])
        if WEEK[day.weekday()] in schedule["weekdays"]
        for session in schedule["sessions"]
    ]
    for special in facts["special_days"]:
        if special["day"] == day.isoformat():
            sessions = hours["working_saturday_sessions"] if special["kind"] == "working_saturday" else []
    found = bytearray(DAY)
    for session in sessions:
        opens, closes = (int(clock[:2]) * 60 + int(clock[3:5]) for clock in session.split("-"))
        for minute in range(opens, closes):
            found[minute] = 1
    return found
