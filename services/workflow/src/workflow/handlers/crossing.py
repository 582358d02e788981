"""The worker's side of the clock: takes up the moments that came, says each once, and does what belongs to it.

What is only said is said for many dossiers in one transaction; each act on a dossier has one of its own, after that,
so that an act which fails delays nothing else. The case is locked first, its timers second, and the database's time
judges; so any number of workers may do this, with any clock.
"""

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.workflow import CaseEvent, DeadlineApproaching, DeadlineFact, DeadlineMissed
from kit import outbox
from kit.alarm import Alarm
from kit.faults import is_passing
from kit.now import CHANNEL as CLOCK_CHANNEL
from kit.now import read_now
from kit.tx import Database
from workflow import store
from workflow.domain import timers
from workflow.domain.answering import closes_after_notice
from workflow.domain.case import Case
from workflow.domain.law import calendar_of, procedure_of
from workflow.domain.slips.numerals import due_moment
from workflow.domain.steps import find_step
from workflow.domain.timers import About, Fired, Kind
from workflow.handlers.apologising import propose_apology, remind_of_apology
from workflow.handlers.saying import made
from workflow.handlers.stopping import announce_closing, close_by_itself

log = logging.getLogger(__name__)
MOST = 500  # timers taken up in one transaction
SWEEP_SECONDS = 30.0  # the longest sleep: nothing that was not called out waits longer
AGAIN_SECONDS = 0.2  # what is due now is held by somebody else, for a moment
PAUSE_SECONDS = 300  # before what failed is tried again
CHANNELS = (store.TIMER_CHANNEL, CLOCK_CHANNEL)


class Act(Protocol):
    """What is done to a locked case when its moment came; returns the case as it is then."""

    async def __call__(self, tx: AsyncSession, case: Case, *, now: datetime) -> Case: ...


@dataclass(frozen=True)
class Warn:
    """Only said: a due time comes near, for the first or the second time."""

    level: Literal[1, 2]


@dataclass(frozen=True)
class Miss:
    """Only said: the first late moment has come."""


MEANS: Mapping[Kind, Warn | Miss | Act] = {
    Kind.NEAR_1: Warn(1),
    Kind.NEAR_2: Warn(2),
    Kind.MISSED: Miss(),
    Kind.APOLOGY_DRAFT: propose_apology,
    Kind.APOLOGY_LAST_DAY: remind_of_apology,
    Kind.CLOSING_NOTICE: announce_closing,
    Kind.CLOSE: close_by_itself,
}
SAID = tuple(kind for kind, meaning in MEANS.items() if isinstance(meaning, Warn | Miss))
ACTING = tuple(kind for kind in MEANS if kind not in SAID)
Saying = tuple[Case, Fired]
FiredOf = Mapping[UUID, list[Fired]]
Key = tuple[UUID, About, int, Kind]


async def cross_due(database: Database, most: int = MOST) -> bool:
    """One step of the worker's loop: take up what is due, longest due first. Whether there was anything.

    Emits DeadlineApproaching, DeadlineMissed, ClosingAnnounced, DossierStopped. What fails harms no other case, and
    nothing else of its own.
    """
    taken: dict[UUID, set[Kind]] = {}
    try:
        await _say_together(database, most, taken)
    except Exception as error:
        if is_passing(error) or not taken:
            raise
        log.exception("%s cases are crossed one by one", len(taken))
        for dossier_id in taken:
            await _cross_alone(database, dossier_id, SAID)
    for dossier_id, kinds in taken.items():
        for kind in [kind for kind in ACTING if kind in kinds]:
            await _cross_alone(database, dossier_id, (kind,))
    return bool(taken)


async def _say_together(database: Database, most: int, taken: dict[UUID, set[Kind]]) -> None:
    """Whatever is only said, of many cases at once; `taken` gets the cases taken up, and what is due of each."""
    async with database.transaction() as tx:
        now = await read_now(tx)
        claimed = await store.claim_due(tx, now, most)
        taken.update({case.dossier_id: kinds for case, kinds in claimed})
        cases = {case.dossier_id: case for case, kinds in claimed if not kinds.isdisjoint(SAID)}
        if cases:
            await _say_all(tx, cases, await store.take_due(tx, cases, SAID, now), now)


async def _say_all(tx: AsyncSession, cases: Mapping[UUID, Case], found: FiredOf, now: datetime) -> None:
    await _say(tx, [(cases[id], one) for id, one in await _note(tx, cases, found, now)], now)


async def _note(
    tx: AsyncSession, cases: Mapping[UUID, Case], found: FiredOf, now: datetime
) -> list[tuple[UUID, Fired]]:
    """The crossings, in the transaction that says or does them; returns those that are worth it and new."""
    worth = {id: timers.worth_saying(cases[id], fired, now) for id, fired in found.items()}
    rows = [(id, one, one in worth[id]) for id, fired in found.items() for one in fired]
    new = await store.add_crossings(tx, rows, now) if rows else set()
    return [(id, one) for id, fired in worth.items() for one in fired if _key(id, one) in new]


