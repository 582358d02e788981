"""Once an applicant was erased notify knows no address of theirs, writes to nobody, and says so once."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.intake import ApplicantErased
from contracts.notify import AddresseeErased
from kit.consume import Consumer
from kit.testing.events import give
from notify.consumer import KEEPS
from notify.handlers import sending
from notify.handlers.sending import PostRoom

pytestmark = pytest.mark.db


async def erase(world: Any, road: Any, sequence: int = 2) -> UUID:
    """Intake's part, as notify sees it: the contact is gone, and the event comes."""
    (world.database.objects.folder / f"contacts/{road.dossier_id}/1.json").unlink(missing_ok=True)
    erasure_id = uuid4()
    event = ApplicantErased(dossier_id=road.dossier_id, erasure_id=erasure_id, erased_at=world.at)
    await world.give((event, sequence))
    return erasure_id


async def told(world: Any) -> list[Any]:
    return [event for event in await world.said() if isinstance(event, AddresseeErased)]


async def test_addresses_and_what_others_said_of_them_are_gone(room: PostRoom, mailbox: Any, world: Any) -> None:
    road = await world.dossier(email="gone@mau.example", phone="0912345600")
    await world.give((road.submitted(), 1))
    assert await sending.send_next(room)
    erasure_id = await erase(world, road)
    rows = await world.rows("select to_jsonb(m) from message m union all select to_jsonb(c) from kit_call c")
    assert "mau.example" not in str(rows)
    assert "g•••" not in str(rows)
    (said,) = await told(world)
    assert (said.erasure_id, {one.kind: one.count for one in said.removed}) == (
        erasure_id,
        {"dossier": 1, "message": 1, "call": 1},
    )


async def test_what_waits_to_be_sent_is_not_sent(room: PostRoom, world: Any) -> None:
    road = await world.dossier()
    await world.give((road.submitted(), 1))
    await erase(world, road)
    await world.make_due()
    assert not await sending.send_next(room)
    assert [state for _, _, state in await world.messages()] == ["skipped"]


async def test_a_late_event_writes_to_nobody_and_fails_nothing(room: PostRoom, world: Any) -> None:
    road = await world.dossier()
    await world.give((road.submitted(), 1))
    await erase(world, road)
    await world.give((road.supplement_requested(), 1))
    await world.make_due()
    while await sending.send_next(room):
        pass
    assert {state for _, _, state in await world.messages()} == {"skipped"}
    assert await world.rows("select 1 from kit_parked") == []


async def test_a_rebuilt_memory_has_no_contact_and_says_nothing(world: Any) -> None:
    road = await world.dossier()
    await world.give((road.submitted(), 1))
    await erase(world, road)
    said = await world.said()
    await world.run("delete from dossier")
    again = ApplicantErased(dossier_id=road.dossier_id, erasure_id=uuid4(), erased_at=world.at)
    await give(world.database, Consumer("notify rebuilt", KEEPS, {}), (road.submitted(), 1), (again, 2))
    (row,) = await world.rows("select contact, erased_at from dossier")
    assert row.contact is None
    assert row.erased_at is not None
    assert await world.said() == said
