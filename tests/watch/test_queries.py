"""Every query of every panel, variable, rule and alert returns something on a real Prometheus over a real demo.

With MOTCUA_WRITE_QUERIES=1 the list in docs/metrics.md is written anew.
"""

import os
import re

import pytest
from tests.watch.asked import EVERYTHING, ON_A_MACHINE, ROOT, Asked, alerts, of_alerts, of_dashboards, rules
from tests.watch.conftest import Answers

from motcua.metrics import BEGINS, ENDS

WRITTEN = ROOT / "docs/metrics.md"
HEAD = """\
Every query was run on a real Prometheus that had scraped a whole demo (`tests/watch`, in CI too); the last
column is how many series it returned. `alert`: each series that the alert reads. `record`: a rule of
`deploy/prometheus/recording.yml`. `MOTCUA_WRITE_QUERIES=1 .venv/bin/python tools/test tests/watch` writes this list.

| by | where | query | series |
|---|---|---|---|"""
LINE = re.compile(r"^\| (.+?) \| (.+?) \| `(.+)` \| (\d+) \|$", re.MULTILINE)


def line(one: Asked, count: int) -> str:
    shown = one.expr.replace("|", "\\|")
    return f"| {one.by} | {one.where} | `{shown}` | {count} |"


def listed() -> dict[tuple[str, str, str], int]:
    part = WRITTEN.read_text().partition(BEGINS)[2].partition(ENDS)[0]
    return {(by, where, expr.replace("\\|", "|")): int(count) for by, where, expr, count in LINE.findall(part)}


def write(counts: dict[Asked, int]) -> None:
    before, _, rest = WRITTEN.read_text().partition(BEGINS)
    lines = "\n".join(line(one, count) for one, count in counts.items())
    WRITTEN.write_text(f"{before}{BEGINS}\n{HEAD}\n{lines}\n{ENDS}{rest.partition(ENDS)[2]}")


class TestOnAMachine:
    pytestmark = ON_A_MACHINE

    def test_every_query_returns_something(self, answers: Answers) -> None:
        counts = {one: answers.count(one.expr) for one in EVERYTHING}
        if os.environ.get("MOTCUA_WRITE_QUERIES") == "1":
            write(counts)
        assert [one for one, count in counts.items() if not count] == []

    def test_all_rules_are_loaded_and_read_well(self, answers: Answers) -> None:
        loaded = [rule for group in answers.get("rules")["groups"] for rule in group["rules"]]
        assert len(loaded) == len(alerts()) + len(rules("recording.yml"))
        assert [(rule["name"], rule.get("lastError")) for rule in loaded if rule["health"] != "ok"] == []

    def test_every_alert_can_be_asked_as_it_stands(self, answers: Answers) -> None:
        for rule in alerts().values():
            answers.series(rule["expr"])

    def test_a_healthy_demo_rings_no_bell(self, answers: Answers) -> None:
        assert [one["metric"] for one in answers.series('ALERTS{alertstate="firing"}')] == []

    def test_four_services_are_asked(self, answers: Answers) -> None:
        targets = answers.get("targets")["activeTargets"]
        assert sorted(one["labels"]["app"] for one in targets) == ["intake", "notify", "payments", "workflow"]
        assert {(one["labels"]["job"], one["labels"]["role"], one["health"]) for one in targets} == {
            ("motcua", "all", "up")
        }

    def test_a_query_that_asks_for_nothing_would_be_seen(self, answers: Answers) -> None:
        assert answers.series('motcua_dossiers{office="nobody"}') == []
        with pytest.raises(AssertionError, match="parse error"):
            answers.series("sum(motcua_dossiers")


def test_the_list_in_the_document_is_of_just_these_queries() -> None:
    assert set(listed()) == {(one.by, one.where, one.expr) for one in EVERYTHING}, "see the head of this file"
    assert [key for key, count in listed().items() if not count] == []


def test_there_is_much_to_ask() -> None:
    assert len(of_dashboards()) > 75
    assert {one.where for one in of_alerts()} == set(alerts())
