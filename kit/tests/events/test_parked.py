"""What cannot be taken is parked with its reason, told on `<topic>.dead`, and decided on by a person."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.envelope import Event
from contracts.intake import DossierRated
from kit import consume, measures, parked, tracing
from kit.consume import Consumer, deliver
from kit.errors import TryAgain
from kit.inbox import Record
from kit.now import TIME_ZONE
from kit.outbox import pack_headers
from kit.parked import Counts, NoSuchParked, Parked, StillFails, WaitsForAnother
from kit.testing.events import a_record, outbox_records
from kit.tx import Database, run_sql
from kit.watch import Watch

pytestmark = pytest.mark.db
AT = datetime(2025, 3, 3, 8, 30, tzinfo=TIME_ZONE)
TOPIC = "intake.events"


def rated(dossier_id: UUID, score: int = 5) -> DossierRated:
    return DossierRated(dossier_id=dossier_id, score=score, rated_at=AT)


def record(dossier: UUID, number: int) -> Record:
    """The number-th event of a dossier; its score is its number."""
    return a_record(rated(dossier, number), sequence=number)


class Handler:
    """Writes down what it takes; refuses the scores it is told to."""

    def __init__(self) -> None:
        self.refuses: dict[int, Exception] = {}
        self.when_taken: Callable[[int], None] = lambda score: None

    async def __call__(self, tx: AsyncSession, event: DossierRated, *, now: datetime) -> None:
        await run_sql(tx, "insert into took values (:d, :s)", d=event.dossier_id, s=event.score)
        self.when_taken(event.score)
        if fault := self.refuses.get(event.score):
            raise fault


@pytest.fixture
def handler() -> Handler:
    return Handler()


@pytest.fixture
async def consumer(database: Database, handler: Handler) -> Consumer:
    async with database.transaction() as tx:
        await run_sql(tx, "create table took (dossier uuid, score int, line serial)")
    return Consumer("test", keeps={}, reacts={DossierRated: handler})


async def took(database: Database) -> list[int]:
    async with database.transaction() as tx:
        return [score for (score,) in await run_sql(tx, "select score from took order by line")]


async def all_parked(database: Database) -> list[Parked]:
    async with database.transaction() as tx:
        return await parked.list_parked(tx)


async def the_failed(database: Database) -> Parked:
    async with database.transaction() as tx:
        (found,) = await parked.list_parked(tx, is_failed=True)
    return found


async def counts(database: Database) -> Counts:
    async with database.transaction() as tx:
        return await parked.count_parked(tx)


async def test_a_refused_event_is_parked_with_its_reason_and_its_dossier_waits(
    database: Database, consumer: Consumer, handler: Handler
) -> None:
    bad, good = uuid4(), uuid4()
    handler.refuses[1] = TryLater("no such thing")
    await deliver(database, consumer, [record(bad, 1)])
    await deliver(database, consumer, [record(bad, 2), a_record(rated(good, 4), sequence=1), record(bad, 3)])
    assert await took(database) == [4]
    failed, *held = await all_parked(database)
    assert (failed.is_failed, failed.type, failed.attempts) == (True, "intake.dossier_rated.v1", 1)
    assert [(one.is_failed, one.sequence) for one in held] == [(False, 2), (False, 3)]
    assert await counts(database) == Counts(failed=1, held=2, gaps=0)


class TryLater(Exception):
    """A fault of the service's own that does not pass."""


async def test_a_reason_names_the_fault_and_none_of_its_values(
    database: Database, consumer: Consumer, handler: Handler
) -> None:
    handler.refuses[1] = ValueError("Nguyễn Văn An, 0912345678")
    await deliver(database, consumer, [record(uuid4(), 1)])
    assert (await the_failed(database)).reason.startswith("ValueError in __call__, line ")
    handler.refuses[1] = consume.NewerThanKnown("our own words")
    await deliver(database, consumer, [record(uuid4(), 1)])
    assert [one.reason for one in await all_parked(database)][1] == "NewerThanKnown: our own words"


