"""Alerts and recording rules: sound, complete, and each seen silent and firing."""

import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest
import yaml
from tests.watch.asked import GRAFANA, PROMETHEUS, alerts, names, needs, rules

from motcua.metrics import entries

CASES = sorted((PROMETHEUS / "tests").glob("*.yml"))
VIETNAMESE = re.compile(r"[ăâđêôơưáàảãạếềểễệốồổỗộớờởỡợứừửữựíìỉĩịýỳỷỹỵúùủũụóòỏõọắằẳẵặấầẩẫậéèẻẽẹ]", re.IGNORECASE)


def promtool(*words: str, folder: Path = PROMETHEUS) -> subprocess.CompletedProcess[str]:
    command = [needs("promtool"), *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)


def test_promtool_finds_rules_and_configuration_sound() -> None:
    for words in (
        ["check", "config", "--syntax-only", "prometheus.yml"],
        ["check", "rules", "recording.yml", "alerts.yml"],
    ):
        done = promtool(*words)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_promtools_own_cases_hold(path: Path) -> None:
    done = promtool("test", "rules", path.name, folder=path.parent)
    assert done.returncode == 0, done.stdout + done.stderr


def seen() -> dict[str, set[bool]]:
    """For each alert whether some case sees it fire, and some case sees it silent."""
    found: dict[str, set[bool]] = {}
    for path in CASES:
        for case in yaml.safe_load(path.read_text())["tests"]:
            for one in case.get("promql_expr_test", []):
                name = re.search(r'alertname="(\w+)"', one["expr"])
                assert name, one["expr"]
                found.setdefault(name[1], set()).add(bool(one["exp_samples"]))
    return found


def test_every_alert_is_seen_firing_and_silent() -> None:
    assert seen() == {name: {True, False} for name in alerts()}


@pytest.mark.parametrize("name", alerts())
def test_an_alert_says_all_that_who_is_called_needs(name: str) -> None:
    rule = alerts()[name]
    says = rule["annotations"]
    assert rule["labels"]["severity"] in {"critical", "warning"}
    assert says["runbook_url"].endswith(f"/{name}.md")
    assert VIETNAMESE.search(says["summary"])
    assert not VIETNAMESE.search(says["summary_en"])
    assert all(text.endswith(".") for text in (says["summary"], says["summary_en"]))
    assert (GRAFANA / "dashboards" / f"{says['dashboard'].removeprefix('/d/motcua-')}.json").exists()


@cache
def known() -> frozenset[str]:
    """Every name there is: what processes say, the parts of histograms, what Prometheus itself says, what we record."""
    found = {one.name for one in entries()}
    parts = {
        f"{one.name}_{part}" for one in entries() if one.kind == "histogram" for part in ("bucket", "sum", "count")
    }
    return frozenset(found | parts | {"up"} | {rule["record"] for rule in rules("recording.yml")})


def test_every_metric_that_a_rule_reads_exists() -> None:
    read = {name for file in ("recording.yml", "alerts.yml") for rule in rules(file) for name in names(rule["expr"])}
    assert len(read) > 25
    assert read - known() == set()


@pytest.mark.parametrize(
    ("fine", "planted"),
    [
        ("_seconds) > 60", "_seconds) > 6000"),
        ("for: 15m", "for: 0m"),
        ("(motcua_gaps) > 0", "(motcua_gaps) > 5"),
        (">= 2", ">= 1"),
    ],
)
def test_a_rule_changed_by_mistake_would_be_seen(tmp_path: Path, fine: str, planted: str) -> None:
    folder = tmp_path / "prometheus"
    shutil.copytree(PROMETHEUS, folder)
    text = (folder / "alerts.yml").read_text()
    assert fine in text
    (folder / "alerts.yml").write_text(text.replace(fine, planted))
    done = promtool("test", "rules", *(path.name for path in CASES), folder=folder / "tests")
    assert done.returncode != 0
