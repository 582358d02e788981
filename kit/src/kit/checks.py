"""What health asks of each part: the database, its tables, the brokers, the relay's age. Changes nothing."""

from collections.abc import Sequence

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError
from sqlalchemy import Connection, text

from kit import migrate
from kit.health import CHECK_SECONDS, Check, Finding
from kit.signs import Signs
from kit.tx import Database
from kit.waiting import LAST_NUMBER, MOST_PASSED_OVER, OLDEST

MOST_BEHIND_SECONDS = 60.0  # an event that waits longer than this has nobody who sends it
_MODE = "select current_setting('transaction_read_only')"


def database(database: Database) -> Check:
    """Reachable through the same connections that requests use. Read-only is well: pages can be read; it is told."""

    async def check() -> Finding:
        async with database.engine.connect() as connection:
            mode = (await connection.execute(text(_MODE))).scalar_one()
        return Finding(True, "takes no changes now (read-only)" if mode == "on" else "reachable")

    return check


def tables(database: Database, service: str) -> Check:
    """Made by exactly the migrations this code knows, the kit's and the service's."""

    async def check() -> Finding:
        async with database.engine.connect() as connection:
            standings = [await connection.run_sync(_standing, package) for package in ("kit", service)]
        wrong = [standing.sentence(service) for standing in standings if not standing.is_right]
        return Finding(not wrong, "; ".join(wrong) or "as this code needs them")

    return check


def _standing(connection: Connection, package: str) -> migrate.Standing:
    return migrate.standing(connection, package)


def relay(database: Database) -> Check:
    """The oldest event that may be sent and waits, by whichever worker leads; not those behind a refused one.

    It remembers how far nothing waits: what was sent stays in the table for as long as an old snapshot sees it.
    """
    floor = 0

    async def check() -> Finding:
        nonlocal floor
        async with database.engine.connect() as connection:
            last: int = (await connection.execute(text(LAST_NUMBER))).scalar_one()
            oldest = (await connection.execute(text(OLDEST), {"floor": floor})).one_or_none()
        number, seconds = oldest or (last, 0)
        floor = max(0, number - MOST_PASSED_OVER)  # a lower one may be committed still
        words = f"the oldest event waits for {seconds:.0f} s" if oldest else "nothing waits"
        return Finding(seconds <= MOST_BEHIND_SECONDS, words)

    return check


def broker(bootstrap: str) -> Check:
    """One of the brokers answers."""

    async def check() -> Finding:
        client = client_of(bootstrap)
        try:
            await client.bootstrap()
        except (KafkaError, OSError) as error:
            return Finding(False, f"no broker answers ({type(error).__name__})")
        finally:
            await client.close()
        return Finding(True, "reachable")

    return check


def client_of(bootstrap: str) -> AIOKafkaClient:
    """A client of its own, for one question; a broker that hangs leaves time for the others."""
    each = CHECK_SECONDS * 900 / len(bootstrap.split(","))
    return AIOKafkaClient(bootstrap_servers=bootstrap, request_timeout_ms=int(each))


def topics(bootstrap: str, names: Sequence[str]) -> Check:
    """Every topic this worker reads or writes is there."""

    async def check() -> Finding:
        client = client_of(bootstrap)
        try:
            await client.bootstrap()
            there = (await client.fetch_all_metadata()).topics()
        except (KafkaError, OSError) as error:
            return Finding(False, f"no broker answers ({type(error).__name__})")
        finally:
            await client.close()
        missing = sorted(set(names) - set(there))
        return Finding(not missing, f"not there: {', '.join(missing)}" if missing else "all there")

    return check


def running(signs: Signs, name: str) -> Check:
    """A part of the worker has not failed of late."""

    async def check() -> Finding:
        fault = signs.recent_fault(name)
        return Finding(fault is None, fault or "runs")

    return check
