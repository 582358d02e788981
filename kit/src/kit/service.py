"""Runs one service as a process: its API, its worker, or both; drains on SIGTERM."""

import asyncio
import logging
import signal
import sys
from collections.abc import Callable
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import uvicorn
from fastapi import FastAPI
from pydantic import ValidationError

from kit import now, relay, telemetry
from kit.app import operator_routes
from kit.consume import Consumer
from kit.objects import Objects
from kit.settings import KafkaSettings, ServiceSettings
from kit.tx import Database
from kit.worker import Worker

Role = Literal["all", "api", "worker"]
DRAIN_SECONDS = 5
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Service:
    """What `main` of each service makes known: its name is its package's name too."""

    name: str
    settings: type[ServiceSettings]
    build_app: Callable[[Any, Database], FastAPI]
    build_worker: Callable[[Any, Database], Worker]
    build_consumer: Callable[[], Consumer]


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
    """Run until SIGTERM or SIGINT; returns the exit code. Raises SettingsWrong."""
    settings = read_settings(service)
    telemetry.start(service.name, level=settings.log_level)
    database = open_database(settings)
    if settings.environment == "production":
        async with database.transaction() as tx:
            await now.refuse_moved_clock(tx)
    said = asyncio.Event()
    database.after_say.append(said.set)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    work = [asyncio.create_task(relay.nudge_forever(database.url, said), name="nudge")]
    if role in ("all", "worker"):
        work.append(asyncio.create_task(service.build_worker(settings, database).run(), name="worker"))
    server = web_server(service, settings, database, role)
    if server:
        work.append(asyncio.create_task(server.serve(), name="api"))
    return await wait(work, stop, server)


def web_server(service: Service, settings: ServiceSettings, database: Database, role: Role) -> uvicorn.Server | None:
    """The API; for a worker of its own only health and metrics, where it has a port for them."""
    port: int | None = settings.listen_port
    if role == "worker":
        app, port = FastAPI(openapi_url=None), settings.worker_port
        app.state.database = database
        app.include_router(operator_routes(service.name))
    else:
        app = service.build_app(settings, database)
    if port is None:
        return None
    config = uvicorn.Config(
        app,
        host=settings.listen_host,
        port=port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )
    server = uvicorn.Server(config)
    server.capture_signals = nullcontext  # type: ignore[method-assign,assignment] # signals are ours: see `run`
    return server


async def wait(work: list[asyncio.Task[Any]], stop: asyncio.Event, server: uvicorn.Server | None) -> int:
    """Until told to stop, or until a part ends by itself (then 1); lets the API answer what it has begun."""
    stopping = asyncio.create_task(stop.wait())
    done, _ = await asyncio.wait([*work, stopping], return_when=asyncio.FIRST_COMPLETED)
    failed = [task for task in done if task is not stopping]
    for task in failed:
        log.critical("%s ended by itself", task.get_name(), exc_info=None if task.cancelled() else task.exception())
    if server:
        server.should_exit = True
        with suppress(Exception):
            await asyncio.wait([task for task in work if task.get_name() == "api"], timeout=DRAIN_SECONDS + 1)
    for task in [*work, stopping]:
        task.cancel()
    await asyncio.gather(*work, return_exceptions=True)
    return 1 if failed else 0


def main(service: Service, role: Role = "all") -> int:
    """`run` as a program: settings that do not hold end it with one line and exit code 2."""
    try:
        import uvloop

        return uvloop.run(run(service, role))
    except SettingsWrong as error:
        print(f"motcua: {service.name}: {error}", file=sys.stderr)  # noqa: T201 - the answer to whoever started it
        return 2
