"""The rest of the API: catalogue, quotes, uploads, drafts; each with the answers it gives when it refuses."""

import base64
import hashlib
from typing import Any
from uuid import UUID

import httpx
import pytest

from intake.domain.papers import MOST_BYTES
from kit.testing.databases import emitted, set_clock
from kit.testing.people import a_person, bearer
from kit.tx import Database
from rules.testing import PROCEDURE_ID, an_application, at, some_files, some_sheets

from .builders import API, CONTACT, KHOI, NGOC, OFFICER, a_dossier, a_pdf, upload

NOBODYS = UUID(int=0)  # the same in every test process, for it names test cases
pytestmark = pytest.mark.db


async def test_procedures_in_force_are_found_without_signing_in(client: httpx.AsyncClient) -> None:
    found = (await client.get(f"{API}/procedures", params={"q": "x quang"})).json()
    by_code = {one["national_code"]: one for one in found}
    assert by_code["2.002380"]["limit"] == {"value": 25, "unit": "calendar_days"}
    assert (await client.get(f"{API}/procedures", params={"q": "karaoke"})).json() == []


async def test_a_procedure_out_of_force_is_not_listed(client: httpx.AsyncClient, database: Database) -> None:
    await set_clock(database, at("2026-02-02 08:00"))
    assert PROCEDURE_ID not in [one["id"] for one in (await client.get(f"{API}/procedures")).json()]
    shown = (await client.get(f"{API}/procedures/{PROCEDURE_ID}")).json()
    assert shown["filing_open"] is False


async def test_a_procedure_shows_all_that_a_client_needs_to_file(client: httpx.AsyncClient) -> None:
    shown = (await client.get(f"{API}/procedures/{PROCEDURE_ID}")).json()
    assert shown["filing_open"] is True
    assert set(shown["forms"]) == {"F142-IV-01", "F142-III-01", "F142-III-07"}
    assert shown["forms"]["F142-IV-01"]["$schema"].endswith("2020-12/schema")
    assert {one["code"]: one["one_per"] for one in shown["components"]}["device-sheets"] == "device"
    assert {one["key"]: one["amount_vnd"] for one in shown["fee_items"]}["ct"] == 8_000_000
    assert shown["unconfirmed_fields"]


async def test_an_unknown_procedure_is_not_found(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"{API}/procedures/none")
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:motcua:problem:procedure-unknown")


@pytest.mark.parametrize("asked", [{"items": {"ct": 1, "general": 2}}, {"forms": some_sheets()}])
async def test_a_quote_shows_fee_and_date_with_their_reasons(
    client: httpx.AsyncClient, database: Database, asked: dict[str, Any]
) -> None:
    await set_clock(database, at("2025-03-13 10:00"))
    quote = (await client.post(f"{API}/quotes", json={"procedure_id": PROCEDURE_ID, **asked})).json()
    assert quote["fee"]["total_vnd"] == 12_600_000
    assert quote["fee"]["subtotal_vnd"] == 14_000_000
    assert "90 %" in quote["fee"]["reasons"][0]["why_vi"]
    assert quote["expected"]["due_at"] == "2025-04-08T17:30:00+07:00"
    assert [day["on"] for day in quote["expected"]["skipped"]] == ["2025-04-07"]


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"procedure_id": "none"}, 404),
        ({"procedure_id": PROCEDURE_ID, "items": {"toaster": 1}}, 422),
        ({"procedure_id": PROCEDURE_ID, "items": {"ct": -1}}, 422),
    ],
)
async def test_a_quote_that_cannot_be_made_says_why(
    client: httpx.AsyncClient, asked: dict[str, Any], status: int
) -> None:
    answer = await client.post(f"{API}/quotes", json=asked)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


async def post_file(client: httpx.AsyncClient, data: bytes, **headers: str) -> httpx.Response:
    file = ("kiểm định.pdf", data, "application/pdf")
    return await client.post(f"{API}/uploads", headers=bearer(KHOI) | headers, files={"file": file})


