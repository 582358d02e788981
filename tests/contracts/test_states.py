"""The picture of the statuses says all that the tables say, and nothing besides."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from motcua.states import DOCUMENT, NEEDS, PICTURE, PLACES, changes, document, english, name_of, picture
from rules.records.status import Status
from workflow.domain.moves import MOVES, Need
from workflow.domain.unexpected_events import EFFECTS, Effect, Heard

ROOT = Path(__file__).resolve().parents[2]
SVG = "{http://www.w3.org/2000/svg}"


def rows(title: str) -> list[list[str]]:
    """The table under a heading, without its head."""
    section = document().split(f"## {title}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def test_every_move_is_a_line_of_the_table() -> None:
    found = {(row[0], row[1].split("<br>")[0]): row for row in rows("Moves")}
    assert set(found) == {(name_of(status), english(action)) for status, action in MOVES}
    for (status, action), move in MOVES.items():
        row = found[name_of(status), english(action)]
        assert row[2] == ("stays" if move.to is status else name_of(move.to))
        assert [word for need in move.needs if (word := NEEDS[need]) not in row[4]] == []
        assert [event for event in move.says if f"`{event}`" not in row[5]] == []


def test_every_need_has_its_words() -> None:
    assert set(NEEDS) == set(Need)


def test_every_event_has_its_effect_in_every_status() -> None:
    words = {Effect.APPLY: "**applies**", Effect.NOTE: "noted", Effect.DECIDE: "a person decides"}
    found = {row[0].split("<br>")[0].strip("`"): row[1:] for row in rows("Events of other services")}
    assert found == {heard: [words[EFFECTS[heard, status]] for status in Status] for heard in Heard}


def test_the_picture_shows_every_status_and_every_change() -> None:
    root = ElementTree.fromstring(picture())
    texts = [one.text for one in root.iter(f"{SVG}text")]
    assert set(PLACES) == set(Status)
    assert [status for status in Status if name_of(status) not in texts] == []
    drawn = [text for text in texts if text in {english(action) for _, action in MOVES}]
    assert len(drawn) == sum(len(actions) for actions in changes().values())
    assert len(list(root.iter(f"{SVG}path"))) == len(changes()) + 1  # and the arrow's tip


@pytest.mark.parametrize(("name", "text"), [(DOCUMENT, document()), (PICTURE, picture())])
def test_what_is_committed_is_fresh(name: str, text: str) -> None:
    assert (ROOT / name).read_text(encoding="utf-8") == text, "run `make states`"
