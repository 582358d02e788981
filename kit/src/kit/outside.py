"""Calls to outside systems, between two transactions: one row per call, a lease by real time, a circuit breaker.

A service claims its work and `begin`s a call in one transaction, `make`s it outside any, and `end`s it in another one.
What an unknown outcome means for the work is the service's to decide.
"""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import TypeVar

from sqlmodel.ext.asyncio.session import AsyncSession

from kit import telemetry
from kit.breaker import Breaker
from kit.errors import OutcomeUnknown, Refused, TryAgain, Unreachable
from kit.tx import Database, run_sql
from kit.worker import Loop

T = TypeVar("T")
MARGIN_SECONDS = 10.0  # between claiming the work and making the call
MOST_DETAIL = 500
SWEEP_SECONDS = 5.0
ENDED_SILENTLY = "nothing was written down: the process ended or was stopped"
log = logging.getLogger(__name__)


class Outcome(StrEnum):
    """What became of a call. `unknown`: it may have been done. `not_called`: there was nobody to call."""

    DONE = "done"
    TRY_AGAIN = "try_again"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    NOT_CALLED = "not_called"


class System:
    """One outside system: its name in records and metrics, how long a whole call may take, its breaker."""

    def __init__(self, name: str, *, call_seconds: float, breaker: Breaker | None = None) -> None:
        self.name, self.call_seconds = name, call_seconds
        self.breaker = breaker or Breaker(said=partial(telemetry.tell_circuit, name))
        telemetry.know_system(name, list(Outcome))

    def lets_through(self) -> bool:
        """Asked before work is claimed: while the system rests, nothing is claimed and nothing counts as tried."""
        return self.breaker.lets_through()

    @property
    def lease(self) -> timedelta:
        """How long whoever began a call has its work for itself."""
        return timedelta(seconds=self.call_seconds + MARGIN_SECONDS)


@dataclass(frozen=True)
class Call:
    """A call on record; `begun` is this process's own clock, which goes on while the process is stopped."""

    id: int
    system: System
    begun: float


async def begin(tx: AsyncSession, system: System, about: str) -> Call:
    """Write down that a call about this piece of work comes next; the caller has locked the work.

    An earlier one that never told its outcome is unknown from now on.
    """
    begun = time.monotonic()
    for lost in await _give_up(tx, "system = :system and about = :about", system=system.name, about=about):
        telemetry.count_call(lost, Outcome.UNKNOWN)
    written = """
        insert into kit_call (system, about, number, began_at, lease_until)
        select :system, :about, coalesce(max(number), 0) + 1, kit_now(), clock_timestamp() + :lease
        from kit_call where system = :system and about = :about returning id
    """
    found = await run_sql(tx, written, system=system.name, about=about, lease=system.lease)
    return Call(found.scalar_one(), system, begun)


async def make(call: Call, work: Callable[[], Awaitable[T]]) -> T:
    """Make the call, whole in its time.

    Raises Unreachable where it was not made (the circuit is open, or the lease is nearly over because this process was
    stopped), OutcomeUnknown where it took too long, and what `work` raises. Either way `end` comes next.
    """
    if time.monotonic() - call.begun > MARGIN_SECONDS:
        raise Unreachable("this process was held up: the call is somebody else's by now")
    return await _through(call.system, work)


async def read(system: System, work: Callable[[], Awaitable[T]]) -> T:
    """A call that changes nothing at the other side and says of no work what became of it: counted, not written down.

    Raises as `make` does.
    """
    try:
        answer = await _through(system, work)
    except (TryAgain, Refused) as reason:
        telemetry.count_call(system.name, outcome_of(reason))
        raise
    telemetry.count_call(system.name, Outcome.DONE)
    return answer


async def _through(system: System, work: Callable[[], Awaitable[T]]) -> T:
    if not system.breaker.enter():
        raise Unreachable("the circuit is open")
    try:
        with telemetry.OUTSIDE_SECONDS.labels(system.name).time():
            async with asyncio.timeout(system.call_seconds):
                answer = await work()
    except TimeoutError as error:
        system.breaker.was_silent()
        raise OutcomeUnknown(f"no answer within {system.call_seconds:g} s") from error
    except (Unreachable, OutcomeUnknown):
        system.breaker.was_silent()
        raise
    except (TryAgain, Refused):
        system.breaker.answered()
        raise
    system.breaker.answered()
    return answer