async def test_a_broken_rule_of_the_database_is_named_without_the_row(
    database: Database, consumer: Consumer, handler: Handler
) -> None:
    async with database.transaction() as tx:
        await run_sql(tx, "alter table took add constraint small check (score < 4)")
    await deliver(database, consumer, [record(uuid4(), 1), a_record(rated(uuid4(), 5), sequence=1, offset=9)])
    assert (await the_failed(database)).reason.startswith("IntegrityError 23514 (small) in ")
    assert await took(database) == [1]


async def test_what_is_parked_as_failed_is_told_on_the_dead_topic_in_the_same_transaction(
    database: Database, consumer: Consumer, handler: Handler
) -> None:
    dossier = uuid4()
    handler.refuses[1] = consume.NewerThanKnown("of tomorrow")
    await deliver(database, consumer, [record(dossier, 1), record(dossier, 2)])
    (told,) = await outbox_records(database)
    headers = dict(told.headers)
    assert told.topic == "intake.events.dead"
    assert told.envelope().subject == str(dossier)
    assert told.envelope().data["score"] == 1
    assert {name: headers[f"dead_{name}"] for name in ("consumer", "reason", "attempts", "partition", "offset")} == {
        "consumer": b"test",
        "reason": b"NewerThanKnown: of tomorrow",
        "attempts": b"1",
        "partition": b"0",
        "offset": b"1",
    }


async def test_a_parked_event_is_replayed_with_what_waits_behind_it(
    database: Database, consumer: Consumer, handler: Handler
) -> None:
    dossier = uuid4()
    handler.refuses[1] = ValueError("not yet mended")
    await deliver(database, consumer, [record(dossier, n) for n in (1, 2, 3)])
    failed = await the_failed(database)
    with pytest.raises(StillFails, match="ValueError"):
        await parked.replay(database, consumer, failed.id, by="an operator")
    assert await counts(database) == Counts(failed=1, held=2, gaps=0)
    handler.refuses.clear()
    await parked.replay(database, consumer, failed.id, by="an operator")
    assert await took(database) == [1, 2, 3]
    assert await counts(database) == Counts(failed=0, held=0, gaps=0)
    with pytest.raises(NoSuchParked):
        await parked.replay(database, consumer, failed.id, by="an operator")
    async with database.transaction() as tx:
        decisions = await parked.list_decisions(tx)
    assert [(one.decision, one.decided_by) for one in decisions] == [("replayed", "an operator")] * 2


