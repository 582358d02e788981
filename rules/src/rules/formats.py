"""How a telephone number, an address for mail and a date are written. Judges the writing, not if they exist."""

import re
from collections.abc import Callable, Mapping
from datetime import date

_SPACING = re.compile(r"[\s.()-]")
_PHONE = re.compile(r"(\+84|0)\d{8,10}|1[89]00\d{4,6}")
_EMAIL = re.compile(r"[^@\s<>\"]+@[^@\s.<>\"]+(\.[^@\s.<>\"]+)+")
_EARLIEST_YEAR = 1900


def is_phone(text: str) -> bool:
    """A Vietnamese number, with or without +84, spaces, dots, dashes and brackets; 1800 and 1900 numbers too."""
    return bool(_PHONE.fullmatch(_SPACING.sub("", text)))


def is_email(text: str) -> bool:
    return bool(_EMAIL.fullmatch(text))


def is_date(text: str) -> bool:
    """A date that exists, written YYYY-MM-DD, not before 1900."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == 10 and found.year >= _EARLIEST_YEAR


FORMATS: Mapping[str, Callable[[str], bool]] = {"phone": is_phone, "email": is_email, "date": is_date}
