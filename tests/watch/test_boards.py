"""Dashboards hold together: fresh, without overlaps, explained, with units, and their links lead somewhere."""

import re
from collections import Counter
from itertools import combinations
from typing import Any

import pytest
import yaml
from tests.watch.asked import GRAFANA, RUNBOOKS, alerts, boards, names, panels
from tests.watch.test_rules import VIETNAMESE, known

from motcua.boards import dashboards

BOARDS = boards()
WANTED = {"deadlines", "flow", "services", "events", "payments", "messages", "runbooks"}


def faults(board: dict[str, Any]) -> list[str]:
    """What Grafana would show wrongly, or a reader would miss."""
    shown = panels(board)
    places = [panel["gridPos"] for panel in board["panels"]]
    ids = Counter(panel["id"] for panel in board["panels"])
    asking = [panel for panel in shown if panel["type"] != "text"]
    wrong = {
        "two panels have one id": max(ids.values()) > 1,
        "panels overlap": any(overlap(one, other) for one, other in combinations(places, 2)),
        "a panel is wider than the board": any(place["x"] + place["w"] > 24 or place["x"] < 0 for place in places),
        "a panel has no title": not all(panel["title"] for panel in board["panels"]),
        "a panel is not explained": not all(panel["description"] for panel in asking),
        "a panel has no unit": not all(panel["fieldConfig"]["defaults"]["unit"] for panel in asking),
        "a panel asks nothing": not all(panel["targets"] for panel in asking),
        "a source is not the variable": sources(board) - {"${datasource}"} != set(),
        "two queries of a panel have one name": any(
            len({t["refId"] for t in p["targets"]}) < len(p["targets"]) for p in asking
        ),
        "a variable is not there": used(board) - {one["name"] for one in board["templating"]["list"]} != set(),
    }
    return [what for what, is_so in wrong.items() if is_so]


def overlap(one: dict[str, int], other: dict[str, int]) -> bool:
    beside = one["x"] >= other["x"] + other["w"] or other["x"] >= one["x"] + one["w"]
    above = one["y"] >= other["y"] + other["h"] or other["y"] >= one["y"] + one["h"]
    return not (beside or above)


def sources(board: dict[str, Any]) -> set[str]:
    asking = [panel for panel in panels(board) if panel["type"] != "text"]
    found = [part["datasource"]["uid"] for panel in asking for part in (panel, *panel["targets"])]
    return {*found, *(one["datasource"]["uid"] for one in board["templating"]["list"] if one["type"] == "query")}


def used(board: dict[str, Any]) -> set[str]:
    exprs = [target["expr"] for panel in panels(board) for target in panel.get("targets", [])]
    return {name for expr in exprs for name in re.findall(r"\$\{?(\w+)", expr)}


def test_dashboards_are_fresh() -> None:
    written = {path.name: path.read_text() for path in (GRAFANA / "dashboards").iterdir()}
    assert dashboards(GRAFANA / "boards", RUNBOOKS) == written, "run `make schemas`"


def test_there_is_a_dashboard_for_each_kind_of_reader() -> None:
    assert set(BOARDS) == WANTED
    assert {board["uid"] for board in BOARDS.values()} == {f"motcua-{name}" for name in WANTED}
    assert len({board["title"] for board in BOARDS.values()}) == len(WANTED)


@pytest.mark.parametrize("name", BOARDS)
def test_a_dashboard_holds_together(name: str) -> None:
    board = BOARDS[name]
    assert faults(board) == []
    assert board["schemaVersion"] == 39
    assert board["templating"]["list"][0]["type"] == "datasource"
    assert [link["tags"] for link in board["links"]] == [["motcua"]] == [board["tags"]]


@pytest.mark.parametrize("name", sorted(WANTED - {"runbooks"}))
def test_what_people_read_is_vietnamese(name: str) -> None:
    titles = [panel[part] for panel in panels(BOARDS[name]) for part in ("title", "description")]
    assert [title for title in (BOARDS[name]["title"], *titles) if not VIETNAMESE.search(title)] == []


def test_leaders_and_officers_choose_office_and_procedure() -> None:
    for name in ("deadlines", "flow", "payments"):
        assert {"office", "procedure"} <= used(BOARDS[name]), name


def test_every_metric_that_a_panel_asks_for_exists() -> None:
    exprs = [
        target["expr"] for board in BOARDS.values() for panel in panels(board) for target in panel.get("targets", [])
    ]
    process = re.compile(r"process_(cpu_seconds_total|resident_memory_bytes|open_fds|max_fds)")
    read = {name for expr in exprs for name in names(expr) if not process.fullmatch(name)}
    assert len(exprs) > 60
    assert read - known() == set()
    assert all(names(expr) for expr in exprs)


def test_links_of_panels_lead_to_the_runbook_they_name() -> None:
    pages = {panel["id"]: panel["title"] for panel in panels(BOARDS["runbooks"])}
    linked = [link for board in BOARDS.values() for panel in panels(board) for link in panel.get("links", [])]
    for link in linked:
        number = int(link["url"].removeprefix("/d/motcua-runbooks?viewPanel=panel-"))
        assert link["title"] == f"Sổ tay: {pages[number]}"
    assert {link["title"].removeprefix("Sổ tay: ") for link in linked} == set(alerts()), "an alert that no panel shows"


def test_the_dashboard_that_an_alert_names_has_a_panel_for_it() -> None:
    for name, rule in alerts().items():
        board = BOARDS[rule["annotations"]["dashboard"].removeprefix("/d/motcua-")]
        links = [link["title"] for panel in panels(board) for link in panel.get("links", [])]
        assert f"Sổ tay: {name}" in links, name


def test_grafana_finds_source_and_dashboards() -> None:
    (source,) = yaml.safe_load((GRAFANA / "provisioning/datasources/prometheus.yml").read_text())["datasources"]
    (provider,) = yaml.safe_load((GRAFANA / "provisioning/dashboards/motcua.yml").read_text())["providers"]
    chosen = {board["templating"]["list"][0]["current"]["value"] for board in BOARDS.values()}
    assert chosen == {source["uid"]}
    assert provider["options"]["path"] == "/etc/grafana/dashboards"


PLANTED = {
    "panels overlap": lambda panel: panel["gridPos"].update(x=0, y=0),
    "two panels have one id": lambda panel: panel.update(id=1),
    "a panel has no unit": lambda panel: panel["fieldConfig"]["defaults"].update(unit=""),
    "a panel is not explained": lambda panel: panel.update(description=""),
    "a panel has no title": lambda panel: panel.update(title=""),
    "a source is not the variable": lambda panel: panel["datasource"].update(uid="mine"),
    "a variable is not there": lambda panel: panel["targets"][0].update(expr='up{app="$ap"}'),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_fault_in_a_dashboard_would_be_seen(fault: str) -> None:
    board = yaml.safe_load(yaml.safe_dump(BOARDS["events"], sort_keys=False))
    PLANTED[fault](panels(board)[3])
    assert fault in faults(board)
