"""Erasing an applicant: what goes, what stays, what stands against it, and what a killed process leaves."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from contracts.facts import Removed, StoredObject
from contracts.intake import ApplicantErased
from contracts.notify import AddresseeErased
from intake.consumer import consumer
from intake.domain.erasure import looks_personal, read_request
from intake.domain.errors import ErasureRefused, NotFound, RequestUnreadable
from intake.handlers import erasing
from intake.reads import find_proof
from intake.store import erasures
from kit.now import read_now
from kit.objects import ObjectMissing
from kit.testing.databases import emitted
from kit.testing.events import give
from kit.testing.people import bearer
from kit.tx import Database, run_sql
from rules.testing import at

from .builders import API, KHOI, Others, a_dossier, a_submission, send, upload

REQUEST = "12/YC-XDL"


async def erase(database: Database, applicant: str = KHOI.id, request: str = REQUEST) -> tuple[Any, bool]:
    async with database.transaction() as tx:
        return await erasing.erase_applicant(tx, applicant, request, by="p-operator", now=await read_now(tx))


async def end(database: Database, dossier_id: UUID, status: int = 10) -> None:
    async with database.transaction() as tx:
        await run_sql(tx, "update dossier set status = :status where id = :id", status=status, id=dossier_id)


async def count(database: Database, what: str) -> int:
    async with database.transaction() as tx:
        return int((await run_sql(tx, f"select count(*) from {what}")).scalar_one())


def objects_under(database: Database, prefix: str) -> list[str]:
    folder = database.objects.folder
    assert folder is not None
    return [str(path) for path in (folder / prefix).rglob("*") if path.is_file()]


@pytest.mark.db
async def test_an_ended_dossier_is_emptied_but_for_its_package(client: httpx.AsyncClient, database: Database) -> None:
    dossier_id = await a_dossier(client)
    await end(database, dossier_id)
    waiting = await upload(client, "MAY-01")
    packages = objects_under(database, "packages")
    erasure, is_new = await erase(database)
    assert is_new
    assert objects_under(database, "contacts"), "objects go after the commit only"
    while await erasing.delete_discarded(database):
        pass
    assert objects_under(database, "contacts") == objects_under(database, "uploads") == []
    assert objects_under(database, "packages") == packages != []
    assert waiting
    for table in ("upload", "known_contact", "draft", "client_key", "discarded_object"):
        assert await count(database, table) == 0, table
    said = [event for event in await emitted(database) if isinstance(event, ApplicantErased)]
    assert [(event.dossier_id, event.erasure_id) for event in said] == [(dossier_id, erasure.id)]


@pytest.mark.db
async def test_the_same_request_again_changes_nothing(client: httpx.AsyncClient, database: Database) -> None:
    await end(database, await a_dossier(client))
    first, _ = await erase(database)
    assert await erase(database) == (first, False)
    assert len([event for event in await emitted(database) if isinstance(event, ApplicantErased)]) == 1


@pytest.mark.db
@pytest.mark.parametrize("status", [1, 2, 4, 5, 6, 9])
async def test_what_has_not_ended_stands_against_it(client: httpx.AsyncClient, database: Database, status: int) -> None:
    await end(database, await a_dossier(client), status)
    with pytest.raises(ErasureRefused, match="1 hồ sơ chưa kết thúc") as refused:
        await erase(database)
    assert "Chưa xóa được" in refused.value.sentence_vi
    assert await count(database, "known_contact") == 1


@pytest.mark.db
async def test_a_fee_that_is_owed_stands_against_it(client: httpx.AsyncClient, database: Database) -> None:
    dossier_id = await a_dossier(client)
    await end(database, dossier_id)
    async with database.transaction() as tx:
        query = "insert into fee_demand (demand_id, dossier_id, amount_vnd) values (:id, :dossier, 1000)"
        await run_sql(tx, query, id=uuid4(), dossier=dossier_id)
    with pytest.raises(ErasureRefused, match="1 khoản phí chưa nộp"):
        await erase(database)


@pytest.mark.db
async def test_nobody_is_erased_who_is_not_known(database: Database) -> None:
    with pytest.raises(NotFound):
        await erase(database, "p-nobody")


@pytest.mark.db
async def test_drafts_alone_go_without_a_word_to_others(client: httpx.AsyncClient, database: Database) -> None:
    await upload(client, "MAY-01")
    erasure, _ = await erase(database)
    while await erasing.delete_discarded(database):
        pass
    async with database.transaction() as tx:
        proof = await find_proof(tx, erasure.id)
    assert proof.is_done
    assert await emitted(database) == []


@pytest.mark.db
async def test_what_was_rolled_back_has_deleted_nothing(client: httpx.AsyncClient, database: Database) -> None:
    await end(database, await a_dossier(client))
    there = objects_under(database, "")
    async with database.transaction() as tx:
        await erasing.erase_applicant(tx, KHOI.id, REQUEST, by="p-operator", now=await read_now(tx))
        await tx.rollback()
    assert not await erasing.delete_discarded(database)
    assert objects_under(database, "") == there
    assert await count(database, "known_contact") == 1


@pytest.mark.db
async def test_a_process_killed_between_deleting_and_forgetting_ends_the_same(
    client: httpx.AsyncClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await end(database, await a_dossier(client))
    erasure, _ = await erase(database)

    async def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(erasures, "forget_discarded", die)
        with pytest.raises(KeyboardInterrupt):
            await erasing.delete_discarded(database)
    async with database.transaction() as tx:
        assert (await find_proof(tx, erasure.id)).objects_left > 0
    while await erasing.delete_discarded(database):
        pass
    async with database.transaction() as tx:
        proof = await find_proof(tx, erasure.id)
    assert proof.objects_left == 0
    assert proof.erasure.objects_gone_at is not None


@pytest.mark.db
async def test_an_upload_that_goes_by_any_way_takes_its_bytes_with_it(
    client: httpx.AsyncClient, database: Database
) -> None:
    await client.delete(f"{API}/uploads/{await upload(client, 'MAY-01')}", headers=bearer(KHOI))
    assert await count(database, "discarded_object") == 1
    await erasing.delete_discarded(database)
    assert objects_under(database, "uploads") == []


@pytest.mark.db
async def test_the_proof_is_whole_when_every_keeper_has_said_so(client: httpx.AsyncClient, database: Database) -> None:
    dossier_id = await a_dossier(client)
    await end(database, dossier_id)
    erasure, _ = await erase(database)
    while await erasing.delete_discarded(database):
        pass
    said = AddresseeErased(
        dossier_id=dossier_id,
        erasure_id=erasure.id,
        removed=[Removed(kind="message", count=2)],
        erased_at=at("2025-04-09 10:00"),
    )
    await give(database, consumer(), (said, 1))
    async with database.transaction() as tx:
        proof = await find_proof(tx, erasure.id)
    assert [(part.service, part.done, part.of) for part in proof.parts] == [
        ("intake", 1, 1), ("workflow", 0, 1), ("payments", 0, 1), ("notify", 1, 1),
    ]  # fmt: skip
    assert dict(proof.parts[3].removed) == {"message": 2}
    assert not proof.is_done


@pytest.mark.db
async def test_late_events_about_an_erased_applicant_are_taken(client: httpx.AsyncClient, database: Database) -> None:
    dossier_id = await a_dossier(client)
    others = Others(database, dossier_id)
    await end(database, dossier_id, 7)
    await erase(database)
    while await erasing.delete_discarded(database):
        pass
    await give(database, consumer(), (others.check_started(at("2025-03-03 09:13")), 1))
    assert await count(database, "kit_parked") == await count(database, "known_contact") == 0
    with pytest.raises(ObjectMissing):
        await database.objects.read(f"contacts/{dossier_id}/1.json")


@pytest.mark.db
async def test_who_was_erased_may_file_again_and_be_erased_again(client: httpx.AsyncClient, database: Database) -> None:
    await end(database, await a_dossier(client))
    await erase(database)
    answer = await send(client, await a_submission(client), key="k-2")
    assert answer.status_code == 201
    await end(database, UUID(answer.json()["id"]), 3)
    second, is_new = await erase(database, request="13/YC-XDL")
    assert is_new
    assert second.removed["known_contact"] == 1


@pytest.mark.parametrize("number", ["12/YC-XDL", "7", "YC.2026-001"])
def test_a_number_of_a_request_is_read(number: str) -> None:
    assert read_request(f" {number} ") == number


@pytest.mark.parametrize("number", ["", "Nguyễn Văn A", "abc", "12 YC", "a" * 61 + "1", "/12"])
def test_words_are_no_number_of_a_request(number: str) -> None:
    with pytest.raises(RequestUnreadable):
        read_request(number)


@pytest.mark.parametrize("typed", ["Trần Minh Khôi", "khoi@benhvien.example", "0900000101", "001180000001"])
def test_a_name_an_address_or_a_number_is_no_account(typed: str) -> None:
    assert looks_personal(typed)
    assert not looks_personal("p-applicant-hospital")
    assert not looks_personal(f"counter:{uuid4()}")


async def test_objects_are_deleted_one_by_one_or_all_under_a_path(tmp_path: Any) -> None:
    from kit.objects import Objects

    objects = Objects(f"file://{tmp_path}")
    kept: list[StoredObject] = [await objects.put(path, b"x") for path in ("a/b/1", "a/b/2", "a/bc/1")]
    assert await objects.delete("a/b/") == 2
    assert await objects.delete("a/b/") == await objects.delete("a/b/1") == 0
    assert await objects.get(kept[2]) == b"x"
    assert await objects.delete("a/bc/1") == 1
