"""`motcua report`: the reports of a period, counted from the service's own database. Reads only."""

import asyncio
import json
from datetime import date

import click

from kit.now import read_now
from kit.service import read_settings
from motcua.database import workflow_database
from motcua.programs import service_of
from workflow.api.reporting import report_out
from workflow.domain.access import Scope
from workflow.domain.errors import NoSuchPeriod
from workflow.domain.period import Period, between
from workflow.domain.report import BY_VI, COLUMNS_VI, By
from workflow.reads import Report, count_report, report_csv

day = click.DateTime(["%Y-%m-%d"])


@click.command(help="Print report II.06 of a period: how many dossiers were received, finished, are in progress.")
@click.argument("name", type=click.Choice(["II.06"]), metavar="II.06")
@click.option("--from", "first", type=day, required=True, help="the first day, as 2025-03-01")
@click.option("--to", "last", type=day, required=True, help="the last day, counted")
@click.option("--by", type=click.Choice(list(BY_VI)), default="field", help="what a line is")
@click.option("--csv", "form", flag_value="csv", help="as a CSV file")
@click.option("--json", "form", flag_value="json", help="as JSON, like the API")
def command(name: str, first: date, last: date, by: By, form: str | None) -> None:
    """Settings come from the environment, like those of `motcua run workflow`."""
    settings = read_settings(service_of("workflow"))
    try:
        period = between(first.date(), last.date())  # type: ignore[attr-defined]  # click gives moments
    except NoSuchPeriod as wrong:
        raise click.UsageError(str(wrong)) from wrong
    found = asyncio.run(read_report(settings.database_url.get_secret_value(), settings.office, period, by))
    click.echo(said(found, form), nl=form == "json")


async def read_report(database_url: str, office: str, period: Period, by: By = "field") -> Report:
    """The report over all cases of an office, as its database stands now."""
    async with workflow_database(database_url) as database, database.transaction() as tx:
        return await count_report(tx, Scope(office, None), period, by, await read_now(tx))


def said(found: Report, form: str | None) -> str | bytes:
    """The report in the wanted form; as a table to read where none is named."""
    if form == "csv":
        return report_csv(found)
    if form == "json":
        return json.dumps(report_out(found).model_dump(mode="json"), ensure_ascii=False, indent=2)
    return table(found)


def table(found: Report) -> str:
    """The report as lines of text, with its control sum."""
    title = f"II.06, {found.period.words_vi} (hồ sơ)"
    heads = "".join(f"{f'({column})':>6}" for column in COLUMNS_VI)
    lines = [_line(line.name_vi, line.counts.columns) for line in found.lines]
    sums = found.total
    agrees = "khớp" if sums.agrees else "KHÔNG KHỚP"
    check = f"cột 3 = cột 7 + cột 11: {sums.received} = {sums.finished} + {sums.in_progress}, {agrees}"
    return "\n".join([title, f"{BY_VI[found.by]:<40}{heads}", *lines, _line("Tổng số", sums.columns), check, ""])


def _line(name: str, columns: dict[int, int]) -> str:
    short = name if len(name) <= 39 else f"{name[:38]}…"
    return f"{short:<40}" + "".join(f"{number:>6}" for number in columns.values())
