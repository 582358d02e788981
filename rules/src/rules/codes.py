"""Puts codes together for people to read: (agency, date, number) in, text out. Hands out no numbers itself.

Outside this module a code is an opaque string; nothing may be concluded from its parts.
"""

from datetime import date

from rules.catalogue import Catalogue, load
from rules.records.code import CodeFormat, CodeKind


def arrival_number(agency: str, on: date, number: int, *, catalogue: Catalogue | None = None) -> str:
    """The number a dossier has before it is accepted (R10), such as T-H00.15-250303-0001."""
    return _written("arrival_number", agency, on, number, catalogue)


def dossier_code(agency: str, on: date, number: int, *, catalogue: Catalogue | None = None) -> str:
    """The dossier code (mã số hồ sơ) in the format in force on its date of acceptance (R21).

    `agency` is the identifier with level 1 first, such as H00.15; `number` counts the agency's dossiers of that day.
    """
    return _written("dossier_code", agency, on, number, catalogue)


def result_code(code: str, number: int, *, on: date | None = None, catalogue: Catalogue | None = None) -> str:
    """The code of a dossier's first, second … result: <dossier code>-KQ1. Without a date, the newest format."""
    formats = (catalogue or load()).code_format("result_code", on)
    return formats.pattern.format(code=code, number=number)


def _written(kind: CodeKind, agency: str, on: date, number: int, catalogue: Catalogue | None) -> str:
    if number < 1:
        raise ValueError(f"numbers begin with 1, not {number}")
    wanted = (catalogue or load()).code_format(kind, on)
    digits = str(number).zfill(wanted.number_width)
    return wanted.pattern.format(agency=_agency(agency, wanted), date=f"{on:%y%m%d}", number=digits)


def _agency(agency: str, wanted: CodeFormat) -> str:
    """The levels of the identifier in the order and width that the format asks for; absent levels are zeros."""
    if not wanted.agency_parts:
        return agency
    levels = agency.split(".")
    return ".".join(_level(levels, part.level, part.width) for part in wanted.agency_parts)


def _level(levels: list[str], level: int, width: int) -> str:
    if width == 0:
        return levels[level - 1]
    digits = levels[level - 1].lstrip("0") if level <= len(levels) else ""
    if len(digits) > width:
        raise ValueError(f"{'.'.join(levels)}: level {level} does not fit {width} digits")
    return digits.zfill(width)
