"""Working time of one office: sums and differences of working minutes. Pure arithmetic over one approved record.

Every session is a stretch on a line of seconds from the first day's midnight, with the working time before it summed up
beforehand; so each question is a binary search, however long the span. A part of a second is carried along beside it.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from rules.errors import OutsideCalendar
from rules.records.calendar import WEEKDAYS, CalendarRecord, Schedule, SpecialDay

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")  # the whole country, +07:00 with no summer time in the years any calendar covers
_MINUTE = 60
_DAY = 24 * 60 * _MINUTE
_SECOND = 1_000_000  # microseconds
_CLOCK = [timedelta(minutes=minute) for minute in range(24 * 60)]

NAIVE = "a moment without its time zone cannot be placed in a calendar"

Sessions = tuple[tuple[time, time], ...]

_KIND_VI = {
    "holiday": "Nghỉ lễ",
    "compensatory": "Nghỉ bù",
    "swapped_off": "Nghỉ hoán đổi",
    "working_saturday": "Làm bù thứ Bảy",
}
_KIND_EN = {
    "holiday": "Public holiday",
    "compensatory": "Compensatory day off",
    "swapped_off": "Day off by swap",
    "working_saturday": "Working Saturday",
}


class Calendar:
    """One approved version of an office's calendar. Moments are aware; answers are in Vietnam's time.

    Time outside the years it knows raises OutsideCalendar.
    """

    def __init__(self, record: CalendarRecord) -> None:
        self.record = record
        self.version = record.version
        self.first, self.last = record.effective_from, record.effective_to
        self._special = {special.day: special for special in record.special_days}
        self._base = datetime.combine(self.first, time(), HANOI)
        self._length = (self.last - self.first).days + 1
        self._first = self.first.toordinal()
        self._days: list[tuple[date, Sessions]] = []
        self._midnights: list[datetime] = []
        self._rank: list[int] = [0]  # how many working days there are before each date
        self._working_days: list[date] = []
        self._begins: list[int] = []
        self._ends: list[int] = []
        self._before: list[int] = []
        self._lay_out()

    def _lay_out(self) -> None:
        total = 0
        for offset in range(self._length):
            day = self.first + timedelta(days=offset)
            sessions = self._sessions_of(day)
            self._days.append((day, sessions))
            self._midnights.append(datetime.combine(day, time(), HANOI))
            if sessions:
                self._working_days.append(day)
            self._rank.append(len(self._working_days))
            for begins, ends in sessions:
                self._begins.append(offset * _DAY + _since_midnight(begins))
                self._ends.append(offset * _DAY + _since_midnight(ends))
                self._before.append(total)
                total += self._ends[-1] - self._begins[-1]

    def _sessions_of(self, day: date) -> Sessions:
        held = self.record.season_on(day) or self.record
        special = self._special.get(day)
        if special:
            return () if special.is_off else held.working_saturday_sessions
        return _ordinary((held.working, *held.also_working), day)

    def covers(self, day: date) -> bool:
        return self.first <= day <= self.last

    def sessions(self, day: date) -> Sessions:
        """The stretches of that day that count for limits; none on a day off."""
        offset = day.toordinal() - self._first
        if not 0 <= offset < self._length:
            raise self.outside(day)
        return self._days[offset][1]

    def reception_sessions(self, day: date) -> Sessions:
        """When the desk is open (R13): its own schedule where there is one, else the working sessions."""
        self._offset(day)
        held = self.record.season_on(day) or self.record
        if day in self._special or not held.reception:
            return self._sessions_of(day)
        return _ordinary(held.reception, day)

    def is_working_day(self, day: date) -> bool:
        return bool(self.sessions(day))

    def special_day(self, day: date) -> SpecialDay | None:
        return self._special.get(day)

    def reason(self, day: date, language: str = "vi") -> str:
        """Why the day is off, or works, with its source, in words for people (`vi` or `en`)."""
        self._offset(day)
        vietnamese = language == "vi"
        special = self._special.get(day)
        if special:
            kind, name = (_KIND_VI, special.name_vi) if vietnamese else (_KIND_EN, special.name_en)
            return f"{kind[special.kind]}: {name} ({special.source})"
        if self._sessions_of(day):
            return "Ngày làm việc" if vietnamese else "Working day"
        return "Nghỉ hằng tuần" if vietnamese else "Weekly rest"

    def add_working_minutes(self, at: datetime, minutes: int) -> datetime:
        """The moment `minutes` of working time after `at` (before it, if negative); 0 gives `at` itself.

        A sum that fills a session ends with that session, not at the start of the next one (R04); going back is the
        mirror image and ends at a session's start.
        """
        # the hottest lines of the product: one piece, whole seconds, no call that can be spared
        if at.tzinfo is None:
            raise ValueError(NAIVE)
        since = at - self._base
        if not 0 <= since.days < self._length:
            raise self.outside(at)
        if minutes == 0:
            return at.astimezone(HANOI)
        position, rest = since.days * _DAY + since.seconds, since.microseconds
        index = bisect_right(self._begins, position) - 1
        if index < 0:
            worked = rest = 0
        elif position < self._ends[index]:
            worked = self._before[index] + position - self._begins[index]
        else:
            worked, rest = self._before[index] + self._ends[index] - self._begins[index], 0
        target = worked + minutes * _MINUTE
        index = (bisect_right if minutes < 0 or rest else bisect_left)(self._before, target) - 1
        if index < 0:
            raise self.outside(None)
        reached = self._begins[index] + target - self._before[index]
        if reached + (rest > 0) > self._ends[index]:
            raise self.outside(None)
        if rest or reached % _MINUTE:
            return self._base + timedelta(0, reached, rest)
        return self._midnights[reached // _DAY] + _CLOCK[reached % _DAY // _MINUTE]  # half the price of the line above

    def working_minutes_between(self, begins: datetime, ends: datetime) -> int:
        """Whole working minutes from one moment to another, negative if the second is earlier; parts are cut off."""
        worked = self._worked(ends) - self._worked(begins)
        minute = _MINUTE * _SECOND
        return worked // minute if worked >= 0 else -(-worked // minute)

    def add_working_days(self, day: date, count: int) -> date:
        """The `count`th working day after `day`, which itself is not counted; before it, if negative; 0 gives `day`."""
        offset = day.toordinal() - self._first
        if not 0 <= offset < self._length:
            raise self.outside(day)
        if count == 0:
            return day
        index = self._rank[offset + 1] + count - 1 if count > 0 else self._rank[offset] + count
        if not 0 <= index < len(self._working_days):
            raise self.outside(None)
        return self._working_days[index]

    def working_days_between(self, first: date, last: date) -> int:
        """How many working days there are from a date on and before another."""
        return self._rank[self._offset(last)] - self._rank[self._offset(first)]

    def next_working_day(self, day: date) -> date:
        """The first working day after `day`."""
        return self.add_working_days(day, 1)

    def is_in_session(self, at: datetime) -> bool:
        """Both ends of a session belong to it."""
        position, rest = self._position(at)
        index = bisect_right(self._begins, position) - 1
        return index >= 0 and position + (rest > 0) <= self._ends[index]

    def opening_from(self, at: datetime) -> datetime:
        """The moment itself if the office's day has begun and not ended, else the start of its next working day (T03).

        The midday pause belongs to the day; before the first session the day's own opening comes next.
        """
        local = at.astimezone(HANOI)
        sessions = self.sessions(local.date())
        if sessions and local.time() <= sessions[-1][1]:
            return max(local, datetime.combine(local.date(), sessions[0][0], HANOI))
        day = self.next_working_day(local.date())
        return datetime.combine(day, self.sessions(day)[0][0], HANOI)

    def working_from(self, at: datetime) -> datetime:
        """The moment itself if working time begins or goes on there, else where it next begins."""
        position, _ = self._position(at)
        index = bisect_right(self._ends, position)
        if index == len(self._begins):
            raise self.outside(None)
        begins = self._begins[index]
        return at.astimezone(HANOI) if begins <= position else self._base + timedelta(0, begins)

    def days_off(self, after: date, until: date) -> tuple[tuple[date, str], ...]:
        """Days that do not count, with the reason of each, between two dates: the first left out, the last included."""
        days = (after + timedelta(days=n) for n in range(1, (until - after).days + 1))
        return tuple((day, self.reason(day)) for day in days if not self.is_working_day(day))

    def _worked(self, at: datetime) -> int:
        """The working time before a moment, in microseconds."""
        position, rest = self._position(at)
        index = bisect_right(self._begins, position) - 1
        if index < 0:
            return 0
        if position >= self._ends[index]:
            position, rest = self._ends[index], 0
        return (self._before[index] + position - self._begins[index]) * _SECOND + rest

    def _position(self, at: datetime) -> tuple[int, int]:
        """Seconds from the first midnight, and the part of a second beyond them."""
        if at.tzinfo is None:
            raise ValueError(NAIVE)
        since = at - self._base
        if not 0 <= since.days < self._length:
            raise self.outside(at)
        return since.days * _DAY + since.seconds, since.microseconds

    def _offset(self, day: date) -> int:
        offset = day.toordinal() - self._first
        if not 0 <= offset < len(self._days):
            raise self.outside(day)
        return offset

    def outside(self, at: date | datetime | None) -> OutsideCalendar:
        """The refusal of a moment, or (none) of an answer, that lies in no year of this calendar."""
        return OutsideCalendar(self.version, at, self.first, self.last)


def to_minute(at: datetime) -> datetime:
    """As slips print it, in Vietnam's time; seconds never count."""
    return at.astimezone(HANOI).replace(second=0, microsecond=0)


def _ordinary(schedules: Iterable[Schedule], day: date) -> Sessions:
    weekday = WEEKDAYS[day.weekday()]
    return tuple(session for schedule in schedules if weekday in schedule.weekdays for session in schedule.sessions)


def _since_midnight(clock: time) -> int:
    return (clock.hour * 60 + clock.minute) * _MINUTE
