"""A due moment or a road in words, Vietnamese or English, and as JSON. Layout only."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from motcua.catalogue.words import Words
from rules.calendar import HANOI, Calendar
from rules.days import Day, explained
from rules.due import Due
from rules.milestones import LABELS, Milestone, Road

_WEEKDAYS = (
    ("Thứ Hai", "Mon"),
    ("Thứ Ba", "Tue"),
    ("Thứ Tư", "Wed"),
    ("Thứ Năm", "Thu"),
    ("Thứ Sáu", "Fri"),
    ("Thứ Bảy", "Sat"),
    ("Chủ Nhật", "Sun"),
)
_SAID = {
    "before": ("Trước {0}", "Before {0}"),
    "limit": ("Thời hạn: {0}", "Limit: {0}"),
    "start": ("Bắt đầu: {0}", "Start: {0}"),
    "not_counted": ("; ngày này không tính", "; this date is not counted"),
    "days": ("Từng ngày:", "Day by day:"),
    "passed_over": ("Ngày không tính:", "Days passed over:"),
    "none": ("Không có ngày nào bị bỏ qua.", "No day is passed over."),
    "working": ("ngày làm việc", "working day"),
    "counted": ("tính cả ngày nghỉ", "days off count too"),
    "readings": ("Cách hiểu đã dùng:", "Readings that took part:"),
    "calendar": ("Lịch làm việc: {0}, phiên bản {1}, {2} đến {3}", "Calendar: {0}, version {1}, {2} to {3}"),
    "round": ("lần {0}", "no. {0}"),
    "void": ("không còn hiệu lực", "no longer holds"),
    "waits_fee": ("Chưa nộp phí: chưa bắt đầu tính thời hạn.", "The fee is not paid: the clock has not started."),
    "waits_supplement": ("Đang chờ bổ sung: chưa có ngày hẹn mới.", "A supplement is awaited: there is no due yet."),
    "unpublished": ("Chưa văn bản nào công bố: hạn kiểm tra.", "No act has published it: the check limit."),
    "acts": ("Căn cứ:", "Acts:"),
}
READINGS = {
    "R01": ("quy định theo ngày nộp, lịch theo bản mới nhất", "rules of the day of filing, the newest calendar"),
    "R02": ("bắt đầu theo mốc của thủ tục", "the clock starts by the procedure's start rule"),
    "R03": ("ngày bắt đầu không tính; ngày một là ngày kế tiếp", "the first date is not counted; day one is the next"),
    "R04": ("giờ hẹn theo giờ bắt đầu, nằm trong giờ làm việc", "the start's time of day, inside office hours"),
    "R05": ("hạn theo ngày tính đến hết ngày", "a limit in days is kept until midnight"),
    "R07": ("hẹn lại một lần, trước hạn một ngày", "a new date once, a day ahead at the latest"),
    "R08": ("bổ sung: tính lại hoặc tính tiếp", "a supplement begins the limit anew, or lets it go on"),
    "R09": ("không bổ sung thì dừng sau khi báo trước", "unanswered, it is closed after a notice"),
    "T03": ("nộp ngoài giờ tính từ giờ mở cửa kế tiếp", "out of hours counts from the next opening"),
    "T05": ("sau giờ chốt thì chuyển vào sáng ngày làm việc kế tiếp", "after the cut-off, the next working morning"),
    "X03": ("“ngay” là trong ngày làm việc", "at once is within the same working day"),
}


class Sayer:
    """Says things in one language."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.index = 0 if words.language == "vi" else 1

    def due(self, found: Due, calendar: Calendar, office: str) -> str:
        """The due moment alone on the first line, then why."""
        lines = [found.at.isoformat(), "", self.said("before", self.moment(found.at))]
        lines.append(self.said("limit", self.words.limit(found.limit)))
        ending = self.said("not_counted") if found.limit.is_in_days else ""
        lines += [self.said("start", self.moment(found.start)) + ending, "", *self.days(found, calendar), ""]
        lines += [self.said("readings"), *self.readings(found.readings)]
        span = (self.words.day(calendar.first), self.words.day(calendar.last))
        return "\n".join([*lines, self.said("calendar", office, calendar.version, *span), ""])

    def days(self, found: Due, calendar: Calendar) -> Iterator[str]:
        """What was counted, ordinary days in one line, and each day that was not."""
        days = explained(found, calendar)
        if not days and not found.limit.is_in_days:
            yield self.said("none")
            return
        yield self.said("days" if found.limit.is_in_days else "passed_over")
        for group in _grouped(days):
            yield self._group(group)

    def _group(self, group: Sequence[Day]) -> str:
        first, last = group[0], group[-1]
        span = self.day(first.on) if first is last else f"{self.day(first.on)} – {self.day(last.on)}"
        if first.count is None:
            return f"{'–':>9}  {span}: {self._reason(first)}"
        count = f"{first.count}" if first is last else f"{first.count}–{last.count}"
        return f"{count:>9}  {span}: {self._reason(first) if first is last else self._common(group)}"

    def _common(self, group: Sequence[Day]) -> str:
        return self.said("working" if all(day.works for day in group) else "counted")

    def _reason(self, day: Day) -> str:
        return (day.reason, day.reason_en)[self.index] or self.said("working")

    def readings(self, names: Iterable[str]) -> list[str]:
        return [f"      {name}  {READINGS.get(name, ('', ''))[self.index]}".rstrip() for name in dict.fromkeys(names)]

    def road(self, found: Road, calendar: Calendar) -> str:
        """The due moment alone on the first line, where there is one; then every moment in order, and why."""
        acts = list(dict.fromkeys(act for one in found.milestones for act in one.basis))
        lines = [found.due_at.isoformat(), ""] if found.due_at else []
        for one in found.milestones:
            lines += self._milestone(one, acts)
        lines += [self.said(f"waits_{found.waits_for}")] if found.waits_for else []
        lines += [self.said("unpublished")] if found.unpublished else []
        lines += ["", self.said("acts"), *(f"      [{number}]  {act}" for number, act in enumerate(acts, 1))]
        lines += [self.said("readings"), *self.readings(found.readings)]
        span = (self.words.day(calendar.first), self.words.day(calendar.last))
        return "\n".join([*lines, self.said("calendar", found.office_id, calendar.version, *span), ""])

    def _milestone(self, one: Milestone, acts: Sequence[str]) -> Iterator[str]:
        label = LABELS[one.kind][self.index]
        marks = [self.said("round", one.number)] if one.number > 1 else []
        marks += [self.words.limit(one.limit)] if one.limit and not one.limit.is_at_once else []
        marks += [] if one.holds else [self.said("void")]
        marks += [", ".join(one.readings)] if one.readings else []
        basis = "".join(f"[{acts.index(act) + 1}]" for act in one.basis)
        yield f"{self.moment(one.at)}  {label}" + (f" ({'; '.join(marks)})" if marks else "") + f"  {basis}"
        for group in _grouped(day for day in one.days if not day.works):
            yield self._group(group)

    def moment(self, at: datetime) -> str:
        """`14:30 Thứ Tư, 25/11/2026`, `14:30 Wed, 2026-11-25`."""
        local = at.astimezone(HANOI)
        return f"{local:%H:%M} {self.day(local.date())}"

    def day(self, on: date) -> str:
        weekday = _WEEKDAYS[on.weekday()][self.index]
        return f"{weekday}, {on:%d/%m/%Y}" if self.index == 0 else f"{weekday}, {on.isoformat()}"

    def said(self, key: str, *facts: object) -> str:
        return _SAID[key][self.index].format(*facts)


def _grouped(days: Iterable[Day]) -> list[list[Day]]:
    """Ordinary days that follow one another in the count are one group; every other day is one of its own."""
    groups: list[list[Day]] = []
    for day in days:
        joins = bool(groups) and day.count is not None and groups[-1][-1].count == day.count - 1
        if joins and not _tells(day) and not _tells(groups[-1][-1]):
            groups[-1].append(day)
        else:
            groups.append([day])
    return groups


def _tells(day: Day) -> bool:
    """Whether its reason is worth a line: it did not count, or it counts though its weekday says otherwise."""
    return bool(day.reason) and (day.works or day.count is None or ";" in day.reason)


def due_as_json(found: Due, calendar: Calendar, office: str) -> dict[str, Any]:
    """Everything that explains a due moment, for machines."""
    days = [
        {"on": day.on.isoformat(), "count": day.count, "reason_vi": day.reason, "reason_en": day.reason_en}
        for day in explained(found, calendar)
    ]
    return {
        "due": found.at.isoformat(),
        "limit": {"value": found.limit.value, "unit": found.limit.unit},
        "start": found.start.isoformat(),
        "office": office,
        "calendar_version": calendar.version,
        "readings": list(found.readings),
        "days": days,
    }
