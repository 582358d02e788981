"""What Prometheus is told of the cases: figures from the database, asked by one worker. SQL that counts."""

from collections import Counter
from contextlib import suppress

from prometheus_client import Histogram
from sqlmodel.ext.asyncio.session import AsyncSession

from kit.figures import Answers, Figure, Measure, Row, counted
from kit.now import read_now
from kit.tx import run_sql
from rules.catalogue import load
from rules.errors import UnknownOffice
from workflow.domain.calendars import days_ahead

AN_HOUR, A_DAY = 60, 8 * 60  # working minutes
MARGINS = tuple(days * A_DAY for days in (-20, -10, -5, -3, -2, -1)) + tuple(
    part * A_DAY // 2 for part in (0, 1, 2, 4, 6, 10, 20, 40)
)
MOST_ROUNDS = 5  # so many, or more
STEPS = (900, 3600, 7200, *(days * A_DAY * 60 for days in (1, 2, 3, 5, 10, 15, 20, 30)))

STEP_SECONDS = Histogram(
    "motcua_step_seconds", "Working seconds that finished runs through a step used; counted by each process",
    ["office", "step"], buckets=STEPS,
)  # fmt: skip

DOSSIERS = Figure(
    "motcua_dossiers", "Dossiers, open and ended, by national status", ("office", "procedure", "channel", "status")
)
ARRIVED = Figure(
    "motcua_dossiers_arrived_total", "Dossiers that arrived, as cases", ("office", "procedure", "channel"), "counter"
)
FINISHED = Figure(
    "motcua_dossiers_finished",
    "Dossiers finished in a month, this one and the twelve before it, by whether that was early, on time or late",
    ("office", "procedure", "field", "channel", "month", "lateness"),
)
MARGIN = Figure(
    "motcua_dossier_margin_seconds",
    "Working seconds left when a dossier was finished, negative where it was due before; of all ever finished",
    ("office",), "histogram", tuple(60 * minutes for minutes in MARGINS),
)  # fmt: skip
ROUNDS = Figure(
    "motcua_supplement_rounds",
    f"Dossiers by how often their applicant was asked for a supplement; {MOST_ROUNDS} is that often or more",
    ("office", "procedure", "rounds"),
)
DUE_SOON = Figure(
    "motcua_dossiers_due_soon", "Dossiers whose first warning has come and that are not late", ("office", "procedure")
)
OVERDUE = Figure(
    "motcua_dossiers_overdue",
    "Dossiers whose due moment is missed, by the step they are at; `check` before acceptance",
    ("office", "procedure", "step"),
)
WITHOUT_APOLOGY = Figure(
    "motcua_dossiers_overdue_without_apology",
    "Accepted dossiers whose due moment is missed and for which no letter of apology was sent",
    ("office", "procedure"),
)
DAYS_AHEAD = Figure("motcua_calendar_days_ahead", "Days that the newest approved calendar still reaches", ("office",))
TIMERS_LAG = Figure("motcua_timers_lag_seconds", "How long ago the oldest timer that was not taken up was to fire")

