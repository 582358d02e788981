"""A cancel lets the step that has begun come to its end, but not for ever."""

import asyncio

import pytest

from kit import draining
from kit.draining import whole


async def test_a_step_that_has_begun_ends_before_the_cancel_is_passed_on() -> None:
    begun, may_end, done = asyncio.Event(), asyncio.Event(), []

    async def step() -> None:
        begun.set()
        await may_end.wait()
        done.append("whole")

    task = asyncio.create_task(whole(step()))
    await begun.wait()
    task.cancel()
    await asyncio.sleep(0)
    assert not task.done()
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert done == ["whole"]


async def test_a_step_that_never_ends_is_cancelled_after_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draining, "DRAIN_SECONDS", 0.05)
    ended = []

    async def step() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("torn")

    task = asyncio.create_task(whole(step()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended == ["torn"]


async def test_without_a_cancel_it_is_the_step_alone() -> None:
    async def step() -> int:
        return 7

    async def failing() -> None:
        raise ValueError("its own fault")

    assert await whole(step()) == 7
    with pytest.raises(ValueError, match="its own fault"):
        await whole(failing())
