"""A dossier on its road: what intake hears of the others, shows to its applicant, and lets the applicant do."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from contracts.envelope import Event
from contracts.facts import StaffCard
from contracts.intake import DossierRated, ResultCollected, SupplementSubmitted
from contracts.notify import MessageSent
from contracts.package import Manifest, staff_path
from contracts.payments import FeeDemanded, FeePaid
from intake.consumer import consumer
from kit.consume import deliver
from kit.testing.databases import emitted
from kit.testing.events import a_record, give, shuffled
from kit.testing.people import bearer
from kit.tx import Database, run_sql
from rules.testing import a_staff_sheet, at

from .builders import API, HA, KHOI, NGOC, Others, a_dossier, a_pdf, upload

pytestmark = pytest.mark.db
DEMAND = UUID("11111111-1111-4111-8111-111111111111")


async def the_road(others: Others) -> list[Event]:
    """All that is said of the demo's dossier after it was filed, in order."""
    d = others.dossier_id
    contact = f"contacts/{d}/1.json"
    paid = {"demand_id": DEMAND, "amount_vnd": 12_600_000, "contact": contact}
    return [
        others.check_started(at("2025-03-03 09:13")),
        await others.supplement_requested(at("2025-03-05 14:00"), "inspection-certificates"),
        others.check_started(at("2025-03-06 08:01"), round=1),
        await others.fee_requested(at("2025-03-12 09:00")),
        FeeDemanded(dossier_id=d, demanded_at=at("2025-03-12 09:01"), **paid),
        FeePaid(
            dossier_id=d, paid_at=at("2025-03-13 10:05"), way="payment_platform", transaction_code="T1", **paid
        ),
        await others.accepted(at("2025-03-13 10:06")),
        others.step_started(at("2025-03-13 10:06"), "assign"),
        others.step_finished(at("2025-03-13 15:00"), "assign"),
        MessageSent(
            dossier_id=d, message_id=uuid4(), template="dossier_accepted", channel="email",
            sent_at=at("2025-03-13 10:07"),
        ),
        await others.finished(at("2025-03-28 09:00")),
        others.returned(at("2025-03-28 10:00")),
    ]  # fmt: skip


def numbered(events: list[Event]) -> list[tuple[Event, int]]:
    """Each with its sequence in its topic."""
    counts: dict[str, int] = {}
    found = []
    for event in events:
        counts[event.topic()] = counts.get(event.topic(), 0) + 1
        found.append((event, counts[event.topic()]))
    return found


async def hear(database: Database, *events: Event) -> None:
    await give(database, consumer(), *numbered(list(events)))


async def track(client: httpx.AsyncClient, dossier_id: UUID) -> dict[str, Any]:
    answer = await client.get(f"{API}/dossiers/{dossier_id}", headers=bearer(KHOI))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def waiting_for_supplement(client: httpx.AsyncClient, database: Database, *components: str) -> UUID:
    dossier_id = await a_dossier(client)
    others = Others(database, dossier_id)
    asked = await others.supplement_requested(at("2025-03-05 14:00"), *(components or ("inspection-certificates",)))
    await hear(database, others.check_started(at("2025-03-03 09:13")), asked)
    return dossier_id


async def with_result(client: httpx.AsyncClient, database: Database) -> UUID:
    dossier_id = await a_dossier(client)
    await hear(database, *(await the_road(Others(database, dossier_id)))[:-1])
    return dossier_id


async def test_the_whole_road_is_heard_and_shown(client: httpx.AsyncClient, database: Database) -> None:
    dossier_id = await a_dossier(client)
    await hear(database, *(await the_road(Others(database, dossier_id))))
    shown = await track(client, dossier_id)
    assert (shown["status"], shown["code"], shown["lateness"]) == (10, "000.00.15.H00-250313-0001", "early")
    assert shown["due_at"] == "2025-04-08T17:30:00+07:00"
    assert [stop["key"] for stop in shown["stops"]] == [
        "submitted", "check", "supplement", "check", "fee", "accepted", "step", "result", "returned",
    ]  # fmt: skip
    assert [one["kind"] for one in shown["documents"]] == ["supplement_request", "fee_notice", "acceptance", "result"]
    assert shown["fees"][0]["paid_at"] == "2025-03-13T10:05:00+07:00"
    assert shown["fees"][0]["pay_path"] is None
    assert [one["template"] for one in shown["messages"]] == ["dossier_accepted"]
    assert shown["completion_percent"] == 100


@pytest.mark.parametrize("seed", range(5))
async def test_any_order_of_deliveries_ends_in_the_same_place(
    client: httpx.AsyncClient, database: Database, seed: int
) -> None:
    dossier_id = await a_dossier(client)
    events = numbered(await the_road(Others(database, dossier_id)))
    reader = consumer()
    for record in shuffled([a_record(event, sequence=number) for event, number in events], seed):
        await deliver(database, reader, [record])
    shown = await track(client, dossier_id)
    assert (shown["status"], shown["completion_percent"]) == (10, 100)
    assert len(shown["stops"]) == 9