async def test_what_was_parked_goes_on_in_its_own_trace_when_it_is_replayed(
    database: Database, consumer: Consumer, handler: Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    monkeypatch.setattr(tracing, "_tracer", provider.get_tracer("test"))
    dossier, traces = uuid4(), [f"{number:032x}" for number in (7, 8)]
    told = [
        [*record(dossier, n).headers, ("ce_traceparent", f"00-{traces[n - 1]}-{n:016x}-01".encode())] for n in (1, 2)
    ]
    handler.refuses[1] = ValueError("not yet mended")
    await deliver(database, consumer, [replace(record(dossier, n), headers=told[n - 1]) for n in (1, 2)])
    handler.refuses.clear()
    failed = await the_failed(database)
    kept.clear()
    with tracing.request("POST", None):
        operators = tracing.trace_id()
        await parked.replay(database, consumer, failed.id, by="an operator")
    taken = [span for span in kept.get_finished_spans() if span.kind is SpanKind.CONSUMER]
    assert [f"{span.parent.trace_id:032x}" for span in taken if span.parent] == traces
    assert {f"{link.context.trace_id:032x}" for span in taken for link in span.links} == {operators}
    provider.shutdown()


async def test_a_dropped_event_stays_as_a_record_and_the_later_ones_go_on(
    database: Database, consumer: Consumer, handler: Handler
) -> None:
    dossier = uuid4()
    handler.refuses[2] = ValueError("never to be mended")
    records = [record(dossier, n) for n in (1, 2, 3, 4)]
    await deliver(database, consumer, records)
    assert await took(database) == [1]
    failed = await the_failed(database)
    await parked.drop(database, consumer, failed.id, by="an operator", why="sent by mistake")
    assert await took(database) == [1, 3, 4]
    await deliver(database, consumer, records)
    assert await took(database) == [1, 3, 4]
    async with database.transaction() as tx:
        (decision,) = await parked.list_decisions(tx)
    assert (decision.decision, decision.decided_by, decision.why) == ("dropped", "an operator", "sent by mistake")
    assert (decision.event.sequence, decision.event.id) == (2, failed.id)


async def test_a_held_event_is_not_decided_on_before_the_one_it_waits_for(
    database: Database, consumer: Consumer, handler: Handler
) -> None:
    dossier = uuid4()
    handler.refuses[1] = ValueError("broken")
    await deliver(database, consumer, [record(dossier, 1), record(dossier, 2)])
    _, held = await all_parked(database)
    for decide in (
        parked.replay(database, consumer, held.id, by="x"),
        parked.drop(database, consumer, held.id, by="x", why="x"),
        parked.pass_over(database, consumer, held.id, by="x", why="x"),
    ):
        with pytest.raises(WaitsForAnother):
            await decide
    assert await took(database) == []


async def test_a_number_that_never_came_is_passed_over(database: Database, consumer: Consumer) -> None:
    dossier = uuid4()
    await deliver(database, consumer, [record(dossier, n) for n in (1, 4, 5)])
    first, _ = await all_parked(database)
    await parked.pass_over(database, consumer, first.id, by="an operator", why="lost with the old cluster")
    assert await took(database) == [1, 4, 5]
    await deliver(database, consumer, [record(dossier, n) for n in (2, 3)])
    assert await took(database) == [1, 4, 5]


async def test_a_gap_is_counted_after_a_minute_and_what_failed_is_none(
    database: Database, consumer: Consumer, handler: Handler
) -> None:
    handler.refuses[1] = ValueError("broken")
    failing, gap, fresh = uuid4(), uuid4(), uuid4()
    await deliver(database, consumer, [record(failing, 1), record(failing, 2), record(gap, 3), record(fresh, 2)])
    async with database.transaction() as tx:
        await run_sql(
            tx, "update kit_parked set parked_at = parked_at - interval '61 s' where subject <> :s", s=str(fresh)
        )
    assert await counts(database) == Counts(failed=1, held=3, gaps=1)


async def figures(database: Database) -> dict[str, int]:
    """What Prometheus is told of what is parked."""
    async with database.transaction() as tx:
        found = await measures.held_up(tx)
    rows = [*found[measures.PARKED], ("gaps", *next(iter(found[measures.GAPS])))]
    return {kind: many for kind, many in rows}  # noqa: C416 - rows are of any length to the types


async def test_the_watch_raises_one_alarm_for_a_gap_and_applies_what_a_dead_reader_left(
    database: Database, consumer: Consumer, caplog: pytest.LogCaptureFixture
) -> None:
    gap, left = uuid4(), uuid4()
    await deliver(database, consumer, [record(gap, 3), record(left, 2)])
    await consume.take_together(database, consumer, [record(left, 1)])  # and the process dies here
    async with database.transaction() as tx:
        await run_sql(tx, "update kit_parked set parked_at = parked_at - interval '61 s'")
    watch = Watch(database, consumer)
    for _ in range(3):
        await watch.look()
    alarms = [one.getMessage() for one in caplog.records if one.levelname == "ERROR"]
    assert len(alarms) == 1
    assert "1 subjects wait" in alarms[0]
    assert str(gap) not in alarms[0]
    assert await took(database) == [1, 2]
    assert await figures(database) == {"failed": 0, "held": 1, "gaps": 1}
    await deliver(database, consumer, [record(gap, 1), record(gap, 2)])
    await watch.look()
    assert await figures(database) == {"failed": 0, "held": 0, "gaps": 0}
    assert await took(database) == [1, 2, 1, 2, 3]


async def test_a_held_event_that_is_refused_leaves_the_one_before_it_in_peace(
    database: Database, consumer: Consumer, handler: Handler
) -> None:
    dossier = uuid4()
    handler.refuses[2] = ValueError("the second is broken")
    await deliver(database, consumer, [record(dossier, 2)])
    await deliver(database, consumer, [record(dossier, 3)])
    await deliver(database, consumer, [record(dossier, 1)])
    assert await took(database) == [1]
    assert [(one.sequence, one.is_failed) for one in await all_parked(database)] == [(2, True), (3, False)]
    (told,) = await outbox_records(database)
    assert told.envelope().sequence == 2


async def test_what_its_reader_left_behind_when_it_died_is_found(database: Database, consumer: Consumer) -> None:
    dossier = uuid4()
    await deliver(database, consumer, [record(dossier, 2)])
    await consume.take_together(database, consumer, [record(dossier, 1)])  # and the process dies here
    assert await took(database) == [1]
    async with database.transaction() as tx:
        assert await parked.ready_to_drain(tx) == [("test", TOPIC, str(dossier))]
    await consume.drain(database, consumer, TOPIC, str(dossier))
    assert await took(database) == [1, 2]


async def test_the_same_record_again_applies_what_its_first_reader_left_behind(
    database: Database, consumer: Consumer
) -> None:
    dossier = uuid4()
    await deliver(database, consumer, [record(dossier, 2)])
    await consume.take_together(database, consumer, [record(dossier, 1)])  # and the process dies here
    await deliver(database, consumer, [record(dossier, 1)])
    assert await took(database) == [1, 2]


async def test_a_passing_fault_of_a_held_event_leaves_it_held(
    database: Database, consumer: Consumer, handler: Handler
) -> None:
    dossier = uuid4()
    handler.refuses[2] = TryAgain("busy")
    await deliver(database, consumer, [record(dossier, 2)])
    for _ in range(consume.MOST_ATTEMPTS + 2):
        with pytest.raises(TryAgain):
            await deliver(database, consumer, [record(dossier, 1)])
    handler.refuses.clear()
    await deliver(database, consumer, [record(dossier, 1)])
    assert await took(database) == [1, 2]


async def test_a_record_that_kills_its_process_is_parked_after_three_times(
    database: Database, consumer: Consumer
) -> None:
    poison = record(uuid4(), 1)
    for _ in range(consume.MOST_ATTEMPTS):  # what a killed process leaves behind: the count, and nothing else
        await consume.count_attempt(database, consumer, poison)
    await deliver(database, consumer, [poison])
    assert await took(database) == []
    assert "died 3 times" in (await the_failed(database)).reason


async def test_one_that_was_taken_before_its_reader_died_three_times_is_not_parked(
    database: Database, consumer: Consumer
) -> None:
    innocent = record(uuid4(), 1)
    await deliver(database, consumer, [innocent])
    for _ in range(consume.MOST_ATTEMPTS):
        await consume.count_attempt(database, consumer, innocent)
    await deliver(database, consumer, [innocent])
    assert await all_parked(database) == []


async def test_a_record_that_is_no_envelope_is_parked_once_and_again_only_while_nobody_dropped_it(
    database: Database, consumer: Consumer
) -> None:
    good = record(uuid4(), 1)
    strange = [("\x00", b"\xff\x00")]
    broken = Record(good.topic, 0, 7, good.key, headers=strange, body=b"not json")
    await deliver(database, consumer, [broken, good])
    await deliver(database, consumer, [broken])
    assert await took(database) == [1]
    failed = await the_failed(database)
    assert (failed.subject, failed.sequence, failed.type) == ("unreadable:0:7", 0, "")
    async with database.transaction() as tx:
        assert (await parked.find_parked(tx, failed.id)).data == "8 bytes that are no JSON"
    with pytest.raises(StillFails):
        await parked.replay(database, consumer, failed.id, by="x")
    await parked.drop(database, consumer, failed.id, by="x", why="a stranger's")
    await deliver(database, consumer, [broken])
    assert await all_parked(database) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [("ce_subject", b"a\x00b"), ("ce_subject", b"x" * 5000), ("ce_sequence", b"9" * 40), ("ce_subject", b"\xff")],
    ids=["a null", "too long", "too large", "no text"],
)
async def test_headers_that_no_table_could_hold_make_a_record_unreadable(
    database: Database, consumer: Consumer, name: str, value: bytes
) -> None:
    good = record(uuid4(), 1)
    headers = [(key, value if key == name else old) for key, old in good.headers]
    await deliver(database, consumer, [Record(good.topic, 0, 7, good.key, headers, good.body)])
    assert (await the_failed(database)).subject == "unreadable:0:7"


