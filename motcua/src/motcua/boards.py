"""Makes Grafana's dashboards from short descriptions: deploy/grafana/boards in, deploy/grafana/dashboards out.

A description says what a panel asks and what it means; what all panels share is said here once.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

Json = dict[str, Any]
WIDTH = 24
SOURCE = {"type": "prometheus", "uid": "${datasource}"}
RUNBOOKS = "motcua-runbooks"
TYPES = {
    "number": "stat",
    "lines": "timeseries",
    "stack": "timeseries",
    "bars": "bargauge",
    "buckets": "bargauge",
    "months": "barchart",
    "text": "text",
}
VARIABLES = {
    "office": ("Cơ quan", "label_values(motcua_dossiers, office)"),
    "procedure": ("Thủ tục", 'label_values(motcua_dossiers{office=~"$office"}, procedure)'),
    "app": ("Dịch vụ", 'label_values(up{job="motcua"}, app)'),
}
LAST = {"calcs": ["lastNotNull"], "fields": "", "values": False}
OPTIONS: Mapping[str, Json] = {
    "number": {"reduceOptions": LAST, "colorMode": "background", "graphMode": "none", "textMode": "auto"},
    "lines": {"legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi", "sort": "desc"}},
    "bars": {"reduceOptions": LAST, "orientation": "horizontal", "displayMode": "gradient", "valueMode": "color"},
    "months": {"legend": {"displayMode": "list", "placement": "bottom"}, "stacking": "none", "showValue": "auto"},
}
LIKE = {"stack": "lines", "buckets": "bars"}


def dashboards(boards: Path, runbooks: Path) -> dict[str, str]:
    """Every dashboard's file name and text."""
    names = yaml.safe_load((boards / "names.yaml").read_text())
    files = sorted(path for path in boards.glob("*.yaml") if path.stem != "names")
    described = {path.stem: yaml.safe_load(path.read_text()) for path in files}
    pages = sorted(page for page in runbooks.glob("*.md") if page.stem != "README")
    numbers = {page.stem: number for number, page in enumerate(pages, 1)}
    made = {name: dashboard(name, board, names, numbers) for name, board in described.items()}
    made["runbooks"] = dashboard("runbooks", book(pages, numbers), names, numbers)
    return {f"{name}.json": json.dumps(one, ensure_ascii=False, indent=1) + "\n" for name, one in made.items()}


def book(pages: list[Path], numbers: Mapping[str, int]) -> Json:
    """The runbooks as a board, so that a panel leads to its page wherever Grafana runs."""
    panels = [{"title": page.stem, "kind": "text", "size": [12, 16], "text": text(page, numbers)} for page in pages]
    says = "Mỗi cảnh báo một trang: người dùng thấy gì, xem ở đâu, làm gì. Nguồn: docs/runbooks."
    return {"title": "Sổ tay xử lý cảnh báo", "says": says, "variables": [], "panels": panels}


def text(page: Path, numbers: Mapping[str, int]) -> str:
    """A page below its title; what it says of other pages leads to them here."""
    below = page.read_text().partition("\n")[2].strip()
    return re.sub(r"\((\w+)\.md\)", lambda found: f"({address(numbers[found[1]])})", below)


def address(number: int) -> str:
    return f"/d/{RUNBOOKS}?viewPanel=panel-{number}"


def dashboard(name: str, board: Json, names: Json, runbooks: Mapping[str, int]) -> Json:
    """One dashboard in Grafana's classic model, which releases 11 to 13 read."""
    return {
        "uid": f"motcua-{name}",
        "title": board["title"],
        "description": board["says"],
        "tags": ["motcua"],
        "schemaVersion": 39,
        "version": 1,
        "editable": False,
        "graphTooltip": 1,
        "timezone": "Asia/Ho_Chi_Minh",
        "refresh": "30s",
        "time": {"from": board.get("from", "now-6h"), "to": "now"},
        "links": [others()],
        "annotations": {"list": []},
        "templating": {"list": [source(), *(variable(name) for name in board["variables"])]},
        "panels": list(panels(board, names, runbooks)),
    }


def others() -> Json:
    """Links to all other dashboards, which take the time and the variables along."""
    says = {"title": "Các bảng khác", "tooltip": "", "icon": "dashboard", "url": "", "type": "dashboards"}
    return {
        **says,
        "tags": ["motcua"],
        "asDropdown": False,
        "includeVars": True,
        "keepTime": True,
        "targetBlank": False,
    }


def source() -> Json:
    own = {"name": "datasource", "label": "Nguồn dữ liệu", "type": "datasource", "query": "prometheus", "regex": ""}
    return {**own, "current": {"text": "Prometheus", "value": "motcua-prometheus"}, "hide": 0, "multi": False}


