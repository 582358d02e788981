"""Pages of report II.06: the table, the dossiers behind each number, and the same as a file."""

from datetime import date
from typing import Annotated, Any, get_args
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from kit.download import Download
from kit.now import Now
from kit.tx import Tx
from workflow import reads
from workflow.domain.access import scope_of
from workflow.domain.errors import NoSuchList, NoSuchPeriod
from workflow.domain.period import Period, a_quarter, a_year, between, month_of, named, the_month_before
from workflow.domain.report import BY_VI, COLUMNS_VI, By
from workflow.web.shown import BASE, Officer, show

router = APIRouter()
PATH = f"{BASE}/reports/ii-06"
Day = Annotated[date | None, Query()]


def asked_period(
    now: Now,
    period: Annotated[str, Query(max_length=20)] = "",
    first: Annotated[str, Query(alias="from", max_length=10)] = "",
    last: Annotated[str, Query(alias="to", max_length=10)] = "",
) -> Period:
    """The period of the address: `period=2026-05`, or `from` and `to`; this month where it says nothing."""
    if first or last:
        return between(_day(first or last), _day(last or first))
    return named(period) if period else month_of(now)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        raise NoSuchPeriod(text) from wrong


def asked_by(by: Annotated[str, Query(max_length=20)] = "field") -> By:
    """What a line of the report is. Raises NoSuchList."""
    found = next((one for one in get_args(By) if one == by), None)
    if found is None:
        raise NoSuchList(by)
    return found  # type: ignore[no-any-return]


Asked = Annotated[Period, Depends(asked_period)]
AskedBy = Annotated[By, Depends(asked_by)]


@router.get("/reports/ii-06")
async def report(request: Request, tx: Tx, now: Now, staff: Officer, period: Asked, by: AskedBy) -> Response:
    """The report of a period."""
    found = await reads.count_report(tx, scope_of(staff), period, by, now)
    month, year = month_of(now), now.year
    quick = [month, the_month_before(month), a_quarter(year, (month.first.month + 2) // 3), a_year(year)]
    facts: dict[str, Any] = {
        "report": found,
        "quick": quick,
        "address": address,
        "by_words": BY_VI,
        "headings": COLUMNS_VI,
    }
    return await show(request, tx, staff, "report.html", now=now, whole=staff_sees_all(staff), **facts)


@router.get("/reports/ii-06.csv")
async def report_file(tx: Tx, now: Now, staff: Officer, period: Asked, by: AskedBy) -> Response:
    """The report as a CSV file."""
    found = await reads.count_report(tx, scope_of(staff), period, by, now)
    return Download(reads.report_csv(found), f"II.06-{period.first}-{period.last}.csv", "text/csv").answer()


@router.get("/reports/ii-06/dossiers")
async def behind(
    request: Request,
    tx: Tx,
    now: Now,
    staff: Officer,
    period: Asked,
    by: AskedBy,
    column: int,
    key: Annotated[str | None, Query(max_length=200)] = None,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Response:
    """The dossiers behind one number of the report."""
    found = await reads.dossiers_behind(tx, scope_of(staff), period, by, key, column, now, page)
    name = reads.name_of_line(by, key, staff.office) if key else ""
    facts: dict[str, Any] = {
        "found": found[: reads.BEHIND_A_PAGE],
        "has_more": len(found) > reads.BEHIND_A_PAGE,
        "name": name,
    }
    place: dict[str, Any] = {"period": period, "by": by, "column": column, "key": key, "page": page, "address": address}
    return await show(request, tx, staff, "report_dossiers.html", now=now, heading=COLUMNS_VI[column], **facts, **place)


def address(period: Period, by: str, rest: str = "", **more: Any) -> str:
    """Where a report, its file or its dossiers are."""
    said = {"from": period.first, "to": period.last, "by": by, **more}
    return f"{PATH}{rest}?{urlencode({name: value for name, value in said.items() if value is not None})}"


def staff_sees_all(staff: Officer) -> bool:
    return scope_of(staff).unit is None
