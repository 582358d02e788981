"""Reads limits and moments as people write them; what is not clear is refused in one line that names it."""

import json
import re
from collections.abc import Mapping
from datetime import datetime

from rules.calendar import HANOI
from rules.errors import RulesError, UnknownOffice
from rules.records.limit import Limit, Unit

UNITS: Mapping[str, Unit] = {
    "working minute": "working_minutes",
    "working hour": "working_hours",
    "working day": "working_days",
    "calendar day": "calendar_days",
    "month": "months",
    "year": "years",
}
KNOWN_UNITS = ", ".join(f"{name}s" for name in UNITS)
LARGEST = 100_000
_LIMIT = re.compile(r"\s*(\S+)\s+(\S.*?)\s*", re.DOTALL)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_SHOWN = 60


class Refused(Exception):
    """What was asked cannot be read; the message is one line."""


def read_limit(text: str) -> Limit:
    """`5 working days`, `1 month`. Raises Refused."""
    found = _LIMIT.fullmatch(text)
    if found is None:
        raise Refused(f"limit {shown(text)}: a number and a unit are needed, as in 5 working days")
    return Limit(_number(found[1], text), _unit(found[2], text))


def _number(text: str, whole: str) -> int:
    if not re.fullmatch(r"[+-]?[0-9]+", text):
        raise Refused(f"limit {shown(whole)}: {shown(text)} is no whole number")
    if text.startswith("-") or not text.strip("+0"):
        raise Refused(f"limit {shown(whole)}: the number must be at least 1")
    if len(text.lstrip("+0")) > len(str(LARGEST)) or int(text) > LARGEST:
        raise Refused(f"limit {shown(whole)}: the number must be at most {LARGEST}")
    return int(text)


def _unit(text: str, whole: str) -> Unit:
    words = " ".join(text.lower().split())
    unit = UNITS.get(words) or UNITS.get(words.removesuffix("s"))
    if unit is None:
        raise Refused(f"limit {shown(whole)}: unknown unit {shown(text)}; known are {KNOWN_UNITS}")
    return unit


def read_moment(text: str, name: str = "from") -> datetime:
    """A moment in ISO 8601; without an offset it is Vietnam's time. Raises Refused."""
    if _DATE.fullmatch(text):
        raise Refused(f"{name} {shown(text)}: the time of day is missing, as in {text}T09:00")
    if not _MOMENT.fullmatch(text):
        raise Refused(f"{name} {shown(text)}: a moment is written 2026-01-06T09:00 or 2026-01-06T09:00:00+07:00")
    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(HANOI) if found.tzinfo else found.replace(tzinfo=HANOI)
    except ValueError as wrong:
        raise Refused(f"{name} {shown(text)}: {wrong}") from wrong
    except OverflowError as wrong:
        raise Refused(f"{name} {shown(text)}: no calendar reaches so far") from wrong


def shown(value: object) -> str:
    """A value as JSON writes it, on one line, cut where it is long."""
    written = json.dumps(value)
    return written if len(written) <= _SHOWN else f"{written[:_SHOWN]}..."


def said(refusal: RulesError) -> str:
    """What the rules refuse, in one line."""
    return f"no such office: {shown(refusal.name)}" if isinstance(refusal, UnknownOffice) else str(refusal)
