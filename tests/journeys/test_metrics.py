"""What a machine that walked the demo tells Prometheus: all that is documented, and what a plain count comes to.

Each label's value is looked up in the set that it must belong to.
"""

import asyncio
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from contracts.catalogue import EVENTS, TOPICS
from kit.embedded import free_port
from motcua.demo.story import Walk
from motcua.documents import application
from motcua.metrics import LABELS, entries
from motcua.programs import SERVICES
from motcua.stack import Stack
from rules.catalogue import load

pytestmark = [
    pytest.mark.slow,
    pytest.mark.db,
    pytest.mark.kafka,
    pytest.mark.xdist_group("machine"),
    pytest.mark.timeout(500),
]
NOT_OURS = ("python_", "process_")
By = Counter[tuple[str, ...]]


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A machine of its own, so that nothing else has happened on it; the figures have been asked for since."""
    stack = Stack(tmp_path_factory.mktemp("walked"), free_port(), lambda words: None)
    stack.start()
    try:
        assert Walk(stack).run() == 0
        asyncio.run(asyncio.sleep(20))
        yield stack
    finally:
        stack.stop()


def samples_of(stack: Stack) -> dict[str, list[Sample]]:
    """What each service says, at the addresses that the list for Prometheus names."""
    listed = json.loads(stack.targets_file.read_text())
    assert [one["labels"] for one in listed] == [{"job": "motcua", "app": name, "role": "all"} for name in SERVICES]
    found = {}
    for one in listed:
        answer = httpx.get(f"http://{one['targets'][0]}/metrics").raise_for_status()
        families = text_string_to_metric_families(answer.text)
        found[one["labels"]["app"]] = [sample for family in families for sample in family.samples]
    return found


def rows(stack: Stack, service: str, query: str) -> list[Any]:
    async def ask() -> list[Any]:
        connection = await asyncpg.connect(stack.postgres.url(service))
        try:
            return list(await connection.fetch(query))
        finally:
            await connection.close()

    return asyncio.run(ask())


def by(samples: Iterable[Sample], name: str, *labels: str) -> By:
    """The sums of a metric by these labels, without what is nought."""
    found: By = Counter()
    for one in samples:
        if one.name == name and one.value:
            found[tuple(one.labels[label] for label in labels)] += one.value  # type: ignore[assignment]
    return found


def counted(found: Iterable[Any]) -> By:
    return Counter(tuple(map(str, row)) for row in found)


def test_the_figures_of_a_walked_demo_are_what_its_rows_come_to(walked: Stack, tmp_path: Path) -> None:
    said = samples_of(walked)
    every = [sample for samples in said.values() for sample in samples]
    check_cases(walked, every)
    check_money(walked, every)
    check_messages(walked, every)
    check_events(walked, said)
    check_that_all_is_said(said)
    check_labels(said, routes(tmp_path))


def check_cases(walked: Stack, every: list[Sample]) -> None:
    cases = rows(walked, "workflow", "select procedure_id, channel, status from cases")
    assert by(every, "motcua_dossiers", "procedure", "channel", "status") == counted(cases)
    finished = rows(
        walked,
        "workflow",
        "select lateness, channel from cases where finished_at between '2025-03-01' and '2025-04-01'",
    )
    assert by(every, "motcua_dossiers_finished", "lateness", "channel") == counted(finished)
    assert {one[0] for one in finished} == {"early", "on_time", "late"}
    submitted = rows(walked, "intake", "select channel from dossier")
    taken = [one for one in every if one.labels.get("outcome") == "taken"]
    assert by(taken, "motcua_submissions_total", "channel") == counted(submitted)
    steps = rows(walked, "workflow", "select step from step_run where finished_at is not null")
    assert by(every, "motcua_step_seconds_count", "step") == counted(steps)
    margins = rows(walked, "workflow", "select sum(margin_working_minutes) from cases where finished_at is not null")
    assert by(every, "motcua_dossier_margin_seconds_sum")[()] == 60 * margins[0][0]


def check_money(walked: Stack, every: list[Sample]) -> None:
    paid = rows(walked, "payments", "select way, amount_vnd from booking where kind = 'paid'")
    assert by(every, "motcua_fees_paid_total", "way") == counted([row["way"]] for row in paid)
    dong = by(every, "motcua_fees_paid_dong_total", "way")
    assert sum(dong.values()) == sum(row["amount_vnd"] for row in paid) > 0
    states = rows(walked, "payments", "select state from demand")
    assert by(every, "motcua_fee_demands", "state") == counted(states)
    index = by(every, "motcua_service_index", "measure")
    filed = rows(walked, "intake", "select channel from dossier")
    assert index["filed",] == len(filed)
    assert index["filed_online",] == sum(row["channel"] == "online" for row in filed)
    assert index["paid_online",] == sum(row["way"] == "payment_platform" for row in paid)


def check_messages(walked: Stack, every: list[Sample]) -> None:
    messages = rows(walked, "notify", "select channel, state from message")
    assert by(every, "motcua_messages", "channel", "state") == counted(messages)
    calls = by(every, "motcua_outside_call_seconds_count", "system")
    assert calls["mail",] >= sum(row["channel"] == "email" and row["state"] == "sent" for row in messages)


def check_events(walked: Stack, said: dict[str, list[Sample]]) -> None:
    """Whatever was said was sent, and is taken by everybody who listens."""
    for name in SERVICES:
        streams = rows(walked, name, f"select sum(last_sequence) from kit_stream where topic = '{name}.events'")
        assert sum(by(said[name], "motcua_events_sent_total", "type").values()) == streams[0][0]
        taken = rows(walked, name, "select sum(last_sequence) from kit_inbox")
        assert sum(by(said[name], "motcua_events_taken_total", "type").values()) == taken[0][0]
        for quiet in ("motcua_outbox_events", "motcua_gaps", "motcua_reader_lag_records", "motcua_reader_stopped"):
            assert [one.value for one in said[name] if one.name == quiet] != []
            assert not by(said[name], quiet), quiet


def check_that_all_is_said(said: dict[str, list[Sample]]) -> None:
    """By each service of which the document says so."""
    for one in entries():
        for name in SERVICES if one.said_by.split()[-1] not in SERVICES else [one.said_by.split()[-1]]:
            if "system" not in one.labels:  # those are only said by who calls it
                there = {re.sub(r"_(bucket|sum|count)$", "", sample.name) for sample in said[name]}
                assert one.name in there, (one.name, name)


def check_labels(said: dict[str, list[Sample]], routes: set[str]) -> None:
    for name, samples in said.items():
        for sample in samples:
            if sample.name.startswith(NOT_OURS):
                continue
            for label, value in sample.labels.items():
                assert label == "le" or is_bounded(label, value, routes), (name, sample.name, label, value)


def is_bounded(label: str, value: str, routes: set[str]) -> bool:
    catalogue = load()
    sets: dict[str, Callable[[], Iterable[str]]] = {
        "office": lambda: [one.id for one in catalogue.offices],
        "procedure": lambda: [one.id for one in catalogue.procedures],
        "field": lambda: [one.field_id for one in catalogue.procedures],
        "step": lambda: ["check", "none", *(step.id for one in catalogue.procedures for step in one.steps)],
        "channel": lambda: ["online", "direct", "postal", "email", "sms"],
        "lateness": lambda: ["early", "on_time", "late"],
        "measure": lambda: re.findall(r"`(\w+)`", LABELS["measure"]),
        "method": lambda: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "other"],
        "outcome": lambda: re.findall(r"`(\w+)`", LABELS["outcome"]),
        "rounds": lambda: map(str, range(6)),
        "route": lambda: routes,
        "system": lambda: re.findall(r"`(\w+)`", LABELS["system"]),
        "topic": lambda: TOPICS,
        "type": lambda: [*EVENTS, *(f"{topic}.dead" for topic in TOPICS), "unknown"],
        "way": lambda: re.findall(r"`(\w+)`", LABELS["way"]),
    }
    patterns = {
        "month": r"20\d\d-[01]\d",
        "status": r"\d{1,3}",
        "state|kind": r"[a-z_]{2,20}",
        "version": r"\d+\.\d+\.\d+",
    }
    if label in sets:
        return value in sets[label]()
    return any(label in names.split("|") and re.fullmatch(pattern, value) for names, pattern in patterns.items())


def routes(scratch: Path) -> set[str]:
    """The template of each route that there is."""
    from fastapi.routing import iter_route_contexts

    found = {route.path or "" for name in SERVICES for route in iter_route_contexts(application(name, scratch).routes)}
    return found | {"none", "/metrics", "/healthz", "/readyz", "/startupz"}
