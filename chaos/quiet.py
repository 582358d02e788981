"""Waits until nothing is on its way any more: what is said is sent, heard and done. Bounded; says what still moves."""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import asyncpg

from chaos.books import Books, hearers
from motcua.programs import SERVICES

LOOK_SECONDS = 1.0
MOVING = {  # what still moves: the service and how many of it
    "events wait to be sent": [(name, "select count(*) from kit_outbox") for name in SERVICES],
    "events are held for an earlier one": [
        (name, "select count(*) from kit_parked where not is_failed") for name in SERVICES
    ],
    "messages wait to be sent": [
        ("notify", "select count(*) from message m join dossier d on d.id = m.dossier_id where m.state = 'queued'"),
    ],
    "parcels wait to be ordered": [("workflow", "select count(*) from dispatch where next_try_at is not null")],
}


def wait_until_quiet(books: Books, seconds: float, say: Callable[[str], None]) -> list[str]:
    """Returns what was still moving after `seconds`; empty where all is quiet."""
    until = time.monotonic() + seconds
    while True:
        moving = ["the databases do not answer"]
        with suppress(OSError, asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError):
            moving = list(still_moving(books))
        if not moving or time.monotonic() > until:
            return moving
        say(f"not quiet yet: {'; '.join(moving)}")
        time.sleep(LOOK_SECONDS)


def still_moving(books: Books) -> Iterator[str]:
    """In words, with how many."""
    for words, places in MOVING.items():
        count = sum(books.number(name, query) for name, query in places)
        if count:
            yield f"{count} {words}"
    if behind := sum(_behind(books)):
        yield f"{behind} events are not taken yet"


def _behind(books: Books) -> Iterator[int]:
    """For each hearer, how many numbers it has still to take; what waits behind a parked one is not on its way."""
    who = hearers()
    said = [one for name in SERVICES for one in _numbers(books, name, "kit_stream").items()]
    for name in SERVICES:
        taken = _numbers(books, name, "kit_inbox")
        stuck = {row["subject"] for row in books.rows(name, "select subject from kit_parked where is_failed")}
        for stream, last in said:
            if name in who.get(stream[0], []) and stream[1] not in stuck:
                yield max(0, last - taken.get(stream, 0))


def _numbers(books: Books, service: str, table: str) -> dict[tuple[str, str], int]:
    rows = books.rows(service, f"select topic, subject, last_sequence from {table}")
    return {(row["topic"], row["subject"]): row["last_sequence"] for row in rows}
