"""A run of days as month sheets to draw, and as a table that says the same in words. Knows no calendar of its own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Literal, NamedTuple

from kit.pages.formats import day as day_words
from kit.pages.words import gettext as _

Kind = Literal["working", "weekend", "holiday", "swapped"]  # swapped: a Saturday that works
Sign = Literal["start", "due", "today", "event"]
WEEK = 7
WIDTH, HEIGHT, HEAD = 48, 58, 30  # one cell and the line of weekdays, in the drawing's own units


class Mark(NamedTuple):
    """What a day is to the reader: `word` for the table, `short` (six letters at most) for the drawing."""

    sign: Sign
    word: str
    short: str = ""


@dataclass(frozen=True)
class Day:
    """One date: what kind it is and why, its number where it is counted, and what happens on it.

    `is_told` days stand in the table; the others only fill their month. `note` says more of the day in the table.
    """

    on: date
    kind: Kind = "working"
    reason: str = ""
    counted: int | None = None
    marks: tuple[Mark, ...] = ()
    is_told: bool = False
    note: str = ""

    def has(self, sign: Sign) -> bool:
        return any(mark.sign == sign for mark in self.marks)

    @property
    def short(self) -> str:
        """The word under the date in the drawing: what happens there, else its number, else why it is off."""
        marks = sorted(self.marks, key=lambda mark: _BEFORE.index(mark.sign))
        happens = next((mark.short for mark in marks if mark.short and mark.sign != "today"), "")
        return happens or (str(self.counted) if self.counted else _SHORT[self.kind])


_BEFORE: tuple[Sign, ...] = ("due", "start", "event", "today")  # whose word stands in the drawing, of several
_SHORT: dict[Kind, str] = {"working": "", "weekend": "", "holiday": "nghỉ", "swapped": "bù"}


class Cell(NamedTuple):
    """A day with its place in the drawing."""

    day: Day
    x: int
    y: int


@dataclass(frozen=True)
class Month:
    """A month to draw, weeks from Monday to Sunday."""

    first: date
    cells: tuple[Cell, ...]
    height: int


class Row(NamedTuple):
    """A line of the table: one day, or several that say the same."""

    days: str
    words: str


def drawn(days: Iterable[Day]) -> list[Month]:
    """The days, given in their order, month by month."""
    months = groupby(days, key=lambda one: one.on.replace(day=1))
    return [_month(first, tuple(found)) for first, found in months]


def _month(first: date, days: Sequence[Day]) -> Month:
    before = first.weekday()
    cells = tuple(_cell(one, before + one.on.day - 1) for one in days)
    return Month(first, cells, cells[-1].y + HEIGHT)


def _cell(one: Day, place: int) -> Cell:
    return Cell(one, place % WEEK * WIDTH, HEAD + place // WEEK * HEIGHT)


def told(days: Iterable[Day]) -> list[Row]:
    """The days in words; neighbours of one kind, and days counted one after the other, stand in one line."""
    rows: list[list[Day]] = []
    for one in days:
        if not one.is_told:
            continue
        if rows and _joins(rows[-1][-1], one):
            rows[-1].append(one)
        else:
            rows.append([one])
    return [Row(_span(row), _words(row)) for row in rows]


def _joins(before: Day, after: Day) -> bool:
    happens = before.marks or after.marks or before.note or after.note
    same = (before.kind, before.reason) == (after.kind, after.reason)
    follows = after.counted == (before.counted + 1 if before.counted else None)
    return not happens and same and follows and after.on - before.on == timedelta(days=1)


def _span(row: Sequence[Day]) -> str:
    if len(row) == 1:
        return day_words(row[0].on)
    return _("%(first)s đến %(last)s") % {"first": day_words(row[0].on), "last": day_words(row[-1].on)}


def _words(row: Sequence[Day]) -> str:
    first, last = row[0], row[-1]
    said = [mark.word for mark in first.marks]
    if first.counted:
        said.append(_counted(first.counted, last.counted or first.counted))
    if first.kind != "working":
        said.append(first.reason)
    elif not said:
        said.append(_("ngày làm việc"))
    words = "; ".join(each for each in (*said, first.note) if each)
    return words[:1].upper() + words[1:]


def _counted(first: int, last: int) -> str:
    if first == last:
        return _("ngày thứ %s") % first
    return _("ngày thứ %(first)s đến ngày thứ %(last)s") % {"first": first, "last": last}
