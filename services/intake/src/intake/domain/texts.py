"""What can be kept of what is sent: no NUL for PostgreSQL, no half characters or endless numbers for JSON. Pure."""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

DEEPEST = 12
LARGEST = 2**53  # beyond it a number is not the same in every JSON reader
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def is_storable(value: Any, depth: int = 0) -> bool:
    """Whether a value, to its depth, can be kept and read again unchanged."""
    if depth > DEEPEST:
        return False
    if isinstance(value, str):
        return storable(value) == value
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, int):
        return abs(value) <= LARGEST
    if isinstance(value, Mapping):
        return all(is_storable(key, depth + 1) and is_storable(one, depth + 1) for key, one in value.items())
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return all(is_storable(one, depth + 1) for one in value)
    return True


def storable(text: str) -> str:
    """The text without what cannot be kept, or shown on a page: control characters but for tabs and ends of lines."""
    return _CONTROLS.sub("", text).encode("utf-8", "ignore").decode("utf-8")
