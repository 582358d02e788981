"""Report II.06 counted from the cases as they stood in a period, and the dossiers behind each of its numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from kit.now import TIME_ZONE
from kit.tx import run_sql
from rules.catalogue import load
from rules.records.procedure import Procedure
from workflow.domain.access import Scope
from workflow.domain.errors import NoSuchList
from workflow.domain.period import Period
from workflow.domain.report import ENDED_WITHOUT_RESULT, By, Counts, Line, folded, total
from workflow.domain.words import masked

BEHIND_A_PAGE = 100

# Received is accepted: a dossier that never got its code, or was refused at reception, is in no column. A case that is
# withdrawn or stopped moves no more, so `since` is when it ended. The due is the one that held at the period's end.
# "Late" is R05: after the date for limits in days, after the minute for limits in hours.
# `_ENDED_AT` is written as the index `cases_ended` has it, so that what ended before the period is not read at all.
_ENDED_AT = "case when c.status in (9, 10) then c.finished_at when c.status in (7, 8) then c.since end"
_FACTS = f"""
with ended as (
    select c.*, {_ENDED_AT} as ended_at from cases c
    where c.office = :office and c.accepted_at < :end and ({_ENDED_AT} >= :start or ({_ENDED_AT}) is null)
      and (cast(:unit as text) is null or c.units @> array[cast(:unit as text)])
),
counted as (
    select e.*, e.accepted_at < :start as is_carried, coalesce(e.ended_at < :end, false) as is_ended from ended e
),
judged as (
    select c.*,
        case when c.status in (7, 8) then :ended_without_result
             when :first then c.lateness_first else c.lateness end as judgement,
        not c.is_ended and not exists (
            select 1 from supplement s
            where s.dossier_id = c.dossier_id and s.asked_at >= c.accepted_at and s.asked_at < :end
              and (s.answered_at is null or s.answered_at >= :end)
        ) and case when c.procedure_id || '@' || c.procedure_version = any(cast(:by_the_minute as text[]))
            then d.due + interval '1 minute' <= :as_of
            else (d.due at time zone 'Asia/Ho_Chi_Minh')::date < (:as_of at time zone 'Asia/Ho_Chi_Minh')::date
        end as is_overdue
    from counted c
    left join lateral (
        select case when :first then t.first_due_at else t.due_at end as due
        from due_time t where not c.is_ended and t.dossier_id = c.dossier_id and t.at < :end
        order by t.number desc limit 1
    ) d on true
)
"""  # noqa: S608
CONDITIONS: Mapping[int, str] = MappingProxyType(
    {
        3: "true",
        4: "not is_carried and channel = 'online'",
        5: "not is_carried and channel <> 'online'",
        6: "is_carried",
        7: "is_ended",
        8: "is_ended and judgement = 'early'",
        9: "is_ended and judgement = 'on_time'",
        10: "is_ended and judgement = 'late'",
        11: "not is_ended",
        12: "not is_ended and not is_overdue",
        13: "not is_ended and is_overdue",
    }
)
_COUNTED = (4, 5, 6, 8, 9, 10, 11, 13)  # 12 is what 13 leaves of 11: whether a case is overdue is asked once


@dataclass(frozen=True)
class Report:
    """Report II.06 of a period. `counts_first` says which due "overdue" is judged by (R06)."""

    period: Period
    by: By
    as_of: datetime
    counts_first: bool
    lines: list[Line]

    @property
    def total(self) -> Counts:
        return total(self.lines)

    @property
    def is_over(self) -> bool:
        return self.as_of == self.period.end


@dataclass(frozen=True)
class Behind:
    """One dossier behind a number of the report."""

    dossier_id: str
    code: str
    applicant: str
    procedure_vi: str
    accepted_at: datetime
    due_at: datetime
    first_due_at: datetime
    ended_at: datetime | None
    status: int


async def count_report(tx: AsyncSession, scope: Scope, period: Period, by: By, now: datetime) -> Report:
    """The report over the cases that this scope covers."""
    return (await count_reports(tx, scope, period, (by,), now))[0]


async def count_reports(
    tx: AsyncSession, scope: Scope, period: Period, bys: Sequence[By], now: datetime
) -> list[Report]:
    """The same count told by several kinds of lines."""
    wanted = ", ".join(f"count(*) filter (where {CONDITIONS[column]})" for column in _COUNTED)
    groups = "procedure_id, procedure_version, resolving_unit"
    facts = _facts(scope, period, now)
    rows = await run_sql(tx, f"{_FACTS} select {groups}, {wanted} from judged group by {groups}", **facts)  # noqa: S608
    counted = [(row[:3], Counts(*(*row[3:9], row[9] - row[10], row[10]))) for row in rows]
    return [
        Report(period, by, facts["as_of"], facts["first"], folded(_line(by, scope.office, *one) for one in counted))
        for by in bys
    ]


async def dossiers_behind(
    tx: AsyncSession, scope: Scope, period: Period, by: By, key: str | None, column: int, now: datetime, page: int = 1
) -> list[Behind]:
    """The dossiers that a number counts, oldest first; of one line, or of all where `key` is none.

    One more than a page holds tells that there is another. Raises NoSuchList.
    """
    if column not in CONDITIONS:
        raise NoSuchList(f"column {column}")
    group, value = _group(by, key)
    query = (
        f"{_FACTS} select dossier_id, code, applicant_name, applicant_is_person, procedure_id, procedure_version, "  # noqa: S608
        f"accepted_at, due_at, first_due_at, ended_at, status from judged where ({CONDITIONS[column]}) and {group} "
        "order by accepted_at, dossier_id limit :limit offset :offset"
    )
    paged = {"limit": BEHIND_A_PAGE + 1, "offset": (page - 1) * BEHIND_A_PAGE}
    rows = await run_sql(tx, query, **_facts(scope, period, now), **paged, **value)
    return [_behind(dict(row)) for row in rows.mappings()]


def name_of_line(by: By, key: str, office: str) -> str:
    """What a line is called. Raises NoSuchList."""
    if by == "unit":
        unit = load().office(office).unit(key)
        return unit.name_vi if unit else key
    found = [one for one in load().procedures if key == (one.id if by == "procedure" else one.field_id)]
    if not found:
        raise NoSuchList(key)
    return found[-1].name_vi if by == "procedure" else found[-1].field_vi


def _facts(scope: Scope, period: Period, now: datetime) -> dict[str, Any]:
    """What the statement asks for. One reading holds for the whole report: the one in force on its last day (R06)."""
    return {
        "office": scope.office,
        "unit": scope.unit,
        "start": period.start,
        "end": period.end,
        "as_of": period.as_of(now),
        "first": load().readings(scope.office, period.last).reports_count == "first",
        "by_the_minute": [
            f"{one.id}@{one.version}" for one in load().procedures if one.limit and not one.limit.is_in_days
        ],
        "ended_without_result": ENDED_WITHOUT_RESULT,
    }


def _line(by: By, office: str, group: Any, counts: Counts) -> Line:
    procedure_id, version, unit = group
    procedure: Procedure = load().procedure(procedure_id, version)
    keys: dict[By, str] = {"field": procedure.field_id, "unit": unit, "procedure": procedure_id}
    key = keys[by]
    return Line(key, name_of_line(by, key, office), counts)


def _group(by: By, key: str | None) -> tuple[str, dict[str, Any]]:
    if key is None:
        return "true", {}
    if by == "unit":
        return "resolving_unit = :key", {"key": key}
    if by == "procedure":
        return "procedure_id = :key", {"key": key}
    ids = sorted({one.id for one in load().procedures if one.field_id == key})
    return "procedure_id = any(cast(:key as text[]))", {"key": ids}


def _behind(row: Mapping[str, Any]) -> Behind:
    name = masked(row["applicant_name"]) if row["applicant_is_person"] else row["applicant_name"]
    moments = {at: row[at].astimezone(TIME_ZONE) for at in ("accepted_at", "due_at", "first_due_at")}
    return Behind(
        dossier_id=str(row["dossier_id"]),
        code=row["code"],
        applicant=name,
        procedure_vi=load().procedure(row["procedure_id"], row["procedure_version"]).name_vi,
        ended_at=row["ended_at"].astimezone(TIME_ZONE) if row["ended_at"] else None,
        status=row["status"],
        **moments,
    )
