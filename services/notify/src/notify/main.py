"""Puts notify together: the only module that knows every room and reads the settings."""

from fastapi import FastAPI

from kit import outside
from kit.app import new_app
from kit.bus import bus_of
from kit.outside import System
from kit.pages import Office, Pages
from kit.service import Service
from kit.tx import Database
from kit.worker import Loop, Worker
from notify import api, consumer, web
from notify.domain.message import Channel
from notify.gateways import EsmsMessages, ShortMessages, SmtpMail, SmtpServer
from notify.handlers import sending
from notify.handlers.letters import Letters
from notify.handlers.sending import PostRoom
from notify.measures import MEASURES
from notify.settings import NotifySettings
from rules import catalogue

CONNECTING_SECONDS = 1  # so that a connection nobody took is told apart from an answer that did not come
STARTTLS = {"never": False, "if_offered": None, "always": True}


def build_app(settings: NotifySettings, database: Database) -> FastAPI:
    """Pages under /messages, the API under /api/notify/v1."""
    office = catalogue.load().office(settings.office)
    pages = Pages(
        package="notify",
        templates="web/templates",
        layout="citizen",
        base="/messages",
        office=Office(name=office.name_vi, telephone=office.telephone, address=office.address_vi),
        sandbox_note="Cơ quan trong bản này không có thật." if office.invented else "",
    )
    app = new_app(
        service="notify",
        settings=settings,
        database=database,
        pages=pages,
        table=api.PROBLEMS,
        base="/messages",
        consumer=consumer.consumer(),
    )
    app.state.letters = Letters(settings.public_url, database.objects)
    app.state.problems = api.PROBLEMS
    app.include_router(api.router)
    app.include_router(web.router)
    return app


def build_worker(settings: NotifySettings, database: Database) -> Worker:
    """The relay, the reader, and the loop that sends."""
    room = post_room(settings, database)

    async def send() -> bool:
        return await sending.send_next(room)

    bus = bus_of(settings)
    loops = [Loop("sending messages", send, idle_seconds=0.5), outside.sweep(database)]
    return Worker("notify", database, bus, consumer.consumer(), loops, MEASURES)


def post_room(settings: NotifySettings, database: Database) -> PostRoom:
    """Everything that sending needs."""
    letters = Letters(settings.public_url, database.objects)
    systems = {
        Channel.EMAIL: System("mail", call_seconds=settings.smtp_timeout_seconds),
        Channel.SMS: System("sms", call_seconds=settings.sms_timeout_seconds + CONNECTING_SECONDS),
    }
    return PostRoom(database, letters, mail_of(settings), short_messages_of(settings), systems)


def mail_of(settings: NotifySettings) -> SmtpMail:
    """The mail server, and who we are to it."""
    server = SmtpServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        username=settings.smtp_username,
        password=settings.smtp_password.get_secret_value() if settings.smtp_password else None,
        tls=settings.smtp_tls,
        starttls=False if settings.smtp_tls else STARTTLS[settings.smtp_starttls],
        timeout_seconds=settings.smtp_timeout_seconds,
    )
    name = settings.mail_from_name or catalogue.load().office(settings.office).name_vi
    return SmtpMail(server, sender=settings.mail_from, sender_name=name)


def short_messages_of(settings: NotifySettings) -> ShortMessages | None:
    """The short-message gateway, where one is set up whole."""
    if not (settings.sms_url and settings.sms_api_key and settings.sms_secret_key):
        return None
    return EsmsMessages(
        url=settings.sms_url,
        api_key=settings.sms_api_key.get_secret_value(),
        secret_key=settings.sms_secret_key.get_secret_value(),
        brandname=settings.sms_brandname,
        timeout_seconds=settings.sms_timeout_seconds,
    )


SERVICE = Service("notify", NotifySettings, build_app, build_worker, consumer.consumer)
