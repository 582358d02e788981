"""Stopping without tearing: a step that has begun is let end, within a bound. Knows nothing of what the steps do."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

DRAIN_SECONDS = 5.0
T = TypeVar("T")


async def whole(step: Coroutine[Any, Any, T]) -> T:
    """Run a step that a cancel does not tear: the cancel waits until the step has ended, and is passed on then.

    Past DRAIN_SECONDS the step is cancelled after all: what it has not committed is done again by the next process,
    and a call to the outside is then one whose outcome nobody knows. So it may end anywhere, like a killed process.
    """
    task = asyncio.ensure_future(step)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        try:
            await asyncio.wait([task], timeout=DRAIN_SECONDS)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        raise
