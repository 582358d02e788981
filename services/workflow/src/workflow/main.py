"""Puts workflow together: the only module that knows every room."""

from fastapi import FastAPI

from kit import outside
from kit.alarm import Alarm
from kit.app import new_app
from kit.bus import bus_of
from kit.outside import System
from kit.pages import Office, Pages
from kit.service import Service
from kit.tx import Database
from kit.worker import Loop, Worker
from rules.catalogue import load
from workflow import api, consumer, handlers, web
from workflow.gateways import HttpPostalService
from workflow.handlers import crossing, parcels
from workflow.handlers.parcels import PostDesk
from workflow.measures import MEASURES
from workflow.settings import WorkflowSettings

BASE = "/officer"
AN_HOUR = 3_600.0


def build_app(settings: WorkflowSettings, database: Database) -> FastAPI:
    """The API and the officers' pages."""
    prepare(settings, database)
    pages = pages_of(settings)
    app = new_app(
        service="workflow",
        settings=settings,
        database=database,
        pages=pages,
        table=api.PROBLEMS,
        base=BASE,
        consumer=consumer.consumer(),
    )
    app.state.problems = api.PROBLEMS
    app.include_router(api.router)
    app.include_router(web.router)
    return app


def prepare(settings: WorkflowSettings, database: Database) -> None:
    """What every transaction carries, and begins with: the calendars that count now."""
    database.carries["public_url"] = settings.public_url
    database.begins_with = handlers.count_by_newest


def pages_of(settings: WorkflowSettings) -> Pages:
    """The officers' pages in their dense layout."""
    office = load().office(settings.office)
    return Pages(
        package="workflow",
        templates="web/templates",
        static="web/static",
        layout="officer",
        base=BASE,
        office=Office(office.name_vi, office.telephone, "", office.address_vi),
        sandbox_note="Cơ quan trong bản này không có thật." if office.invented else "",
    )


def build_worker(settings: WorkflowSettings, database: Database) -> Worker:
    """The relay, the reader of the other services' events, and the work that nobody asks for."""
    prepare(settings, database)
    bus = bus_of(settings)
    desk = post_desk(settings, database)

    async def order() -> bool:
        return await parcels.order_next(desk)

    async def track() -> bool:
        return await parcels.track_next(desk)

    alarm = Alarm(database.url, crossing.CHANNELS)

    async def lay() -> bool:
        return await crossing.lay_missing(database) > 0

    async def cross() -> bool:
        return await crossing.cross_due(database)

    async def wait_for_timer() -> None:
        await crossing.sleep_until_next(database, alarm)

    async def apply() -> bool:
        return await handlers.apply_next(database)

    loops = [
        Loop("laying timers", lay, AN_HOUR),
        Loop("crossing due times", cross, rest=wait_for_timer),
        Loop("applying calendars", apply, 2.0),
        Loop("ordering parcels", order),
        Loop("reading the postal tracking", track, settings.post_pause_seconds),
        outside.sweep(database),
    ]
    return Worker("workflow", database, bus, consumer.consumer(), loops, MEASURES)


def post_desk(settings: WorkflowSettings, database: Database) -> PostDesk:
    """Our side of the postal service."""
    post = HttpPostalService(
        url=settings.post_url,
        consumer_key=settings.post_consumer_key.get_secret_value(),
        consumer_secret=settings.post_consumer_secret.get_secret_value(),
        customer_code=settings.post_customer_code,
        taken_status=settings.post_taken_status,
        timeout_seconds=settings.post_timeout_seconds,
    )
    system = System("postal_service", call_seconds=settings.post_timeout_seconds)
    return PostDesk(database, post, settings.post_states, system)


SERVICE = Service("workflow", WorkflowSettings, build_app, build_worker, consumer.consumer, prepare)
