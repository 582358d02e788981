"""The parts of `make chaos`: doors do what they are told, plans follow from the seed, the count sees a fault."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from chaos import count
from chaos.count import DISORDERED, DOUBLED, LOST
from chaos.plans import ENDINGS, plans
from chaos.proxy import HOST, Proxies, Proxy
from chaos.walks import s10

from contracts.envelope import Envelope
from kit.embedded import free_port

SUBJECT = "6f0c1a1e-0000-4000-8000-000000000001"
SOURCE = "urn:motcua:intake"
Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def say_again(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while heard := await reader.read(100):
            writer.write(heard)
    writer.transport.abort()
    with suppress(ConnectionError):
        await writer.wait_closed()


@pytest.fixture
async def doors() -> AsyncIterator[tuple[Proxies, int]]:
    """A server that says what it hears, behind a door called `echo`; its own lines are gone when the test is."""
    talks: list[asyncio.Task[None]] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.append(asyncio.ensure_future(say_again(reader, writer)))

    server = await asyncio.start_server(talk, HOST, 0)
    proxies, port = Proxies(), free_port()
    proxies.start()
    proxies.open("echo", port, lambda: int(server.sockets[0].getsockname()[1]))
    yield proxies, port
    proxies.stop()
    server.close()
    await asyncio.wait_for(asyncio.gather(*talks), 10)


@asynccontextmanager
async def a_line(port: int) -> AsyncIterator[Line]:
    line = await asyncio.open_connection(HOST, port)
    try:
        yield line
    finally:
        line[1].close()
        with suppress(ConnectionError):
            await line[1].wait_closed()


async def ask(line: Line, seconds: float = 5.0) -> bytes:
    reader, writer = line
    writer.write(b"anybody?")
    return await asyncio.wait_for(reader.read(100), seconds)


async def ends(line: Line) -> bool:
    """Whether the other end closes the line, which may tear it."""
    try:
        return await asyncio.wait_for(line[0].read(100), 5) == b""
    except ConnectionError:
        return True


async def test_a_door_passes_on_and_a_cut_ends_the_open_lines_only(doors: tuple[Proxies, int]) -> None:
    proxies, port = doors
    async with a_line(port) as line:
        assert await ask(line) == b"anybody?"
        proxies.tell("echo", Proxy.cut)
        assert await ends(line)
    async with a_line(port) as line:
        assert await ask(line) == b"anybody?"


async def test_a_held_door_keeps_the_line_and_what_was_said_until_it_is_calmed(doors: tuple[Proxies, int]) -> None:
    proxies, port = doors
    async with a_line(port) as line:
        assert await ask(line) == b"anybody?"
        proxies.tell("echo", Proxy.hold)
        await asyncio.sleep(0.1)
        with pytest.raises(TimeoutError):
            await ask(line, 0.3)
        proxies.calm_down()
        assert await asyncio.wait_for(line[0].read(100), 5) == b"anybody?"


def test_the_same_seed_plans_the_same_dossiers_and_many_hold_every_channel_and_ending() -> None:
    first = plans(7, 300)
    assert first == plans(7, 300)
    assert first != plans(8, 300)
    assert {one.dossier.channel for one in first} == {"online", "direct", "postal"}
    assert {one.ending for one in first} == set(ENDINGS)
    assert len({one.procedure.id for one in first}) == 20


def test_barcodes_have_their_check_digit() -> None:
    assert s10(47312482) == "RB473124829VN"


class SomeBooks:
    """Books with what a test writes into them."""

    def __init__(self, said: list[Envelope], tables: dict[str, list[dict[str, Any]]]) -> None:
        self.log, self.tables, self.parked = said, tables, dict[str, str]()

    def rows(self, service: str, query: str) -> list[dict[str, Any]]:
        return next((rows for words, rows in self.tables.items() if words in f"{service}: {query}"), [])


def an_event(sequence: int, type_: str = "intake.dossier_rated.v1") -> Envelope:
    return Envelope(
        id=uuid4(),
        source=SOURCE,
        type=type_,
        subject=SUBJECT,
        time=datetime.now(UTC),
        sequence=sequence,
        traceparent=None,
        data={},
    )


def kinds(said: list[Envelope], last: int) -> Counter[str]:
    stream = {"topic": "intake.events", "subject": SUBJECT, "last_sequence": last}
    books: Any = SomeBooks(said, {"intake: select topic, subject, last_sequence from kit_stream": [stream]})
    return Counter(finding.kind for finding in count.log(books))


def test_the_count_sees_what_the_log_lacks_and_has_twice() -> None:
    one, two, three = an_event(1), an_event(2), an_event(3)
    assert kinds([one, two, two, three], 3) == {}, "the same event sent again is no second event"
    assert kinds([one, three], 3) == {LOST: 1}
    assert kinds([one, two, an_event(2), three], 3) == {DOUBLED: 1}
    assert kinds([two, one, three], 3) == {}, "readers go by number"
    assert kinds([one, two, three], 2) == {DOUBLED: 1}


def order_of(written: list[str]) -> Counter[str]:
    said = [an_event(1, "workflow.check_started.v1"), an_event(2, "workflow.dossier_accepted.v1")]
    rows = [{"id": SUBJECT, "kind": kind} for kind in written]
    books: Any = SomeBooks(said, {"intake: select dossier_id::text as id, kind from milestone": rows})
    books.once = said
    return Counter(finding.kind for finding in count.effects(books))


def test_the_count_sees_an_effect_that_overtook_another() -> None:
    assert order_of(["check_started", "message_sent", "dossier_accepted"]) == {}
    assert order_of(["dossier_accepted", "check_started"]) == {DISORDERED: 1}
    assert order_of(["check_started", "check_started", "dossier_accepted"]) == {DISORDERED: 1}


def test_the_count_sees_a_gap_in_a_series_and_a_number_given_twice() -> None:
    given = [{"series": "T-H00.15-250303", "number": number} for number in (1, 2, 2, 4)]
    books: Any = SomeBooks([], {"intake: select regexp_replace(arrival_number": given})
    assert Counter(finding.kind for finding in count.numbers(books)) == {LOST: 1, DOUBLED: 1}
