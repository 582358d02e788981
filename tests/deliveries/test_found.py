"""What the seeded deliveries found once, each as a short test of its own, kept for ever."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event
from tests.deliveries.roads import BY_NAME, answer_supplement, ask_supplement, file, hand_over, set_out
from tests.deliveries.world import World

from kit.testing.deliveries import QUIET, Crash
from kit.tx import Database
from rules.testing import at
from workflow import handlers as workflow
from workflow.domain.posting import Receiver

pytestmark = [pytest.mark.db, pytest.mark.timeout(300)]


@contextmanager
def dies_at_commit(number: int, database: Database) -> Iterator[None]:
    """The process ends before the commit of this number goes out: what it stored lies there, what it wrote does not."""
    left = [number]

    def one_more(*_: object) -> None:
        left[0] -= 1
        if not left[0]:
            raise Crash

    engine = database.engine.sync_engine
    event.listen(engine, "commit", one_more)
    try:
        with pytest.raises(Crash):
            yield
    finally:
        event.remove(engine, "commit", one_more)


async def test_an_answer_whose_first_try_died_before_its_commit_is_sent_again(world: World) -> None:
    """Its package lay in the store where the second one had to go: the applicant could never answer."""
    await world.begin(0, QUIET)
    dossier = set_out(world, BY_NAME["supplement"])
    for step in (file, ask_supplement):
        await step(dossier)
        await world.settle()
    with dies_at_commit(2, world.databases["intake"]):  # the first is the upload's
        await answer_supplement(dossier)
    await world.at(at("2025-03-04 10:00"))
    await answer_supplement(dossier)
    await world.settle()
    assert await world.faults(1) == []


async def test_an_address_mended_after_a_posting_that_died_is_where_the_result_goes(world: World) -> None:
    """The first address lay under the order's number: this result could never be posted."""
    await world.begin(0, QUIET)
    road = BY_NAME["no-fee-at-counter"]
    dossier = set_out(world, road)
    for step in road.steps[: road.steps.index(hand_over)]:
        await step(dossier)
        await world.settle()
    with dies_at_commit(1, world.databases["workflow"]):
        await dossier.act(workflow.post_result, "one_stop_officer", Receiver("Trần Minh Khôi", "Số 1 phố Sai"))
    await dossier.act(workflow.post_result, "one_stop_officer", Receiver("Trần Minh Khôi", "Số 2 phố Đúng"))
    (lies,) = (world.objects / "dispatches" / str(dossier.known_id)).iterdir()
    assert "Số 2 phố Đúng" in lies.read_text()
