"""The seeded deliveries themselves: whatever the seed, each event takes effect once."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.intake import DossierRated
from kit import outbox
from kit.consume import Consumer
from kit.now import TIME_ZONE
from kit.testing.databases import fresh_database
from kit.testing.deliveries import Deliveries, said
from kit.tx import Database, run_sql

pytestmark = pytest.mark.db
AT = datetime(2025, 3, 3, 8, 30, tzinfo=TIME_ZONE)


@pytest.fixture
async def listener(postgres: str, tmp_path: Path) -> AsyncIterator[Database]:
    async with fresh_database(postgres, "kit", tmp_path / "listener") as found:
        async with found.transaction() as tx:
            await run_sql(tx, "create table took (dossier uuid, score int)")
        yield found


async def remember(tx: AsyncSession, event: DossierRated, *, now: datetime) -> None:
    await run_sql(tx, "insert into took values (:d, :s)", d=event.dossier_id, s=event.score)


async def say(database: Database, dossier: UUID, scores: int) -> None:
    for score in range(1, scores + 1):
        async with database.transaction() as tx:
            await outbox.put(tx, DossierRated(dossier_id=dossier, score=score, rated_at=AT), time=AT)


@pytest.mark.parametrize("seed", range(12))
async def test_whatever_the_seed_each_event_takes_effect_once(
    database: Database, listener: Database, seed: int
) -> None:
    for _ in range(4):
        await say(database, uuid4(), 4)
    deaf = Consumer("deaf", keeps={}, reacts={})
    hears = Consumer("hears", keeps={}, reacts={DossierRated: remember})
    deliveries = Deliveries({"speaker": (database, deaf), "listener": (listener, hears)}, seed)
    await deliveries.settle()
    async with listener.transaction() as tx:
        scores = [score for (score,) in (await run_sql(tx, "select score from took order by score")).all()]
    assert scores == [n for n in (1, 2, 3, 4) for _ in range(4)]
    assert len(said(deliveries)) == 16
