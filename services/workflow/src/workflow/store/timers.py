"""Timers and crossings: moments to come, and moments that came. Each is written under the lock of its case."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from kit.now import TIME_ZONE
from kit.tx import run_sql
from workflow.domain.timers import About, Fired, Kind, Timer

TIMER_CHANNEL = "workflow_timer"
SOON = timedelta(minutes=2)  # what fires sooner wakes the workers; they look by themselves more often than that


_PUT = f"""
    with wanted as (
        select * from unnest(
            cast(:ids as uuid[]), cast(:abouts as text[]), cast(:runs as int[]),
            cast(:kinds as text[]), cast(:dues as timestamptz[]), cast(:fires as timestamptz[])
        ) as w (dossier_id, about, run, kind, due_at, fire_at)
    ), held as (
        insert into deadline (dossier_id, about, run, due_version, due_at)
        select distinct dossier_id, about, run, 1, due_at from wanted order by 1, 2, 3
        on conflict (dossier_id, about, run) do update set
            due_version = deadline.due_version + cast(deadline.due_at <> excluded.due_at as int),
            due_at = excluded.due_at
        returning dossier_id, about, run, due_version
    ), put as (
        insert into timer (dossier_id, about, run, kind, due_version, fire_at)
        select w.dossier_id, w.about, w.run, w.kind, h.due_version, w.fire_at
        from wanted w join held h using (dossier_id, about, run)
        where not exists (
            select from crossing c where (c.dossier_id, c.about, c.run, c.kind, c.due_version)
                = (w.dossier_id, w.about, w.run, w.kind, h.due_version)
        )
        returning fire_at
    )
    select pg_notify('{TIMER_CHANNEL}', '') from put having min(fire_at) < kit_now() + cast(:soon as interval)
"""  # noqa: S608 - a constant of ours


async def set_timers(tx: AsyncSession, wanted: Mapping[UUID, Sequence[Timer]], about: Collection[About]) -> None:
    """Put these timers in the place of all that these dossiers have about those times.

    What was crossed already at this due time does not come again. The caller holds the cases' locks.
    """
    ids = sorted(wanted)
    query = "delete from timer where dossier_id = any(:ids) and about = any(:about)"
    await run_sql(tx, query, ids=ids, about=list(about))
    rows = [(id, one) for id in ids for one in wanted[id]]
    if rows:
        await run_sql(tx, _PUT, **_columns(rows), soon=SOON)


def _columns(rows: Sequence[tuple[UUID, Timer]]) -> dict[str, Any]:
    return {
        "ids": [id for id, _ in rows],
        "abouts": [one.about for _, one in rows],
        "runs": [one.run for _, one in rows],
        "kinds": [one.kind for _, one in rows],
        "dues": [one.due_at for _, one in rows],
        "fires": [one.fire_at for _, one in rows],
    }


# The due ones are looked up once: asked for in each row's own subquery they cost their square (tried).
TAKE = """
    with due as materialized (
        select dossier_id, about, run, kind from timer
        where dossier_id = any(:ids) and kind = any(:kinds) and fire_at <= :now
    ), taken as (
        delete from timer t using due
        where (t.dossier_id, t.about, t.run, t.kind) = (due.dossier_id, due.about, due.run, due.kind)
        returning t.dossier_id, t.about, t.run, t.kind, t.due_version
    )
    select t.dossier_id, t.about, t.run, t.kind, t.due_version, d.due_at
    from taken t join deadline d using (dossier_id, about, run)
"""


async def take_due(
    tx: AsyncSession, ids: Iterable[UUID], kinds: Collection[Kind], now: datetime
) -> dict[UUID, list[Fired]]:
    """Take away the due timers of these kinds of these locked cases."""
    found: dict[UUID, list[Fired]] = {}
    for row in await run_sql(tx, TAKE, ids=sorted(ids), kinds=list(kinds), now=now):
        due_at = row.due_at.astimezone(TIME_ZONE)
        fired = Fired(About(row.about), row.run, Kind(row.kind), due_at, row.due_version)
        found.setdefault(row.dossier_id, []).append(fired)
    return found


_CROSS = """
    insert into crossing (dossier_id, about, run, kind, due_version, due_at, is_said, crossed_at)
    select *, :now from unnest(cast(:ids as uuid[]), cast(:abouts as text[]), cast(:runs as int[]),
        cast(:kinds as text[]), cast(:versions as int[]), cast(:dues as timestamptz[]), cast(:said as boolean[]))
    on conflict do nothing returning dossier_id, about, run, kind
"""


async def add_crossings(
    tx: AsyncSession, rows: Sequence[tuple[UUID, Fired, bool]], now: datetime
) -> set[tuple[UUID, About, int, Kind]]:
    """Note that these moments came, and whether each is said; returns those that had not come before."""
    values: dict[str, Any] = {
        "ids": [id for id, _, _ in rows],
        "abouts": [one.about for _, one, _ in rows],
        "runs": [one.run for _, one, _ in rows],
        "kinds": [one.kind for _, one, _ in rows],
        "versions": [one.due_version for _, one, _ in rows],
        "dues": [one.due_at for _, one, _ in rows],
        "said": [said for _, _, said in rows],
        "now": now,
    }
    new = await run_sql(tx, _CROSS, **values)
    return {(id, About(about), run, Kind(kind)) for id, about, run, kind in new}


async def told_at(tx: AsyncSession, dossier_id: UUID, fired: Fired) -> datetime | None:
    """When the applicant was told that this time of theirs ends; none where they were not."""
    query = (
        "select crossed_at from crossing where dossier_id = :id and about = :about and run = :run "
        "and kind = :kind and due_version = :version and is_said"
    )
    facts = {"id": dossier_id, "about": fired.about, "run": fired.run, "version": fired.due_version}
    found: datetime | None = (await run_sql(tx, query, **facts, kind=Kind.CLOSING_NOTICE)).scalar_one_or_none()
    return found


async def put_off(tx: AsyncSession, dossier_id: UUID, fired: Fired, until: datetime) -> None:
    """A moment that was taken up too early comes again then."""
    query = (
        "insert into timer (dossier_id, about, run, kind, due_version, fire_at) "
        "values (:id, :about, :run, :kind, :version, :until)"
    )
    facts = {"id": dossier_id, "about": fired.about, "run": fired.run, "kind": fired.kind, "version": fired.due_version}
    await run_sql(tx, query, **facts, until=until)


async def postpone_failed(tx: AsyncSession, dossier_id: UUID, kinds: Collection[Kind], seconds: int) -> None:
    """What is due of these kinds is tried again only after a pause: something about it failed."""
    query = (
        "update timer set fire_at = kit_now() + make_interval(secs => :seconds) "
        "where dossier_id = :id and kind = any(:kinds) and fire_at <= kit_now()"
    )
    await run_sql(tx, query, id=dossier_id, kinds=list(kinds), seconds=seconds)


async def seconds_to_next(tx: AsyncSession) -> float | None:
    """Until the next timer fires, by the database's time; negative where it is due; none where there is none."""
    found = (await run_sql(tx, "select extract(epoch from min(fire_at) - kit_now()) from timer")).scalar_one()
    return None if found is None else float(found)
