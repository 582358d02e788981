"""Whether a process lives, has started, and can do its work: true answers, in bounded time. Changes nothing."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from kit import outages, signin

CHECK_SECONDS = 2.0
State = Mapping[str, Any]


@dataclass(frozen=True)
class Finding:
    """What a check found of one part; `words` says it to an operator and holds no secret."""

    is_well: bool
    words: str


Check = Callable[[], Awaitable[Finding]]


@dataclass
class Health:
    """The checks of one process.

    `starts` must be well once, before anything else counts; `works` must be well now; `tells` is only told: what a
    process that serves requests does beside them.
    """

    service: str
    role: str
    starts: dict[str, Check] = field(default_factory=dict)
    works: dict[str, Check] = field(default_factory=dict)
    tells: dict[str, Check] = field(default_factory=dict)
    _has_started: bool = False
    _asked: dict[Check, asyncio.Task[Finding]] = field(default_factory=dict)

    async def has_started(self) -> tuple[bool, State]:
        """Whether everything this code needs is there; once it was, that stays so."""
        if self._has_started:
            return True, {}
        found = await self._ask(self.starts)
        self._has_started = all(finding.is_well for finding in found.values())
        return self._has_started, shown(found)

    async def is_ready(self) -> tuple[bool, State]:
        """Whether it can do its work now."""
        started, parts = await self.has_started()
        if not started:
            return False, parts
        works, tells = await asyncio.gather(self._ask(self.works), self._ask(self.tells))
        return all(finding.is_well for finding in works.values()), shown(works | tells)

    async def _ask(self, checks: Mapping[str, Check]) -> dict[str, Finding]:
        findings = await asyncio.gather(*(self._bounded(check) for check in checks.values()))
        return dict(zip(checks, findings, strict=True))

    async def _bounded(self, check: Check) -> Finding:
        """The check's finding, or that it did not come in time. However often it is asked, it runs once at a time."""
        task = self._asked.get(check)
        if task is None or task.done():
            task = self._asked[check] = asyncio.create_task(find(check))
        await asyncio.wait([task], timeout=CHECK_SECONDS)
        return task.result() if task.done() else Finding(False, f"no answer within {CHECK_SECONDS:.0f} s")


async def find(check: Check) -> Finding:
    """The check's finding; a fault of it is a finding too."""
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            return await check()
    except Exception as error:  # noqa: BLE001 - whatever it is, the part is not well, and we say why
        problem = outages.problem_of(error)
        return Finding(False, problem.title if problem else type(error).__name__)


def shown(found: Mapping[str, Finding]) -> State:
    """Findings as JSON."""
    return {name: {"well": finding.is_well, "words": finding.words} for name, finding in found.items()}


def routes() -> APIRouter:
    """The three answers; the front door does not pass them on."""
    router = APIRouter(include_in_schema=False, dependencies=[signin.open_to_all])

    @router.get("/healthz")
    async def alive(request: Request) -> Response:
        health: Health = request.app.state.health
        return JSONResponse({"service": health.service, "role": health.role, "state": "alive"})

    @router.get("/startupz")
    async def started(request: Request) -> Response:
        health: Health = request.app.state.health
        return await answer(health, health.has_started(), ("started", "starting"))

    @router.get("/readyz")
    async def ready(request: Request) -> Response:
        health: Health = request.app.state.health
        return await answer(health, health.is_ready(), ("ready", "not ready"))

    return router


async def answer(health: Health, asked: Awaitable[tuple[bool, State]], words: tuple[str, str]) -> Response:
    """200 or 503, with the parts and how long the answer took."""
    began = time.perf_counter()
    is_well, parts = await asked
    milliseconds = round(1000 * (time.perf_counter() - began))
    told = {"service": health.service, "role": health.role, "state": words[0 if is_well else 1]}
    return JSONResponse({**told, "parts": parts, "milliseconds": milliseconds}, 200 if is_well else 503)
