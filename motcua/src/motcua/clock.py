"""`motcua clock explain`: why a dossier is due when it is, from the service's own database. Reads only."""

import asyncio
import json
from collections.abc import Iterator

import click

from kit.now import read_now
from kit.pages.formats import day, due, when, working_left, working_time
from kit.service import read_settings
from motcua.database import workflow_database
from motcua.programs import service_of
from rules.records.status import LOOKS
from workflow.api.shapes import clock_out
from workflow.domain.days import Day
from workflow.domain.errors import NoSuchCase
from workflow.domain.ledger import LedgerEntry
from workflow.domain.readings import READINGS_VI
from workflow.reads import ClockView, find_clock


@click.group("clock", help="The clock of a dossier: when it is due, and why.")
def group() -> None:
    """The group of the clock's commands."""


@group.command(help="Explain the due time of one dossier: CODE is its code, its arrival number or its id.")
@click.argument("code")
@click.option("--json", "as_json", is_flag=True, help="as JSON, like the API")
def explain(code: str, as_json: bool) -> None:
    """Settings come from the environment, like those of `motcua run workflow`."""
    settings = read_settings(service_of("workflow"))
    try:
        found = asyncio.run(read_clock(settings.database_url.get_secret_value(), code))
    except NoSuchCase as unknown:
        raise click.UsageError(f"no dossier is called {code}") from unknown
    click.echo(said(found, as_json=as_json))


async def read_clock(database_url: str, code: str) -> ClockView:
    """The clock of a case as its database stands now. Raises NoSuchCase."""
    async with workflow_database(database_url) as database, database.transaction() as tx:
        return await find_clock(tx, code, await read_now(tx))


def said(found: ClockView, *, as_json: bool = False) -> str:
    """The whole explanation, to read or as JSON."""
    if as_json:
        return json.dumps(clock_out(found).model_dump(mode="json"), ensure_ascii=False, indent=2)
    return "\n".join([*_head(found), *_readings(found), *_ledger(found.ledger), *_days(found), *_verdict(found)])


def _head(found: ClockView) -> Iterator[str]:
    case = found.case
    yield f"Hồ sơ {case.shown_code}" + (f" (số tiếp nhận tạm {case.arrival_number})" if case.code else "")
    yield f"Thủ tục: {found.procedure_vi}"
    yield f"Trạng thái: {LOOKS[case.status][0]}"
    yield f"Hạn: {due(found.due_at)}{_left(found)}" if found.due_at else "Hạn: chưa có thời hạn nào được tính"
    if found.first_due_at:
        same = found.first_due_at == found.due_at
        yield f"Hẹn lần đầu: {due(found.first_due_at)}{' (không đổi)' if same else ''}"
    if found.limit_vi:
        yield f"Thời hạn: {found.limit_vi}, {found.start_rule_vi}"
    if found.started_at:
        yield f"Bắt đầu tính: {when(found.started_at)}"
    yield f"Căn cứ: {found.basis}"
    yield f"Lịch làm việc: bản {found.calendar_version}"


def _left(found: ClockView) -> str:
    if found.case.deadline_at is None:
        return ", hiện không tính giờ" if not found.case.finished_at else ", đã có kết quả"
    if found.minutes_left <= 0 and not found.is_late:
        return ", hạn hôm nay"
    return f", {working_left(found.minutes_left)}"


def _readings(found: ClockView) -> Iterator[str]:
    if found.readings:
        yield "Cách hiểu đã áp dụng:"
    for reading in found.readings:
        yield f"  {reading}  {READINGS_VI.get(reading, '')}".rstrip()


def _ledger(lines: list[LedgerEntry]) -> Iterator[str]:
    yield "Sổ thời gian:"
    for line in lines:
        yield f"  {line.number}. {when(line.at)}: {line.reason_vi}"
        yield f"     căn cứ: {line.basis}"
        if line.due_at:
            version = f", lịch bản {line.calendar_version}" if line.calendar_version else ""
            yield f"     hạn từ đây: {due(line.due_at)}{version}"


def _days(found: ClockView) -> Iterator[str]:
    if found.days:
        yield "Từng ngày:"
    for one in found.days:
        yield f"  {day(one.on):<22}{_counted(found, one):<18}{one.reason}".rstrip()


def _counted(found: ClockView, one: Day) -> str:
    if one.count:
        return f"ngày thứ {one.count}"
    if found.is_in_days and not one.minutes:
        return "không tính"
    return working_time(one.minutes)


def _verdict(found: ClockView) -> Iterator[str]:
    again = due(found.recomputed_due_at) if found.recomputed_due_at else "không có thời hạn nào"
    agrees = "khớp với hạn đã ghi" if found.agrees else "KHÁC với hạn đã ghi, cần xem lại"
    yield f"Tính lại bây giờ: {again}, {agrees}"
