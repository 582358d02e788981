"""The control address: who may reach it, what it keeps."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from sandbox.control import Control, Moods, Orders, Times, router

# One client, because making one reads every certificate; no connection is kept, because servers come and go.
http = httpx.Client(verify=False, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0))


class SomeMoods(Moods):
    sulk: Times = False


@pytest.fixture
def control(tmp_path: Path) -> Control[SomeMoods]:
    return Control(tmp_path / "control.json", SomeMoods())


@pytest.fixture
def address(control: Control[SomeMoods], serve: Any, free_port: Any, control_headers: dict[str, str]) -> str:
    app, port = FastAPI(), free_port()
    app.include_router(router("some", control, control_headers["Authorization"].split()[1], lambda: {"seen": 3}))
    serve(app, port)
    return f"http://127.0.0.1:{port}/sandbox/some/control"


def test_without_the_token_nothing_is_told(address: str) -> None:
    assert http.get(address).status_code == 401
    assert http.get(address, headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert http.put(address, json={"offset_seconds": 5}).status_code == 401


def test_through_a_front_door_it_is_not_there(address: str, control_headers: dict[str, str]) -> None:
    assert http.get(address, headers={**control_headers, "X-Forwarded-For": "10.0.0.1"}).status_code == 404


def test_the_clock_follows_the_offset(address: str, control_headers: dict[str, str]) -> None:
    offset = timedelta(days=-400).total_seconds()
    state = http.put(address, json={"offset_seconds": offset}, headers=control_headers).json()
    assert state["seen"] == 3
    told, real = datetime.fromisoformat(state["now"]), datetime.now().astimezone()
    assert timedelta(days=399) < real - told < timedelta(days=401)
    assert told.utcoffset() == timedelta(hours=7)


def test_moods_are_set_one_by_one_and_calmed_together(address: str, control_headers: dict[str, str]) -> None:
    http.put(address, json={"moods": {"sulk": 2}}, headers=control_headers)
    state = http.put(address, json={"moods": {"slow_seconds": 0.5}}, headers=control_headers).json()
    assert state["moods"] == {"sulk": 2, "slow_seconds": 0.5}
    calm = http.delete(f"{address}/moods", headers=control_headers).json()
    assert calm["moods"] == {"sulk": False, "slow_seconds": 0.0}


@pytest.mark.parametrize("orders", [{"moods": {"cheer": True}}, {"mood": {}}, {"moods": {"sulk": "often"}}])
def test_an_unknown_mood_is_refused_and_changes_nothing(
    address: str, control_headers: dict[str, str], orders: dict[str, Any]
) -> None:
    before = http.get(address, headers=control_headers).json()["moods"]
    assert http.put(address, json={**orders, "offset_seconds": 9}, headers=control_headers).status_code == 422
    after = http.get(address, headers=control_headers).json()
    assert (after["moods"], after["offset_seconds"]) == (before, 0)


def test_a_number_counts_down_and_true_stays(control: Control[SomeMoods]) -> None:
    control.obey(Orders(moods={"sulk": 2}))
    assert [control.take("sulk") for _ in range(3)] == [True, True, False]
    control.obey(Orders(moods={"sulk": True}))
    assert [control.take("sulk") for _ in range(3)] == [True, True, True]


def test_a_killed_program_finds_clock_and_moods_again(control: Control[SomeMoods], tmp_path: Path) -> None:
    control.obey(Orders(offset_seconds=60, moods={"sulk": 2}))
    control.take("sulk")
    again = Control(tmp_path / "control.json", SomeMoods())
    assert (again.offset_seconds, again.moods.sulk) == (60, 1)
