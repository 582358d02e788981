"""`motcua outbox`: what the brokers refused of a service's events, and what becomes of it. Shows no content."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import click
from sqlmodel.ext.asyncio.session import AsyncSession

from kit import refused
from kit.objects import Objects
from kit.refused import RefusedEvent
from kit.service import read_settings
from kit.tx import Database
from motcua.programs import SERVICES, service_of

Found = TypeVar("Found")
service_name = click.argument("name", type=click.Choice(SERVICES), metavar="SERVICE")


@click.group("outbox", help="Events that the brokers refused: their dossiers wait until a person decides.")
def group() -> None:
    """The group of the outbox's commands."""


@group.command("list")
@service_name
def show(name: str) -> None:
    """List a service's refused events: number, type, dossier, size, since when, how many wait behind it, and why."""
    found = run(name, refused.all_refused)
    for one in found:
        click.echo(line(one))
    if not found:
        click.echo(f"{name}: no event is refused")


@group.command()
@service_name
@click.argument("numbers", type=int, nargs=-1, metavar="NUMBER...")
@click.option("--all", "every", is_flag=True, help="every refused event of the service")
def retry(name: str, numbers: tuple[int, ...], every: bool) -> None:
    """Send refused events again, after their cause is mended, with what waits behind them."""
    if bool(numbers) == every:
        raise click.UsageError("name the events by number, or --all")

    async def work(tx: AsyncSession) -> list[int]:
        ids = [one.id for one in await refused.all_refused(tx)] if every else list(numbers)
        return await refused.retry(tx, ids)

    let_go = run(name, work)
    unknown = sorted(set(numbers) - set(let_go))
    click.echo(f"{name}: {len(let_go)} to be sent again")
    if unknown:
        raise click.UsageError(f"not refused: {', '.join(map(str, unknown))}")


@group.command()
@service_name
@click.argument("number", type=int)
def drop(name: str, number: int) -> None:
    """Give up one refused event: its content is gone, its readers pass over it, and its dossier goes on."""
    if not run(name, lambda tx: refused.give_up(tx, number)):
        raise click.UsageError(f"not refused: {number}")
    click.echo(f"{name}: {number} is given up, its dossier goes on")


def line(one: RefusedEvent) -> str:
    """One event, in one line."""
    since = f"{one.said_at:%Y-%m-%d %H:%M:%S}Z"
    return f"{one.id}  {one.type}  {one.subject}  {one.size} B  {since}  {one.behind} behind  {one.reason}"


def run(name: str, work: Callable[[AsyncSession], Awaitable[Found]]) -> Found:
    """One transaction in the service's database; settings come from the environment, like those of `motcua run`."""
    url = read_settings(service_of(name)).database_url.get_secret_value()
    return asyncio.run(in_transaction(url, work))


async def in_transaction(url: str, work: Callable[[AsyncSession], Awaitable[Found]]) -> Found:
    database = Database(url, Objects("memory:///"), pool_size=1)
    try:
        async with database.transaction() as tx:
            return await work(tx)
    finally:
        await database.close()
