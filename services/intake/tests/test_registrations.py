"""Registering on paper in one call: announced like any other, with its channel, its stamp and who took it in."""

import asyncio
from datetime import date, datetime, time
from typing import Any

import httpx
import pytest

from contracts.facts import Contact, StaffCard
from contracts.intake import DossierSubmitted
from contracts.package import Manifest, staff_path
from kit.testing.databases import emitted, set_clock
from kit.testing.people import bearer
from kit.tx import Database
from rules import catalogue as law
from rules import fees
from rules.calendar import HANOI
from rules.testing import PROCEDURE_ID, at, some_sheets

from .builders import API, KHOI, OFFICER
from .desk_builders import (
    ELSEWHERE,
    HA_AT_THE_DESK,
    ITEM,
    ON_PAPER,
    TAM,
    a_parcel,
    by_post,
    counted,
    on_paper,
    register,
    scans,
)  # fmt: skip

pytestmark = pytest.mark.db


async def the_event(database: Database) -> DossierSubmitted:
    (event,) = await emitted(database)
    assert isinstance(event, DossierSubmitted)
    return event


async def the_manifest(database: Database) -> Manifest:
    event = await the_event(database)
    return Manifest.model_validate_json(await database.objects.get(event.package))


@pytest.mark.proves("R19", "D01")
async def test_a_dossier_on_paper_is_registered_at_the_counter(client: httpx.AsyncClient, database: Database) -> None:
    answer = await register(client, await on_paper(client, return_way="postal", return_address="Số 3 phố Mẫu"))
    assert answer.status_code == 201, answer.text
    shown = answer.json()
    assert shown["arrival_number"] == "T-H00.15-250303-0001"
    event = await the_event(database)
    assert (event.channel, event.origin, event.return_way) == ("direct", "counter", "postal")
    assert event.registered_by
    assert event.registered_by.model_dump() == {"staff_id": "p-desk", "unit": "one-stop"}
    assert (event.receiving_unit, event.resolving_unit, event.postal_item) == ("one-stop", "radiation", None)
    assert event.received_at.date().isoformat() == "2025-03-03"
    assert event.applicant_id == shown["applicant_id"]
    assert event.applicant_id.startswith("counter:")
    again = await client.get(answer.headers["location"], headers=bearer(TAM))
    assert again.json() == shown


@pytest.mark.proves("R19", "D01")
async def test_a_parcel_counts_as_received_by_its_stamp(client: httpx.AsyncClient, database: Database) -> None:
    body = await by_post(client, received_at="2025-02-28T16:05:00+07:00", postal_item="ee 47312482 9 vn")
    answer = await register(client, body, person=TAM)
    assert answer.status_code == 201, answer.text
    event = await the_event(database)
    assert (event.channel, event.origin, event.postal_item) == ("postal", "post_room", ITEM)
    assert event.received_at == at("2025-02-28 16:05")
    assert answer.json()["arrival_number"] == "T-H00.15-250303-0001"
    assert (await the_manifest(database)).received_at == at("2025-02-28 16:05")


@pytest.mark.proves("R20", "H02")
async def test_each_component_says_whether_it_was_digitised(client: httpx.AsyncClient, database: Database) -> None:
    body = await on_paper(client)
    body["uploads"] = [one for one in body["uploads"] if one["component"] != "establishment"]
    body["papers"]["establishment"] = {"originals": 1, "shown_only": True}
    assert (await register(client, body)).status_code == 201
    flags = {one.code: (one.files, one.digitised) for one in (await the_event(database)).components}
    assert (flags["establishment"], flags["radiation-survey"]) == ((0, False), (1, True))
    manifest = await the_manifest(database)
    assert (manifest.channel, manifest.origin) == ("direct", "counter")
    assert not [file for file in manifest.files if file.component == "establishment"]


async def test_devices_counted_by_the_clerk_give_the_fee(client: httpx.AsyncClient, database: Database) -> None:
    await register(client, await on_paper(client))
    manifest = await the_manifest(database)
    assert manifest.forms == {
        "F142-III-07": [{"device_type": "ct"}, {"device_type": "general"}, {"device_type": "general"}]
    }
    procedure = law.load().procedure(PROCEDURE_ID)
    quote = fees.quote_of(procedure, manifest.forms, "direct", at("2025-03-03 09:12").date())
    assert quote
    assert quote.total_vnd == 14_000_000


async def test_sheets_typed_in_by_the_clerk_are_filed_as_they_are(
    client: httpx.AsyncClient, database: Database
) -> None:
    body = await on_paper(client, forms=some_sheets(), items={})
    assert (await register(client, body)).status_code == 201
    assert (await the_manifest(database)).forms == some_sheets()


