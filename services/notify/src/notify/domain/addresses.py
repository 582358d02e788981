"""Addresses as those may see them who only look after the sending."""

MASK = "•••"


def masked(address: str) -> str:
    """`h•••@mau.example` of a mail address, `•••456` of a telephone number."""
    name, at, domain = address.partition("@")
    if at:
        return f"{name[:1]}{MASK}@{domain}"
    digits = "".join(letter for letter in address if letter.isdigit())
    return f"{MASK}{digits[-3:]}" if len(digits) > 6 else MASK
