"""The frame of the benchmarks: who takes part in turn, what a ratio is, and what counts."""

import json
from pathlib import Path

import pytest
from bench import __main__ as bench
from bench.frame import Line, calling, ratio, rounds


def test_everybody_takes_part_in_each_round_and_goes_first_in_turn() -> None:
    order: list[str] = []

    def taking(name: str) -> float:
        order.append(name)
        return float(len(order))

    taken = rounds({name: lambda name=name: taking(name) for name in "abc"}, 3)  # type: ignore[misc]
    assert "".join(order) == "abcbcacab"
    assert {name: len(one) for name, one in taken.items()} == {"a": 3, "b": 3, "c": 3}


def test_a_ratio_is_the_median_of_the_rounds_and_no_single_bad_one() -> None:
    assert ratio({"ours": [1.0, 100.0, 3.0], "other": [2.0, 2.0, 2.0]}, "ours", "other") == 1.5


def test_a_run_says_what_one_call_takes() -> None:
    calls: list[None] = []
    assert calling(lambda: calls.append(None), 10)() >= 0
    assert len(calls) == 10


def test_a_figure_of_a_run_that_lost_something_does_not_count() -> None:
    line = Line("a", 1.0, "s", must="≤ 2 s", lost="3 missed")
    assert not line.is_met
    assert "3 missed" in bench.table({"one": [line]})
    assert "MISSED" in bench.table({"one": [Line("a", 3.0, "s", must="≤ 2 s", passes=False)]})


def test_the_results_of_other_programs_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "RESULTS", tmp_path / "build" / "bench.json")
    for name in ("one", "other"):
        bench.keep({"cores": 2}, {name: [Line(name, 1.0, "s")]})
    assert set(json.loads(bench.RESULTS.read_text(encoding="utf-8"))) == {"one", "other"}


def test_an_unknown_program_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["nonsense"]) == 2
    assert "nonsense" in capsys.readouterr().err
