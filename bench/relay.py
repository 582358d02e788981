"""The relay beside a raw produce loop, at a backlog; under an old snapshot; and its tables after a million events.

PostgreSQL and Kafka are the embedded ones, durable as they ship. Both sides send the same records through a producer
with the same settings. A figure counts only if the log holds exactly what was said, each once.
"""

import asyncio
import os
import tempfile
from collections import deque
from pathlib import Path
from statistics import median
from time import perf_counter, thread_time
from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer

from bench.frame import Line, Say
from kit import embedded, migrate
from kit.bus import Bus
from kit.outbox import unpack_headers
from kit.sending import Sending
from kit.topics import TopicForm
from kit.waiting import PLANS, Waiting

BACKLOG, ROUNDS, WINDOW = 20_000, 5, 2000
DEAD, READS = 200_000, 9
MILLION = int(os.environ.get("MOTCUA_BENCH_EVENTS", "1000000"))
AT_ONCE, MOST_WAITING, SUBJECTS = 500, 5000, 50_000
PACE = 4_000.0  # events a second, what readers keep up with: a table holds what dies between two runs of autovacuum
RELAY, SNAPSHOT, MOST_MB = 0.80, 1.5, 400.0
TOPIC = "bench.events"

_HEADERS = (
    '[["ce_specversion","1.0"],["ce_id","'
    "' || gen_random_uuid() || '"
    '"],["ce_source","urn:motcua:bench"],'
    '["ce_type","bench.case_moved.v1"],["ce_subject","'
    "' || subject || '"
    '"],'
    '["ce_time","2025-03-03T08:30:00+07:00"],["ce_sequence","'
    "' || n || '"
    '"],["content-type","application/json"]]'
)
_SAY = f"""
    insert into kit_outbox (topic, subject, event_id, type, headers, body)
    select $1, subject, gen_random_uuid(), 'bench.case_moved.v1', convert_to('{_HEADERS}', 'utf8'),
        convert_to('{{"case":"' || subject || '","words":"' || repeat(md5(n::text), 17) || '"}}', 'utf8')
    from (select n, md5((n % $4)::text) as subject from generate_series($2::bigint, $3::bigint) n) w
"""
_SIZES = "select relname, pg_total_relation_size(oid) / 1e6 from pg_class where relname = any($1)"


def measure(say: Say) -> list[Line]:
    """Starts both parts in a folder of its own; some minutes."""
    with tempfile.TemporaryDirectory(prefix="motcua-bench-") as folder:
        server, broker = embedded.Postgres(Path(folder) / "postgres"), embedded.Kafka(Path(folder) / "kafka")
        try:
            server.start()
            broker.start()
            server.ensure_database("bench")
            return asyncio.run(_measure(server.url("bench"), broker.bootstrap, say))
        finally:
            broker.stop()
            server.stop()


async def _measure(url: str, bootstrap: str, say: Say) -> list[Line]:
    await migrate.upgrade(url, "kit")
    bus = Bus(bootstrap, TopicForm(partitions=6))
    await bus.ensure_topics([TOPIC])
    connection = await asyncpg.connect(url, server_settings=PLANS)
    try:
        return [
            *await _sending(connection, bus, say),
            *await _snapshot(url, connection, say),
            *await _million(url, connection, bus, say),
        ]
    finally:
        await connection.close()
        await bus.drop_producer()


async def _sending(connection: asyncpg.Connection, bus: Bus, say: Say) -> list[Line]:
    """Rounds in which each takes the same backlog to the broker, in turn."""
    ours, raw, our_work, raw_work, wrong = list[float](), list[float](), list[float](), list[float](), ""
    for number in range(ROUNDS + 1):  # the first warms up
        await connection.execute(_SAY, TOPIC, 1, BACKLOG, SUBJECTS)
        rows = await connection.fetch("select topic, subject, headers, body from kit_outbox order by id")
        records = [(r["topic"], r["body"], r["subject"].encode(), unpack_headers(r["headers"])) for r in rows]
        ends = await _ends(bus)
        takes = [(ours, our_work, _ours(connection, bus)), (raw, raw_work, _raw(bus, records))]
        for times, works, take in takes if number % 2 else takes[::-1]:
            begun, worked = perf_counter(), thread_time()
            await take
            times.append(perf_counter() - begun)
            works.append((thread_time() - worked) * 1e6 / BACKLOG)
        found = await _ends(bus) - ends
        wrong = wrong or ("" if found == 2 * BACKLOG else f"{found} records for {2 * BACKLOG}")
        wrong = wrong or ("" if not await connection.fetchval("select count(*) from kit_outbox") else "rows are left")
        say(f"bench: round {number}: ours {BACKLOG / ours[-1]:,.0f}/s, raw {BACKLOG / raw[-1]:,.0f}/s")
    share = median(beside / one for one, beside in zip(ours[1:], raw[1:], strict=True))
    speed, limit = BACKLOG / median(ours[1:]), BACKLOG / median(raw[1:])
    name, beside, must = f"backlog of {BACKLOG:,}", "raw produce loop", f">= {RELAY:g}"
    work, raw_cpu = median(our_work[1:]), median(raw_work[1:])
    return [
        Line(name, speed, "/s", beside, limit, share, must, share >= RELAY, wrong),
        Line(f"{name}: processor of the relay", work, "µs each", beside, raw_cpu, work / raw_cpu, lost=wrong),
    ]


