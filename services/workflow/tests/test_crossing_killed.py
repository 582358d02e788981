"""A worker killed after any statement of a crossing: the next one brings it to its end, and everything is said once."""

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from kit.testing.databases import copied_database, emitted
from kit.testing.killing import killer
from kit.tx import Database, run_sql
from workflow import handlers
from workflow.domain.steps import Decision
from workflow.handlers.crossing import cross_due

pytestmark = [pytest.mark.db, pytest.mark.timeout(600)]
WORK = "workflow.handlers.crossing:cross_due"
MOST_STATEMENTS = 200
LEFT = {
    "streams": "select subject, last_sequence from kit_stream order by 1",
    "crossings": "select dossier_id, about, run, kind, due_version, is_said from crossing order by 1, 2, 3, 4",
    "history": "select dossier_id, version, number, what_vi from case_history order by 1, 2, 3",
    "cases": "select dossier_id, version, status, apology_proposed_at is null from cases order by 1",
    "letters": "select dossier_id, number, reason_vi, new_due_at from apology order by 1, 2",
    "timers": "select dossier_id, about, run, kind, due_version from timer order by 1, 2, 3, 4",
}


async def rows(database: Database, statement: str) -> list[tuple[Any, ...]]:
    async with database.transaction() as tx:
        return [tuple(row) for row in (await run_sql(tx, statement)).all()]


async def work_on(database: Database) -> None:
    """What the next worker does; the dead one's locks go when the server notices."""
    for _ in range(600):
        await cross_due(database)
        if not await rows(database, "select 1 from timer where fire_at <= kit_now()"):
            return
        await asyncio.sleep(0.05)
    raise AssertionError("something stays due")


async def outcome(database: Database) -> dict[str, Any]:
    """All that a crossing leaves behind, as far as it may not differ."""
    said = Counter(
        (type(event).__name__, getattr(getattr(event, "deadline", None), "of", None), str(event.subject))
        for event in await emitted(database)
    )
    return {"said": said, **{table: await rows(database, statement) for table, statement in LEFT.items()}}


async def checks_missed(world: Any) -> str:
    """Three checks near or missed at once, crossed in one transaction."""
    for text in ("2025-03-03 08:30", "2025-03-03 09:30", "2025-03-11 08:30"):
        await world.file(text)
    return "2025-03-17 10:00"


async def letter_proposed(world: Any) -> str:
    """A step and a dossier near their ends, and the draft of an apology, of one case by itself."""
    dossier: UUID = await world.accepted("2025-03-13 09:00")
    head = world.staff("division_head")
    await world.do(handlers.finish_step, dossier, "assign", Decision(), staff=head, seen_version=None)
    return "2025-04-04 10:00"


@pytest.mark.proves("R07")
@pytest.mark.parametrize("road", [checks_missed, letter_proposed])
async def test_a_worker_killed_after_any_statement_leaves_nothing_undone_and_nothing_twice(
    world: Any, road: Any, tmp_path: Path
) -> None:
    await world.at(await road(world))
    async with copied_database(world.database) as copy:
        await work_on(copy)
        expected = await outcome(copy)
    assert max(many for (_, about, _), many in expected["said"].items() if about) == 1
    killed = 0
    with killer(WORK, f"file://{tmp_path / 'objects'}") as hand:
        for statements in range(1, MOST_STATEMENTS):
            async with copied_database(world.database) as copy:
                alive = not await asyncio.to_thread(hand.kill_after, statements, copy.url)
                await work_on(copy)
                assert await outcome(copy) == expected, f"killed after {statements}"
            if alive:
                break
            killed += 1
    assert killed >= 8, "a crossing has at least so many statements"
