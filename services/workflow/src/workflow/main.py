"""Puts workflow together: the only module that knows every room."""

from fastapi import FastAPI

from kit.app import new_app
from kit.bus import Bus
from kit.consume import Consumer
from kit.pages import Office, Pages
from kit.service import Service
from kit.tx import Database
from kit.worker import Worker
from rules.catalogue import load
from workflow import api, consumer, web
from workflow.settings import WorkflowSettings

BASE = "/officer"


def build_app(settings: WorkflowSettings, database: Database) -> FastAPI:
    """The API and the officers' pages."""
    database.carries["public_url"] = settings.public_url
    pages = pages_of(settings)
    app = new_app(service="workflow", settings=settings, database=database, pages=pages, table=api.PROBLEMS, base=BASE)
    app.state.problems = api.PROBLEMS
    app.include_router(api.router)
    app.include_router(web.router)
    return app


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
    """The relay and the reader of the other services' events."""
    database.carries["public_url"] = settings.public_url
    bus = Bus(settings.kafka_bootstrap, partitions=settings.topic_partitions, copies=settings.topic_copies)
    return Worker("workflow", database, bus, Consumer("workflow", consumer.KEEPS, consumer.REACTS))


SERVICE = Service("workflow", WorkflowSettings, build_app, build_worker)