async def test_what_is_remembered_may_be_replayed_at_any_time(client: httpx.AsyncClient, database: Database) -> None:
    dossier_id = await a_dossier(client)
    events = await the_road(Others(database, dossier_id))
    await hear(database, *events)
    before = await track(client, dossier_id)
    async with database.transaction() as tx:
        await run_sql(tx, "delete from kit_inbox")
    await hear(database, *events)
    assert await track(client, dossier_id) == before


async def test_an_event_about_a_dossier_never_seen_is_parked(client: httpx.AsyncClient, database: Database) -> None:
    await hear(database, Others(database, uuid4()).check_started(at("2025-03-03 09:13")))
    async with database.transaction() as tx:
        assert (await run_sql(tx, "select reason from kit_parked")).scalar_one() == "NotFound: no such dossier"


async def test_the_applicant_sees_what_is_asked_in_the_officers_words(
    client: httpx.AsyncClient, database: Database
) -> None:
    dossier_id = await waiting_for_supplement(client, database)
    asked = (await track(client, dossier_id))["supplement"]
    assert asked["round"] == 1
    (item,) = asked["items"]
    assert (item["component"], item["reason"]) == ("inspection-certificates", "Giấy này sắp hết hạn.")
    assert item["name_vi"].startswith("Giấy chứng nhận kiểm định")


async def test_whom_to_call_is_a_person_only_while_it_lies_with_them(
    client: httpx.AsyncClient, database: Database
) -> None:
    dossier_id = await waiting_for_supplement(client, database)
    card = StaffCard(
        staff_id=HA.staff_id, name="Nguyễn Thị Thu Hà", title="Công chức", unit="one-stop", office="demo-dost",
        phone="0200 3 000 101",
    )  # fmt: skip
    await database.objects.replace(staff_path(HA.staff_id), card.model_dump_json().encode())
    shown = (await track(client, dossier_id))["handled_by"]
    assert (shown["name"], shown["phone"]) == ("Nguyễn Thị Thu Hà", "0200 3 000 101")
    others = Others(database, dossier_id)
    await give(database, consumer(), (others.step_started(at("2025-03-13 10:06"), "assign"), 3))
    shown = (await track(client, dossier_id))["handled_by"]
    assert (shown["name"], shown["unit_vi"]) == (None, "Phòng Quản lý An toàn bức xạ")


async def answer(
    client: httpx.AsyncClient, dossier_id: UUID, *components: str, person: Any = KHOI, **more: Any
) -> httpx.Response:
    uploads = [{"component": one, "upload_id": await upload(client, one, person=person)} for one in components]
    body = {"round": 1, "uploads": uploads} | more
    return await client.post(f"{API}/dossiers/{dossier_id}/supplements", headers=bearer(person), json=body)


@pytest.mark.proves("D08")
async def test_a_supplement_is_a_further_package_of_the_same_dossier(
    client: httpx.AsyncClient, database: Database
) -> None:
    dossier_id = await waiting_for_supplement(client, database)
    sent = await answer(client, dossier_id, "inspection-certificates", "inspection-certificates")
    assert (sent.status_code, sent.json()["status"]) == (201, 1)
    event = (await emitted(database))[-1]
    assert isinstance(event, SupplementSubmitted)
    assert event.round == 1
    manifest = Manifest.model_validate_json(await database.objects.get(event.package))
    assert (manifest.version, len(manifest.files)) == (2, 2)
    shown = await track(client, dossier_id)
    assert shown["supplement"] is None
    assert [one["version"] for one in shown["packages"]] == [1, 2]


async def test_a_round_is_answered_once(client: httpx.AsyncClient, database: Database) -> None:
    dossier_id = await waiting_for_supplement(client, database)
    first = await answer(client, dossier_id, "inspection-certificates")
    second = await answer(client, dossier_id, "inspection-certificates")
    assert (first.status_code, second.status_code) == (201, 409)
    assert second.json()["type"] == "urn:motcua:problem:not-allowed-now"
    assert len(await emitted(database)) == 2


@pytest.mark.parametrize("given", [(), ("radiation-survey",), ("inspection-certificates", "radiation-survey")])
async def test_exactly_what_was_asked_for_is_taken(
    client: httpx.AsyncClient, database: Database, given: tuple[str, ...]
) -> None:
    dossier_id = await waiting_for_supplement(client, database)
    refused = await answer(client, dossier_id, *given)
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:motcua:problem:submission-invalid")


async def test_a_form_asked_for_is_answered_with_sheets_that_are_checked(
    client: httpx.AsyncClient, database: Database
) -> None:
    dossier_id = await waiting_for_supplement(client, database, "staff-sheet")
    wrong = await answer(client, dossier_id, forms={"F142-III-01": [{"phone": "x"}]})
    assert wrong.status_code == 422
    right = await answer(client, dossier_id, forms={"F142-III-01": [a_staff_sheet()]})
    assert right.status_code == 201


async def test_nothing_is_supplemented_unasked(client: httpx.AsyncClient, database: Database) -> None:
    refused = await answer(client, await a_dossier(client), "radiation-survey")
    assert refused.status_code == 409


