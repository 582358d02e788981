"""What the timers' bench works on: open dossiers by the million, made by the database; and whether all went right."""

from datetime import datetime, timedelta
from time import perf_counter
from typing import Any
from uuid import UUID

import asyncpg

from kit.now import TIME_ZONE
from kit.tx import Database, run_sql
from rules.catalogue import load
from workflow import store
from workflow.domain.case import Case
from workflow.domain.status import Status
from workflow.domain.timers import Kind

DUE_NOW = "select count(*) from timer where fire_at <= kit_now()"
_KINDS = (Kind.MISSED, Kind.NEAR_1, Kind.NEAR_2, Kind.APOLOGY_DRAFT, Kind.APOLOGY_LAST_DAY)
_ID = "cast(md5('dossier ' || n) as uuid)"
_PATTERN = UUID(int=1)
PROCEDURE = load().find("2.002380", datetime(2025, 3, 3, tzinfo=TIME_ZONE).date())


def _pattern() -> Case:
    """The case that all others are copies of: accepted, at its appraisal, due in a far year."""
    office = load().offices[0]
    at = datetime(2025, 3, 3, 8, 30, tzinfo=TIME_ZONE)
    step = next(step for step in PROCEDURE.steps if step.kind == "appraise")
    return Case(
        dossier_id=_PATTERN,
        arrival_number="T-H00.15-250303-0000",
        procedure_id=PROCEDURE.id,
        procedure_version=PROCEDURE.version,
        channel="online",
        origin="this_portal",
        office=office.id,
        receiving_unit="one-stop",
        resolving_unit="radiation",
        applicant_id="p-applicant",
        applicant_name="Bệnh viện Đa khoa Mẫu",
        contact_path=f"contacts/{_PATTERN}/1.json",
        received_at=at,
        last_piece_at=at,
        status=Status.IN_PROCESS,
        since=at,
        unit="radiation",
        units=("one-stop", "radiation"),
        role="case_officer",
        step=step.id,
        code="H00.15-250303-0000",
        accepted_at=at,
        started_at=at,
        due_at=at + timedelta(days=25),
        first_due_at=at + timedelta(days=25),
        deadline_at=at + timedelta(days=25),
        late_from=at + timedelta(days=26),
        calendar_version=load().calendar(office.id).version,
        readings=("R02", "R03", "R04"),
    )


async def fill(base: Database, dossiers: int, each: int) -> None:
    """So many open dossiers, each with its history's first line, its stream, and so many timers in a far year."""
    async with base.transaction() as tx:
        await store.add_case(tx, _pattern())
        columns = list(store.metadata.tables["cases"].columns.keys())
    changed = {
        "dossier_id": _ID,
        "arrival_number": "'T-H00.15-250303-' || n",
        "code": "'H00.15-250303-' || n",
        "due_at": "timestamptz '2100-01-01' + n * interval '1 second'",
        "deadline_at": "timestamptz '2100-01-01' + n * interval '1 second'",
        "late_from": "timestamptz '2100-01-02' + n * interval '1 second'",
    }
    values = ", ".join(changed.get(name, name) for name in columns)
    kinds = ", ".join(f"('{kind}')" for kind in _KINDS[:each])
    of_all = f"from generate_series(0, {dossiers - 1}) n"
    connection = await asyncpg.connect(base.url)
    try:
        await connection.execute("set synchronous_commit = off")
        for statement in (
            f"insert into cases ({', '.join(columns)}) select {values} {of_all}, cases",
            f"insert into deadline select {_ID}, 'dossier', 0, 1, {changed['due_at']} {of_all}",
            f"insert into timer select {_ID}, 'dossier', 0, kind, 1, {changed['late_from']} "
            f"{of_all}, (values {kinds}) k (kind)",
            f"insert into kit_stream select 'workflow.events', cast({_ID} as text), 5 {of_all}",
            *(f"delete from {table} where dossier_id = '{_PATTERN}'" for table in ("timer", "deadline", "cases")),
            "vacuum analyze cases, timer, deadline, kit_stream",
            "checkpoint",
        ):
            await connection.execute(statement)
    finally:
        await connection.close()


