"""What alerts and dashboards ask: read from the very files that are shipped."""

import json
import re
import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PROMETHEUS, GRAFANA, RUNBOOKS = ROOT / "deploy/prometheus", ROOT / "deploy/grafana", ROOT / "docs/runbooks"
NAME = r"(?:[a-z_]+:)?motcua_[a-z0-9_]+(?::[a-z0-9]+)?|up|process_[a-z_]+"
SELECTOR = re.compile(rf"(?<![\w:\"])(?:{NAME})(?![\w:(\"])(?:\{{[^}}]*\}})?")
VARIABLE = re.compile(r"\$(office|procedure|app)\b")


ON_A_MACHINE = [
    pytest.mark.slow,
    pytest.mark.db,
    pytest.mark.kafka,
    pytest.mark.xdist_group("machine"),
    pytest.mark.timeout(580),
]


@dataclass(frozen=True)
class Asked:
    """One query, by whom."""

    by: str
    where: str
    expr: str


def rules(name: str) -> list[dict[str, Any]]:
    """The rules of one file, in its order."""
    return [rule for group in yaml.safe_load((PROMETHEUS / name).read_text())["groups"] for rule in group["rules"]]


def alerts() -> dict[str, dict[str, Any]]:
    return {rule["alert"]: rule for rule in rules("alerts.yml")}


@cache
def boards() -> dict[str, dict[str, Any]]:
    """Every dashboard, by its file's name."""
    return {path.stem: json.loads(path.read_text()) for path in sorted((GRAFANA / "dashboards").glob("*.json"))}


def panels(board: dict[str, Any]) -> list[dict[str, Any]]:
    """Those that show something: no rows."""
    return [panel for panel in board["panels"] if panel["type"] != "row"]


def selectors(expr: str) -> list[str]:
    """Each series that an expression reads."""
    return SELECTOR.findall(expr)


def names(expr: str) -> set[str]:
    return {selector.partition("{")[0] for selector in selectors(expr)}


def of_dashboards() -> list[Asked]:
    """Each query of each panel and each variable, as it is when everything is chosen."""
    found = []
    for board in boards().values():
        for one in board["templating"]["list"]:
            if one["type"] == "query":
                metric, label = re.fullmatch(r"label_values\((.*), (\w+)\)", one["definition"]).groups()  # type: ignore[union-attr]
                found.append(Asked(board["title"], f"$${one['name']}"[1:], f"group by ({label}) ({metric})"))
        for panel in panels(board):
            found += [Asked(board["title"], panel["title"], target["expr"]) for target in panel.get("targets", [])]
    return [Asked(one.by, one.where, VARIABLE.sub(".*", one.expr)) for one in found]


def of_alerts() -> list[Asked]:
    """Each series that an alert reads; its comparison is the one thing a healthy machine must not answer."""
    found = []
    for name, rule in alerts().items():
        found += [Asked("alert", name, selector) for selector in dict.fromkeys(selectors(rule["expr"]))]
    return found


def of_recordings() -> list[Asked]:
    return [Asked("record", rule["record"], rule["expr"]) for rule in rules("recording.yml")]


EVERYTHING = [*of_dashboards(), *of_alerts(), *of_recordings()]


def needs(program: str) -> str:
    """Where a program of Debian's package `prometheus` is; a test without it is skipped, which fails in CI."""
    found = shutil.which(program)
    if not found:
        pytest.skip(f"{program} is not on this machine: sudo apt-get install prometheus")
    return str(found)
