"""The worker's side of the clock: takes up the moments that came, says each once, and does what belongs to it.

Many dossiers are crossed in one transaction; those that change by it each in one of their own. The case is locked
first, its timers second, and the database's time judges; so any number of workers may do this, with any clock.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.workflow import CaseEvent, DeadlineApproaching, DeadlineFact, DeadlineMissed
from kit import now as clock
from kit import outbox
from kit.alarm import Alarm
from kit.consume import is_passing
from kit.now import read_now
from kit.tx import Database
from workflow import store
from workflow.domain import timers
from workflow.domain.answering import closes_after_notice
from workflow.domain.case import Case
from workflow.domain.law import calendar_of, procedure_of
from workflow.domain.slips.numerals import due_moment
from workflow.domain.steps import find_step
from workflow.domain.timers import About, Due, Kind
from workflow.handlers.apologising import propose_apology, remind_of_apology
from workflow.handlers.saying import made
from workflow.handlers.stopping import announce_closing, close_by_itself

log = logging.getLogger(__name__)
MOST = 500  # timers taken up in one transaction
SWEEP_SECONDS = 30.0  # the longest sleep: nothing that was not called out waits longer
AGAIN_SECONDS = 0.2  # what is due now is held by somebody else, for a moment
PAUSE_SECONDS = 300  # before a case that failed is tried again
CHANNELS = (store.TIMER_CHANNEL, clock.CHANNEL)
ACTING = tuple(kind for kind in Kind if kind not in timers.SAID)
_LEVELS = {Kind.NEAR_1: 1, Kind.NEAR_2: 2}
_DOES = {
    Kind.APOLOGY_DRAFT: propose_apology,
    Kind.APOLOGY_LAST_DAY: remind_of_apology,
    Kind.CLOSING_NOTICE: announce_closing,
    Kind.CLOSE: close_by_itself,
}
Saying = tuple[Case, Due]
DuesOf = Mapping[UUID, list[Due]]


async def cross_due(database: Database, most: int = MOST) -> bool:
    """One step of the worker's loop: take up what is due, longest due first. Whether there was anything.

    Emits DeadlineApproaching, DeadlineMissed, ClosingAnnounced, DossierStopped. One case that fails harms no other.
    """
    taken: list[UUID] = []
    try:
        alone = await _cross_together(database, most, taken)
    except Exception as error:
        if is_passing(error) or not taken:
            raise
        log.exception("%s cases are crossed one by one", len(taken))
        alone = taken
    for dossier_id in alone:
        await _cross_alone(database, dossier_id)
    return bool(taken)


async def _cross_together(database: Database, most: int, taken: list[UUID]) -> list[UUID]:
    """Whatever is only said, of many cases at once; returns the cases that need a transaction of their own."""
    async with database.transaction() as tx:
        now = await read_now(tx)
        cases = {case.dossier_id: case for case in await store.claim_due(tx, now, most)}
        taken += cases
        if not cases:
            return []
        found = await store.take_due(tx, cases, now, but=ACTING)
        await _say_all(tx, cases, found, now)
    return [id for id in cases if id not in found]


async def _say_all(
    tx: AsyncSession, cases: Mapping[UUID, Case], found: Mapping[UUID, list[Due]], now: datetime
) -> None:
    worth = {id: timers.worth_saying(cases[id], dues, now) for id, dues in found.items()}
    new = await _note(tx, found, worth, now)
    await _say(tx, [(cases[id], due) for id, dues in worth.items() for due in dues if _key(id, due) in new], now)


def _key(dossier_id: UUID, due: Due) -> tuple[UUID, About, int, Kind]:
    return dossier_id, due.about, due.run, due.kind


async def _note(tx: AsyncSession, found: DuesOf, worth: DuesOf, now: datetime) -> set[tuple[UUID, About, int, Kind]]:
    """The crossings, in the transaction that says them; returns those that are new."""
    rows = [(id, due, due in worth[id]) for id, dues in found.items() for due in dues]
    return await store.add_crossings(tx, rows, now) if rows else set()


async def _say(tx: AsyncSession, said: Sequence[Saying], now: datetime) -> None:
    await outbox.put_all(tx, [_event(case, due, now) for case, due in said], time=now)
    await store.add_lines(tx, _lines(said), now)


def _event(case: Case, due: Due, now: datetime) -> CaseEvent:
    is_step = due.about is About.STEP
    where: dict[str, Any] = {"step": case.step, "run": due.run} if is_step else {}
    fact = DeadlineFact(of=due.about.value, due_at=due.due_at, due_version=due.due_version, **where)
    if due.kind is Kind.MISSED:
        missed_at = timers.step_late_from(due.due_at) if is_step else case.late_from
        return made(DeadlineMissed, case, now=now, code=case.code, deadline=fact, missed_at=missed_at)
    left = calendar_of(case).working_minutes_between(now, due.due_at)
    facts: dict[str, Any] = {"level": _LEVELS[due.kind], "left_working_minutes": left}
    return made(DeadlineApproaching, case, now=now, code=case.code, deadline=fact, **facts)


def _lines(said: Iterable[Saying]) -> list[tuple[Case, str]]:
    """What the histories say of it: only what was missed, which is the leaders' matter from now on."""
    return [(case, _missed_vi(case, due)) for case, due in said if due.kind is Kind.MISSED]


