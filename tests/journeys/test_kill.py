"""Kill -9 of the whole, at ten moments of the road: nothing is lost, nothing is repeated."""

import asyncio
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest

from contracts.catalogue import TOPICS
from contracts.envelope import Envelope
from kit.bus import Bus
from kit.embedded import free_port
from kit.log import all_records
from motcua.demo.actions import Actions
from motcua.demo.story import Walk
from motcua.programs import SERVICES
from motcua.stack import Stack

pytestmark = [pytest.mark.slow, pytest.mark.db, pytest.mark.kafka, pytest.mark.xdist_group("machine")]
MOMENTS = 10
SEED = 20250303
LINES_BETWEEN = 4  # printed by the walk from one kill to the next
SAID = {  # by the six dossiers, each fact once
    "intake.dossier_submitted.v1": 6,
    "intake.supplement_submitted.v1": 1,
    "intake.withdrawal_requested.v1": 1,
    "intake.dossier_rated.v1": 1,
    "workflow.fee_requested.v1": 2,
    "workflow.dossier_accepted.v1": 4,
    "workflow.dossier_refused.v1": 1,
    "workflow.dossier_withdrawn.v1": 1,
    "workflow.dossier_reappointed.v1": 1,
    "workflow.dossier_finished.v1": 4,
    "workflow.result_posted.v1": 1,
    "workflow.dossier_returned.v1": 4,
    "payments.fee_paid.v1": 2,
}


def start_demo(folder: Path) -> subprocess.Popen[str]:
    words = [sys.executable, "-m", "motcua", "demo", "--folder", str(folder), "--port", str(free_port())]
    with folder.with_suffix(".log").open("a") as log:
        return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=log, text=True)


def kill_whole(program: subprocess.Popen[str]) -> None:
    """As a power cut would: the launcher and everything below it at once."""
    launcher = psutil.Process(program.pid)
    for process in [launcher, *launcher.children(recursive=True)]:
        try:
            process.send_signal(signal.SIGKILL)
        except psutil.NoSuchProcess:
            continue
    program.wait(30)
    assert program.stdout is not None
    program.stdout.close()


def lines_of(program: subprocess.Popen[str]) -> Iterator[str]:
    assert program.stdout is not None
    return iter(program.stdout.readline, "")


async def count(url: str, query: str) -> int:
    connection = await asyncpg.connect(url)
    try:
        return int(await connection.fetchval(query))
    finally:
        await connection.close()


def check_log(said: list[Envelope]) -> None:
    """Numbers are dense per topic and dossier, and each number was only ever given to one event."""
    numbers: dict[tuple[str, str], dict[int, str]] = {}
    for envelope in said:
        known = numbers.setdefault((envelope.source, envelope.subject), {})
        assert known.setdefault(envelope.sequence, str(envelope.id)) == str(envelope.id)
    for (source, subject), known in numbers.items():
        assert sorted(known) == list(range(1, len(known) + 1)), f"a gap in what {source} said of {subject}"


@pytest.mark.proves("J08")
def test_killed_at_ten_moments_nothing_is_lost_and_nothing_repeated(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    folder = tmp_path / "machine"
    for moment in range(MOMENTS):
        program = start_demo(folder)
        for printed, _ in enumerate(lines_of(program), start=1):
            if printed > moment * LINES_BETWEEN:
                break
        time.sleep(chance.uniform(0.0, 1.0))
        assert program.poll() is None, folder.with_suffix(".log").read_text()
        kill_whole(program)
    stack = Stack(folder, free_port(), lambda words: None)
    stack.start()
    try:
        assert Walk(stack).run() == 0
        assert Walk(stack).run() == 0, "a second walk finds the dossiers and does not walk them again"
        check_machine(stack)
    finally:
        stack.stop()


async def until_all_is_sent(stack: Stack) -> None:
    async with asyncio.timeout(30):
        for name in SERVICES:
            while await count(stack.postgres.url(name), "select count(*) from kit_outbox"):  # noqa: ASYNC110
                await asyncio.sleep(0.2)


def check_machine(stack: Stack) -> None:
    asyncio.run(until_all_is_sent(stack))
    said = [one.envelope() for one in asyncio.run(all_records(Bus(stack.kafka.bootstrap), TOPICS))]
    check_log(said)
    kinds = Counter(type_ for type_, _ in {(envelope.type, envelope.id) for envelope in said})
    assert {kind: kinds[kind] for kind in SAID} == SAID
    for name in SERVICES:
        assert asyncio.run(count(stack.postgres.url(name), "select count(*) from kit_parked")) == 0
    actions = Actions(stack)
    letters = actions.letters()
    actions.close()
    assert len({letter["message_id"] for letter in letters}) == len({letter["subject"] for letter in letters})
