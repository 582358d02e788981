"""Puts the payment sandbox together and runs it: the only module that reads its settings."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial

from fastapi import FastAPI

from sandbox import control, pages, serving
from sandbox.control import Control
from sandbox.pages import Pages
from sandbox.payment_platform import counting, payer, wire
from sandbox.payment_platform.moods import PaymentMoods
from sandbox.payment_platform.notifier import Notifier
from sandbox.payment_platform.settings import PaymentSettings
from sandbox.payment_platform.store import Store

NAMES = ("payment_platform", "pay")  # the control address goes by the program's name and by its pages' path
PREFIX = "/sandbox/pay"


def build_app(settings: PaymentSettings) -> FastAPI:
    store = Store(settings.folder / "payment.sqlite")
    orders = Control(settings.folder / "payment-control.json", PaymentMoods())
    notifier = Notifier(
        store,
        settings.notification_url,
        settings.retry_pauses_seconds,
        settings.attempt_seconds,
        lambda: orders.now().isoformat(timespec="milliseconds"),
    )

    @asynccontextmanager
    async def notifying(_app: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(notifier.run())
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        store.close()

    token = settings.control_token.get_secret_value()
    app = FastAPI(title="Motcua sandbox: payment", lifespan=notifying, docs_url=None, redoc_url=None, openapi_url=None)
    shell = Pages(PREFIX)
    pages.show_errors(app, shell, orders.now)
    app.include_router(pages.router(PREFIX))
    app.include_router(wire.router(wire.Wire(settings, store, orders)))
    app.include_router(payer.router(payer.Payer(settings, store, notifier, orders, shell)))
    app.include_router(counting.router(store, control.guard(token), settings.public_url))
    for name in NAMES:
        app.include_router(control.router(name, orders, token, partial(counting.facts, store)))
    return app


def main() -> None:
    settings = PaymentSettings()
    serving.serve(build_app(settings), settings)