def variable(name: str) -> Json:
    label, query = VARIABLES[name]
    own = {"name": name, "label": label, "type": "query", "datasource": SOURCE, "definition": query}
    asked = {"query": {"query": query, "refId": f"variable-{name}"}, "refresh": 2, "regex": "", "sort": 1}
    chosen = {"current": {"text": ["All"], "value": ["$__all"]}, "includeAll": True, "allValue": ".*", "multi": True}
    return {**own, **asked, **chosen, "hide": 0, "options": []}


def panels(board: Json, names: Json, runbooks: Mapping[str, int]) -> Iterator[Json]:
    """Left to right, top to bottom, in the order of the description."""
    x = y = height = 0
    for number, one in enumerate(board["panels"], 1):
        if "row" in one:
            yield row(number, one["row"], y + height)
            x, y, height = 0, y + height + 1, 0
            continue
        wide, high = one["size"]
        if x + wide > WIDTH:
            x, y, height = 0, y + height, 0
        place = {"x": x, "y": y, "w": wide, "h": high}
        yield {**panel(one, board, names, runbooks), "id": number, "gridPos": place}
        x, height = x + wide, max(height, high)


def row(number: int, title: str, y: int) -> Json:
    place = {"x": 0, "y": y, "w": WIDTH, "h": 1}
    return {"id": number, "type": "row", "title": title, "collapsed": False, "gridPos": place, "panels": []}


def panel(one: Json, board: Json, names: Json, runbooks: Mapping[str, int]) -> Json:
    kind = one["kind"]
    made: Json = {"title": one["title"], "type": TYPES[kind]}
    if kind == "text":
        return {**made, "description": "", "options": {"mode": "markdown", "content": one["text"]}}
    queries = one.get("queries") or [{"expr": one["expr"], "legend": one.get("legend", "")}]
    made |= {"description": one["says"], "datasource": SOURCE, "options": OPTIONS[str(LIKE.get(kind, kind))]}
    made["targets"] = [target(chr(65 + at), query, kind, board) for at, query in enumerate(queries)]
    made["fieldConfig"] = fields(one, names)
    made["links"] = [link(alert, runbooks[alert]) for alert in one.get("alerts", [])]
    if kind == "months":
        made["transformations"] = by_month(queries)
    return made


def target(ref: str, query: Json, kind: str, board: Json) -> Json:
    is_now = kind not in ("lines", "stack")
    form = {"months": "table", "buckets": "heatmap"}.get(kind, "time_series")
    expr = query["expr"].replace("$where", board.get("where", ""))
    asked = {"refId": ref, "datasource": SOURCE, "expr": expr, "legendFormat": query.get("legend") or "__auto"}
    return {**asked, "instant": is_now, "range": not is_now, "format": form, "editorMode": "code"}


def fields(one: Json, names: Json) -> Json:
    """Unit, thresholds, and what people call the values of labels."""
    steps = [{"color": color, "value": at} for at, color in one.get("thresholds", [[None, "blue"]])]
    custom: Json = {}
    if one["kind"] in ("lines", "stack"):
        stacking = "normal" if one["kind"] == "stack" else "none"
        custom = {"lineWidth": 1, "fillOpacity": 20 if stacking == "normal" else 0, "stacking": {"mode": stacking}}
        custom["thresholdsStyle"] = {"mode": "dashed" if "thresholds" in one else "off"}
    has_colours = "thresholds" in one and one["kind"] not in ("lines", "stack")
    color = {"mode": "thresholds" if has_colours or one["kind"] == "number" else "palette-classic"}
    defaults = {"unit": one["unit"], "min": 0, "color": color, "custom": custom}
    defaults |= {"thresholds": {"mode": "absolute", "steps": steps}, "noValue": "–"}
    if one.get("below_zero"):
        del defaults["min"]
    called = {key: word for group in one.get("names", []) for key, word in names[group].items()}
    return {"defaults": defaults, "overrides": [rename(key, word) for key, word in called.items()]}


def rename(key: object, word: str) -> Json:
    return {
        "matcher": {"id": "byName", "options": str(key)},
        "properties": [{"id": "displayName", "value": word}],
    }


def link(alert: str, number: int) -> Json:
    return {"title": f"Sổ tay: {alert}", "url": address(number), "targetBlank": False}


def by_month(queries: list[Json]) -> list[Json]:
    """Months along the axis, a column per query."""
    hidden = {"Time": True, **{f"Time {number}": True for number in range(1, len(queries) + 1)}}
    columns = {f"Value #{chr(65 + at)}": query.get("legend", "") for at, query in enumerate(queries)}
    sort = {"id": "sortBy", "options": {"fields": {}, "sort": [{"field": "month"}]}}
    if len(queries) == 1:
        columns["Value"] = columns["Value #A"]  # so Grafana calls it where there is one query
    organize = {"id": "organize", "options": {"excludeByName": hidden, "indexByName": {}, "renameByName": columns}}
    join = {"id": "joinByField", "options": {"byField": "month", "mode": "outer"}}
    return [*([join] if len(queries) > 1 else []), organize, sort]
