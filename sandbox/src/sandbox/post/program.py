"""Puts the postal sandbox together and runs it: the only module that reads its settings."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI

from sandbox import control, pages, serving
from sandbox.control import Control
from sandbox.pages import Pages
from sandbox.post import carrying, wire
from sandbox.post.moods import PostMoods
from sandbox.post.settings import PostSettings
from sandbox.post.store import Store

NAME = "post"


def build_app(settings: PostSettings) -> FastAPI:
    store = Store(settings.folder / "post.sqlite")
    orders = Control(settings.folder / "post-control.json", PostMoods())

    @asynccontextmanager
    async def keeping(_app: FastAPI) -> AsyncIterator[None]:
        yield
        store.close()

    def facts() -> dict[str, Any]:
        return {
            "orders": [
                {"order_number": p.order_number, "item": p.item, "code": p.code, "asked_times": p.asked_times}
                for p in store.parcels()
            ]
        }

    token = settings.control_token.get_secret_value()
    app = FastAPI(title="Motcua sandbox: post", lifespan=keeping, docs_url=None, redoc_url=None, openapi_url=None)
    shell = Pages(wire.PREFIX)
    pages.show_errors(app, shell, orders.now)
    app.include_router(pages.router(wire.PREFIX))
    app.include_router(wire.router(wire.Wire(settings, store, orders)))
    app.include_router(carrying.router(carrying.Carrying(store, orders, shell), control.guard(token)))
    app.include_router(control.router(NAME, orders, token, facts))
    return app


def main() -> None:
    settings = PostSettings()
    serving.serve(build_app(settings), settings)