async def end(tx: AsyncSession, call: Call, outcome: Outcome, detail: str = "") -> bool:
    """Write down what came of it. Whether it is the newest call about its work: an older one only may tell success."""
    telemetry.count_call(call.system.name, outcome)
    written = """
        update kit_call set outcome = coalesce(outcome, :outcome), ended_at = coalesce(ended_at, kit_now()),
            detail = case when outcome is null then :detail else left(detail || '; late: ' || :late, :most) end
        where id = :id
        returning not exists (select from kit_call later where later.system = kit_call.system
            and later.about = kit_call.about and later.number > kit_call.number)
    """
    detail = detail.replace("\x00", "")[:MOST_DETAIL]
    late = f"{outcome} {detail}"
    found = await run_sql(tx, written, id=call.id, outcome=outcome, detail=detail, late=late, most=MOST_DETAIL)
    return bool(found.scalar_one())


def outcome_of(reason: Exception) -> Outcome:
    """What an error of the families in `kit.errors` says about a call."""
    if isinstance(reason, OutcomeUnknown):
        return Outcome.UNKNOWN
    return Outcome.REFUSED if isinstance(reason, Refused) else Outcome.TRY_AGAIN


async def give_up_lost(database: Database) -> bool:
    """One step of a worker's loop: calls whose process never came back to tell are unknown. False: they are rare."""
    async with database.transaction() as tx:
        for name in await _give_up(tx, "lease_until < clock_timestamp()"):
            telemetry.count_call(name, Outcome.UNKNOWN)
            log.warning("the outcome of a call of %s is unknown", name)
    return False


def sweep(database: Database) -> Loop:
    """A worker's loop that finds the calls whose process never came back."""
    return Loop("finding lost calls", partial(give_up_lost, database), SWEEP_SECONDS)


async def _give_up(tx: AsyncSession, which: str, **values: object) -> list[str]:
    statement = f"""
        update kit_call set outcome = 'unknown', ended_at = kit_now(), detail = :detail
        where outcome is null and {which} returning system
    """  # noqa: S608 - words of our own
    return list((await run_sql(tx, statement, detail=ENDED_SILENTLY, **values)).scalars())


@dataclass(frozen=True)
class Told:
    """One call as pages show it."""

    began_at: datetime
    ended_at: datetime | None
    outcome: Outcome | None
    detail: str


async def calls_about(tx: AsyncSession, about: str) -> list[Told]:
    """Every call about a piece of work, newest first."""
    query = """
        select began_at, ended_at, outcome, coalesce(detail, '') as detail from kit_call where about = :about
        order by id desc limit 200
    """
    rows = (await run_sql(tx, query, about=about)).all()
    return [Told(r.began_at, r.ended_at, Outcome(r.outcome) if r.outcome else None, r.detail) for r in rows]


async def is_under_way(tx: AsyncSession, about: str) -> bool:
    """Whether a call about a piece of work may be going on right now."""
    query = "select 1 from kit_call where about = :about and outcome is null limit 1"
    return (await run_sql(tx, query, about=about)).first() is not None


@dataclass(frozen=True)
class Pauses:
    """Between tries of one piece of work: doubling from `first`, at most `longest`, each a little different."""

    first: timedelta
    longest: timedelta

    def after(self, tries: int) -> timedelta:
        """How long to wait after so many tries."""
        jitter = random.uniform(0.8, 1.2)  # noqa: S311 - jitter, not a secret
        return min(self.longest, self.first * (1 << min(tries, 20))) * jitter


async def real_now(tx: AsyncSession) -> datetime:
    """The database's real time, for leases and pauses; what decides uses the handed `now` instead."""
    found: datetime = (await run_sql(tx, "select clock_timestamp()")).scalar_one()
    return found
