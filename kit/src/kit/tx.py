"""Transactions: one per request or event, committed before the answer leaves. Knows no table."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Annotated, Any

import orjson
from asyncpg import InterfaceError, PostgresError
from fastapi import Depends, Request
from sqlalchemy import CursorResult, TextClause, event, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.orm import Session
from sqlmodel.ext.asyncio.session import AsyncSession

from kit.objects import Objects

CONNECTION_LIMITS = {  # a frozen owner of a lock would otherwise block the next one for ever (tried)
    "idle_in_transaction_session_timeout": "5s",
    "statement_timeout": "30s",
    "lock_timeout": "10s",
    "timezone": "UTC",
}
CONNECT_SECONDS = 5.0  # a person who waits longer for a page thinks it is broken, and says so better than we do
COMMAND_SECONDS = 35.0  # past the server's own limit: only a server that hangs or is cut off comes so far


class DatabaseAway(ConnectionError):
    """No connection in time: the database refuses, hangs, is cut off, or every connection is taken. Nothing was done.

    Its cause tells which.
    """


def async_url(database_url: str) -> str:
    """The same address for SQLAlchemy's asyncpg."""
    return database_url.replace("postgresql://", "postgresql+asyncpg://", 1)


def _dumps(value: Any) -> str:
    return orjson.dumps(value).decode()


class Database:
    """One service's database and what its transactions carry with them."""

    def __init__(self, url: str, objects: Objects, *, pool_size: int = 10) -> None:
        self.url = url
        self.objects = objects
        self.engine: AsyncEngine = create_async_engine(
            async_url(url),
            pool_size=pool_size,
            max_overflow=0,
            pool_pre_ping=True,
            hide_parameters=True,  # an error that is logged tells the statement, not whose data it carried
            json_serializer=_dumps,
            json_deserializer=orjson.loads,
            connect_args={
                "server_settings": CONNECTION_LIMITS,
                "timeout": CONNECT_SECONDS,
                "command_timeout": COMMAND_SECONDS,
            },
        )
        self.after_say: list[Callable[[], None]] = []
        self.carries: dict[str, Any] = {}  # what `main` hands to handlers with each transaction, as `tx.info`
        self.begins_with: Callable[[AsyncSession], Awaitable[None]] | None = None  # what each transaction does first

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """Commits at the end, rolls back on any exception; wakes the relay where something was said.

        Raises DatabaseAway before anything was done.
        """
        carried = {**self.carries, "objects": self.objects}
        async with AsyncSession(self.engine, expire_on_commit=False, info=carried) as tx:
            event.listen(tx.sync_session, "after_commit", self._wake_relay)
            async with tx.begin():
                await _connected(tx)
                if self.begins_with:
                    await self.begins_with(tx)
                yield tx

    def _wake_relay(self, session: Session) -> None:
        for call in session.info.pop("when_committed", ()):
            call()
        if session.info.pop("said", False):
            for wake in self.after_say:
                wake()

    async def close(self) -> None:
        await self.engine.dispose()


async def _connected(tx: AsyncSession) -> None:
    """Take the connection now, so that whatever goes wrong here is known to have changed nothing."""
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            await tx.connection()
    except (OSError, SQLAlchemyError, PostgresError, InterfaceError) as error:
        raise DatabaseAway(f"no connection to the database: {type(error).__name__}") from error


async def run_sql(tx: AsyncSession, statement: str, **values: Any) -> CursorResult[*tuple[Any, ...]]:
    """One statement in words of SQL, in this transaction; what was added before it is written first."""

    def run(session: Session) -> CursorResult[*tuple[Any, ...]]:
        session.flush()
        return session.connection().execute(_clause(statement), values)

    return await tx.run_sync(run)  # once into the driver's thread of control and back, not three times


@lru_cache(maxsize=1024)
def _clause(statement: str) -> TextClause:
    """Its names were found once."""
    return text(statement)


def when_committed(tx: AsyncSession, call: Callable[[], None]) -> None:
    """Do this once what this transaction did is true: count it, say."""
    tx.info.setdefault("when_committed", []).append(call)


def objects_of(tx: AsyncSession) -> Objects:
    """The object store that belongs to this transaction's service."""
    found: Objects = tx.info["objects"]
    return found


async def open_tx(request: Request) -> AsyncIterator[AsyncSession]:
    """The request's transaction."""
    database: Database = request.app.state.database
    async with database.transaction() as tx:
        yield tx


# scope="function" commits before the reply leaves; without it a failed commit would still answer 201 (tried).
Tx = Annotated[AsyncSession, Depends(open_tx, scope="function")]