def _missed_vi(case: Case, due: Due) -> str:
    if due.about is About.STEP:
        step = find_step(procedure_of(case), case.step)
        return f"Bước “{step.name_vi}” quá thời gian được giao (trước {due_moment(due.due_at)})"
    what = "Quá hạn kiểm tra hồ sơ" if due.about is About.CHECK else "Quá hạn trả kết quả"
    return f"{what} (trước {due_moment(due.due_at)}), đã báo lãnh đạo"


async def _cross_alone(database: Database, dossier_id: UUID) -> None:
    """All that is due of one case, in the order in which it came; tried again later where it cannot be done."""
    try:
        async with database.transaction() as tx:
            now = await read_now(tx)
            case = await store.lock_case(tx, dossier_id)
            found = await store.take_due(tx, [dossier_id], now)
            await _do_all(tx, case, found.get(dossier_id, []), now)
    except Exception as error:
        if is_passing(error):
            raise
        log.exception("a crossing is tried again later", extra={"dossier_id": str(dossier_id)})
        async with database.transaction() as tx:
            await store.lock_case(tx, dossier_id)
            await store.rest(tx, dossier_id, PAUSE_SECONDS)


async def _do_all(tx: AsyncSession, case: Case, dues: list[Due], now: datetime) -> None:
    dues = [due for due in dues if not await _is_put_off(tx, case, due, dues, now)]
    worth = timers.worth_saying(case, dues, now)
    new = await _note(tx, {case.dossier_id: dues}, {case.dossier_id: worth}, now)
    for due in worth:
        if _key(case.dossier_id, due) not in new:
            continue
        if act := _DOES.get(due.kind):
            case = await act(tx, case, now=now)
        else:
            await _say(tx, [(case, due)], now)


async def _is_put_off(tx: AsyncSession, case: Case, due: Due, dues: list[Due], now: datetime) -> bool:
    """Nothing is closed by itself before the applicant has had the whole notice: after a long stop it comes late."""
    if due.kind is not Kind.CLOSE or case.answer_by is None:
        return False
    is_told_now = any(one.kind is Kind.CLOSING_NOTICE for one in dues)
    told_at = now if is_told_now else await store.told_at(tx, case.dossier_id, due)
    closes_at = closes_after_notice(case, procedure_of(case), told_at or now)
    if closes_at <= now:
        return False
    await store.put_off(tx, case.dossier_id, due, closes_at)
    return True


async def lay_missing(database: Database, most: int = MOST) -> int:
    """Once at a worker's start: timers for cases that ran before there were any; returns how many cases got theirs.

    What is overdue among them is said like after a long stop. A repeat finds nothing to do.
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


async def rest(database: Database, alarm: Alarm) -> None:
    """Sleep until the next timer, or until somebody calls: an earlier one was written, or the present was moved."""
    async with database.transaction() as tx:
        seconds = await store.seconds_to_next(tx)
    await alarm.sleep(min(SWEEP_SECONDS, max(AGAIN_SECONDS, SWEEP_SECONDS if seconds is None else seconds)))
