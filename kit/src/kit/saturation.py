"""How near a process is to its limits: its event loop, its database connections. And which version it is."""

import asyncio
import time
from importlib.metadata import version

from prometheus_client import Gauge, Info
from sqlalchemy import AsyncAdaptedQueuePool

from kit.tx import Database

BUILD = Info("motcua_build", "Which version this process runs")
LOOP_LAG = Gauge("motcua_event_loop_lag_seconds", "How late the event loop came back to a sleeper, at worst, of late")
CONNECTIONS = Gauge("motcua_database_connections", "Connections of this process's pool, by state", ["state"])
MOST_CONNECTIONS = Gauge("motcua_database_connections_max", "How many connections this process's pool may have")

ASK_SECONDS = 0.25
KEPT_SECONDS = 15.0  # of late: between once and twice as long, so that each scrape sees the worst since the last one


def tell(database: Database) -> None:
    """Say of this process what is read when somebody asks."""
    BUILD.info({"version": version("motcua-kit")})
    pool = database.engine.pool
    assert isinstance(pool, AsyncAdaptedQueuePool)
    CONNECTIONS.labels("in_use").set_function(pool.checkedout)
    CONNECTIONS.labels("idle").set_function(pool.checkedin)
    MOST_CONNECTIONS.set(pool.size())


async def watch_loop() -> None:
    """Measure the event loop until cancelled."""
    before = worst = 0.0
    kept_at = time.monotonic()
    while True:
        asked = time.monotonic()
        await asyncio.sleep(ASK_SECONDS)
        worst = max(worst, time.monotonic() - asked - ASK_SECONDS)
        if time.monotonic() - kept_at > KEPT_SECONDS:
            before, worst, kept_at = worst, 0.0, time.monotonic()
        LOOP_LAG.set(max(before, worst))
