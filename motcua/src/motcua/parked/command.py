"""`motcua parked`: lists, shows, replays, drops and passes over what a service has parked, in its own database.

Who holds the database's password decides; the name kept with a decision is `--by`. What is asked wrongly is one line
and exit code 2; an event that is refused again is exit code 1 with its reason.
"""

import asyncio
import getpass
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import click

from kit import parked
from kit.consume import Consumer
from kit.parked import NoSuchParked, StillFails, WaitsForAnother
from kit.service import open_database, read_settings
from kit.tx import Database
from motcua.parked import saying
from motcua.programs import SERVICES, service_of

T = TypeVar("T")
service_name = click.argument("service", type=click.Choice(SERVICES), metavar="SERVICE")
number = click.argument("number", type=click.IntRange(1), metavar="NUMBER")
as_json_option = click.option("--json", "as_json", is_flag=True, help="as JSON")
limit_option = click.option("--limit", type=click.IntRange(1, parked.MOST_LISTED), default=50, help="so many at most")
by_option = click.option("--by", default=getpass.getuser, show_default="who is signed in here", help="who decides it")
why_option = click.option("--why", required=True, help="why; kept with the decision")


@click.group("parked", help="Events that a service could not take: list, show, replay, drop.")
def group() -> None:
    """Settings come from the environment, like those of `motcua run SERVICE`."""


@group.command("list")
@service_name
@click.option("--failed/--held", "is_failed", default=None, help="only refused ones, or only those that wait")
@click.option("--topic", help="only of this topic")
@click.option("--subject", help="only of this subject, a dossier's id mostly")
@click.option("--after", type=click.IntRange(0), default=0, help="go on after this number")
@limit_option
@as_json_option
def list_(service: str, as_json: bool, **wanted: Any) -> None:
    """What is parked now, oldest first."""

    async def ask(database: Database, consumer: Consumer) -> str:
        async with database.transaction() as tx:
            found = await parked.list_parked(tx, **wanted)
        return saying.as_json(found) if as_json else saying.table(found)

    click.echo(at(service, ask))


@group.command()
@service_name
@click.option("--before", type=click.IntRange(1), help="go on before this decision")
@limit_option
@as_json_option
def decisions(service: str, before: int | None, limit: int, as_json: bool) -> None:
    """What was replayed, dropped or passed over, by whom and why; newest first."""

    async def ask(database: Database, consumer: Consumer) -> str:
        async with database.transaction() as tx:
            found = await parked.list_decisions(tx, before=before, limit=limit)
        return saying.as_json(found) if as_json else saying.decided(found)

    click.echo(at(service, ask))


@group.command()
@service_name
@number
@as_json_option
def show(service: str, number: int, as_json: bool) -> None:
    """One parked event: why, where it came from, what it says."""

    async def ask(database: Database, consumer: Consumer) -> str:
        async with database.transaction() as tx:
            found = await parked.find_parked(tx, number)
        return saying.as_json(found) if as_json else saying.one(found)

    click.echo(at(service, ask))


@group.command()
@service_name
@click.argument("numbers", type=click.IntRange(1), nargs=-1, metavar="[NUMBER]...")
@click.option("--all", "everything", is_flag=True, help="all that failed, oldest first")
@by_option
def replay(service: str, numbers: tuple[int, ...], everything: bool, by: str) -> int:
    """Try failed events again, and what waits behind each."""
    if bool(numbers) == everything:
        raise click.UsageError("say which numbers, or --all")

    async def ask(database: Database, consumer: Consumer) -> int:
        chosen = await all_failed(database) if everything else list(numbers)
        return sum([await replay_one(database, consumer, each, by) for each in chosen])

    return 1 if at(service, ask) else 0


async def all_failed(database: Database) -> list[int]:
    """The numbers of all that failed, oldest first."""
    found: list[int] = []
    async with database.transaction() as tx:
        while page := await parked.list_parked(tx, is_failed=True, after=found[-1] if found else 0):
            found += [each.id for each in page]
    return found


async def replay_one(database: Database, consumer: Consumer, number: int, by: str) -> bool:
    """Whether it was refused again; says what became of it."""
    try:
        await parked.replay(database, consumer, number, by=by)
    except StillFails as error:
        click.echo(f"{number}: refused again: {error}", err=True)
        return True
    click.echo(f"{number}: taken")
    return False


@group.command()
@service_name
@number
@why_option
@by_option
def drop(service: str, number: int, why: str, by: str) -> None:
    """Give a failed event up; it is kept among the decisions, and later ones of its subject go on."""

    async def ask(database: Database, consumer: Consumer) -> None:
        await parked.drop(database, consumer, number, by=by, why=why)

    at(service, ask)
    click.echo(f"{number}: dropped")


@group.command("pass-over")
@service_name
@number
@why_option
@by_option
def pass_over(service: str, number: int, why: str, by: str) -> None:
    """Wait no longer for what should have come before this held event."""

    async def ask(database: Database, consumer: Consumer) -> None:
        await parked.pass_over(database, consumer, number, by=by, why=why)

    at(service, ask)
    click.echo(f"{number}: what was missing before it is passed over")


def at(service: str, ask: Callable[[Database, Consumer], Awaitable[T]]) -> T:
    """The answer from a service's database. What is asked wrongly is a usage error."""

    async def answer() -> T:
        async with desk(service) as (database, consumer):
            return await ask(database, consumer)

    try:
        return asyncio.run(answer())
    except (NoSuchParked, WaitsForAnother) as error:
        raise click.UsageError(str(error)) from error


@asynccontextmanager
async def desk(name: str) -> AsyncIterator[tuple[Database, Consumer]]:
    """A service's database as its worker has it, and who listens there."""
    service = service_of(name)
    settings = read_settings(service)
    database = open_database(settings)
    service.prepare(settings, database)
    try:
        yield database, service.build_consumer()
    finally:
        await database.close()
