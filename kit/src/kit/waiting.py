"""Which events of the outbox are read next: from a remembered floor, with a slow full sweep behind. Sends nothing.

What was sent is deleted, but stays in the table for as long as anybody's snapshot is older: "the lowest number first"
would walk over all of it again for every batch. So reading goes on above the floor. Numbers are committed out of order,
hence those that were passed over are asked for by name for a while, and the sweep finds whatever comes later still.
"""

from collections.abc import Collection, Iterable
from time import monotonic

import asyncpg
from sqlmodel.ext.asyncio.session import AsyncSession

from kit.tx import run_sql

BATCH = 1000
PASSED_OVER_SECONDS = 10.0  # longer than a transaction takes that says something
MOST_PASSED_OVER = 1000  # of one gap: a rolled back transaction leaves one too, and a crash of the database a wide one
SWEEP_SECONDS = 10.0
SWEEP_SHARE = 20  # sweeping takes at most one part in so many of the time, however much lies dead in the table

# The statistics of a queue are always wrong: it was empty when somebody counted, or full.
PLANS = {"enable_seqscan": "off", "enable_bitmapscan": "off", "jit": "off"}

_COLUMNS = "select id, topic, subject, type, headers, body from kit_outbox o where "
_FREE = (
    " and refused is null and not exists (select from kit_outbox r "
    "where r.topic = o.topic and r.subject = o.subject and r.refused is not null) "
)
_ABOVE = (
    f"select * from (({_COLUMNS} id = any($1::bigint[]) {_FREE}) union all "  # noqa: S608 - all words are ours
    f"({_COLUMNS} id > $2 {_FREE} order by id limit $3)) w order by id"
)
_BELOW = f"{_COLUMNS} id > $1 and id <= $2 and id <> all($3::bigint[]) {_FREE} order by id limit $4"
_MEASURE = (
    "select count(*) as waiting, "  # noqa: S608
    "coalesce(extract(epoch from clock_timestamp() - min(created_at)), 0)::float as seconds, "
    "(select count(*) from kit_outbox where refused is not null) as refused, "
    "coalesce(min(id), (select last_value from kit_outbox_id_seq)) as first "
    f"from (select id, created_at from kit_outbox o where id > :floor {_FREE} order by id limit 10000) w"
)
OLDEST = (
    "select id, extract(epoch from clock_timestamp() - created_at) from kit_outbox o "  # noqa: S608
    f"where id > :floor {_FREE} order by id limit 1"
)
LAST_NUMBER = "select last_value from kit_outbox_id_seq"
_BY_NUMBER = "select " + ", ".join(f"set_config('{name}', '{value}', true)" for name, value in PLANS.items())


class Waiting:
    """How far one leader has read. Made anew with each turn; its first read sweeps."""

    def __init__(self) -> None:
        self._floor: int | None = None
        self._swept = 0
        self._sweep_at = 0.0
        self._passed_over: dict[int, float] = {}

    def sweep_soon(self) -> None:
        """Something below the floor may go now."""
        self._swept, self._sweep_at = 0, 0.0

    async def read(self, connection: asyncpg.Connection, under_way: Collection[int] = ()) -> list[asyncpg.Record]:
        """The next events that may go, lowest number first, up to a batch; never those under way."""
        if self._floor is None:
            self._floor = await connection.fetchval(LAST_NUMBER)
            self._pass_over(0, self._floor + 1)
        if monotonic() >= self._sweep_at and (below := await self._sweep(connection, self._floor, under_way)):
            return below
        rows: list[asyncpg.Record] = await connection.fetch(_ABOVE, list(self._passed_over), self._floor, BATCH)
        self._note(self._floor, (row["id"] for row in rows))
        return rows

    async def _sweep(
        self, connection: asyncpg.Connection, floor: int, under_way: Collection[int]
    ) -> list[asyncpg.Record]:
        begun = monotonic()
        rows: list[asyncpg.Record] = await connection.fetch(_BELOW, self._swept, floor, list(under_way), BATCH)
        for row in rows:
            self._passed_over.pop(row["id"], None)
        if len(rows) == BATCH:
            self._swept = rows[-1]["id"]
        else:
            self._swept = 0
            self._sweep_at = monotonic() + max(SWEEP_SECONDS, SWEEP_SHARE * (monotonic() - begun))
        return rows

    def _note(self, floor: int, numbers: Iterable[int]) -> None:
        for number in numbers:
            if number <= floor:
                del self._passed_over[number]
            else:
                self._pass_over(floor + 1, number)
                self._floor = floor = number
        old = monotonic() - PASSED_OVER_SECONDS
        self._passed_over = {number: at for number, at in self._passed_over.items() if at > old}

    def _pass_over(self, first: int, end: int) -> None:
        now = monotonic()
        for number in range(max(first, end - MOST_PASSED_OVER), end):
            self._passed_over[number] = now


class Depth:
    """How much waits, asked now and then; it remembers how far nothing waits, for the same reason as above."""

    def __init__(self) -> None:
        self._floor = self._refused = 0

    async def measure(self, tx: AsyncSession) -> tuple[int, float, int]:
        """How many wait (counted up to 10,000), how many seconds the oldest has, and how many the broker refused."""
        await run_sql(tx, _BY_NUMBER)
        found = (await run_sql(tx, _MEASURE, floor=self._floor)).one()
        was_let_go = found.refused < self._refused  # what was refused and goes again lies anywhere
        self._floor = 0 if was_let_go else max(0, found.first - MOST_PASSED_OVER)  # a lower one may be committed still
        self._refused = found.refused
        return found.waiting, found.seconds, found.refused
