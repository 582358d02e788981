"""Filing in one call: once, whole, numbered without a gap, and said to the others without a name."""

import asyncio
import logging
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from contracts.facts import Contact
from contracts.intake import DossierSubmitted
from contracts.package import Manifest
from kit.testing.databases import emitted, set_clock
from kit.testing.people import bearer
from kit.tx import Database
from rules.testing import PROCEDURE_ID, at, some_sheets

from .builders import API, CONTACT, KHOI, NGOC, OFFICER, a_submission, send, upload

pytestmark = pytest.mark.db


async def the_event(database: Database) -> DossierSubmitted:
    (event,) = await emitted(database)
    assert isinstance(event, DossierSubmitted)
    return event


async def test_a_whole_dossier_is_filed_and_announced(client: httpx.AsyncClient, database: Database) -> None:
    answer = await send(client, await a_submission(client))
    assert answer.status_code == 201, answer.text
    assert answer.json()["arrival_number"] == "T-H00.15-250303-0001"
    assert answer.headers["location"] == f"{API}/dossiers/{answer.json()['id']}"
    event = await the_event(database)
    assert (event.receiving_unit, event.resolving_unit) == ("one-stop", "radiation")
    assert (event.channel, event.origin, event.applicant_id) == ("online", "this_portal", KHOI.id)
    assert abs(event.received_at - at("2025-03-03 09:12")) < timedelta(minutes=5)
    assert {flag.code: flag.files for flag in event.components}["inspection-certificates"] == 3
    assert all(flag.digitised and not flag.reused for flag in event.components)


@pytest.mark.proves("B08")
async def test_the_package_holds_every_file_and_sheet_unchanged(client: httpx.AsyncClient, database: Database) -> None:
    await send(client, await a_submission(client))
    event = await the_event(database)
    manifest = Manifest.model_validate_json(await database.objects.get(event.package))
    assert manifest.forms == some_sheets()
    assert len(manifest.files) == 11
    assert all(file.pages == 1 and file.name == "giay-to.pdf" for file in manifest.files)
    for file in manifest.files:
        assert (await database.objects.get(file.object)).startswith(b"%PDF-")
        assert file.object.path.startswith(f"packages/{event.dossier_id}/1/")
    contact = Contact.model_validate_json(await database.objects.read(event.contact))
    assert contact.model_dump(exclude_none=True) == CONTACT | {"language": "vi"}


@pytest.mark.proves("B06")
async def test_whoever_is_signed_in_files_forms_without_signing_them(
    client: httpx.AsyncClient, database: Database
) -> None:
    body = await a_submission(client)
    nobody = await client.post(f"{API}/dossiers", headers={"Idempotency-Key": "k-0"}, json=body)
    assert nobody.status_code == 401
    assert (await send(client, body)).status_code == 201
    manifest = Manifest.model_validate_json(await database.objects.get((await the_event(database)).package))
    assert manifest.forms == body["forms"]
    assert {file.component for file in manifest.files} == {one["component"] for one in body["uploads"]}


@pytest.mark.proves("L07", "R18")
async def test_what_is_said_to_the_others_names_nobody(client: httpx.AsyncClient, database: Database) -> None:
    await send(client, await a_submission(client))
    said = (await the_event(database)).model_dump_json()
    for personal in (*CONTACT.values(), "giay-to.pdf", "Phạm Thị Mẫu", "001180000001"):
        assert personal not in said


