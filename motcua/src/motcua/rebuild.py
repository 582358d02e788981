"""`motcua rebuild`: what a service remembers of others, made anew from the log's beginning. Says nothing to anybody."""

import asyncio
import time

import click

from kit.bus import Bus
from kit.consume import Consumer
from kit.objects import Objects
from kit.rebuild import Rebuilt, rebuild
from kit.service import read_settings
from kit.settings import ServiceSettings
from kit.tx import Database
from motcua.programs import SERVICES, service_of

SECONDS_BETWEEN = 2.0


class Progress:
    """A line now and then, so that whoever waits sees how much is left."""

    def __init__(self) -> None:
        self.next_at = 0.0

    def __call__(self, done: int, total: int) -> None:
        if done < total and time.monotonic() < self.next_at:
            return
        self.next_at = time.monotonic() + SECONDS_BETWEEN
        click.echo(f"{done} of {total} records")


@click.command(help="Make anew what SERVICE remembers of the others, from the beginning of the log, and say nothing.")
@click.argument("name", type=click.Choice(SERVICES), metavar="SERVICE")
def command(name: str) -> None:
    """Its worker must not run meanwhile, its web side may. Settings come from the environment, like those of `run`.

    Nothing is changed before the end: a rebuild that was broken off is begun again.
    """
    service = service_of(name)
    done = asyncio.run(run(read_settings(service), service.build_consumer()))
    for line in said(name, done):
        click.echo(line)


async def run(settings: ServiceSettings, consumer: Consumer) -> Rebuilt:
    """Rebuild on a connection of its own. Raises RebuildFailed."""
    objects = Objects(settings.objects_url)
    database = Database(settings.database_url.get_secret_value(), objects, pool_size=1)
    try:
        return await rebuild(database, Bus(settings.kafka_bootstrap), consumer, Progress())
    finally:
        await database.close()


def said(name: str, done: Rebuilt) -> list[str]:
    """What came of it: a line for each table, and whether anything was different."""
    lines = [f"{name}: {done.records} records read, {done.applied} events kept"]
    for one in done.tables:
        meanwhile = f", {one.passed_over} left as requests changed them meanwhile" if one.passed_over else ""
        lines.append(f"  {one.table}: {one.rows} rows, {one.changed} changed{meanwhile}")
    if done.is_new:
        lines.append("  nothing had been taken before: the worker begins at the log's present end")
    return lines