async def test_who_has_no_mail_address_leaves_a_telephone_number(client: httpx.AsyncClient, database: Database) -> None:
    await register(client, await on_paper(client))
    event = await the_event(database)
    contact = Contact.model_validate_json(await database.objects.read(event.contact))
    assert contact.model_dump(exclude_none=True) == ON_PAPER | {"email": "", "language": "vi"}
    assert "Đinh Văn Tám" not in event.model_dump_json()


async def test_the_clerks_card_is_there_to_be_read(client: httpx.AsyncClient, database: Database) -> None:
    await register(client, await on_paper(client))
    card = StaffCard.model_validate_json(await database.objects.read(staff_path("p-desk")))
    assert (card.name, card.unit) == ("Nguyễn Thị Thu Hà", "one-stop")


async def test_the_same_call_many_times_at_once_is_one_dossier(client: httpx.AsyncClient, database: Database) -> None:
    body = await on_paper(client)
    answers = await asyncio.gather(*(register(client, body) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    assert len(await emitted(database)) == 1


async def test_the_same_key_with_another_body_is_refused(client: httpx.AsyncClient) -> None:
    body = await on_paper(client)
    await register(client, body)
    answer = await register(client, body | {"contact": ON_PAPER | {"name": "Người khác"}})
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:motcua:problem:idempotency-key-reused")


async def test_a_call_without_a_key_is_told_so(client: httpx.AsyncClient) -> None:
    answer = await client.post(f"{API}/registrations", headers=bearer(HA_AT_THE_DESK), json=await on_paper(client))
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:motcua:problem:idempotency-key-missing")


async def test_a_barcode_seen_in_the_last_twelve_months_is_refused_with_the_first_one(
    client: httpx.AsyncClient, database: Database
) -> None:
    first = await register(client, await by_post(client), person=TAM)
    second = await register(client, await by_post(client), person=TAM, key="k-2")
    assert (second.status_code, second.json()["type"]) == (409, "urn:motcua:problem:postal-item-taken")
    assert second.json()["dossier_id"] == first.json()["id"]
    assert "12 tháng" in second.json()["sentence_vi"]
    await set_clock(database, at("2026-03-02 09:00"))
    body = await by_post(client, received_at="2026-03-02T08:00:00+07:00")
    assert (await register(client, body, person=TAM, key="k-3")).json()["type"].endswith("postal-item-taken")


async def test_one_barcode_at_once_from_two_clerks_is_one_dossier(
    client: httpx.AsyncClient, database: Database
) -> None:
    bodies = [(await by_post(client, person=who), who) for who in (TAM, HA_AT_THE_DESK)]
    answers = await asyncio.gather(*(register(client, body, person=who) for body, who in bodies))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert len(await emitted(database)) == 1


async def test_after_twelve_months_a_barcode_may_come_again(client: httpx.AsyncClient, database: Database) -> None:
    await set_clock(database, at("2024-06-03 09:00"))
    await register(client, await by_post(client, received_at="2024-06-03T08:00:00+07:00"), person=TAM)
    await set_clock(database, at("2025-06-03 09:30"))
    body = await by_post(client, received_at="2025-06-03T08:00:00+07:00")
    assert (await register(client, body, person=TAM, key="k-2")).status_code == 201


@pytest.mark.parametrize(
    ("changed", "pointer", "code"),
    [
        ({"contact": {"phone": "0912 345 678"}}, "/contact/name", "required"),
        ({"contact": {"name": "Tám"}}, "/contact/phone", "required"),
        ({"contact": {"name": "Tám", "phone": "12"}}, "/contact/phone", "format"),
        ({"contact": {"name": "Tám", "email": "x"}}, "/contact/email", "format"),
        ({"return_way": "postal"}, "/return_address", "required"),
        ({"return_way": "online"}, "/return_way", "needs_email"),
        ({"items": {}}, "/items", "required"),
        ({"items": {"karaoke": 2}}, "/items", "unknown_kind"),
        ({"items": {"ct": 600}}, "/items", "out_of_range"),
        ({"forms": some_sheets()}, "/items", "not_wanted"),
        (
            {"papers": counted(application={"copies": 1, "shown_only": True})},
            "/papers/application",
            "form_is_handed_in",
        ),
        (
            {"papers": counted(establishment={"copies": 1, "shown_only": True})},
            "/papers/establishment",
            "shown_and_scanned",
        ),
        ({"papers": counted(establishment={})}, "/papers/establishment", "not_counted"),
    ],
)
async def test_what_is_wrong_is_told_with_its_place(
    client: httpx.AsyncClient, database: Database, changed: dict[str, Any], pointer: str, code: str
) -> None:
    answer = await register(client, await on_paper(client, **changed))
    assert answer.status_code == 422, answer.text
    found = {error["pointer"]: error for error in answer.json()["field_errors"]}
    assert found[pointer]["code"] == code
    assert found[pointer]["message_vi"].endswith(".")
    assert await emitted(database) == []


@pytest.mark.parametrize("without", ["establishment", "application"])
async def test_what_was_counted_and_not_scanned_is_told(client: httpx.AsyncClient, without: str) -> None:
    body = await on_paper(client)
    body["uploads"] = [one for one in body["uploads"] if one["component"] != without]
    found = {error["pointer"]: error["code"] for error in (await register(client, body)).json()["field_errors"]}
    assert found[f"/papers/{without}"] == "not_scanned"


async def test_what_was_not_handed_in_at_all_is_missing(client: httpx.AsyncClient) -> None:
    body = await on_paper(client)
    body["uploads"] = [one for one in body["uploads"] if one["component"] != "emergency-plan"]
    del body["papers"]["emergency-plan"]
    (error,) = (await register(client, body)).json()["field_errors"]
    assert (error["code"], error["component"]) == ("missing", "emergency-plan")


@pytest.mark.parametrize(
    ("parcel", "pointer", "code"),
    [
        ({"postal_item": "EE473124828VN"}, "/postal_item", "check_digit"),
        ({"postal_item": "?"}, "/postal_item", "format"),
        ({"received_at": "2025-03-03T10:12:00+07:00"}, "/received_at", "future"),
        ({"received_at": "2025-01-31T09:00:00+07:00"}, "/received_at", "too_old"),
    ],
)
async def test_a_parcel_that_cannot_be_right_is_told(
    client: httpx.AsyncClient, parcel: dict[str, Any], pointer: str, code: str
) -> None:
    answer = await register(client, await by_post(client, **parcel), person=TAM)
    assert answer.status_code == 422
    assert [(error["pointer"], error["code"]) for error in answer.json()["field_errors"]] == [(pointer, code)]


@pytest.mark.parametrize(
    "parcel", [{"postal_item": "EE473124828VN", "is_item_overridden": True}, {"postal_item": "BD-2025-000123"}]
)
async def test_a_code_of_the_domestic_post_may_be_taken(client: httpx.AsyncClient, parcel: dict[str, Any]) -> None:
    assert (await register(client, await by_post(client, **parcel), person=TAM)).status_code == 201


@pytest.mark.parametrize("changed", [{"parcel": a_parcel()}, {"channel": "postal"}, {"channel": "online"}, {"x": 1}])
async def test_a_call_of_another_shape_is_malformed(client: httpx.AsyncClient, changed: dict[str, Any]) -> None:
    answer = await register(client, await on_paper(client, **changed))
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:motcua:problem:malformed")


@pytest.mark.parametrize("person", [KHOI, ELSEWHERE, OFFICER, TAM])
async def test_only_clerks_of_this_office_register_at_the_counter(client: httpx.AsyncClient, person: Any) -> None:
    body = await on_paper(client)
    answer = await register(client, body, person=person)
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:motcua:problem:not-allowed")


async def test_scans_of_somebody_else_are_not_there(client: httpx.AsyncClient) -> None:
    body = await on_paper(client, uploads=await scans(client, person=TAM))
    assert (await register(client, body)).status_code == 404


async def test_a_dossier_filed_online_was_not_registered(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"{API}/registrations/{'0' * 8}-0000-0000-0000-{'0' * 12}", headers=bearer(TAM))
    assert answer.status_code == 404


@pytest.mark.proves("R19")
async def test_a_door_that_is_closed_on_that_day_says_so(client: httpx.AsyncClient, database: Database) -> None:
    await set_clock(database, at("2021-01-20 09:00"))
    answer = await register(client, await on_paper(client))
    assert answer.status_code == 409
    assert answer.json()["type"] in ("urn:motcua:problem:filing-closed", "urn:motcua:problem:procedure-not-in-force")


@pytest.mark.proves("R14")
async def test_what_no_act_lists_the_papers_of_cannot_be_registered(
    client: httpx.AsyncClient, database: Database
) -> None:
    unlisted = next(one for one in law.load().procedures if not one.components and "direct" in one.channels)
    await set_clock(database, datetime.combine(max(unlisted.effective_from, date(2021, 2, 1)), time(9), HANOI))
    body = await on_paper(client, procedure_id=unlisted.id, uploads=[], papers={}, items={})
    answer = await register(client, body)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:motcua:problem:components-unpublished")
    assert await emitted(database) == []
