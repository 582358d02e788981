"""Every example of an event ever kept can still be read, and the newest one of each type shows every field.

`contracts/examples/<type>.json` is the first; a field that comes later is shown by `<type>.2.json`, and so on.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import pytest
from pydantic import BaseModel, Field, ValidationError

from contracts.catalogue import EVENTS
from contracts.envelope import Envelope, Event, from_headers
from contracts.package import Manifest

EXAMPLES = Path(__file__).parents[2] / "contracts/examples"
KEPT = EXAMPLES / "kept.sha256"
MANIFEST = "package_manifest"


def name_of(path: Path) -> tuple[str, int]:
    """The type an example is of and its number; the first has none in its file's name."""
    stem, _, last = path.stem.rpartition(".")
    return (stem, int(last)) if last.isdigit() else (path.stem, 1)


def files_of(name: str) -> list[Path]:
    """The examples of a type, oldest first."""
    return sorted((path for path in EXAMPLES.glob("*.json") if name_of(path)[0] == name), key=name_of)


def read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text())
    return found


EVENT_FILES = sorted(path for path in EXAMPLES.glob("*.json") if name_of(path)[0] != MANIFEST)


def not_shown(model: type[BaseModel], shown: dict[str, Any], where: str = "") -> Iterator[str]:
    """Every field of `model`, and of the facts inside it, that `shown` leaves out or leaves empty."""
    for name, field in model.model_fields.items():
        value, path = shown.get(name), f"{where}{name}"
        if value in (None, [], {}):
            yield path
        elif inner := model_in(field.annotation):
            each = value if isinstance(value, list) else [value]
            yield from (lost for one in each for lost in not_shown(inner, one, f"{path}."))


def model_in(annotation: Any) -> type[BaseModel] | None:
    """The model a field holds, be it optional, annotated or a list."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in (Union, UnionType, Annotated, list):
        return next((model for part in get_args(annotation) if (model := model_in(part))), None)
    return None


@pytest.mark.parametrize("path", EVENT_FILES, ids=lambda path: path.stem)
def test_every_kept_example_is_still_read(path: Path) -> None:
    whole = read(path)
    envelope = Envelope.model_validate(whole)
    event = EVENTS[envelope.type].model_validate(envelope.data)
    assert envelope.type == name_of(path)[0]
    assert whole["specversion"] == Envelope.specversion
    assert envelope.source == f"urn:motcua:{event.topic().removesuffix('.events')}"
    assert envelope.subject == event.subject


@pytest.mark.parametrize("path", EVENT_FILES, ids=lambda path: path.stem)
def test_an_example_loses_nothing_on_its_way_over_the_bus(path: Path) -> None:
    said = Envelope.model_validate(read(path))
    others = [("ce_addedlater", b"by a stranger"), ("x-mirror", b"another cluster")]
    heard = from_headers([*said.headers(), *others], said.data)
    event = EVENTS[heard.type].model_validate(heard.data)
    assert heard == said
    assert EVENTS[heard.type].model_validate(event.model_dump(mode="json")) == event


@pytest.mark.parametrize("path", EVENT_FILES, ids=lambda path: path.stem)
def test_a_reader_ignores_fields_it_does_not_know(path: Path) -> None:
    envelope = Envelope.model_validate(read(path))
    later = envelope.model_copy(update={"data": with_unknown_fields(envelope.data)})
    known = EVENTS[envelope.type].model_validate(envelope.data)
    assert EVENTS[later.type].model_validate(later.data) == known


def with_unknown_fields(value: Any) -> Any:
    """The same data as a later version might say it: one more field in every object."""
    if isinstance(value, dict):
        return {key: with_unknown_fields(inner) for key, inner in value.items()} | {"added_later": {"by": ["us"]}}
    return [with_unknown_fields(inner) for inner in value] if isinstance(value, list) else value


@pytest.mark.parametrize("name", EVENTS)
def test_the_newest_example_of_an_event_shows_every_field(name: str) -> None:
    assert files_of(name), f"contracts/examples/{name}.json is missing"
    newest = files_of(name)[-1]
    number = name_of(newest)[1] + 1
    lost = list(not_shown(EVENTS[name], read(newest)["data"]))
    assert lost == [], f"show them in contracts/examples/{name}.{number}.json"


def test_the_newest_example_of_the_manifest_shows_every_field() -> None:
    assert list(not_shown(Manifest, read(files_of(MANIFEST)[-1]))) == []


@pytest.mark.parametrize("path", files_of(MANIFEST), ids=lambda path: path.stem)
def test_every_kept_manifest_is_still_read(path: Path) -> None:
    manifest = Manifest.model_validate(read(path))
    assert Manifest.model_validate_json(manifest.model_dump_json()) == manifest
    assert Manifest.model_validate(with_unknown_fields(read(path)) | {"forms": read(path)["forms"]}) == manifest


def test_every_example_is_of_a_type_that_is_there() -> None:
    assert {name_of(path)[0] for path in EXAMPLES.glob("*.json")} == {*EVENTS, MANIFEST}


def test_examples_of_a_type_are_numbered_without_gaps() -> None:
    for name in (*EVENTS, MANIFEST):
        numbers = [name_of(path)[1] for path in files_of(name)]
        assert numbers == list(range(1, len(numbers) + 1)), name


def test_no_kept_example_was_changed() -> None:
    kept = {name: digest for digest, name in (line.split("  ") for line in KEPT.read_text().splitlines())}
    there = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in EXAMPLES.glob("*.json")}
    assert there == kept, "an example is never edited: add a further one, and its line in kept.sha256"


class Renamed(Event):
    """An event whose field got another name: what must not happen."""

    type = "intake.dossier_rated.v1"
    stars: int


class Grown(Event):
    """An event that gained an optional field and a fact inside a list."""

    class Part(BaseModel):
        weight: int | None = None

    type = "intake.dossier_rated.v1"
    note_code: str | None = None
    parts: Annotated[list[Part], Field(min_length=1)] | None = None


def test_a_renamed_field_would_be_seen() -> None:
    data = read(EXAMPLES / "intake.dossier_rated.v1.json")["data"]
    with pytest.raises(ValidationError, match="stars"):
        Renamed.model_validate(data)


def test_a_new_field_without_an_example_would_be_seen() -> None:
    data = read(EXAMPLES / "intake.dossier_rated.v1.json")["data"]
    assert list(not_shown(Grown, data)) == ["note_code", "parts"]
    assert list(not_shown(Grown, data | {"note_code": "A", "parts": [{"weight": None}]})) == ["parts.weight"]
