"""docs/readings.md may only point at tests that exist, and must speak of every reading."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "readings.md").read_text(encoding="utf-8")


def named_tests() -> list[tuple[str, str]]:
    """Every (file, test) that the table names; "::test" alone belongs to the file named before it."""
    file, found = "", []
    for path, name in re.findall(r"`([\w/.]*)::(test_\w+)`", DOCUMENT):
        file = path or file
        found.append((file, name))
    return found


def test_every_reading_has_its_line() -> None:
    assert re.findall(r"^\| (R\d\d) \|", DOCUMENT, re.MULTILINE) == [f"R{n:02}" for n in range(1, 24)]


def test_every_test_it_names_is_there() -> None:
    assert len(named_tests()) > 10
    missing = [
        f"{file}::{name}"
        for file, name in named_tests()
        if f"def {name}(" not in (ROOT / file).read_text(encoding="utf-8")
    ]
    assert missing == []
