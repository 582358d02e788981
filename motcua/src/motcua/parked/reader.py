"""`motcua reader`: sets a service's reader back to the beginning of the log, where the broker forgot how far it was."""

import asyncio

import click

from kit import groups
from kit.bus import Bus
from kit.groups import GroupIsReading, group_of
from kit.service import read_settings
from motcua.programs import SERVICES, service_of


@click.group("reader", help="How far a service has read the log.")
def group() -> None:
    """Settings come from the environment, like those of `motcua run SERVICE`."""


@group.command()
@click.argument("service", type=click.Choice(SERVICES), metavar="SERVICE")
def reset(service: str) -> None:
    """Read again from the beginning: for expired offsets, or a database that was set back to an older copy.

    What was taken before is known by its number and dropped, so nothing is lost or doubled. The service's workers must
    not read meanwhile; one that stopped because of expired offsets goes on by itself afterwards.
    """
    found = service_of(service)
    settings = read_settings(found)
    topics = found.build_consumer().topics()
    try:
        places = asyncio.run(groups.reset(Bus(settings.kafka_bootstrap), group_of(service), topics))
    except GroupIsReading as error:
        raise click.UsageError(str(error)) from error
    click.echo(f"{service} reads again from the beginning of {', '.join(topics)} ({places} partitions)")