async def test_an_unreadable_record_that_can_be_read_after_an_upgrade_takes_its_turn(
    database: Database, consumer: Consumer
) -> None:
    dossier = uuid4()
    first = record(dossier, 1)
    await deliver(database, consumer, [Record(first.topic, 0, 1, first.key, [], first.body)])
    await deliver(database, consumer, [record(dossier, 2)])
    failed = await the_failed(database)
    async with database.transaction() as tx:  # what the upgrade changes is our reading, here the row stands for it
        await run_sql(
            tx, "update kit_parked set headers = :h where id = :i", h=pack_headers(first.headers), i=failed.id
        )
    await parked.replay(database, consumer, failed.id, by="x")
    assert await took(database) == [1, 2]


async def test_a_version_we_do_not_know_of_what_we_hear_is_parked_and_a_stranger_is_passed(
    database: Database, consumer: Consumer
) -> None:
    dossier = uuid4()

    def of_type(event: Event, number: int, name: str) -> Record:
        found = a_record(event, sequence=number)
        headers = [(key, name.encode() if key == "ce_type" else value) for key, value in found.headers]
        return Record(found.topic, 0, number, found.key, headers, found.body)

    newer = of_type(rated(dossier, 2), 2, "intake.dossier_rated.v2")
    stranger = of_type(rated(dossier, 1), 1, "intake.something_new.v1")
    await deliver(database, consumer, [stranger, newer, record(dossier, 3)])
    assert await took(database) == []
    assert (await the_failed(database)).reason.startswith("NewerThanKnown: intake.dossier_rated.v2")


