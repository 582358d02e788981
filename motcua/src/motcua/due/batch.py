"""Many limits, one a line of JSON, one due moment a line. What is wrong is refused with the number of its line."""

import json
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from motcua.due.reading import Refused, read_limit, read_moment, said, shown
from rules.catalogue import Catalogue
from rules.due import due_at
from rules.errors import RulesError

KEYS = ("limit", "from", "office")
limit_of = lru_cache(maxsize=1000)(read_limit)  # a file has many lines and few different limits


def due_moments(lines: Iterable[bytes], law: Catalogue, office_id: str) -> Iterator[str]:
    """The due moment of each line, in order; `office_id` is for lines that name none. Raises Refused with the line."""
    number = 0
    for number, line in enumerate(lines, 1):
        try:
            yield _due_moment(line, law, office_id)
        except Refused as wrong:
            raise Refused(f"line {number}: {wrong}") from wrong
        except RulesError as wrong:
            raise Refused(f"line {number}: {said(wrong)}") from wrong
    if number == 0:
        raise Refused("line 1: there is nothing in it")


def _due_moment(line: bytes, law: Catalogue, office_id: str) -> str:
    asked = _read_line(line)
    limit, begins = limit_of(asked["limit"]), read_moment(asked["from"])
    office = asked.get("office", office_id)
    return due_at(limit, begins, law.calendar(office), readings=law.readings(office, begins.date())).isoformat()


def _read_line(line: bytes) -> dict[str, str]:
    found = _json(line)
    if not isinstance(found, dict):
        raise Refused(f"a JSON object is needed, not {shown(found)}")
    if unknown := [key for key in found if key not in KEYS]:
        raise Refused(f"unknown key {shown(unknown[0])}; known are {', '.join(KEYS)}")
    if missing := [key for key in KEYS[:2] if key not in found]:
        raise Refused(f"{missing[0]} is missing")
    for key, value in found.items():
        if not isinstance(value, str):
            raise Refused(f"{key} must be a text in quotes, not {shown(value)}")
    return found


def _json(line: bytes) -> Any:
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as wrong:
        raise Refused(f"not UTF-8: byte {wrong.start + 1} of the line") from wrong
    if not text.strip():
        raise Refused("the line is empty")
    try:
        return json.loads(text, object_pairs_hook=_once)
    except json.JSONDecodeError as wrong:
        raise Refused(f"not JSON: {wrong.msg} at character {wrong.pos + 1}") from wrong
    except RecursionError as wrong:
        raise Refused("not JSON that anybody needs: nested too deeply") from wrong
    except ValueError as wrong:
        raise Refused("not JSON: a number in it is too long") from wrong


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for key in found if sum(key == other for other, _ in pairs) > 1)
        raise Refused(f"{shown(twice)} stands there twice")
    return found
