"""The road of a what-if as its page shows it: each date with its reasons, and the month calendar. Words only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from intake.web import drawing
from intake.web.words import limit as limit_words
from kit.now import TIME_ZONE
from kit.pages.formats import clock, day, due, when
from kit.pages.months import Day, Mark, Row, Sign, told
from kit.pages.words import gettext as _
from rules.calendar import Calendar
from rules.days import ROLLED_VI
from rules.days import Day as LimitDay
from rules.milestones import LABELS, Kind, Milestone, Road

MOST_MONTHS = 12
BY: tuple[Kind, ...] = ("check_due", "answer_due", "due")  # told as a time to be kept
# How each kind stands on the calendar: its sign, and a word of six letters at most.
SIGNS: Mapping[Kind, tuple[Sign, str]] = {
    "filed": ("event", "nộp"),
    "check_due": ("event", "kiểm"),
    "paid": ("event", "phí"),
    "supplement_asked": ("event", "hỏi"),
    "answer_due": ("event", "hạn"),
    "closing_notice": ("event", "báo"),
    "closes": ("event", "dừng"),
    "check_restarted": ("event", "đáp"),
    "clock_started": ("start", "từ"),
    "clock_paused": ("event", "hỏi"),
    "clock_restarted": ("start", "từ"),
    "clock_resumed": ("start", "tiếp"),
    "due": ("due", "hẹn"),
    "apology_last": ("event", ""),
    "missed": ("event", "trễ"),
}


@dataclass(frozen=True)
class Stop:
    """One date of the road: when, what, how long its limit is, each day it passed over with the reason, and the law."""

    kind: Kind
    at: str
    label: str
    limit: str
    starts: str
    skipped: list[Row]
    basis: tuple[str, ...]
    readings: tuple[str, ...]
    holds: bool


def stops(found: Road, *, english: bool = False) -> list[Stop]:
    """Every date that concerns the applicant, in order; what only the office needs to know is left out."""
    return [_stop(one, english=english) for one in found.milestones if not one.is_inside]


def _stop(one: Milestone, *, english: bool) -> Stop:
    has_days = one.limit is not None and one.starts_at is not None
    return Stop(
        kind=one.kind,
        at=_at(one),
        label=_label(one, english=english),
        limit=limit_words(one.limit) if one.limit else "",
        starts=when(one.starts_at) if one.starts_at else "",
        skipped=skipped(one.days, english=english) if has_days else [],
        basis=one.basis,
        readings=one.readings,
        holds=one.holds,
    )


def _at(one: Milestone) -> str:
    if one.kind == "apology_last":
        return day(one.at)
    return due(one.at) if one.kind in BY else when(one.at)


def _label(one: Milestone, *, english: bool) -> str:
    word = LABELS[one.kind][english]
    return word if one.number == 1 or one.kind == "due" else f"{word} ({one.number})"


def skipped(days: Sequence[LimitDay], *, english: bool = False) -> list[Row]:
    """Each day that did not count, each Saturday that did, and a last day that rolled on, with the reason.

    Neighbours of one reason stand together.
    """
    special = [one for one in days if one.reason and (one.count is None or one.works or ROLLED_VI in one.reason)]
    return told(Day(one.on, "weekend", _why(one, english=english), is_told=True) for one in special)


def _why(one: LimitDay, *, english: bool) -> str:
    reason = one.reason_en if english else one.reason
    if one.count and not one.works:
        return reason
    if one.count is None:
        return f"does not count: {reason}" if english else _("không tính: %s") % reason
    return f"counts: {reason}" if english else _("vẫn tính: %s") % reason


def days(found: Road, calendar: Calendar, today: date, *, english: bool = False) -> list[Day]:
    """The road on the month calendar; none where it is longer than a year or the calendar does not know it all."""
    happens: dict[date, list[Mark]] = {}
    for one in found.milestones:
        if not one.is_inside:
            happens.setdefault(_date(one.at), []).append(_mark(one, english=english))
    return drawing.days(calendar, happens, counts(found), today=today, most=MOST_MONTHS)


def counts(found: Road) -> dict[date, int]:
    """Each day that the limit which holds counts; of the check, while the main limit is not known."""
    limits = [one for one in found.milestones if one.holds and one.kind in ("check_due", "due")]
    last = next((one for one in reversed(limits) if one.kind == "due"), limits[-1] if limits else None)
    return {one.on: one.count for one in last.days if one.count} if last else {}


def _mark(one: Milestone, *, english: bool) -> Mark:
    sign, short = SIGNS[one.kind]
    if one.kind == "due" and not one.holds:
        sign, short = "event", _("cũ")
    said = _label(one, english=english)
    if not one.holds:
        said = f"{said} (no longer holds)" if english else _("%s (không còn áp dụng)") % said
    if one.kind == "apology_last":
        return Mark(sign, said, short)
    before = "before " if english else _("trước ")
    return Mark(sign, f"{said}, {before if one.kind in BY else ''}{clock(one.at)}", short)


def _date(at: datetime) -> date:
    return at.astimezone(TIME_ZONE).date()
