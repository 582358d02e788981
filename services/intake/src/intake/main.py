"""Puts intake together: the only module that knows every room, and the only one that reads settings."""

from fastapi import FastAPI

from intake import api, consumer, web
from intake.handlers.calendars import count_by_newest
from intake.handlers.erasing import delete_discarded
from intake.measures import MEASURES
from intake.settings import IntakeSettings
from kit.app import new_app
from kit.bus import bus_of
from kit.pages import Office, Pages
from kit.service import Service
from kit.tx import Database
from kit.worker import Loop, Worker
from rules import catalogue as law


def build_app(settings: IntakeSettings, database: Database) -> FastAPI:
    """The API and the citizen's pages."""
    prepare(settings, database)
    app = new_app(
        service="intake",
        settings=settings,
        database=database,
        pages=citizen_pages(settings.office),
        table=api.PROBLEMS,
        base="/",
        consumer=consumer.consumer(),
    )
    app.state.office = settings.office
    app.state.public_url = settings.public_url
    app.include_router(api.router)
    app.include_router(web.router)
    return app


def prepare(settings: IntakeSettings, database: Database) -> None:
    """What every transaction begins with: the calendars that count now."""
    database.begins_with = count_by_newest


def citizen_pages(office_id: str) -> Pages:
    """The shell around intake's pages, with the office that answers the telephone."""
    office = law.load().office(office_id)
    return Pages(
        package="intake",
        templates="web/templates",
        static="web/static",
        layout="citizen",
        office=Office(name=office.name_vi, telephone=office.telephone, address=office.address_vi),
        navigation=[
            ("Trang đầu", "/"),
            ("Thủ tục", "/procedures"),
            ("Hồ sơ của tôi", "/dossiers"),
            ("Tra cứu", "/lookup"),
        ],
        sandbox_note="Cơ quan trong bản này không có thật." if office.invented else "",
    )


def build_worker(settings: IntakeSettings, database: Database) -> Worker:
    """Relay and reader, and the loop that deletes what nobody may keep."""
    prepare(settings, database)

    async def delete() -> bool:
        return await delete_discarded(database)

    bus = bus_of(settings)
    loops = [Loop("deleting objects", delete, idle_seconds=2.0)]
    return Worker("intake", database, bus, consumer.consumer(), loops, MEASURES)


SERVICE = Service("intake", IntakeSettings, build_app, build_worker, consumer.consumer, prepare)
