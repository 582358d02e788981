"""`motcua topics apply`: every topic of every service, as the settings of the brokers say; needs no others."""

import asyncio
import logging

import click

from kit import topics
from kit.service import read_settings_of
from kit.settings import KafkaSettings


@click.group("topics", help="The topics that all services share.")
def group() -> None:
    """The group of the topics' commands."""


@group.command()
@click.option("--add-partitions", is_flag=True, help="also to topics that have too few")
def apply(add_partitions: bool) -> None:
    """Make what is missing, alter what differs, and say what was done. Harmless when repeated.

    Settings: MOTCUA_KAFKA_BOOTSTRAP, MOTCUA_TOPIC_PARTITIONS, MOTCUA_TOPIC_COPIES, MOTCUA_TOPIC_RETENTION_DAYS.
    """
    settings = read_settings_of(KafkaSettings)
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # what it would say, the one line on the way out says
    form = topics.form_of(settings)
    work = topics.apply(settings.kafka_bootstrap, topics.all_topics(), form, add_partitions=add_partitions)
    for line in asyncio.run(work):
        click.echo(line)
