"""The control address of a sandbox: its clock and moods, kept on disk. It knows nothing of what the sandbox does."""

import asyncio
import hmac
import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Generic, TypeVar

from fastapi import APIRouter, Depends, HTTPException, Request
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, ValidationError

from sandbox import clock, durable

# A mood that is `true` stays until told otherwise; a number says how many more times it applies.
Times = StrictBool | StrictInt
Facts = Callable[[], dict[str, Any]]
Guard = Callable[[Request], Awaitable[None]]


class Moods(BaseModel):
    """What every sandbox can be told to do; each program adds its own."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    slow_seconds: float = Field(0, ge=0, le=300, description="wait this long before each answer")


class Orders(BaseModel):
    """The body of a PUT: whatever is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    offset_seconds: float | None = None
    moods: dict[str, Any] = Field(default_factory=dict)


M = TypeVar("M", bound=Moods)


class Control(Generic[M]):
    """Clock offset and moods of one program, in one file of its folder, so that a killed program keeps both."""

    def __init__(self, file: Path, calm: M) -> None:
        self._file = file
        self._calm = calm
        self.offset_seconds = 0.0
        self.moods = calm
        if file.exists():
            kept = json.loads(file.read_text(encoding="utf-8"))
            self.offset_seconds = kept["offset_seconds"]
            self.moods = type(calm).model_validate(kept["moods"])

    def now(self) -> datetime:
        return clock.shifted_now(self.offset_seconds)

    def obey(self, orders: Orders) -> None:
        """Raises ValidationError for a mood this program does not have; then nothing changes."""
        moods = type(self._calm).model_validate({**self.moods.model_dump(), **orders.moods})
        if orders.offset_seconds is not None:
            self.offset_seconds = orders.offset_seconds
        self._keep(moods)

    def calm_down(self) -> None:
        self._keep(self._calm)

    def take(self, mood: str) -> bool:
        """Whether the mood applies this time; counts one down when it was given as a number."""
        times = getattr(self.moods, mood)
        if isinstance(times, bool):
            return times
        if times <= 0:
            return False
        self._keep(self.moods.model_copy(update={mood: times - 1}))
        return True

    async def dawdle(self) -> None:
        if self.moods.slow_seconds:
            await asyncio.sleep(self.moods.slow_seconds)

    def state(self) -> dict[str, Any]:
        return {
            "now": self.now().isoformat(timespec="seconds"),
            "offset_seconds": self.offset_seconds,
            "moods": self.moods.model_dump(),
        }

    def _keep(self, moods: M) -> None:
        self.moods = moods
        kept = {"offset_seconds": self.offset_seconds, "moods": moods.model_dump()}
        durable.write_text(self._file, json.dumps(kept))


def guard(token: str) -> Guard:
    """Lets in who shows the token on the program's own loopback port; what came through a front door is not found."""

    async def check(request: Request) -> None:
        if "x-forwarded-for" in request.headers or "forwarded" in request.headers:
            raise HTTPException(404)
        scheme, _, shown = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(shown.encode(), token.encode()):
            raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})

    return check


def router(name: str, control: Control[M], token: str, facts: Facts) -> APIRouter:
    """GET tells the state, PUT changes it, DELETE …/moods calms down. `facts` adds what this program counts."""
    routes = APIRouter(prefix=f"/sandbox/{name}/control", dependencies=[Depends(guard(token))], tags=["control"])

    def state() -> dict[str, Any]:
        return {"name": name, **control.state(), **facts()}

    @routes.get("")
    async def show() -> dict[str, Any]:
        return state()

    @routes.put("")
    async def change(orders: Orders) -> dict[str, Any]:
        try:
            control.obey(orders)
        except ValidationError as error:
            raise HTTPException(422, error.errors(include_url=False, include_context=False)) from error
        return state()

    @routes.delete("/moods")
    async def calm_down() -> dict[str, Any]:
        control.calm_down()
        return state()

    return routes