@pytest.mark.proves("L07", "R18")
async def test_the_log_of_a_filing_names_nobody_whether_it_is_taken_or_refused(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    body = await a_submission(client)
    statuses = [(await send(client, one, key=f"k-{len(one)}")).status_code for one in (body, body | {"extra": CONTACT})]
    statuses.append((await send(client, body | {"forms": {}}, key="k-none")).status_code)
    assert statuses[0] == 201
    assert set(statuses[1:]) == {422}
    assert caplog.records
    for personal in (*CONTACT.values(), "giay-to.pdf", "Phạm Thị Mẫu", "001180000001"):
        assert personal not in caplog.text


async def test_the_same_send_twice_is_one_dossier(client: httpx.AsyncClient, database: Database) -> None:
    body = await a_submission(client)
    first, second = await send(client, body), await send(client, body)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert len(await emitted(database)) == 1


async def test_the_same_send_many_times_at_once_is_one_dossier(client: httpx.AsyncClient, database: Database) -> None:
    body = await a_submission(client)
    answers = await asyncio.gather(*(send(client, body) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 200, 201]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(await emitted(database)) == 1


async def test_the_same_key_with_another_body_is_refused(client: httpx.AsyncClient, database: Database) -> None:
    body = await a_submission(client)
    await send(client, body)
    answer = await send(client, body | {"contact": CONTACT | {"name": "Người khác"}})
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:motcua:problem:idempotency-key-reused")
    assert len(await emitted(database)) == 1


async def test_two_people_may_use_the_same_key(client: httpx.AsyncClient) -> None:
    first = await send(client, await a_submission(client))
    second = await send(client, await a_submission(client, person=NGOC), person=NGOC)
    assert (first.status_code, second.status_code) == (201, 201)


async def test_a_refused_send_leaves_its_key_and_its_number_free(client: httpx.AsyncClient) -> None:
    body = await a_submission(client)
    assert (await send(client, body | {"uploads": []})).status_code == 422
    answer = await send(client, body)
    assert answer.status_code == 201
    assert answer.json()["arrival_number"].endswith("-0001")


async def test_arrival_numbers_have_no_gap_when_many_file_at_once(client: httpx.AsyncClient) -> None:
    bodies = [await a_submission(client) for _ in range(6)]
    answers = await asyncio.gather(*(send(client, body, key=f"k-{n}") for n, body in enumerate(bodies)))
    numbers = sorted(answer.json()["arrival_number"] for answer in answers)
    assert numbers == [f"T-H00.15-250303-{n:04}" for n in range(1, 7)]


async def test_a_new_day_begins_a_new_series(client: httpx.AsyncClient, database: Database) -> None:
    await send(client, await a_submission(client))
    await set_clock(database, at("2025-03-04 08:00"))
    answer = await send(client, await a_submission(client), key="k-2")
    assert answer.json()["arrival_number"] == "T-H00.15-250304-0001"


async def test_a_send_without_a_key_is_told_so(client: httpx.AsyncClient) -> None:
    answer = await client.post(f"{API}/dossiers", headers=bearer(KHOI), json=await a_submission(client))
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:motcua:problem:idempotency-key-missing")


async def test_everything_wrong_is_told_at_once_in_both_languages(client: httpx.AsyncClient) -> None:
    body = await a_submission(client)
    body["forms"]["F142-IV-01"][0]["phone"] = "không có"
    body["forms"]["F142-III-07"][2].pop("serial_no")
    body["uploads"] = [one for one in body["uploads"] if one["component"] != "radiation-survey"]
    answer = await send(client, body)
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:motcua:problem:submission-invalid")
    found = {error["pointer"]: error for error in answer.json()["field_errors"]}
    assert set(found) == {"/forms/F142-IV-01/0/phone", "/forms/F142-III-07/2/serial_no", "/uploads"}
    assert found["/uploads"]["component"] == "radiation-survey"
    assert all(error["message_vi"] and error["message_en"] for error in found.values())


@pytest.mark.parametrize(
    ("changed", "status", "slug"),
    [
        ({"procedure_id": "no-such-procedure"}, 404, "procedure-unknown"),
        ({"forms": {"F-WRONG": [{}]}}, 422, "submission-invalid"),
        ({"forms": {}}, 422, "submission-invalid"),
        ({"contact": {"name": "Không có thư"}}, 422, "malformed"),
        ({"misspelt": 1}, 422, "malformed"),
        ({"uploads": [{"component": "radiation-survey", "upload_id": str(uuid4())}]}, 404, "not-found"),
    ],
)
async def test_what_cannot_be_filed_says_why(
    client: httpx.AsyncClient, changed: dict[str, Any], status: int, slug: str
) -> None:
    answer = await send(client, await a_submission(client) | changed)
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:motcua:problem:{slug}")
    assert answer.headers["content-type"] == "application/problem+json"


async def test_somebody_elses_upload_cannot_be_filed(client: httpx.AsyncClient) -> None:
    body = await a_submission(client)
    body["uploads"][0]["upload_id"] = await upload(client, "establishment", person=NGOC)
    answer = await send(client, body)
    assert answer.status_code == 404


@pytest.mark.proves("R19")
async def test_this_portal_is_closed_from_july_2025_and_says_where_to_go(
    client: httpx.AsyncClient, database: Database
) -> None:
    body = await a_submission(client)
    await set_clock(database, at("2025-07-01 08:00"))
    answer = await send(client, body)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:motcua:problem:filing-closed")
    assert "01/07/2025" in answer.json()["sentence_vi"]
    assert "Nghị định 118/2025/NĐ-CP" in answer.json()["sentence_vi"]
    assert "Cổng Dịch vụ công quốc gia" in answer.json()["sentence_vi"]


async def test_a_procedure_that_has_ended_takes_nothing(client: httpx.AsyncClient, database: Database) -> None:
    body = await a_submission(client)
    await set_clock(database, at("2026-01-05 08:00"))
    answer = await send(client, body)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:motcua:problem:procedure-not-in-force")


async def test_only_an_applicant_files(client: httpx.AsyncClient) -> None:
    body = {"procedure_id": PROCEDURE_ID, "forms": {}, "contact": CONTACT}
    assert (await send(client, body, person=OFFICER)).status_code == 403
    assert (await client.post(f"{API}/dossiers", json=body)).status_code == 401


async def test_an_answer_that_was_given_survives_on_disk(
    client: httpx.AsyncClient, database: Database, tmp_path: Path
) -> None:
    await send(client, await a_submission(client))
    event = await the_event(database)
    assert (tmp_path / "objects" / event.package.path).is_file()


@pytest.mark.parametrize("strange", ['"a\\u0000b"', '"\\ud800"', "NaN", "1e999", "9" * 400])
async def test_what_cannot_be_kept_is_refused_as_malformed(client: httpx.AsyncClient, strange: str) -> None:
    body = (
        f'{{"procedure_id": "{PROCEDURE_ID}", "contact": {{"name": "A", "email": "a@b.vn"}}, "forms": {{"F": [{{"x": '
    )
    headers = bearer(KHOI) | {"Idempotency-Key": "k", "Content-Type": "application/json"}
    answer = await client.post(f"{API}/dossiers", headers=headers, content=f"{body}{strange}}}]}}}}")
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:motcua:problem:malformed")
