"""What can be kept and read again unchanged, and what cannot."""

from typing import Any

import pytest

from intake.domain.texts import is_storable, storable


def deep(levels: int) -> Any:
    value: Any = "x"
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize("value", ["Bệnh viện", 1, 1.5, True, None, {"a": [{"b": "c"}]}, "\N{GRINNING FACE}", deep(12)])
def test_what_people_send_can_be_kept(value: Any) -> None:
    assert is_storable(value)


@pytest.mark.parametrize(
    "value",
    ["a\x00b", "\ud800", float("nan"), float("inf"), 2**53 + 1, {"a": ["\x00"]}, {"\x00": 1}, deep(13), deep(500)],
)
def test_what_no_store_holds_is_seen_at_any_depth(value: Any) -> None:
    assert not is_storable(value)


def test_what_cannot_be_kept_is_left_out() -> None:
    assert storable("a\x00\ud800b") == "ab"
