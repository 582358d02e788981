"""How somebody who was here before is found again, and how little of it a list may show. Pure."""

import re

from rules.plain import fold

_WORDS = re.compile(r"[a-z0-9]+")
FEWEST_DIGITS = 6  # of a telephone number; fewer would list half the province


def words_of(text: str) -> set[str]:
    """The words of a name as they are compared: without marks, in no order."""
    return set(_WORDS.findall(fold(text)))


def digits_of(phone: str) -> str:
    """A telephone number as it is compared: +84 912 345 678 is 0912345678."""
    digits = re.sub(r"\D", "", phone)
    return f"0{digits[2:]}" if phone.strip().startswith("+84") else digits


def masked_phone(phone: str) -> str:
    """`0912345678` becomes `•••••• 678`."""
    digits = digits_of(phone)
    return f"•••••• {digits[-3:]}" if digits else ""


def masked_email(email: str) -> str:
    """`bao.ngoc@nhakhoa.example` becomes `b•••@nhakhoa.example`."""
    name, at, place = email.partition("@")
    return f"{name[:1]}•••{at}{place}" if at else ""


def masked_name(name: str) -> str:
    """`Lê Thị Bảo Ngọc` becomes `Lê T. B. Ngọc`: enough to ask, too little to tell."""
    words = name.split()
    if len(words) < 3:
        return name if len(words) < 2 else f"{words[0][:1]}. {words[1]}"
    return " ".join([words[0], *(f"{word[:1]}." for word in words[1:-1]), words[-1]])