async def test_a_known_event_without_a_field_is_parked_and_its_values_are_not_told(
    database: Database, consumer: Consumer
) -> None:
    found = record(uuid4(), 1)
    await deliver(database, consumer, [Record(found.topic, 0, 1, found.key, found.headers, b'{"score": "secret"}')])
    reason = (await the_failed(database)).reason
    assert "dossier_id: missing" in reason
    assert "secret" not in reason


async def test_many_failures_in_a_row_stop_the_reader_and_it_stays_stopped_until_mended(
    database: Database, consumer: Consumer, handler: Handler
) -> None:
    handler.refuses[1] = ValueError("our own bug")
    records = [a_record(rated(uuid4(), 1), sequence=1, offset=n) for n in range(consume.MOST_PARKED_IN_A_ROW + 5)]
    with pytest.raises(consume.ReaderStopped, match="20 events in a row"):
        await deliver(database, consumer, records)
    for _ in range(consume.MOST_ATTEMPTS + 1):
        with pytest.raises(consume.ReaderStopped):
            await deliver(database, consumer, records[19:])
    assert (await counts(database)).failed == consume.MOST_PARKED_IN_A_ROW - 1
    handler.refuses.clear()
    await deliver(database, consumer, records[19:])
    assert await took(database) == [1] * 6


async def test_parked_events_are_listed_by_what_is_asked_and_by_pages(database: Database, consumer: Consumer) -> None:
    dossiers = [uuid4() for _ in range(5)]
    await deliver(database, consumer, [record(dossier, 2) for dossier in dossiers])
    async with database.transaction() as tx:
        first = await parked.list_parked(tx, limit=3)
        rest = await parked.list_parked(tx, after=first[-1].id)
        one = await parked.list_parked(tx, subject=str(dossiers[2]), topic=TOPIC, is_failed=False)
    assert [found.subject for found in (*first, *rest)] == [str(dossier) for dossier in dossiers]
    assert [found.id for found in one] == [first[2].id]
