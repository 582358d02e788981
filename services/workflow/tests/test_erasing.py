"""Once an applicant was erased no list finds a person's name, no parcel its receiver; the record stays."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.facts import Contact
from contracts.intake import ApplicantErased
from contracts.package import contact_path
from kit.tx import run_sql
from workflow import handlers
from workflow.domain.posting import Receiver
from workflow.domain.words import ERASED_VI, masked
from workflow.handlers import parcels
from workflow.main import post_desk
from workflow.reads.parcels import receiver_of

pytestmark = pytest.mark.db
RECEIVER = Receiver("Trần Minh Khôi", "Số 7 đường Xóa Hết, tỉnh Mẫu", "0900000199")


async def a_persons_case(world: Any) -> UUID:
    """A dossier that a person filed, not an organisation."""
    at = await world.at("2025-03-03 08:30")
    event = await world.submitted(at)
    path = contact_path(event.dossier_id, 2)
    contact = Contact(name="Lý Thị Xuân Mai", email="mai@nha.example", phone="0900000198")
    await world.database.objects.put(path, contact.model_dump_json().encode())
    await world.hear(event.model_copy(update={"contact": path}))
    found: UUID = event.dossier_id
    return found


async def erase(world: Any, dossier_id: UUID) -> None:
    await world.database.objects.delete(f"contacts/{dossier_id}/")
    event = ApplicantErased(dossier_id=dossier_id, erasure_id=uuid4(), erased_at=await world.at("2025-06-02 09:00"))
    await world.hear(event)


async def row_of(world: Any, dossier_id: UUID) -> str:
    async with world.database.transaction() as tx:
        query = "select to_jsonb(c) as whole from cases c where dossier_id = :id"
        return str((await run_sql(tx, query, id=dossier_id)).scalar_one())


async def test_a_persons_name_is_gone_from_the_case_and_its_search(world: Any) -> None:
    dossier_id = await a_persons_case(world)
    assert "Xuân Mai" in await row_of(world, dossier_id)
    assert "'xuan'" in await row_of(world, dossier_id)
    await erase(world, dossier_id)
    whole = await row_of(world, dossier_id)
    assert "Mai" not in whole
    assert "xuan" not in whole
    assert "'sn-001'" in whole, "devices are still found by their numbers"
    (said,) = await world.said("CaseNameErased")
    assert [(one.kind, one.count) for one in said.removed] == [("cases", 1)]
    assert await world.parked() == []


async def test_an_organisations_name_is_nobodys_personal_data(world: Any) -> None:
    dossier_id = await world.file()
    await erase(world, dossier_id)
    assert "Bệnh viện Đa khoa Mẫu" in await row_of(world, dossier_id)
    (said,) = await world.said("CaseNameErased")
    assert said.removed == []


async def test_the_receiver_of_a_parcel_is_gone_and_a_waiting_order_is_not_sent(world: Any) -> None:
    dossier_id = await world.finished()
    officer = world.staff("one_stop_officer")
    await world.do(handlers.post_result, dossier_id, RECEIVER, staff=officer, seen_version=None)
    await erase(world, dossier_id)
    folder = world.database.objects.folder
    assert [path for path in (folder / "dispatches").rglob("*") if path.is_file()] == []
    assert await parcels.order_next(post_desk(world.settings(9), world.database))
    assert not await parcels.order_next(post_desk(world.settings(9), world.database))
    assert (await world.case(dossier_id)).posted_at is None
    assert await world.ask(receiver_of, officer, dossier_id) == Receiver("", "", "")


async def test_hearing_it_again_changes_nothing(world: Any) -> None:
    dossier_id = await a_persons_case(world)
    await erase(world, dossier_id)
    once = await row_of(world, dossier_id)
    await erase(world, dossier_id)
    assert await row_of(world, dossier_id) == once


def test_the_mark_in_the_place_of_a_name_is_not_masked() -> None:
    assert masked(ERASED_VI) == ERASED_VI