async def test_an_upload_is_read_before_it_is_taken(client: httpx.AsyncClient) -> None:
    answer = await post_file(client, a_pdf(3))
    assert answer.status_code == 201
    assert (answer.json()["pages"], answer.json()["media_type"]) == (3, "application/pdf")


@pytest.mark.parametrize(
    ("data", "status", "slug", "reason"),
    [
        (b"", 422, "upload-broken", "empty"),
        (a_pdf()[:-100], 422, "upload-broken", "truncated"),
        (b"PK\x03\x04", 422, "upload-broken", "wrong_type"),
        (b"%PDF-" + b"0" * MOST_BYTES, 413, "upload-too-large", "too_large"),
    ],
)
async def test_a_broken_upload_is_refused_with_its_name_and_reason(
    client: httpx.AsyncClient, data: bytes, status: int, slug: str, reason: str
) -> None:
    answer = await post_file(client, data)
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:motcua:problem:{slug}")
    assert (answer.json()["file"], answer.json()["reason"]) == ("kiểm định.pdf", reason)
    assert "kiểm định.pdf" in answer.json()["sentence_vi"]


async def test_a_digest_sent_with_the_file_is_checked(client: httpx.AsyncClient) -> None:
    data = a_pdf()
    right = await post_file(client, data, **{"X-Content-Sha256": hashlib.sha256(data).hexdigest()})
    wrong = await post_file(client, data, **{"X-Content-Sha256": "0" * 64})
    assert (right.status_code, wrong.status_code, wrong.json()["reason"]) == (201, 422, "digest")


@pytest.mark.parametrize(("content", "status"), [(a_pdf(), 201), (b"other", 422)])
async def test_a_content_digest_on_the_files_part_is_checked(
    client: httpx.AsyncClient, content: bytes, status: int
) -> None:
    data = a_pdf()
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    part = ("a.pdf", data, "application/pdf", {"Content-Digest": f"sha-256=:{digest}:"})
    answer = await client.post(f"{API}/uploads", headers=bearer(KHOI), files={"file": part})
    assert answer.status_code == status


async def begin(client: httpx.AsyncClient) -> str:
    answer = await client.post(f"{API}/drafts", headers=bearer(KHOI), json={"procedure_id": PROCEDURE_ID})
    assert answer.status_code == 201, answer.text
    found: str = answer.json()["id"]
    return found


async def test_a_draft_is_filled_step_by_step_and_filed_once(client: httpx.AsyncClient, database: Database) -> None:
    draft = f"{API}/drafts/{await begin(client)}"
    me = bearer(KHOI)
    for form_id, sheets in some_sheets().items():
        await client.put(f"{draft}/forms/{form_id}", headers=me, json={"sheets": sheets})
    for component, count in some_files().items():
        for _ in range(count):
            await upload(client, component, draft_id=draft.rsplit("/", 1)[1])
    kept = (await client.put(f"{draft}/contact", headers=me, json=CONTACT)).json()
    assert kept["flaws"] == []
    first = await client.post(f"{draft}/submission", headers=me)
    second = await client.post(f"{draft}/submission", headers=me)
    assert first.status_code == 201
    assert first.json() == second.json()
    assert len(await emitted(database)) == 1
    after = (await client.get(draft, headers=me)).json()
    assert (after["dossier_id"], after["forms"], after["contact"]) == (first.json()["id"], {}, None)
    assert (await client.put(f"{draft}/contact", headers=me, json=CONTACT)).status_code == 409


async def test_a_draft_keeps_what_is_wrong_and_says_so(client: httpx.AsyncClient) -> None:
    draft = f"{API}/drafts/{await begin(client)}"
    sheet = an_application(phone="không có")
    kept = (await client.put(f"{draft}/forms/F142-IV-01", headers=bearer(KHOI), json={"sheets": [sheet]})).json()
    assert kept["forms"]["F142-IV-01"][0]["phone"] == "không có"
    assert "/forms/F142-IV-01/0/phone" in [flaw["pointer"] for flaw in kept["flaws"]]
    refused = await client.post(f"{draft}/submission", headers=bearer(KHOI))
    assert refused.status_code == 422
    assert {"/contact/name", "/contact/email"} <= {one["pointer"] for one in refused.json()["field_errors"]}


