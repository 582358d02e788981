"""A program for tests: one service's reader with its relay, which takes ratings and writes them down.

`reads.py URL KAFKA TOPIC [POISON]`: the rating of the dossier POISON kills the process in the middle of its handler;
it is begun again each time, as a supervisor would, and each death is a line of output.
"""

import asyncio
import ctypes
import os
import signal
import sys
from datetime import datetime
from tempfile import mkdtemp

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.intake import DossierRated
from kit import logs
from kit.bus import Bus
from kit.consume import Consumer
from kit.objects import Objects
from kit.tx import Database, run_sql
from kit.worker import Worker

TAKE = "insert into took (dossier, score) values (:d, :s)"


class OfOneTopic(Consumer):
    """Reads a topic of its own, named like itself, so that tests do not meet each other's events."""

    def topics(self) -> list[str]:
        return [self.name]


async def read(url: str, kafka: str, topic: str, poison: str = "") -> None:
    async def remember(tx: AsyncSession, event: DossierRated, *, now: datetime) -> None:
        await run_sql(tx, TAKE, d=event.dossier_id, s=event.score)
        if event.subject == poison:
            os.kill(os.getpid(), signal.SIGKILL)
        await asyncio.sleep(0.005)

    database = Database(url, Objects(f"file://{mkdtemp()}"), pool_size=5)
    consumer = OfOneTopic(topic, keeps={}, reacts={DossierRated: remember})
    await Worker(topic, database, Bus(kafka), consumer).run()


def begin_again_and_again(words: list[str]) -> None:
    """A process of its own for each life, forked so that it is there at once, and gone when this one is."""
    while True:
        pid = os.fork()
        if pid == 0:
            ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
            asyncio.run(read(*words))
        _, status = os.waitpid(pid, 0)
        print(-os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201 - the answer to the test


if __name__ == "__main__":
    logs.start("reads", "worker")
    if len(sys.argv) > 4:
        begin_again_and_again(sys.argv[1:])
    asyncio.run(read(*sys.argv[1:]))
