"""An applicant takes a dossier back, or asks to stop it: asked once, in their own words, and only while it runs."""

from uuid import UUID, uuid4

import httpx
import orjson
import pytest

from contracts.facts import Channel, Handler
from contracts.intake import StopRequested, WithdrawalRequested
from intake.handlers import endings
from kit.testing.databases import emitted
from kit.testing.people import bearer
from kit.tx import Database
from rules.testing import at

from .builders import API, KHOI, NGOC, Others, a_dossier
from .test_pages import Reader, khoi, reader_of
from .test_road import hear, the_road, track

__all__ = ["khoi", "reader_of"]
pytestmark = pytest.mark.db


async def running(client: httpx.AsyncClient, database: Database) -> UUID:
    """A dossier that was accepted and lies at its first step."""
    dossier_id = await a_dossier(client)
    await hear(database, *(await the_road(Others(database, dossier_id)))[:8])
    return dossier_id


async def asked(database: Database) -> list[WithdrawalRequested | StopRequested]:
    return [one for one in await emitted(database) if isinstance(one, (WithdrawalRequested, StopRequested))]


@pytest.mark.proves("R09")
async def test_a_dossier_is_taken_back_once_and_the_words_stay_out_of_the_event(
    client: httpx.AsyncClient, database: Database
) -> None:
    dossier_id = await a_dossier(client)
    path, body = f"{API}/dossiers/{dossier_id}/withdrawal", {"reason": "Tôi nộp nhầm thủ tục."}
    answers = [await client.post(path, headers=bearer(KHOI), json=body) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    (event,) = await asked(database)
    assert isinstance(event, WithdrawalRequested)
    assert (event.channel, event.registered_by) == ("online", None)
    assert "nhầm" not in event.model_dump_json()
    assert event.request.path.startswith(f"requests/{dossier_id}/")
    assert orjson.loads(await database.objects.get(event.request)) == body
    shown = await track(client, dossier_id)
    assert [one["ending"] for one in shown["endings_asked"]] == ["withdraw"]
    assert shown["endings_open"] == []


@pytest.mark.proves("R09")
async def test_an_accepted_dossier_may_be_stopped_or_taken_back(client: httpx.AsyncClient, database: Database) -> None:
    dossier_id = await running(client, database)
    assert (await track(client, dossier_id))["endings_open"] == ["withdraw", "stop"]
    answer = await client.post(f"{API}/dossiers/{dossier_id}/stop", headers=bearer(KHOI), json={})
    assert answer.status_code == 202
    (event,) = await asked(database)
    assert isinstance(event, StopRequested)
    assert orjson.loads(await database.objects.get(event.request)) == {"reason": ""}
    assert (await track(client, dossier_id))["endings_open"] == ["withdraw"]


@pytest.mark.proves("D16", "R09")
@pytest.mark.parametrize("ending", ["withdrawal", "stop"])
async def test_a_dossier_with_its_result_is_neither_taken_back_nor_stopped(
    client: httpx.AsyncClient, database: Database, ending: str
) -> None:
    dossier_id = await a_dossier(client)
    await hear(database, *(await the_road(Others(database, dossier_id)))[:-1])
    refused = await client.post(f"{API}/dossiers/{dossier_id}/{ending}", headers=bearer(KHOI), json={})
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:motcua:problem:not-allowed-now")
    assert refused.json()["sentence_vi"]
    assert await asked(database) == []


@pytest.mark.proves("R09")
async def test_a_stop_before_acceptance_is_refused_with_a_sentence(client: httpx.AsyncClient) -> None:
    path = f"{API}/dossiers/{await a_dossier(client)}/stop"
    refused = await client.post(path, headers=bearer(KHOI), json={})
    assert refused.json()["sentence_vi"] == "Chỉ dừng được hồ sơ đã tiếp nhận và chưa có kết quả."


@pytest.mark.parametrize("ending", ["withdrawal", "stop"])
async def test_somebody_elses_dossier_is_not_there(client: httpx.AsyncClient, database: Database, ending: str) -> None:
    dossier_id = await running(client, database)
    for path in (f"{API}/dossiers/{dossier_id}/{ending}", f"{API}/dossiers/{uuid4()}/{ending}"):
        assert (await client.post(path, headers=bearer(NGOC), json={})).status_code == 404
    assert (await client.post(path, json={})).status_code == 401


async def test_too_long_a_reason_is_malformed(client: httpx.AsyncClient) -> None:
    path = f"{API}/dossiers/{await a_dossier(client)}/withdrawal"
    answer = await client.post(path, headers=bearer(KHOI), json={"reason": "x" * 2001})
    assert answer.status_code == 422


@pytest.mark.proves("R09")
async def test_a_clerk_writes_down_what_was_asked_at_the_counter(client: httpx.AsyncClient, database: Database) -> None:
    dossier_id = await running(client, database)
    clerk = Handler(staff_id="p-officer", unit="one-stop")
    for handle in (endings.request_stop, endings.request_withdrawal):
        async with database.transaction() as tx:
            await handle(
                tx, dossier_id, "Ông nói tại quầy.", applicant_id=None, now=at("2025-03-14 09:00"),
                channel=Channel.DIRECT, registered_by=clerk,
            )  # fmt: skip
    assert [(one.channel, one.registered_by) for one in await asked(database)] == [("direct", clerk)] * 2


async def test_the_page_says_what_it_means_and_asks_with_one_press(
    khoi: Reader, client: httpx.AsyncClient, database: Database
) -> None:
    dossier_id = await running(client, database)
    page = await khoi.open(f"/dossiers/{dossier_id}")
    page = await khoi.open(page.link("Rút hồ sơ"))
    assert "Phí đã nộp không tự động được hoàn lại" in page.text
    assert "Nếu kết quả đã được ký" in page.text
    page = await khoi.open(page.link("Chỉ muốn dừng"))
    assert "mẫu số 05" in page.text
    form = page.form("/stop")
    page = await khoi.press(form, {"reason": "Máy đã bán."})
    assert khoi.path == f"/dossiers/{dossier_id}"
    assert "Ông/bà đã yêu cầu dừng giải quyết" in page.text
    await khoi.press(form)
    (event,) = await asked(database)
    assert orjson.loads(await database.objects.get(event.request)) == {"reason": "Máy đã bán."}
    assert "Yêu cầu đã được ghi nhận" in (await khoi.open(f"/dossiers/{dossier_id}/stop")).text


@pytest.mark.proves("R09")
@pytest.mark.parametrize("ending", ["withdrawal", "stop"])
async def test_the_page_of_a_dossier_that_ended_says_why_it_cannot_be(
    khoi: Reader, client: httpx.AsyncClient, database: Database, ending: str
) -> None:
    dossier_id = await running(client, database)
    form = (await khoi.open(f"/dossiers/{dossier_id}/{ending}")).form(f"/{ending}")
    await hear(database, *(await the_road(Others(database, dossier_id)))[:-1])
    page = await khoi.press(form)
    assert khoi.status == 409
    assert "Hiện không thực hiện được" in page.text
    assert await asked(database) == []