async def test_a_draft_refuses_a_form_and_a_component_that_are_not_the_procedures(client: httpx.AsyncClient) -> None:
    draft_id = await begin(client)
    form = await client.put(f"{API}/drafts/{draft_id}/forms/F-X", headers=bearer(KHOI), json={"sheets": []})
    assert (form.status_code, form.json()["type"]) == (404, "urn:motcua:problem:form-unknown")
    file = {"file": ("a.pdf", a_pdf())}
    data = {"component": "none", "draft_id": draft_id}
    assert (await client.post(f"{API}/uploads", headers=bearer(KHOI), files=file, data=data)).status_code == 404


async def test_an_upload_can_be_taken_back(client: httpx.AsyncClient) -> None:
    upload_id = await upload(client, "radiation-survey")
    assert (await client.delete(f"{API}/uploads/{upload_id}", headers=bearer(NGOC))).status_code == 404
    assert (await client.delete(f"{API}/uploads/{upload_id}", headers=bearer(KHOI))).status_code == 204
    assert (await client.delete(f"{API}/uploads/{upload_id}", headers=bearer(KHOI))).status_code == 404


@pytest.mark.proves("E06", "L07", "R17")
async def test_what_is_somebody_elses_is_not_there(client: httpx.AsyncClient) -> None:
    draft_id, dossier_id = await begin(client), await a_dossier(client)
    other = bearer(NGOC)
    paths = [f"drafts/{draft_id}", f"dossiers/{dossier_id}", f"dossiers/{dossier_id}/documents/x.pdf"]
    for path in paths:
        assert (await client.get(f"{API}/{path}", headers=other)).status_code == 404
    assert (await client.post(f"{API}/dossiers/{dossier_id}/result-collection", headers=other)).status_code == 404
    assert (await client.get(f"{API}/dossiers", headers=other)).json() == []
    assert len((await client.get(f"{API}/dossiers", headers=bearer(KHOI))).json()) == 1


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"drafts/{NOBODYS}"),
        ("GET", "dossiers"),
        ("GET", f"dossiers/{NOBODYS}"),
        ("POST", f"dossiers/{NOBODYS}/result-collection"),
    ],
)
async def test_only_applicants_come_in(client: httpx.AsyncClient, method: str, path: str) -> None:
    assert (await client.request(method, f"{API}/{path}")).status_code == 401
    assert (await client.request(method, f"{API}/{path}", headers=bearer(OFFICER))).status_code == 403


async def test_files_come_from_applicants_and_from_clerks_who_scan(client: httpx.AsyncClient) -> None:
    accountant = bearer(a_person("accountant"))
    assert (await client.delete(f"{API}/uploads/{NOBODYS}")).status_code == 401
    assert (await client.delete(f"{API}/uploads/{NOBODYS}", headers=accountant)).status_code == 403
    own = await upload(client, "radiation-survey", person=OFFICER)
    assert (await client.delete(f"{API}/uploads/{own}", headers=bearer(KHOI))).status_code == 404
    assert (await client.delete(f"{API}/uploads/{own}", headers=bearer(OFFICER))).status_code == 204


async def test_the_openapi_document_says_what_goes_wrong(client: httpx.AsyncClient) -> None:
    document = (await client.get(f"{API}/openapi.json")).json()
    for path, methods in document["paths"].items():
        for method, route in methods.items():
            assert route["summary"], f"{method} {path}"
    answers = document["paths"][f"{API}/dossiers"]["post"]["responses"]
    assert {"200", "201", "400", "401", "403", "404", "409", "422"} <= set(answers)
    assert "application/problem+json" in answers["409"]["content"]
