"""Barcodes of parcels and the stamp of arrival. Judges the writing, knows no postal service. Pure.

An item identifier of UPU standard S10 is two letters, eight digits, a check digit and the letters of a country. Codes
that the domestic post uses beside it need not follow it, so a wrong check digit is a hint, never the last word.
"""

import re
from datetime import datetime, timedelta
from typing import Literal

from intake.domain.flaws import Flaw

OLDEST_STAMP_DAYS = 30  # ours: an older stamp is rather a misread one
_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)  # UPU S10
_S10 = re.compile(r"[A-Z]{2}(?P<digits>\d{8})(?P<check>\d)[A-Z]{2}")
_CODE = re.compile(r"[A-Z0-9-]{5,40}")
_BETWEEN = re.compile(r"[\s.]+")

Reading = Literal["s10", "wrong_check_digit", "other", "unreadable"]


def tidy_item(text: str) -> str:
    """A barcode as it is kept: capitals, without what people put between its parts."""
    return _BETWEEN.sub("", text).upper()


def check_digit(digits: str) -> int:
    """The check digit of eight digits: 47312482 gives 9."""
    rest = 11 - sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=True)) % 11
    return {10: 0, 11: 5}.get(rest, rest)


def read_item(item: str) -> Reading:
    """What a tidied barcode is; `other` has not the shape of S10 and may be a domestic code."""
    if not _CODE.fullmatch(item):
        return "unreadable"
    match = _S10.fullmatch(item)
    if match is None:
        return "other"
    return "s10" if check_digit(match["digits"]) == int(match["check"]) else "wrong_check_digit"


def item_flaws(item: str, *, is_overridden: bool) -> list[Flaw]:
    """What keeps a barcode from being taken; a wrong check digit does not, once a clerk has looked again."""
    reading = read_item(item)
    if reading == "unreadable":
        vietnamese = "Hãy quét hoặc gõ mã bưu gửi: 5 đến 40 chữ cái và chữ số."
        return [_flaw("postal_item", "format", vietnamese, "Give the item's barcode: 5 to 40 letters and digits.")]
    if reading == "wrong_check_digit" and not is_overridden:
        vietnamese = "Mã không đúng số kiểm tra. Hãy xem lại mã; nếu bưu gửi ghi đúng như vậy thì đánh dấu xác nhận."
        english = "The check digit is wrong. Look again; if the item bears this very code, confirm it."
        return [_flaw("postal_item", "check_digit", vietnamese, english)]
    return []


def stamp_flaws(received_at: datetime | None, now: datetime) -> list[Flaw]:
    """The stamped time of arrival: there, not in the future, not long ago."""
    if received_at is None:
        vietnamese = "Hãy ghi ngày và giờ trên dấu đến."
        return [_flaw("received_at", "required", vietnamese, "Give date and time of the receiving stamp.")]
    if received_at > now:
        vietnamese = "Giờ trên dấu đến còn ở tương lai. Hãy xem lại dấu."
        return [_flaw("received_at", "future", vietnamese, "The stamped time lies in the future.")]
    if received_at < now - timedelta(days=OLDEST_STAMP_DAYS):
        vietnamese = f"Dấu đến đã quá {OLDEST_STAMP_DAYS} ngày. Hãy xem lại ngày trên dấu."
        return [_flaw("received_at", "too_old", vietnamese, f"The stamp is older than {OLDEST_STAMP_DAYS} days.")]
    return []


def a_year_before(now: datetime) -> datetime:
    """Since when an item's number may not have been seen: the post uses none twice within 12 months (UPU S10)."""
    return now.replace(year=now.year - 1, day=28 if (now.month, now.day) == (2, 29) else now.day)


def _flaw(field: str, code: str, vietnamese: str, english: str) -> Flaw:
    return Flaw(code, vietnamese, english, path=(field,), within="")
