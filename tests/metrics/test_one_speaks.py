"""Of two workers on one database one says what it knows: the sum is right, also when that one is killed or frozen."""

import os
import re
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from chaos.proxy import Proxies, Proxy
from prometheus_client.parser import text_string_to_metric_families

from kit.embedded import free_port
from kit.testing.databases import fresh_database
from kit.tx import Database, run_sql
from motcua.programs import SANDBOXES, SERVICES, Ports, Site, service_side
from motcua.secrets_file import Secrets

pytestmark = pytest.mark.db
MESSAGES = """
    insert into message (
        id, dossier_id, template, channel, about, facts, state, reason, created_at, try_at, attempts)
    select gen_random_uuid(), gen_random_uuid(), 'received', :channel, '', '{}', :state, 'a test', now(),
        now() + interval '1 day', 0
    from generate_series(1, :many)
"""
SUMS = {"email skipped": 7, "email queued": 3, "sms failed": 2, "outbox": 0.0}
NO_BROKER = "127.0.0.1:9"  # what a database says needs none


class Worker:
    """A worker of notify as a process, and what its /metrics say."""

    def __init__(self, site: Site) -> None:
        self.port = free_port()
        program = service_side(site, "notify", "worker", "notify worker", self.port)
        self.process = subprocess.Popen(program.argv, env=program.environment, stderr=subprocess.DEVNULL)

    def says(self, timeout: float = 5) -> dict[str, float]:
        """Empty where it says nothing of the database, or nobody is there to answer."""
        try:
            text = httpx.get(f"http://127.0.0.1:{self.port}/metrics", timeout=timeout).text
        except httpx.TransportError:
            return {}
        found = {}
        for family in text_string_to_metric_families(text):
            for one in family.samples:
                if one.name == "motcua_messages":
                    found[f"{one.labels['channel']} {one.labels['state']}"] = one.value
                if one.name == "motcua_outbox_events":
                    found["outbox"] = one.value
        return found


@pytest.fixture
async def database(postgres: str, tmp_path: Path) -> AsyncIterator[Database]:
    async with fresh_database(postgres, "notify", tmp_path / "objects") as found:
        async with found.transaction() as tx:
            for channel, state, many in (("email", "skipped", 7), ("email", "queued", 3), ("sms", "failed", 2)):
                await run_sql(tx, MESSAGES, channel=channel, state=state, many=many)
        yield found


@pytest.fixture
def workers(database: Database, tmp_path: Path) -> Iterator[list[Worker]]:
    with started(tmp_path, database.url) as one, started(tmp_path, database.url) as another:
        yield [one, another]


@contextmanager
def started(folder: Path, database_url: str) -> Iterator[Worker]:
    ports = Ports(free_port(), {name: free_port() for name in (*SERVICES, *SANDBOXES, "smtp")})
    urls = dict.fromkeys(SERVICES, database_url)
    worker = Worker(Site(folder, ports, Secrets(folder / "secrets.json"), NO_BROKER, urls))
    try:
        yield worker
    finally:
        worker.process.kill()
        worker.process.wait()


def total(workers: list[Worker]) -> dict[str, float]:
    """The sum over every process that answers, as Prometheus reckons it."""
    found: dict[str, float] = {}
    for worker in workers:
        for name, value in worker.says(timeout=0.5).items():
            found[name] = found.get(name, 0) + value
    return {name: found[name] for name in SUMS if name in found}


def wait_for(holds: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.1)


def speaker_and_other(workers: list[Worker]) -> tuple[Worker, Worker]:
    said = [bool(worker.says()) for worker in workers]
    assert sorted(said) == [False, True]
    return workers[said.index(True)], workers[said.index(False)]


def test_the_sum_is_right_before_and_after_the_one_that_says_it_is_killed(workers: list[Worker]) -> None:
    wait_for(lambda: total(workers) == SUMS)
    time.sleep(2)
    assert total(workers) == SUMS, "and stays so"
    speaker, other = speaker_and_other(workers)
    speaker.process.kill()
    speaker.process.wait()
    wait_for(lambda: total(workers) == SUMS, 10)
    assert total([other]) == SUMS


def test_one_that_was_frozen_wakes_up_silent(workers: list[Worker]) -> None:
    wait_for(lambda: total(workers) == SUMS)
    speaker, other = speaker_and_other(workers)
    os.kill(speaker.process.pid, signal.SIGSTOP)
    wait_for(lambda: total([other]) == SUMS, 10)
    os.kill(speaker.process.pid, signal.SIGCONT)
    end = time.monotonic() + 5
    while time.monotonic() < end:
        assert total(workers) == SUMS
        time.sleep(0.05)


async def test_what_changed_is_said_soon(workers: list[Worker], database: Database) -> None:
    wait_for(lambda: total(workers) == SUMS)
    async with database.transaction() as tx:
        await run_sql(tx, MESSAGES, channel="sms", state="failed", many=5)
    wait_for(lambda: total(workers) == SUMS | {"sms failed": 7}, 20)


@pytest.fixture
def door(database: Database) -> Iterator[tuple[Proxies, str]]:
    """A way to the database that can be held up, and its address."""
    proxies, port = Proxies(), free_port()
    real = int(re.findall(r":(\d+)/", database.url)[0])
    proxies.start()
    proxies.open("database", port, lambda: real)
    yield proxies, database.url.replace(f":{real}/", f":{port}/")
    proxies.stop()


def test_one_that_slept_and_was_told_nothing_is_silent_by_its_own_clock(
    database: Database, door: tuple[Proxies, str], tmp_path: Path
) -> None:
    """The database has let go of its lock, and the network swallowed that: before it has asked anybody it knows."""
    proxies, address = door
    with started(tmp_path, address) as first:
        wait_for(lambda: total([first]) == SUMS)
        with started(tmp_path, database.url) as second:
            time.sleep(2)
            os.kill(first.process.pid, signal.SIGSTOP)
            proxies.tell("database", Proxy.hold)
            wait_for(lambda: total([second]) == SUMS)
            os.kill(first.process.pid, signal.SIGCONT)
            end = time.monotonic() + 2
            while time.monotonic() < end:
                assert total([first]) == {}