async def make_due(base: Database, first: int, count: int, *, seconds: float) -> float:
    """From `first` on so many dossiers become late at one moment, so many seconds from now; returns it as an epoch."""
    ids = f"(select {_ID} from generate_series({first}, {first + count - 1}) n)"
    connection = await asyncpg.connect(base.url)
    try:
        async with connection.transaction():
            at = await connection.fetchval(
                "select date_trunc('milliseconds', kit_now()) + make_interval(secs => $1)", seconds
            )
            due = at - timedelta(hours=8)
            changes = "due_at = $1, deadline_at = $1, late_from = $2"
            await connection.execute(f"update cases set {changes} where dossier_id in {ids}", due, at)
            await connection.execute(f"update deadline set due_at = $1 where dossier_id in {ids}", due)
            await connection.execute(f"update timer set fire_at = $1 where kind = 'missed' and dossier_id in {ids}", at)
            await connection.execute(f"notify {store.TIMER_CHANNEL}")
        await connection.execute("vacuum timer")
        return float(at.timestamp())
    finally:
        await connection.close()


async def wrong(base: Database, first: int, count: int) -> str:
    """What was lost or doubled of these dossiers; nothing where each was said once, crossed once, told once."""
    ids = f"(select {_ID} as id from generate_series({first}, {first + count - 1}) n) d"
    query = f"""
        select count(*) filter (where said <> 1), count(*) filter (where crossed <> 1),
            count(*) filter (where told <> 1), count(*) filter (where last <> 6)
        from {ids} left join lateral (
            select count(*) as said from kit_outbox where subject = cast(d.id as text)
                and type = 'workflow.deadline_missed.v1'
        ) a on true left join lateral (select count(*) as crossed from crossing where dossier_id = d.id) b on true
        left join lateral (select count(*) as told from case_history where dossier_id = d.id) c on true
        left join lateral (select last_sequence as last from kit_stream where subject = cast(d.id as text)) s on true
    """
    async with base.transaction() as tx:
        await run_sql(tx, "create index if not exists bench_outbox on kit_outbox (subject)")
        found = (await run_sql(tx, query)).one()
    names = ("said", "crossed", "told in the history", "numbered")
    return "; ".join(f"{many} not {name} once" for many, name in zip(found, names, strict=True) if many)


async def cross_bare(base: Database, first: int, count: int) -> float:
    """The same rows written by bare statements in sets of 500: what a crossing cannot undercut. Returns the seconds."""
    connection = await asyncpg.connect(base.url)
    body = b"x" * 900
    try:
        begun = perf_counter()
        while await _bare_set(connection, body):
            pass
        return perf_counter() - begun
    finally:
        await connection.close()


async def _bare_set(connection: Any, body: bytes) -> int:
    async with connection.transaction():
        ids = await connection.fetch(
            "select c.dossier_id from timer t join cases c using (dossier_id) where t.fire_at <= kit_now() "
            "order by t.fire_at limit 500 for update of c skip locked"
        )
        found = [row["dossier_id"] for row in ids]
        if found:
            await connection.execute(_BARE, found)
            await connection.execute(
                "insert into kit_outbox (topic, subject, event_id, type, headers, body) "
                "select 'workflow.events', cast(id as text), gen_random_uuid(), 'bench', $2, $2 "
                "from unnest($1::uuid[]) id",
                found,
                body,
            )
        return len(found)


_BARE = """
    with ids as (select id from unnest($1::uuid[]) id), gone as (
        delete from timer where dossier_id in (select id from ids) and fire_at <= kit_now() returning *
    ), noted as (
        insert into crossing (dossier_id, about, run, kind, due_version, due_at, crossed_at, is_said)
        select g.dossier_id, g.about, g.run, g.kind, g.due_version, kit_now(), kit_now(), true from gone g
    ), told as (
        insert into case_history (dossier_id, version, number, at, what_vi, note)
        select id, 1, 1, kit_now(), 'Quá hạn trả kết quả', '' from ids
    )
    update kit_stream set last_sequence = last_sequence + 1
    where topic = 'workflow.events' and subject in (select cast(id as text) from ids)
"""
