"""Report II.06 for programs."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field

from kit.now import Now
from kit.tx import Tx
from workflow import reads
from workflow.api.routes import Caller
from workflow.api.shapes import Shape
from workflow.domain.access import scope_of
from workflow.domain.period import between
from workflow.domain.report import By, Line

router = APIRouter()


class LineOut(Shape):
    """One line; the columns are those of the form."""

    key: str
    name_vi: str
    columns: dict[int, int]


class ReportOut(Shape):
    """Report II.06 of a period over the cases you may see, in dossiers."""

    first: date
    last: date
    by: By
    as_of: datetime = Field(description="what is open is judged as of then: the period's end, or now before it")
    due: Literal["first", "present"] = Field(description="which due `overdue` is judged by (reading R06)")
    lines: list[LineOut]
    total: dict[int, int]
    agrees: bool = Field(description="the control sum: column 3 is column 7 and column 11")


def _line_out(line: Line) -> LineOut:
    return LineOut(key=line.key, name_vi=line.name_vi, columns=line.counts.columns)


def report_out(found: reads.Report) -> ReportOut:
    return ReportOut(
        first=found.period.first,
        last=found.period.last,
        by=found.by,
        as_of=found.as_of,
        due="first" if found.counts_first else "present",
        lines=[_line_out(line) for line in found.lines],
        total=found.total.columns,
        agrees=found.total.agrees,
    )


@router.get("/reports/ii-06")
async def count_report(
    tx: Tx,
    now: Now,
    staff: Caller,
    first: Annotated[date, Query(alias="from", description="the first day, counted")],
    last: Annotated[date, Query(alias="to", description="the last day, counted")],
    by: Annotated[By, Query(description="what a line is")] = "field",
) -> ReportOut:
    """Report II.06 (TT 01/2020/TT-VPCP) of a period, with its control sum."""
    return report_out(await reads.count_report(tx, scope_of(staff), between(first, last), by, now))