def _key(dossier_id: UUID, fired: Fired) -> Key:
    return dossier_id, fired.about, fired.run, fired.kind


def _event(case: Case, fired: Fired, now: datetime) -> CaseEvent:
    is_step = fired.about is About.STEP
    where: dict[str, Any] = {"step": case.step, "run": fired.run} if is_step else {}
    fact = DeadlineFact(of=fired.about.value, due_at=fired.due_at, due_version=fired.due_version, **where)
    meaning = MEANS[fired.kind]
    if isinstance(meaning, Warn):
        left = calendar_of(case).working_minutes_between(now, fired.due_at)
        facts: dict[str, Any] = {"level": meaning.level, "left_working_minutes": left}
        return made(DeadlineApproaching, case, now=now, code=case.code, deadline=fact, **facts)
    missed_at = timers.step_late_from(fired.due_at) if is_step else case.late_from
    return made(DeadlineMissed, case, now=now, code=case.code, deadline=fact, missed_at=missed_at)


def _lines(said: Iterable[Saying]) -> list[tuple[Case, str]]:
    """What the histories say of it: only what was missed, which is the leaders' matter from now on."""
    return [(case, _missed_vi(case, fired)) for case, fired in said if fired.kind is Kind.MISSED]


def _missed_vi(case: Case, fired: Fired) -> str:
    if fired.about is About.STEP:
        step = find_step(procedure_of(case), case.step)
        return f"Bước “{step.name_vi}” quá thời gian được giao (trước {due_moment(fired.due_at)})"
    what = "Quá hạn kiểm tra hồ sơ" if fired.about is About.CHECK else "Quá hạn trả kết quả"
    return f"{what} (trước {due_moment(fired.due_at)}), chuyển vào danh sách quá hạn của lãnh đạo"


async def _cross_alone(database: Database, dossier_id: UUID, kinds: Collection[Kind]) -> None:
    """What is due of these kinds of one case; tried again later where it cannot be done."""
    try:
        async with database.transaction() as tx:
            now = await read_now(tx)
            case = await store.lock_case(tx, dossier_id)
            found = await store.take_due(tx, [dossier_id], kinds, now)
            await _do_all(tx, case, found.get(dossier_id, []), now)
    except Exception as error:
        if is_passing(error):
            raise
        facts = {"dossier_id": str(dossier_id), "kinds": ", ".join(kinds)}
        log.exception("a crossing is tried again later", extra=facts)
        async with database.transaction() as tx:
            await store.lock_case(tx, dossier_id)
            await store.postpone_failed(tx, dossier_id, kinds, PAUSE_SECONDS)


async def _do_all(tx: AsyncSession, case: Case, fired: Sequence[Fired], now: datetime) -> None:
    now_due = [one for one in fired if not await _is_put_off(tx, case, one, now)]
    for _, one in await _note(tx, {case.dossier_id: case}, {case.dossier_id: now_due}, now):
        meaning = MEANS[one.kind]
        if isinstance(meaning, Warn | Miss):
            await _say(tx, [(case, one)], now)
        else:
            case = await meaning(tx, case, now=now)


async def _say(tx: AsyncSession, said: Sequence[Saying], now: datetime) -> None:
    await outbox.put_all(tx, [_event(case, fired, now) for case, fired in said], time=now)
    await store.add_lines(tx, _lines(said), now)


async def _is_put_off(tx: AsyncSession, case: Case, fired: Fired, now: datetime) -> bool:
    """Nothing is closed by itself before the applicant has had the whole notice: after a long stop it comes late.

    Where the notice itself could not be given yet, the closing waits for as long as if it were given now.
    """
    if fired.kind is not Kind.CLOSE or case.answer_by is None:
        return False
    told_at = await store.told_at(tx, case.dossier_id, fired)
    closes_at = closes_after_notice(case, procedure_of(case), told_at or now)
    if closes_at <= now:
        return False
    await store.put_off(tx, case.dossier_id, fired, closes_at)
    return True


async def lay_missing(database: Database, most: int = MOST) -> int:
    """Timers for cases that ran before there were any; returns how many cases got theirs. At a start, and every hour.

    What is overdue among them is said like after a long stop. A case that somebody holds gets its own the next time;
    else a repeat finds nothing to do.
    """
    done, after = 0, UUID(int=0)
    while True:
        async with database.transaction() as tx:
            cases = await store.lock_without_timers(tx, after, most)
            for case in cases:
                await store.lay_timers(tx, case)
        if not cases:
            return done
        done, after = done + len(cases), cases[-1].dossier_id


async def sleep_until_next(database: Database, alarm: Alarm) -> None:
    """Sleep until the next timer, or until somebody calls: an earlier one was written, or the present was moved."""
    async with database.transaction() as tx:
        seconds = await store.seconds_to_next(tx)
    await alarm.sleep(min(SWEEP_SECONDS, max(AGAIN_SECONDS, SWEEP_SECONDS if seconds is None else seconds)))
