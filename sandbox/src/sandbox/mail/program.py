"""Puts the mail sandbox together and runs it: the only module that reads its settings."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from sandbox import control, pages, serving
from sandbox.control import Control
from sandbox.mail import reading, sms, smtp
from sandbox.mail.moods import MailMoods
from sandbox.mail.settings import MailSettings
from sandbox.mail.store import Store
from sandbox.pages import Pages

NAME = "mail"
PREFIX = "/sandbox/mail"


def build_app(settings: MailSettings) -> FastAPI:
    store = Store(settings.folder / "mail.sqlite")
    orders = Control(settings.folder / "mail-control.json", MailMoods())
    door = smtp.Door(smtp.Receiver(store, orders), settings.host, settings.smtp_port)

    @asynccontextmanager
    async def receiving(_app: FastAPI) -> AsyncIterator[None]:
        await door.open()
        yield
        await door.close()
        store.close()

    app = FastAPI(title="Motcua sandbox: mail", lifespan=receiving, docs_url=None, redoc_url=None, openapi_url=None)
    shell = Pages(PREFIX)
    pages.show_errors(app, shell, orders.now)
    app.include_router(pages.router(PREFIX))
    app.include_router(reading.router(reading.Reading(store, orders, shell)))
    app.include_router(sms.router(sms.Gateway(settings, store, orders)))
    app.include_router(control.router(NAME, orders, settings.control_token.get_secret_value(), store.counts))
    return app


def main() -> None:
    settings = MailSettings()
    serving.serve(build_app(settings), settings)
