"""What is counted of filing: each way in, what became of it, and nothing that came to nothing new."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client import REGISTRY
from sqlalchemy import text

from kit.testing.people import session_cookie
from kit.tx import Database, DatabaseAway

from .builders import API, KHOI, a_dossier, a_submission, send
from .desk_builders import HA_AT_THE_DESK, TAM, by_post, on_paper, register
from .test_counter_pages import begin as begin_at_counter
from .test_counter_pages import the_form
from .test_pages import HTML, fill_all, reader_of
from .test_pages import begin as begin_online

pytestmark = pytest.mark.db
Counted = dict[tuple[str, str], float]


class Since:
    """What was counted since this began."""

    def __init__(self) -> None:
        self.before = now_counted()

    @property
    def counted(self) -> Counted:
        found = {key: value - self.before[key] for key, value in now_counted().items()}
        return {key: value for key, value in found.items() if value}


def now_counted() -> Counted:
    return {
        (sample.labels["channel"], sample.labels["outcome"]): sample.value
        for metric in REGISTRY.collect()
        if metric.name == "motcua_submissions"
        for sample in metric.samples
    }


@pytest.fixture
def since() -> Since:
    return Since()


async def test_a_dossier_counts_once_however_often_it_is_sent(client: httpx.AsyncClient, since: Since) -> None:
    body = await a_submission(client)
    assert [(await send(client, body)).status_code for _ in range(3)] == [201, 200, 200]
    assert since.counted == {("online", "taken"): 1}


async def test_what_is_not_whole_is_refused_and_who_may_not_file_has_not_tried(
    client: httpx.AsyncClient, since: Since
) -> None:
    body = await a_submission(client)
    assert (await send(client, body | {"uploads": []})).status_code == 422
    assert (await send(client, body | {"procedure_id": 7})).status_code == 422
    assert (await client.post(f"{API}/dossiers", json=body)).status_code == 401
    assert (await send(client, body, person=HA_AT_THE_DESK)).status_code == 403
    assert since.counted == {("online", "refused"): 2}


async def test_one_whose_commit_fails_has_failed(client: httpx.AsyncClient, database: Database, since: Since) -> None:
    """The route was through, and nothing was kept: it must not count as taken."""
    body = await a_submission(client)
    async with database.engine.begin() as connection:
        for statement in (
            "create function no() returns trigger language plpgsql as $$ begin raise 'no'; end $$",
            "create constraint trigger no after insert on dossier deferrable initially deferred "
            "for each row execute function no()",
        ):
            await connection.execute(text(statement))
    answer = await send(client, body)
    assert answer.status_code >= 500
    assert since.counted == {("online", "failed"): 1}


async def test_one_while_the_database_is_away_has_failed(
    client: httpx.AsyncClient, database: Database, since: Since, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = await a_submission(client)

    @asynccontextmanager
    async def away() -> AsyncIterator[None]:
        if body:
            raise DatabaseAway("no connection")
        yield

    monkeypatch.setattr(database, "transaction", away)
    assert (await send(client, body)).status_code == 503
    assert since.counted == {("online", "failed"): 1}


async def test_papers_count_by_their_door(client: httpx.AsyncClient, since: Since) -> None:
    assert (await register(client, await on_paper(client))).status_code == 201
    assert (await register(client, await by_post(client), key="k-2", person=TAM)).status_code == 201
    assert (await register(client, await on_paper(client, papers={}), key="k-3")).status_code == 422
    assert since.counted == {("direct", "taken"): 1, ("postal", "taken"): 1, ("direct", "refused"): 1}


async def test_pages_count_too(app: FastAPI, since: Since) -> None:
    async for khoi in reader_of(app, session_cookie("intake", KHOI)):
        base = await begin_online(khoi)
        await khoi.open(f"{base}/check")
        token = khoi.page.form("/removal").fields
        await khoi.client.post(f"{base}/submission", data=token, headers=HTML)
        assert since.counted == {("online", "refused"): 1}
        await fill_all(khoi)
        await khoi.press(khoi.page.form("/submission"))
        assert since.counted == {("online", "refused"): 1, ("online", "taken"): 1}


async def test_at_the_desk_only_the_button_that_registers_counts(app: FastAPI, since: Since) -> None:
    async for ha in reader_of(app, session_cookie("intake", HA_AT_THE_DESK)):
        await begin_at_counter(ha)
        await ha.press(the_form(ha), {"find": "yes", "q": "giay phep"})
        assert since.counted == {}
        await ha.press(the_form(ha), {"register": "yes"})
        assert since.counted == {("direct", "refused"): 1}


async def test_what_the_service_index_asks_is_kept_with_the_dossier(
    client: httpx.AsyncClient, database: Database
) -> None:
    await a_dossier(client)
    body = await on_paper(client)
    body["uploads"] = [one for one in body["uploads"] if one["component"] != "establishment"]
    body["papers"]["establishment"] = {"originals": 1, "shown_only": True}
    assert (await register(client, body, key="k-2")).status_code == 201
    async with database.engine.connect() as connection:
        found = await connection.execute(text("select channel, is_digitised, has_reused from dossier order by channel"))
        assert [tuple(row) for row in found] == [("direct", False, False), ("online", True, False)]
