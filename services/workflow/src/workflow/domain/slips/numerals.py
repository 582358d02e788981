"""Numbers and dates as Vietnamese documents write them out. Pure."""

from datetime import date, datetime

from rules.calendar import HANOI

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_GROUPS = ("", "nghìn", "triệu", "tỷ", "nghìn tỷ", "triệu tỷ")


def in_words(number: int) -> str:
    """12600000 is `mười hai triệu sáu trăm nghìn`."""
    if number == 0:
        return _DIGITS[0]
    groups = []
    while number:
        number, rest = divmod(number, 1000)
        groups.append(rest)
    highest = len(groups) - 1
    said = [
        f"{_below_thousand(group, whole=place < highest)} {_GROUPS[place]}".strip()
        for place, group in reversed(list(enumerate(groups)))
        if group
    ]
    return " ".join(said)


def _below_thousand(number: int, *, whole: bool) -> str:
    """`whole`: higher digits stand before it, so a missing hundred is said."""
    hundreds, rest = divmod(number, 100)
    said = [f"{_DIGITS[hundreds]} trăm"] if hundreds or whole else []
    tens, ones = divmod(rest, 10)
    if tens == 0 and ones:
        said += ["lẻ"] if said else []
        said.append(_DIGITS[ones])
    elif tens:
        said.append("mười" if tens == 1 else f"{_DIGITS[tens]} mươi")
        said += [_last(tens, ones)] if ones else []
    return " ".join(said)


def _last(tens: int, ones: int) -> str:
    """After a ten some digits change their sound."""
    if ones == 5:
        return "lăm"
    return "mốt" if ones == 1 and tens > 1 else _DIGITS[ones]


def amount_in_words(vnd: int) -> str:
    said = in_words(vnd)
    return f"{said[0].upper()}{said[1:]} đồng"


def vnd(amount: int) -> str:
    """`12.600.000`."""
    return f"{amount:,}".replace(",", ".")


def long_date(on: date) -> str:
    """`ngày 03 tháng 3 năm 2025`: days under ten, and the first two months, carry a zero (NĐ 30/2020, Phụ lục I)."""
    month = f"{on.month:02}" if on.month < 3 else str(on.month)
    return f"ngày {on.day:02} tháng {month} năm {on.year}"


def clock_and_date(at: datetime) -> str:
    """`08 giờ 30 phút, ngày 03/03/2025`, by the clocks of Vietnam wherever the moment was written down."""
    at = at.astimezone(HANOI)
    return f"{at:%H} giờ {at:%M} phút, ngày {at.day:02}/{at.month:02}/{at.year}"


def minute_and_date(at: datetime) -> str:
    """`08:30 03/03/2025`, where a table has little room."""
    at = at.astimezone(HANOI)
    return f"{at:%H:%M} {short_date(at.date())}"


_WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")


def due_moment(at: datetime) -> str:
    """`17 giờ 30 phút, thứ Hai, ngày 07/04/2025`: a moment by which something is due, with its weekday."""
    at = at.astimezone(HANOI)
    return f"{at:%H} giờ {at:%M} phút, {_WEEKDAYS[at.weekday()]}, ngày {short_date(at.date())}"


def short_date(on: date) -> str:
    """`07/04/2025`."""
    return f"{on.day:02}/{on.month:02}/{on.year}"


def day_vi(on: date) -> str:
    """`thứ Hai, ngày 07/04/2025`: a date with its weekday."""
    return f"{_WEEKDAYS[on.weekday()]}, ngày {short_date(on)}"


def begin_day_vi(on: date) -> str:
    """The same where a sentence begins with it: `Thứ Hai, ngày 07/04/2025`."""
    said = day_vi(on)
    return said[0].upper() + said[1:]
