"""Runs one service as a process: its API, its worker, or both; drains on SIGTERM."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import uvicorn
from fastapi import FastAPI
from pydantic import ValidationError

from kit import checks, now, relay, saturation, telemetry
from kit.app import operator_routes
from kit.consume import Consumer
from kit.draining import DRAIN_SECONDS
from kit.health import Health, find
from kit.objects import Objects
from kit.settings import KafkaSettings, ServiceSettings
from kit.tx import Database, DatabaseAway
from kit.worker import Worker

Role = Literal["all", "api", "worker"]
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Service:
    """What `main` of each service makes known: its name is its package's name too."""

    name: str
    settings: type[ServiceSettings]
    build_app: Callable[[Any, Database], FastAPI]
    build_worker: Callable[[Any, Database], Worker]
    build_consumer: Callable[[], Consumer]
    prepare: Callable[[Any, Database], None] = lambda settings, database: None
    """What handlers need of the database's transactions, besides tables: what they carry, what they begin with."""


class SettingsWrong(Exception):
    """The environment does not say what the service needs; the message names each setting."""


Settings = TypeVar("Settings", bound=KafkaSettings)


def read_settings(service: Service) -> ServiceSettings:
    """A service's settings from the environment. Raises SettingsWrong."""
    return read_settings_of(service.settings)


def read_settings_of(settings: type[Settings]) -> Settings:
    """These settings from the environment. Raises SettingsWrong."""
    try:
        return settings()
    except ValidationError as error:
        wrong = (f"MOTCUA_{'_'.join(map(str, e['loc'])).upper()}: {e['msg'].lower()}" for e in error.errors())
        raise SettingsWrong("; ".join(wrong)) from error


def open_database(settings: ServiceSettings) -> Database:
    """The service's database, with its object store."""
    return Database(settings.database_url.get_secret_value(), Objects(settings.objects_url))


async def run(service: Service, role: Role = "all") -> int:
    """Run until SIGTERM or SIGINT; returns the exit code. Raises SettingsWrong, ClockRefused."""
    settings = read_settings(service)
    telemetry.start(service.name, level=settings.log_level)
    database = open_database(settings)
    saturation.tell(database)
    if settings.environment == "production":
        await refuse_moved_clock(database)
    said = asyncio.Event()
    database.after_say.append(said.set)
    worker = None if role == "api" else service.build_worker(settings, database)
    server = web_server(service, settings, database, role, worker)
    nudge = asyncio.create_task(relay.nudge_forever(database.url, said), name="nudge")
    watching = asyncio.create_task(saturation.watch_loop(), name="event loop")
    working = [asyncio.create_task(work_on_right_tables(worker, service.name), name="worker")] if worker else []
    serving = [asyncio.create_task(server.serve(), name="api")] if server else []
    try:
        return await wait(working, serving, nudge, told_to_stop(), server)
    finally:
        watching.cancel()
        await database.close()


async def refuse_moved_clock(database: Database) -> None:
    """In production nothing begins before the database's clock was seen to be right. Raises ClockRefused."""
    while True:
        try:
            async with database.transaction() as tx:
                return await now.refuse_moved_clock(tx)
        except DatabaseAway as error:
            log.warning("not started yet: %s", error)
            await asyncio.sleep(1)


async def work_on_right_tables(worker: Worker, service: str) -> None:
    """The worker, once its database stands where this code needs it; an older or newer one is left alone."""
    check = checks.tables(worker.database, service)
    while not (finding := await find(check)).is_well:
        log.warning("not started yet: %s", finding.words)
        await asyncio.sleep(1)
    await worker.run()


def told_to_stop() -> asyncio.Event:
    """Set by the first SIGTERM or SIGINT. A second one ends the process at once: nothing is lost by that either."""
    stop = asyncio.Event()

    def told(number: int) -> None:
        if stop.is_set():
            log.warning("told twice to stop: ends at once")
            os._exit(128 + number)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told, number)
    return stop


def health_of(service: Service, role: Role, settings: ServiceSettings, database: Database, worker: Worker) -> Health:
    """What a process with a worker in it needs; beside an API the worker's parts are only told."""
    bootstrap = settings.kafka_bootstrap
    parts = {
        "broker": checks.broker(bootstrap),
        "reader": checks.running(worker.signs, "reader"),
        "relay": checks.relay(database),
    }
    parts |= {loop.name: checks.running(worker.signs, loop.name) for loop in worker.loops}
    starts = {"tables": checks.tables(database, service.name)}
    works = {"database": checks.database(database)}
    if role == "all":
        return Health(service.name, role, starts, works, tells=parts)
    starts["topics"] = checks.topics(bootstrap, worker.topics)
    return Health(service.name, role, starts, works | parts)


def web_server(
    service: Service, settings: ServiceSettings, database: Database, role: Role, worker: Worker | None
) -> uvicorn.Server | None:
    """The API; for a worker of its own only health and metrics, where it has a port for them."""
    port: int | None = settings.listen_port
    if role == "worker":
        app, port = FastAPI(openapi_url=None), settings.worker_port
        app.include_router(operator_routes())
    else:
        app = service.build_app(settings, database)
    if port is None:
        return None
    if worker:
        app.state.health = health_of(service, role, settings, database, worker)
    config = uvicorn.Config(
        app,
        host=settings.listen_host,
        port=port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=int(DRAIN_SECONDS),
    )
    server = uvicorn.Server(config)
    server.capture_signals = nullcontext  # type: ignore[method-assign,assignment] # signals are ours: see `run`
    return server


Tasks = list[asyncio.Task[Any]]


async def wait(
    working: Tasks, serving: Tasks, nudge: asyncio.Task[Any], stop: asyncio.Event, server: uvicorn.Server | None
) -> int:
    """Until told to stop, or until a part ends by itself (then 1). Then the worker ends its steps while the API answers
    what it has begun; what these still say is nudged."""
    stopping = asyncio.create_task(stop.wait())
    done, _ = await asyncio.wait([*working, *serving, nudge, stopping], return_when=asyncio.FIRST_COMPLETED)
    failed = [task for task in done if task is not stopping]
    for task in failed:
        log.critical("%s ended by itself", task.get_name(), exc_info=None if task.cancelled() else task.exception())
    if server:
        server.should_exit = True
    for task in working:
        task.cancel()
    if ending := [*working, *serving]:
        await asyncio.wait(ending, timeout=2 * DRAIN_SECONDS)
    for task in (*ending, nudge, stopping):
        task.cancel()
    await asyncio.gather(*ending, nudge, stopping, return_exceptions=True)
    return 1 if failed else 0


def main(service: Service, role: Role = "all") -> int:
    """`run` as a program: settings that do not hold end it with one line and exit code 2."""
    try:
        import uvloop

        return uvloop.run(run(service, role))
    except SettingsWrong as error:
        print(f"motcua: {service.name}: {error}", file=sys.stderr)  # noqa: T201 - the answer to whoever started it
        return 2
