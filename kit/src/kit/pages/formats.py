"""How money, times, durations and sizes read in Vietnamese. Pure; all times are said in Asia/Ho_Chi_Minh."""

from collections.abc import Callable
from datetime import date, datetime

from kit.now import TIME_ZONE
from kit.pages.words import gettext as _

MINUTES_OF_A_WORKING_DAY = 8 * 60  # two sessions of four hours
_NO_BREAK = "\N{NO-BREAK SPACE}"
_WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật")
_SIZES = ((1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB"))


def vnd(amount_vnd: int) -> str:
    """Whole đồng as `12.600.000 ₫`; the sign never stands on a line of its own."""
    sign = "\N{MINUS SIGN}" if amount_vnd < 0 else ""
    return f"{sign}{number(abs(amount_vnd))}{_NO_BREAK}₫"


def number(value: int) -> str:
    """Thousands parted by full stops, as Vietnamese writes them."""
    return f"{value:,}".replace(",", ".")


def local(moment: datetime) -> datetime:
    """The moment on the office's wall clock. Raises ValueError for a time without a zone."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone")
    return moment.astimezone(TIME_ZONE)


def clock(moment: datetime) -> str:
    """`14:30`."""
    return f"{local(moment):%H:%M}"


def day(value: date | datetime) -> str:
    """`Thứ Tư, 25/11/2026`, of a date or of a moment."""
    on = local(value).date() if isinstance(value, datetime) else value
    return f"{_(_WEEKDAYS[on.weekday()])}, {on:%d/%m/%Y}"


def when(moment: datetime) -> str:
    """`14:30 Thứ Tư, 25/11/2026`."""
    return f"{clock(moment)} {day(moment)}"


def due(moment: datetime) -> str:
    """A time to be kept: `trước 17:30 Thứ Ba, 08/04/2025`."""
    return _("trước %(when)s") % {"when": when(moment)}


def working_time(minutes: int) -> str:
    """Working minutes in words, eight hours a day: `3 ngày 2 giờ`. Minutes are said only under a day."""
    days, rest = divmod(minutes, MINUTES_OF_A_WORKING_DAY)
    hours, left = divmod(rest, 60)
    said = [(days, _("ngày")), (hours, _("giờ")), (0 if days else left, _("phút"))]
    return " ".join(f"{number(count)} {unit}" for count, unit in said if count) or f"0 {_('phút')}"


def working_left(minutes: int) -> str:
    """`còn 3 ngày 2 giờ làm việc`; under zero `quá hạn 1 ngày làm việc`."""
    if minutes < 0:
        return _("quá hạn %(time)s làm việc") % {"time": working_time(-minutes)}
    if minutes == 0:
        return _("đã đến hạn")
    return _("còn %(time)s làm việc") % {"time": working_time(minutes)}


def filesize(size_bytes: int) -> str:
    """Bytes as people read them: `1,4 MB`, `312 kB`, `90 byte`."""
    for step, unit in _SIZES:
        if size_bytes >= step:
            shown = f"{size_bytes / step:.1f}" if size_bytes < 10 * step else f"{size_bytes / step:.0f}"
            return f"{shown.removesuffix('.0').replace('.', ',')}{_NO_BREAK}{unit}"
    return f"{size_bytes}{_NO_BREAK}byte"


FILTERS: dict[str, Callable[..., str]] = {
    "vnd": vnd,
    "number": number,
    "clock": clock,
    "day": day,
    "when": when,
    "due": due,
    "working_time": working_time,
    "working_left": working_left,
    "filesize": filesize,
}
