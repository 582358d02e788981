"""What Prometheus is told of a world is what a plain count of its rows comes to. Each row is read and counted here."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from typing import Any

import pytest
from prometheus_client import REGISTRY
from tests.deliveries.people import staff
from tests.deliveries.roads import BY_NAME, ROADS, Dossier
from tests.deliveries.walking import walk
from tests.deliveries.world import World

from kit.figures import answers_of, family
from kit.now import TIME_ZONE, read_now
from kit.testing.deliveries import QUIET
from motcua.programs import SERVICES
from rules.catalogue import load
from rules.testing import at
from workflow import handlers as workflow
from workflow.domain import clock, timers
from workflow.domain.apology import Wanted
from workflow.handlers.crossing import cross_due, lay_missing
from workflow.measures import MARGINS
from workflow.store.cases import to_case
from workflow.store.tables import CaseRow

pytestmark = [pytest.mark.db, pytest.mark.timeout(300)]
Said = Mapping[tuple[str, ...], float]
LEFT = (("straight", 1), ("straight", 4), ("supplement", 2), ("sent-back", 6), ("fee-beside", 4), ("counter-cash", 8))
ONLINE_WAY = "payment_platform"


async def said(world: World, service: str) -> Mapping[str, Said]:
    """By sample's name: labels' values in the order of their names, and the value."""
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for measure in import_module(f"{service}.measures").MEASURES:
        for figure, rows in (await answers_of(world.databases[service], measure)).items():
            for sample in family(figure, rows).samples:
                labels = tuple(value for _, value in sorted(sample.labels.items()))
                assert labels not in found.setdefault(sample.name, {}), "each series once"
                found[sample.name][labels] = sample.value
    return found


def counts(keys: Iterable[Sequence[Any]]) -> dict[tuple[str, ...], float]:
    return dict(Counter(tuple(map(str, key)) for key in keys))


def but_zeros(found: Said) -> Said:
    return {labels: value for labels, value in found.items() if value}


@pytest.fixture
async def busy(world: World) -> World:
    """Every road walked to its end, dossiers that were left at each of their steps, one late, one with an apology."""
    await world.begin(0, QUIET)
    await walk(world, ROADS)
    stopped = [replace(BY_NAME[name], name=f"left-{name}", steps=BY_NAME[name].steps[:steps]) for name, steps in LEFT]
    left = await walk(world, stopped)
    await world.at(at("2025-03-24 09:00"))
    await cross(world)
    await finish_late(world, left[-1])
    await walk(world, [replace(BY_NAME["straight"], name="new", steps=BY_NAME["straight"].steps[:6])])
    await world.at(at("2025-05-12 10:00"))
    await cross(world)
    await apologise(world)
    return world


async def finish_late(world: World, one: Dossier) -> None:
    """One of those that were left is finished next month, long after it was due."""
    await world.at(at("2025-04-15 10:00"))
    await cross(world)
    one.steps = BY_NAME["counter-cash"].steps
    while not one.is_through:
        await one.go_on()
        await world.settle()


async def cross(world: World) -> None:
    await lay_missing(world.databases["workflow"])
    while await cross_due(world.databases["workflow"]):
        await world.settle()
    await world.settle()


async def apologise(world: World) -> None:
    """To one of those that are late."""
    query = "select dossier_id from cases where status = 4 and late_from <= kit_now() order by arrival_number limit 1"
    ((dossier_id,),) = await world.rows("workflow", query)
    wanted = Wanted("Chuyên gia thẩm định nghỉ ốm.", "radiation")
    who = {"staff": staff("division_head"), "seen_version": None}
    await world.do("workflow", workflow.draft_apology, dossier_id, wanted, **who)
    await world.do("workflow", workflow.apologise, dossier_id, **who | {"staff": staff("department_leader")})
    await world.settle()


async def of_the_cases(busy: World) -> None:
    found = await said(busy, "workflow")
    rows = await busy.rows("workflow", "select * from cases")
    assert len({row.status for row in rows}) >= 8
    place = [(row.channel, row.office, row.procedure_id) for row in rows]
    statuses = counts((*here, row.status) for here, row in zip(place, rows, strict=True))
    assert found["motcua_dossiers"] == statuses
    assert found["motcua_dossiers_arrived_total"] == counts(place)
    rounds = counts((row.office, row.procedure_id, row.round) for row in rows)
    assert found["motcua_supplement_rounds"] == rounds
    assert any(labels[-1] == "1" for labels in rounds)


async def of_what_was_finished(busy: World) -> None:
    found = await said(busy, "workflow")
    rows = await busy.rows("workflow", "select * from cases where finished_at is not null")
    fields = {one.id: one.field_id for one in load().procedures}
    finished = counts(
        (row.channel, fields[row.procedure_id], row.lateness, month(row), row.office, row.procedure_id) for row in rows
    )
    assert found["motcua_dossiers_finished"] == {
        (channel, field, lateness, when, office, procedure): many
        for (channel, field, lateness, when, office, procedure), many in finished.items()
    }
    assert {labels[2] for labels in finished} >= {"early", "late"}
    assert {labels[3] for labels in finished} == {"2025-03", "2025-04"}
    buckets = found["motcua_dossier_margin_seconds_bucket"]
    for bound in MARGINS:
        within = sum(row.margin_working_minutes <= bound for row in rows)
        assert sum(value for (le, _), value in buckets.items() if le == str(float(60 * bound))) == within, bound
    assert sum(found["motcua_dossier_margin_seconds_count"].values()) == len(rows)
    assert sum(found["motcua_dossier_margin_seconds_sum"].values()) == 60 * sum(r.margin_working_minutes for r in rows)


def month(row: Any) -> str:
    return f"{row.finished_at.astimezone(TIME_ZONE):%Y-%m}"


async def of_what_is_due_soon_and_what_is_late(busy: World) -> None:
    found = await said(busy, "workflow")
    async with busy.databases["workflow"].transaction() as tx:
        now = await read_now(tx)
        rows = [CaseRow(**row._mapping) for row in await busy.rows("workflow", "select * from cases")]
        cases = [one for one in map(to_case, rows) if not one.has_ended and one.deadline_at]
        late = [one for one in cases if clock.is_late(one, now)]
        warned = [one for one in cases if timers.is_near(one, now) and one not in late]
    letters = await busy.rows("workflow", "select * from apology where approved_at is not null")
    sorry = {(letter.dossier_id, letter.previous_due_at) for letter in letters}
    steps = counts((one.office, one.procedure_id, one.step or ("none" if one.code else "check")) for one in late)
    assert but_zeros(found["motcua_dossiers_overdue"]) == steps
    silent = [one for one in late if one.code and (one.dossier_id, one.due_at) not in sorry]
    assert but_zeros(found["motcua_dossiers_overdue_without_apology"]) == counts(
        (one.office, one.procedure_id) for one in silent
    )
    assert len(sorry) == 1
    assert len(silent) == sum(one.code is not None for one in late) - 1
    soon = counts((one.office, one.procedure_id) for one in warned)
    assert but_zeros(found["motcua_dossiers_due_soon"]) == soon
    assert soon
    assert found["motcua_timers_lag_seconds"][()] == 0


async def test_of_the_calendar_and_of_timers_that_nobody_takes_up(world: World) -> None:
    await world.begin(0, QUIET)
    await walk(world, [replace(BY_NAME["straight"], steps=BY_NAME["straight"].steps[:1])])
    found = await said(world, "workflow")
    ends = load().calendar(world.office).record.effective_to
    assert found["motcua_calendar_days_ahead"][(world.office,)] == (ends - at("2025-03-03 09:12").date()).days
    assert found["motcua_timers_lag_seconds"][()] == 0
    ((first,),) = await world.rows("workflow", "select min(fire_at) from timer")
    await world.at(at("2025-03-28 09:00"))
    lag = (await said(world, "workflow"))["motcua_timers_lag_seconds"][()]
    assert lag == pytest.approx((at("2025-03-28 09:00") - first).total_seconds(), abs=5)


async def of_the_money(busy: World) -> None:
    found = await said(busy, "payments")
    demands = await busy.rows("payments", "select * from demand")
    assert but_zeros(found["motcua_fee_demands"]) == counts((row.state,) for row in demands)
    assert found["motcua_fees_demanded_total"] == counts((row.office, row.procedure_id) for row in demands)
    dong: Counter[tuple[str, ...]] = Counter()
    for row in demands:
        dong[row.office, row.procedure_id] += row.amount_vnd
    assert found["motcua_fees_demanded_dong_total"] == dict(dong)
    paid = await busy.rows("payments", "select b.*, d.office from booking b, demand d where d.id = demand_id")
    paid = [row for row in paid if row.kind == "paid"]
    assert but_zeros(found["motcua_fees_paid_total"]) == counts((row.office, row.way) for row in paid)
    assert sum(found["motcua_fees_paid_dong_total"].values()) == sum(row.amount_vnd for row in paid) > 0
    assert found["motcua_service_index"] == {
        ("paid", busy.office): len(paid),
        ("paid_online", busy.office): sum(row.way == ONLINE_WAY for row in paid),
    }
    open_ones = await busy.rows("payments", "select * from difference where settled_at is null")
    assert but_zeros(found["motcua_fees_differing"]) == counts((row.kind,) for row in open_ones)
    assert found["motcua_money_waiting_seconds"][()] == 0


async def test_money_whose_dossier_was_not_accepted_since_is_seen(world: World) -> None:
    """The fee is paid, and workflow does not hear of it: its reader stands."""
    await world.begin(0, QUIET)
    road = BY_NAME["straight"]
    (one,) = await walk(world, [replace(road, steps=road.steps[:3])])
    one.steps = road.steps
    await one.go_on()  # the cash
    await world.at(at("2025-03-03 11:12"))
    assert (await said(world, "payments"))["motcua_money_waiting_seconds"][()] == pytest.approx(7200, abs=120)
    await world.settle()
    assert (await said(world, "payments"))["motcua_money_waiting_seconds"][()] == 0


async def of_the_messages(busy: World) -> None:
    found = await said(busy, "notify")
    rows = await busy.rows("notify", "select *, kit_now() as now from message")
    assert but_zeros(found["motcua_messages"]) == counts((row.channel, row.state) for row in rows)
    for channel in ("email", "sms"):
        waiting = [row.created_at for row in rows if row.channel == channel and row.state == "queued"]
        age = (rows[0].now - min(waiting)).total_seconds() if waiting else 0
        assert found["motcua_messages_oldest_seconds"][(channel,)] == pytest.approx(age, abs=5)
    assert sum(found["motcua_messages_oldest_seconds"].values()) > 0


async def of_the_service_index(busy: World) -> None:
    found = (await said(busy, "intake"))["motcua_service_index"]
    rows = await busy.rows("intake", "select * from dossier")
    of = {measure: value for (measure, _), value in found.items()}
    online = sum(row.channel == "online" for row in rows)
    assert of == {"filed": len(rows), "filed_online": online, "digitised": len(rows), "reused": 0}
    assert 0 < online < len(rows)


LOOKS = (
    of_the_cases,
    of_what_was_finished,
    of_what_is_due_soon_and_what_is_late,
    of_the_money,
    of_the_messages,
    of_the_service_index,
)


async def test_each_figure_is_what_a_plain_count_comes_to(busy: World) -> None:
    """One world for all of them: it takes a while to make."""
    for look in LOOKS:
        await look(busy)


async def test_what_a_process_counts_of_steps_is_what_was_written(world: World) -> None:
    await world.begin(0, QUIET)
    before = steps_counted()
    await walk(world, [BY_NAME["sent-back"], BY_NAME["withdrawn-at-once"], BY_NAME["stopped"]])
    rows = await world.rows("workflow", "select step, used_minutes from step_run where finished_at is not null")
    ended = {key: value - before.get(key, 0) for key, value in steps_counted().items()}
    wanted = Counter({("count", row.step): 0 for row in rows})
    for row in rows:
        wanted["count", row.step] += 1
        wanted["sum", row.step] += 60 * row.used_minutes
    assert but_zeros(ended) == but_zeros(wanted)  # type: ignore[arg-type]


def steps_counted() -> dict[tuple[str, str], float]:
    found = {}
    for metric in REGISTRY.collect():
        if metric.name == "motcua_step_seconds":
            for sample in metric.samples:
                if not sample.name.endswith("_bucket"):
                    found[sample.name.rpartition("_")[2], sample.labels["step"]] = sample.value
    return found


def test_every_service_has_its_measures() -> None:
    assert all(import_module(f"{name}.measures").MEASURES for name in SERVICES)
