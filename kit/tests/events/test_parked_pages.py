"""The operator's pages on parked events: seen, replayed, dropped with a reason, by operators only."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.intake import DossierRated
from kit.app import new_app
from kit.consume import Consumer, deliver
from kit.pages import Pages
from kit.settings import ServiceSettings
from kit.testing.events import a_record
from kit.testing.pages import Page, read_page
from kit.testing.people import a_person, client_of, session_cookie, settings_of
from kit.tx import Database, run_sql

pytestmark = pytest.mark.db
OPERATOR = a_person("operator", id="p-operator", name="Người vận hành")
TOKEN = "the-token-of-a-test"
LIST = "/officer/operator/parked"


@dataclass
class Board:
    """A handler that refuses what it is told to, and counts what it took."""

    refuses: set[int] = field(default_factory=set)
    taken: list[int] = field(default_factory=list)

    async def take(self, tx: AsyncSession, event: DossierRated, *, now: datetime) -> None:
        if event.score in self.refuses:
            raise ValueError("nobody knows this")
        self.taken.append(event.score)


def rated(dossier: UUID, stars: int) -> DossierRated:
    return DossierRated(dossier_id=dossier, score=stars, rated_at=datetime.now(UTC))


@pytest.fixture
def board() -> Board:
    return Board(refuses={2})


@pytest.fixture
def consumer(board: Board) -> Consumer:
    return Consumer("test", {DossierRated: board.take}, {})


@pytest.fixture
async def dossier(database: Database, consumer: Consumer) -> UUID:
    """One whose second event is refused, with a third behind it."""
    found = uuid4()
    for stars in (1, 2, 3):
        await deliver(database, consumer, [a_record(rated(found, stars), sequence=stars)])
    return found


@pytest.fixture
async def client(database: Database, consumer: Consumer) -> AsyncIterator[httpx.AsyncClient]:
    pages = Pages(package="kit.pages", templates="templates", layout="officer", base="/officer")
    settings = settings_of(ServiceSettings, database.url, "memory:///")
    app = new_app(
        service="test", settings=settings, database=database, pages=pages, table={}, base="/officer", consumer=consumer
    )
    async with client_of(
        app, cookies=session_cookie("test", OPERATOR, form_token=TOKEN), headers={"accept": "text/html"}
    ) as found:
        yield found


async def page(client: httpx.AsyncClient, address: str) -> Page:
    return read_page((await client.get(address)).raise_for_status().text)


async def press(client: httpx.AsyncClient, address: str, action: str, **given: str) -> httpx.Response:
    """Send the form of a page that goes to `action`."""
    found = await page(client, address)
    form = found.form(action)
    return await client.post(form.action, data={**form.fields, **given})


async def address_of(client: httpx.AsyncClient, kind: str = "failed") -> str:
    found = await page(client, f"{LIST}?kind={kind}")
    return found.link("intake.dossier_rated")


async def decisions(database: Database) -> list[tuple[Any, ...]]:
    async with database.transaction() as tx:
        rows = await run_sql(tx, "select decision, decided_by, why from kit_parked_decision order by id")
        return [tuple(row) for row in rows]


async def test_what_is_parked_is_listed_by_kind_with_its_reason(client: httpx.AsyncClient, dossier: UUID) -> None:
    found = await page(client, LIST)
    assert "1 sự kiện bị từ chối, 1 đang chờ đến lượt" in found.text
    assert str(dossier) in found.text
    assert "ValueError" in (await page(client, f"{LIST}?kind=failed")).text
    assert "ValueError" not in (await page(client, f"{LIST}?kind=held")).text
    assert "Không có sự kiện nào khớp" in (await page(client, f"{LIST}?topic=notify.events")).text
    places = [link.href for link in found.links if link.href.endswith("/operator/parked")]
    assert set(places) >= {"/operator/parked", LIST, "/pay/operator/parked", "/messages/operator/parked"}


async def test_one_event_shows_what_waits_behind_it(client: httpx.AsyncClient, dossier: UUID) -> None:
    failed = await page(client, await address_of(client))
    assert "Đang chờ phía sau (1)" in failed.text
    held = await page(client, await address_of(client, "held"))
    assert "chờ một sự kiện bị giữ trước nó" in held.text


async def test_a_replay_that_works_applies_what_waited_too(
    client: httpx.AsyncClient, database: Database, board: Board, dossier: UUID
) -> None:
    board.refuses.clear()
    answer = await press(client, await address_of(client), "/replay")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{LIST}/decisions")
    assert board.taken == [1, 2, 3]
    assert await decisions(database) == [("replayed", "p-operator", "")]
    assert "đã chạy lại" in (await page(client, f"{LIST}/decisions")).text
    assert "Không có sự kiện nào bị giữ" in (await page(client, LIST)).text


async def test_a_replay_that_fails_says_so_and_keeps_it(client: httpx.AsyncClient, board: Board, dossier: UUID) -> None:
    answer = await press(client, await address_of(client), "/replay")
    assert answer.status_code == 409
    assert "Chạy lại vẫn không được" in read_page(answer.text).text
    assert board.taken == [1]


async def test_dropping_asks_why_and_keeps_who(
    client: httpx.AsyncClient, database: Database, board: Board, dossier: UUID
) -> None:
    drop = (await page(client, await address_of(client))).link("Bỏ sự kiện này")
    refused = await press(client, drop, "/drop", why="  ")
    assert refused.status_code == 422
    assert "why" in read_page(refused.text).errors
    answer = await press(client, drop, "/drop", why="Đánh giá trùng, đã hỏi người nộp")
    assert answer.status_code == 303
    assert board.taken == [1, 3]
    assert await decisions(database) == [("dropped", "p-operator", "Đánh giá trùng, đã hỏi người nộp")]
    assert (await client.get(drop)).status_code == 404, "what is decided is no longer there to decide"


async def test_a_gap_is_passed_over_with_a_reason(
    client: httpx.AsyncClient, database: Database, consumer: Consumer, board: Board
) -> None:
    await deliver(database, consumer, [a_record(rated(uuid4(), 4), sequence=2)])
    passing = (await page(client, await address_of(client, "held"))).link("Thôi chờ")
    assert (await press(client, passing, "/pass-over", why="Sự kiện đầu mất khi chuyển hệ thống")).status_code == 303
    assert board.taken == [4]


async def test_only_an_operator_comes_here(client: httpx.AsyncClient, dossier: UUID) -> None:
    address = await address_of(client)
    client.cookies.clear()
    client.cookies.update(session_cookie("test", a_person("one_stop_officer")))
    for place in (LIST, f"{LIST}/decisions", address, f"{address}/drop"):
        assert (await client.get(place)).status_code == 403
    assert (await client.post(f"{address}/replay")).status_code == 403


async def test_a_form_of_another_session_changes_nothing(
    client: httpx.AsyncClient, board: Board, dossier: UUID
) -> None:
    answer = await client.post(f"{await address_of(client)}/replay", data={"form_token": "stolen"})
    assert answer.status_code == 403
    assert board.taken == [1]