_BOUNDS = f"array[{', '.join(map(str, MARGINS))}]"
# The planner takes the few groups of a million cases for a million, and would sort them all (tried: 2.6 times as slow).
_BY_HASH = """
    select set_config('enable_sort', 'off', true), set_config('enable_incremental_sort', 'off', true),
        set_config('work_mem', '64MB', true)
"""
# All cases once, through an index that holds all it needs (`cases_figures`); then only the few groups of these.
# Margins are whole minutes, so what lies below a bound is what is at most one less: Prometheus's bounds are inclusive.
_CASES = f"""
    with month as (
        select array_agg(one at time zone 'Asia/Ho_Chi_Minh' order by one) as begins from (
            select generate_series(this - interval '12 months', this, interval '1 month') as one
            from (select date_trunc('month', kit_now() at time zone 'Asia/Ho_Chi_Minh') as this) t) m
    ), grouped as materialized (
        select office, procedure_id, channel, status, least(round, {MOST_ROUNDS}) as round, lateness,
            width_bucket(finished_at, (select begins from month)) as month,
            width_bucket(margin_working_minutes - 1, {_BOUNDS}) as bucket,
            count(*) as many, sum(margin_working_minutes) as minutes
        from cases group by 1, 2, 3, 4, 5, 6, 7, 8
    )
    select 'status' as what, office, procedure_id, channel, status, null as lateness, sum(many)::bigint as many,
        null::bigint as minutes from grouped group by office, procedure_id, channel, status
    union all
    select 'round', office, procedure_id, null, round, null, sum(many), null from grouped
        group by office, procedure_id, round
    union all
    select 'margin', office, null, null, bucket, null, sum(many), sum(minutes) from grouped where bucket is not null
        group by office, bucket
    union all
    select 'month', office, procedure_id,
        channel, to_char((select begins[month] from month) at time zone 'Asia/Ho_Chi_Minh', 'YYYYMM')::int, lateness,
        sum(many), null from grouped where month > 0 group by office, procedure_id, channel, month, lateness
"""  # noqa: S608 - numbers of ours
_RUNNING = """
    select c.office, c.procedure_id,
        coalesce(c.step, case when c.code is null then 'check' else 'none' end) as step,
        count(*) filter (where c.late_from > t.now and exists (
            select from deadline d join crossing x using (dossier_id, about, run, due_version)
            where d.dossier_id = c.dossier_id and d.run = 0 and d.due_at = c.deadline_at
                and d.about = case when c.code is null then 'check' else 'dossier' end
                and x.kind in ('near1', 'near2'))) as soon,
        count(*) filter (where c.late_from <= t.now) as late,
        count(*) filter (where c.late_from <= t.now and c.code is not null and not exists (
            select from apology a where a.dossier_id = c.dossier_id and a.approved_at is not null
                and a.previous_due_at = c.due_at)) as silent
    from cases c cross join (select kit_now() as now) t
    where c.late_from is not null and c.status in (1, 2, 4, 5, 6, 9)
    group by 1, 2, 3
"""
_TIMERS = """
    select greatest(coalesce(extract(epoch from kit_now() - min(fire_at)), 0), 0)::float from timer
    where fire_at <= kit_now()
"""


async def cases(tx: AsyncSession) -> Answers:
    """How many there are of each kind, and of the running ones how they stand; none is said as 0."""
    answers: dict[Figure, list[Row]] = {figure: [] for figure in OF_CASES}
    arrived = Counter[tuple[str, ...]]()
    fields = {one.id: one.field_id for one in load().procedures}
    await run_sql(tx, _BY_HASH)
    for what, office, procedure, channel, number, lateness, many, minutes in await run_sql(tx, _CASES):
        match what:
            case "status":
                answers[DOSSIERS].append((office, procedure, channel, number, many))
                arrived[office, procedure, channel] += many
            case "round":
                answers[ROUNDS].append((office, procedure, number, many))
            case "margin":
                answers[MARGIN].append((office, number, many, 60 * minutes))
            case "month":
                month = f"{number // 100}-{number % 100:02}"
                field = fields.get(procedure, "none")
                answers[FINISHED].append((office, procedure, field, channel, month, lateness, many))
    answers[ARRIVED] = rows_of(arrived)
    return {**answers, **await _running(tx, {(office, procedure) for office, procedure, _ in arrived})}


async def _running(tx: AsyncSession, known: set[tuple[str, ...]]) -> Answers:
    soon, silent = Counter(dict.fromkeys(known, 0)), Counter(dict.fromkeys(known, 0))
    late: list[Row] = []
    for office, procedure, step, *numbers in await run_sql(tx, _RUNNING):
        soon[office, procedure] += numbers[0]
        late.append((office, procedure, step, numbers[1]))
        silent[office, procedure] += numbers[2]
    late += [(*place, "none", 0) for place in known - {(office, procedure) for office, procedure, *_ in late}]
    return {DUE_SOON: rows_of(soon), OVERDUE: late, WITHOUT_APOLOGY: rows_of(silent)}


def rows_of(found: Counter[tuple[str, ...]]) -> list[Row]:
    """Numbers by their labels' values."""
    return [(*labels, many) for labels, many in found.items()]


async def calendars(tx: AsyncSession) -> Answers:
    """By the newest approved versions, which this transaction counts by."""
    today = (await read_now(tx)).date()
    rows = []
    for office in load().offices:
        with suppress(UnknownOffice):  # one without a calendar
            rows.append((office.id, days_ahead(load().calendar(office.id).record, today)))
    return {DAYS_AHEAD: rows}


def count_run(office: str, step: str, minutes: int) -> None:
    """A run through a step was finished."""
    STEP_SECONDS.labels(office, step).observe(60 * minutes)


OF_CASES = (DOSSIERS, ARRIVED, FINISHED, MARGIN, ROUNDS, DUE_SOON, OVERDUE, WITHOUT_APOLOGY)
MEASURES = [Measure(OF_CASES, cases), Measure((DAYS_AHEAD,), calendars, 60.0), counted(TIMERS_LAG, _TIMERS)]
