"""Every metric is documented, named as Prometheus wants it, and has only labels of a set that is bounded."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from prometheus_client.metrics import MetricWrapperBase

from motcua.metrics import BEGINS, ENDS, LABELS, Entry, document, entries

WRITTEN = Path(__file__).parents[2] / "docs/metrics.md"
ENTRIES = entries()
WRONG_UNITS = r"milliseconds|microseconds|minutes|hours|days|weeks|kilobytes|megabytes|bits|percent|celsius|kelvin"
IN_DAYS = {"motcua_calendar_days_ahead"}  # no duration: a calendar is approved by days, and nothing is between two
KINDS = r"gauge|counter|histogram|summary|metric"
SHORTENED = r"s|ms|us|ns|sec|b|kb|mb|gb|tb|pb|m|h|d"


def faults(one: Entry) -> list[str]:
    """What `promtool check metrics` blames, and what we ask besides."""
    words = one.name.split("_")
    wrong = {
        "has no meaning": not one.meaning.strip(),
        "is not ours": words[0] != "motcua",
        "has letters that are not ours": not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", one.name),
        "is a counter and does not end in _total": one.kind == "counter" and words[-1] != "total",
        "ends in _total and is no counter": one.kind != "counter" and words[-1] == "total",
        "ends as parts of histograms do": words[-1] in ("sum", "count", "bucket") or "le" in one.labels,
        "names its kind": any(re.fullmatch(KINDS, word) for word in words),
        "has no base unit": one.name not in IN_DAYS and any(re.fullmatch(WRONG_UNITS, word) for word in words),
        "shortens its unit": any(re.fullmatch(SHORTENED, word) for word in words),
        "has labels that are not listed": not set(one.labels) <= set(LABELS),
        "has a meaning that would break the table": "|" in one.meaning or "\n" in one.meaning,
    }
    return [what for what, is_so in wrong.items() if is_so]


@pytest.mark.parametrize("one", ENTRIES, ids=lambda one: f"{one.name}-{one.said_by.replace(' ', '-')}")
def test_a_metric_is_named_as_prometheus_wants_it(one: Entry) -> None:
    assert faults(one) == []


def test_promtool_blames_nothing_else() -> None:
    if not shutil.which("promtool"):
        pytest.skip("promtool is not on this machine: sudo apt-get install prometheus")
    done = subprocess.run(["promtool", "check", "metrics"], input=as_said(), capture_output=True, text=True)
    blamed = [line for line in (done.stdout + done.stderr).splitlines() if line.split()[0] not in IN_DAYS]
    assert blamed == []


def as_said() -> str:
    """One sample of each, as `/metrics` would say it."""
    lines = []
    for one in {one.name: one for one in ENTRIES}.values():
        lines += [f"# HELP {one.name} {one.meaning}", f"# TYPE {one.name} {one.kind}"]
        labels = ",".join(f'{label}="x"' for label in one.labels)
        if one.kind == "histogram":
            within = ",".join(filter(None, [labels, 'le="+Inf"']))
            parts = [f"_bucket{{{within}}}", f"_sum{{{labels}}}", f"_count{{{labels}}}"]
        else:
            parts = [f"{{{labels}}}"]
        lines += [f"{one.name}{part} 1" for part in parts]
    return "\n".join(lines) + "\n"


def test_every_metric_is_in_the_document() -> None:
    text = WRITTEN.read_text()
    assert document(text) == text, "run `make schemas`"
    assert all(f"| `{one.name}` | {one.kind} |" in text for one in ENTRIES)
    assert len(ENTRIES) > 40


def test_whatever_is_registered_is_known() -> None:
    """Nothing but what the list knows, what the client itself says, and what the databases say."""
    ours = {one.name for one in ENTRIES}
    for metric in REGISTRY._collector_to_names:
        if isinstance(metric, MetricWrapperBase):
            (described,) = metric.describe()
            assert {described.name, f"{described.name}_total", f"{described.name}_info"} & ours, described.name


def test_the_same_name_says_the_same_kind_and_labels_everywhere() -> None:
    shapes: dict[str, set[object]] = {}
    for one in ENTRIES:
        shapes.setdefault(one.name, set()).add((one.kind, one.labels))
    assert [name for name, found in shapes.items() if len(found) > 1] == []


def test_no_label_is_listed_that_nobody_uses() -> None:
    assert set(LABELS) == {label for one in ENTRIES for label in one.labels}


@pytest.mark.parametrize(
    ("planted", "fault"),
    [
        (Entry("motcua_cases_total", "gauge", (), "Cases", ""), "ends in _total and is no counter"),
        (Entry("motcua_cases", "counter", (), "Cases", ""), "is a counter and does not end in _total"),
        (Entry("motcua_wait_minutes", "gauge", (), "Waiting", ""), "has no base unit"),
        (Entry("motcua_cases", "gauge", ("dossier_id",), "Cases", ""), "has labels that are not listed"),
        (Entry("motcua_cases", "gauge", (), " ", ""), "has no meaning"),
        (Entry("motcuaCases", "gauge", (), "Cases", ""), "has letters that are not ours"),
    ],
)
def test_a_metric_named_wrongly_would_be_seen(planted: Entry, fault: str) -> None:
    assert fault in faults(planted)


def test_the_list_of_queries_is_kept_when_the_document_is_written_anew() -> None:
    listed = f"{BEGINS}\n| a | b |\n{ENDS}"
    assert listed in document(f"old words\n{listed}\n")
    assert f"{BEGINS}\n{ENDS}" in document("")
