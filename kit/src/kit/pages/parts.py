"""What templates are handed: who runs the site, links, steps, milestones, the look of time left. Plain data."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple

from kit.pages.formats import working_left
from kit.pages.words import gettext as _

State = Literal["done", "current", "ahead"]


@dataclass(frozen=True)
class Link:
    """One line of the navigation; `count` says how much waits there."""

    label: str
    href: str
    count: int | None = None


def links(given: Iterable[Link | tuple[Any, ...]]) -> list[Link]:
    """Links from (label, href) or (label, href, count)."""
    return [link if isinstance(link, Link) else Link(*link) for link in given]


class Step(NamedTuple):
    """One step of a form in several pages."""

    word: str
    state: State
    href: str = ""


@dataclass(frozen=True)
class Office:
    """Who runs this site, as head and foot of every page say it."""

    name: str = ""
    telephone: str = ""
    hours: str = ""
    address: str = ""


@dataclass(frozen=True)
class Milestone:
    """One place on a timeline: reached at `time` (done, current) or planned for it (ahead)."""

    word: str
    state: State
    time: datetime | str | None = None
    note: str = ""


class TimeLeft(NamedTuple):
    """How time left is shown; `share` is what is left of the whole, 0 to 100."""

    colour: Literal["neutral", "amber", "orange", "red", "grey"]
    icon: str
    words: str
    share: int


def time_left(
    minutes: int, whole: int, *, today: bool = False, stopped: bool = False, late: bool | None = None
) -> TimeLeft:
    """The look of `minutes` left of `whole`, both working minutes; `today` when it ends before this day does.

    `late` says whether the limit is missed, where that is not the minute it ends at (a limit in days: midnight).
    """
    share = max(0, min(100, round(100 * minutes / whole))) if whole > 0 else 0
    if stopped:
        return TimeLeft("grey", "pause", _("tạm dừng tính giờ"), share)
    if minutes < 0 if late is None else late:
        return TimeLeft("red", "alert-octagon", working_left(minutes) if minutes < 0 else _("quá hạn"), 100)
    if today:
        words = f"{_('hạn hôm nay')}, {working_left(minutes)}" if minutes > 0 else _("hạn hôm nay")
        return TimeLeft("orange", "alert", words, share)
    if minutes * 4 < whole:
        return TimeLeft("amber", "hourglass", f"{_('sắp đến hạn')}, {working_left(minutes)}", share)
    return TimeLeft("neutral", "clock", working_left(minutes), share)
