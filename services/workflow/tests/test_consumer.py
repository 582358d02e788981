"""Events as Kafka may bring them: mixed, repeated; the same end each time."""

from typing import Any

import pytest

from contracts.catalogue import EVENTS
from kit.consume import deliver
from kit.testing.events import a_record, shuffled
from workflow import consumer
from workflow.domain.status import Status

pytestmark = pytest.mark.db


def test_what_workflow_hears_is_said_by_somebody_else() -> None:
    heard = {*consumer.KEEPS, *consumer.REACTS}
    assert heard <= set(EVENTS.values())
    assert not [cls for cls in heard if cls.type.startswith("workflow.")]


@pytest.mark.parametrize("seed", range(4))
async def test_any_order_that_keeps_each_dossiers_order_opens_each_case_once(world: Any, seed: int) -> None:
    at = await world.at("2025-03-03 08:30")
    events = [await world.submitted(at) for _ in range(4)]
    records = [a_record(event, sequence=1, offset=offset) for offset, event in enumerate(events)]
    for offset, record in enumerate(shuffled(records, seed)):
        await deliver(world.database, world.consumer, [record])
        assert offset < 20
    assert len(await world.said("CheckStarted")) == 4
    assert [(await world.case(event.dossier_id)).status for event in events] == [Status.SUBMITTED] * 4


async def test_a_batch_of_many_dossiers_is_taken_in_one_go(world: Any) -> None:
    at = await world.at("2025-03-03 08:30")
    events = [await world.submitted(at) for _ in range(5)]
    records = [a_record(event, sequence=1, offset=offset) for offset, event in enumerate(events)]
    await deliver(world.database, world.consumer, records)
    assert len(await world.said("CheckStarted")) == 5