async def test_an_open_fee_leads_to_its_pay_page(client: httpx.AsyncClient, database: Database) -> None:
    dossier_id = await a_dossier(client)
    road = await the_road(Others(database, dossier_id))
    await hear(database, *road[:5])
    shown = await track(client, dossier_id)
    assert (shown["status"], shown["fees"][0]["pay_path"]) == (6, f"/pay/{DEMAND}")


async def test_the_result_is_collected_once_with_its_digest(client: httpx.AsyncClient, database: Database) -> None:
    dossier_id = await with_result(client, database)
    path = f"{API}/dossiers/{dossier_id}/result-collection"
    first, second = [await client.post(path, headers=bearer(KHOI)) for _ in range(2)]
    assert (first.status_code, second.status_code) == (200, 200)
    (collected,) = [one for one in await emitted(database) if isinstance(one, ResultCollected)]
    result = next(one for one in (await track(client, dossier_id))["documents"] if one["kind"] == "result")
    assert collected.result_sha256 == result["sha256"]


async def test_reading_the_result_collects_it(client: httpx.AsyncClient, database: Database) -> None:
    dossier_id = await with_result(client, database)
    result = next(one for one in (await track(client, dossier_id))["documents"] if one["kind"] == "result")
    for _ in range(2):
        answer = await client.get(result["path"], headers=bearer(KHOI))
        assert (answer.headers["content-type"], answer.content[:5]) == ("application/pdf", b"%PDF-")
    assert len([one for one in await emitted(database) if isinstance(one, ResultCollected)]) == 1
    assert (await client.get(result["path"], headers=bearer(NGOC))).status_code == 404


async def test_there_is_nothing_to_collect_before_the_result(client: httpx.AsyncClient) -> None:
    path = f"{API}/dossiers/{await a_dossier(client)}/result-collection"
    assert (await client.post(path, headers=bearer(KHOI))).status_code == 409


@pytest.mark.proves("H06")
async def test_a_document_that_was_changed_on_disk_is_not_handed_out(
    client: httpx.AsyncClient, database: Database
) -> None:
    dossier_id = await with_result(client, database)
    await database.objects.replace(f"slips/{dossier_id}/result.pdf", b"%PDF- something else")
    path = f"{API}/dossiers/{dossier_id}/documents/ket-qua-000.00.15.H00-250313-0001-KQ1.pdf"
    refused = await client.get(path, headers=bearer(KHOI))
    assert (refused.status_code, refused.json()["type"]) == (500, "urn:motcua:problem:document-changed")
    assert not [one for one in await emitted(database) if isinstance(one, ResultCollected)]


@pytest.mark.proves("F01")
async def test_a_rating_is_given_once_and_its_words_stay_here(client: httpx.AsyncClient, database: Database) -> None:
    dossier_id = await with_result(client, database)
    path, body = f"{API}/dossiers/{dossier_id}/rating", {"score": 5, "comment": "Rất nhanh, cảm ơn chị Hà."}
    first, second = [await client.post(path, headers=bearer(KHOI), json=body) for _ in range(2)]
    assert (first.status_code, second.status_code) == (204, 409)
    (rated,) = [one for one in await emitted(database) if isinstance(one, DossierRated)]
    assert rated.score == 5
    assert "Hà" not in rated.model_dump_json()
    assert (await track(client, dossier_id))["rating"]["comment"] == body["comment"]


@pytest.mark.parametrize("score", [0, 6])
async def test_a_rating_is_from_one_to_five(client: httpx.AsyncClient, database: Database, score: int) -> None:
    path = f"{API}/dossiers/{uuid4()}/rating"
    assert (await client.post(path, headers=bearer(KHOI), json={"score": score})).status_code == 422


async def test_a_dossier_is_not_rated_before_its_outcome(client: httpx.AsyncClient) -> None:
    path = f"{API}/dossiers/{await a_dossier(client)}/rating"
    assert (await client.post(path, headers=bearer(KHOI), json={"score": 5})).status_code == 409


@pytest.mark.proves("D02", "E06", "R10", "R17")
async def test_a_code_alone_tells_how_far_along_it_is_and_nothing_else(
    client: httpx.AsyncClient, database: Database
) -> None:
    dossier_id = await with_result(client, database)
    for code in ("000.00.15.H00-250313-0001", "T-H00.15-250303-0001"):
        found = (await client.get(f"{API}/lookup/{code}")).json()
        assert set(found) == {"code", "completion_percent"}
        assert 80 < found["completion_percent"] < 100
    assert (await client.get(f"{API}/lookup/none")).status_code == 404
    assert str(dossier_id) not in str(found)


async def test_a_file_for_a_supplement_is_taken_only_for_what_was_asked(
    client: httpx.AsyncClient, database: Database
) -> None:
    dossier_id = await waiting_for_supplement(client, database)
    await upload(client, "inspection-certificates", dossier_id=str(dossier_id))
    data = {"component": "radiation-survey", "dossier_id": str(dossier_id)}
    refused = await client.post(
        f"{API}/uploads", headers=bearer(KHOI), data=data, files={"file": ("a.pdf", a_pdf(), "application/pdf")}
    )
    assert refused.status_code == 404
