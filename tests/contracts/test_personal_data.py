"""Topics are kept for ever, so no event may carry personal data: neither by a field made for it nor in a value."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import create_model

from contracts.catalogue import EVENTS
from contracts.envelope import Event

EXAMPLES = Path(__file__).parents[2] / "contracts/examples"
PERSONAL_NAME = re.compile(
    r"(^|_)(name|names|surname|fullname|phone|telephone|mobile|fax|e?mail|address|street|born|birth|birthday|gender|sex"
    r"|citizen|identity|passport|cccd|cmnd|tax|account|bank|card|person|organisation|company|title|note|text|comment"
    r"|message|reason|remark|signature|photo|ip)(_|$)"
)
NOT_OF_A_PERSON = {
    "name_vi": "what a line of the fee table is called, from the catalogue",
    "step_name_vi": "what a step of the procedure is called, from the catalogue",
    "message_id": "the id of a message; what it says and to whom stays in notify",
}
OURS = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"  # ids
    r"|[0-9a-f]{64}"  # digests
    r"|\b[A-Z]{2}\d{9}[A-Z]{2}\b"  # barcodes of postal items
    r"|\d{4}-\d{2}-\d{2}T[\d:.]+[+-]\d{2}:\d{2}"  # moments
)
FAMILY_NAMES = "Nguyễn|Trần|Lê|Phạm|Hoàng|Huỳnh|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Hồ|Ngô|Dương|Lý"
PERSONAL_VALUE = {
    "an e-mail address": re.compile(r"\S@\S"),
    "a telephone number": re.compile(r"(?<!\d)(\+84|0)[ .-]?\d{2,3}([ .-]?\d{3}){2}(?!\d)"),
    "an identity number": re.compile(r"(?<!\d)(\d{12}|\d{9})(?!\d)"),
    "a tax number": re.compile(r"(?<!\d)\d{10}(-\d{3})?(?!\d)"),
    "a postal address": re.compile(r"\b(đường|phường|xã|quận|huyện|thôn|ấp|ngõ|tổ dân phố)\b", re.IGNORECASE),
    "a person's name": re.compile(rf"\b({FAMILY_NAMES})( [A-ZÀ-ỸĐ]\w+){{1,4}}"),
}


def personal_fields(schema: dict[str, Any]) -> Iterator[str]:
    """The properties of a JSON Schema, at any depth, whose names are those of personal data."""
    for part in [schema, *schema.get("$defs", {}).values()]:
        for name in part.get("properties", {}):
            if PERSONAL_NAME.search(name) and name not in NOT_OF_A_PERSON:
                yield name


def personal_values(value: Any) -> Iterator[str]:
    """What looks like personal data in the text of a value, at any depth, and why."""
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from personal_values(inner)
    elif isinstance(value, str):
        words = OURS.sub("", value)
        yield from (f"{kind}: {value}" for kind, pattern in PERSONAL_VALUE.items() if pattern.search(words))


@pytest.mark.proves("L07", "R18")
@pytest.mark.parametrize("name", EVENTS)
def test_no_field_of_an_event_is_made_for_personal_data(name: str) -> None:
    assert list(personal_fields(EVENTS[name].model_json_schema())) == []


@pytest.mark.proves("L07", "R18")
@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_no_value_of_an_example_looks_like_personal_data(path: Path) -> None:
    assert list(personal_values(json.loads(path.read_text()))) == []


def test_every_exception_is_still_a_field() -> None:
    said = json.dumps([cls.model_json_schema() for cls in EVENTS.values()])
    assert {name for name in NOT_OF_A_PERSON if f'"{name}"' not in said} == set()


@pytest.mark.parametrize("field", ["applicant_name", "phone", "contact_email", "address_vi", "citizen_id", "remark"])
def test_a_field_for_personal_data_would_be_seen(field: str) -> None:
    planted = create_model("Planted", __base__=Event, **{field: (str, ...)})  # type: ignore[call-overload]
    assert list(personal_fields(planted.model_json_schema())) == [field]


@pytest.mark.parametrize(
    "value",
    [
        "ai.do@mau.example",
        "0912 345 678",
        "+84912345678",
        "001099012345",
        "0101234567-001",
        "Nguyễn Văn Mẫu",
        "Số 1 đường Khoa Học",
    ],
)
def test_a_personal_value_would_be_seen(value: str) -> None:
    assert list(personal_values({"data": [{"step": value}]})) != []


@pytest.mark.parametrize(
    "value", ["000.00.15.H00-250313-0001-KQ1", "7be1c0de-4a52-4f0b-9d3e-012345678901", "Thông tư 63/2023/TT-BTC"]
)
def test_our_own_ids_and_codes_are_not_taken_for_personal_data(value: str) -> None:
    assert list(personal_values({"data": value})) == []
