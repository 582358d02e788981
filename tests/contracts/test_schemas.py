"""What is checked in about the interfaces is what the code says: JSON Schemas, AsyncAPI, OpenAPI."""

import json
from pathlib import Path

import pytest
from pydantic import BaseModel

from contracts.catalogue import EVENTS
from contracts.package import Manifest
from motcua.documents import as_json, documents

ROOT = Path(__file__).parents[2]
SCHEMAS = ROOT / "contracts/schemas"
CLASSES: dict[str, type[BaseModel]] = {**EVENTS, "package_manifest": Manifest}


@pytest.mark.proves("K03")
@pytest.mark.parametrize("name", CLASSES)
def test_the_committed_schema_is_the_class(name: str) -> None:
    committed = (SCHEMAS / f"{name}.json").read_text()
    assert committed == as_json(CLASSES[name].model_json_schema()), "stale: run `make schemas`"


def test_no_schema_is_left_of_a_class_that_is_gone() -> None:
    assert {path.stem for path in SCHEMAS.glob("*.json")} == set(CLASSES)


@pytest.mark.proves("K03")
def test_every_generated_document_is_fresh(tmp_path: Path) -> None:
    stale = [name for name, text in documents(tmp_path).items() if (ROOT / name).read_text() != text]
    assert stale == [], "run `make schemas`"


def test_asyncapi_refers_only_to_schemas_that_are_there() -> None:
    document = json.loads((ROOT / "contracts/asyncapi.json").read_text())
    payloads = [message["payload"]["$ref"] for message in document["components"]["messages"].values()]
    assert {ref for ref in payloads if not (ROOT / "contracts" / ref).is_file()} == set()