async def _ours(connection: asyncpg.Connection, bus: Bus) -> None:
    await Sending(connection, bus).send_all()


async def _raw(bus: Bus, records: list[Any]) -> None:
    """As fast as the client goes: so many under way, the oldest awaited before the next is sent."""
    producer, sent = await bus.producer(), deque[Any]()
    for topic, body, key, headers in records:
        sent.append(await producer.send(topic, body, key=key, headers=headers))
        if len(sent) > WINDOW:
            await sent.popleft()
    await asyncio.gather(*sent)


async def _ends(bus: Bus) -> int:
    """How many records the topic holds."""
    async with AIOKafkaConsumer(bootstrap_servers=bus.bootstrap) as consumer:
        return sum((await consumer.end_offsets(await bus.partitions_of([TOPIC]))).values())


async def _snapshot(url: str, connection: asyncpg.Connection, say: Say) -> list[Line]:
    """The time of reading a full batch: with nothing dead in the table, and behind what an open snapshot holds."""
    old = await asyncpg.connect(url)
    free = await _reading(connection)
    async with old.transaction(isolation="repeatable_read"):
        await old.fetchval("select count(*) from kit_outbox")
        await connection.execute(_SAY, TOPIC, 1, DEAD, SUBJECTS)
        await connection.execute("delete from kit_outbox")
        held = await _reading(connection)
        lowest = await _timed(connection, "select * from kit_outbox where refused is null order by id limit 1000")
    await old.close()
    await connection.execute("vacuum kit_outbox")
    say(f"bench: a batch read in {free:.1f} ms, under the snapshot {held:.1f} ms, lowest first {lowest:.0f} ms")
    name, ratio = f"a batch read, {DEAD:,} rows dead under a snapshot", held / free
    return [
        Line(name, held, "ms", "no snapshot", free, ratio, f"<= {SNAPSHOT:g}", ratio <= SNAPSHOT),
        Line(f"{name}: against lowest number first", held, "ms", "lowest first", lowest, held / lowest),
    ]


async def _reading(connection: asyncpg.Connection) -> float:
    """Milliseconds for a batch of 1,000, by a reader that knows its floor."""
    reading, taken = Waiting(), list[float]()
    await reading.read(connection)
    for number in range(READS):
        await connection.execute(_SAY, TOPIC, 1, 1000, SUBJECTS)
        begun = perf_counter()
        rows = await reading.read(connection)
        taken.append((perf_counter() - begun) * 1000)
        assert len(rows) == 1000, f"{len(rows)} rows in reading {number}"
        await connection.execute("delete from kit_outbox where id = any($1::bigint[])", [row["id"] for row in rows])
    return median(taken)


async def _timed(connection: asyncpg.Connection, query: str) -> float:
    taken = []
    for _ in range(3):
        begun = perf_counter()
        await connection.fetch(query)
        taken.append((perf_counter() - begun) * 1000)
    return median(taken)


async def _million(url: str, connection: asyncpg.Connection, bus: Bus, say: Say) -> list[Line]:
    """Events said at the pace of readers, with a row per subject kept as `outbox.put` keeps it; then the sizes."""
    speaker, ends, sizes, highest = await asyncpg.connect(url), await _ends(bus), dict[str, float](), 0.0
    sending, begun = Sending(connection, bus), perf_counter()
    for first in range(1, MILLION + 1, MOST_WAITING):
        await asyncio.sleep(begun + first / PACE - perf_counter())
        for part in range(first, first + MOST_WAITING, AT_ONCE):
            async with speaker.transaction():
                await speaker.execute(_NUMBER, TOPIC, part, part + AT_ONCE - 1, SUBJECTS)
                await speaker.execute(_SAY, TOPIC, part, part + AT_ONCE - 1, SUBJECTS)
        await sending.send_all()
        sizes = dict(await speaker.fetch(_SIZES, ["kit_outbox", "kit_stream"]))
        highest = max(highest, float(sizes["kit_outbox"]))
    took = perf_counter() - begun
    await speaker.close()
    found = await _ends(bus) - ends
    lost = "" if found == MILLION else f"{found} records for {MILLION}"
    outbox, stream = float(sizes["kit_outbox"]), float(sizes["kit_stream"])
    say(f"bench: {MILLION:,} events in {took:.0f} s; kit_outbox at most {highest:.0f} MB, now {outbox:.0f} MB")
    through, must = f"after {MILLION:,} events", f"<= {MOST_MB:g} MB"
    return [
        Line(f"kit_outbox {through}, at most", highest, "MB", must=must, passes=highest <= MOST_MB, lost=lost),
        Line(f"kit_outbox {through}, at the end", outbox, "MB", lost=lost),
        Line(f"kit_stream {through}", stream, "MB", must="<= 40 MB", passes=stream <= 40, lost=lost),
    ]


_NUMBER = """
    insert into kit_stream (topic, subject, last_sequence)
    select $1, md5((n % $4)::text), 1 from generate_series($2::bigint, $3::bigint) n order by 2
    on conflict (topic, subject) do update set last_sequence = kit_stream.last_sequence + 1
"""
