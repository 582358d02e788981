"""A worker process of the timers' bench: the service's own loop over due times, and nothing else."""

import asyncio
import sys

from kit.alarm import Alarm
from kit.objects import Objects
from kit.tx import Database
from kit.worker import Loop, repeat
from workflow.handlers import crossing


async def main(url: str) -> None:
    database = Database(url, Objects("file:///nowhere"))
    alarm = Alarm(url, crossing.CHANNELS)

    async def cross() -> bool:
        return await crossing.cross_due(database)

    async def rest() -> None:
        await crossing.sleep_until_next(database, alarm)

    await cross()
    print("looks", flush=True)
    await repeat(Loop("crossing due times", cross, rest=rest))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
