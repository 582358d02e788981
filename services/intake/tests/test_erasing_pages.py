"""The operator's pages: from a code to the erasure of whoever filed it, and the proof; the auditor only looks."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from intake.handlers.erasing import delete_discarded
from kit.testing.pages import Form, Page
from kit.testing.people import a_person, session_cookie
from kit.tx import Database, run_sql
from rules.testing import OFFICE_ID

from .builders import CONTACT, a_dossier
from .test_erasing import REQUEST, count, end
from .test_pages import Reader, reader_of

pytestmark = pytest.mark.db
PLACE = "/operator/erasures"
OPERATOR = a_person("operator", id="p-operator", office=OFFICE_ID, unit="clerical", name="Mai Đức Trí")
AUDITOR = a_person("auditor", id="p-auditor", office=OFFICE_ID, unit="clerical", name="Hồ Thị Soát")


async def code_of(database: Database) -> str:
    async with database.transaction() as tx:
        found: str = (await run_sql(tx, "select arrival_number from dossier")).scalar_one()
    return found


@pytest.fixture
async def mai(app: FastAPI) -> AsyncIterator[Reader]:
    async for reader in reader_of(app, session_cookie("intake", OPERATOR)):
        yield reader


def the_form(page: Page) -> Form:
    return next(form for form in page.forms if form.action == PLACE and "request" in form.fields)


async def test_an_operator_erases_by_a_code_and_sees_the_proof(
    mai: Reader, client: httpx.AsyncClient, database: Database
) -> None:
    dossier_id = await a_dossier(client)
    await end(database, dossier_id)
    page = await mai.open(f"/operator/erasures?code={await code_of(database)}")
    assert CONTACT["name"] not in page.text
    page = await mai.press(the_form(page), {"request": REQUEST})
    assert "Hãy đánh dấu" in page.text
    assert await count(database, "erasure") == 0
    page = await mai.press(the_form(page), {"request": REQUEST, "sure": "yes"})
    assert "Đang xóa" in page.text
    assert "còn" in page.text
    while await delete_discarded(database):
        pass
    page = await mai.open("/operator/erasures")
    assert "12/YC-XDL" in page.text
    assert await count(database, "known_contact") == 0


async def test_an_open_dossier_has_no_button_but_a_sentence(
    mai: Reader, client: httpx.AsyncClient, database: Database
) -> None:
    await a_dossier(client)
    page = await mai.open(f"/operator/erasures?code={await code_of(database)}")
    assert "Còn 1 hồ sơ chưa kết thúc" in page.text
    assert not [form for form in page.forms if "request" in form.fields]


async def test_words_in_the_place_of_a_number_are_refused(
    mai: Reader, client: httpx.AsyncClient, database: Database
) -> None:
    await end(database, await a_dossier(client))
    page = await mai.open(f"/operator/erasures?code={await code_of(database)}")
    page = await mai.press(the_form(page), {"request": "của ông Khôi", "sure": "yes"})
    assert "Số của yêu cầu chỉ gồm" in page.text


async def test_an_auditor_looks_and_has_no_form(app: FastAPI) -> None:
    async for ho in reader_of(app, session_cookie("intake", AUDITOR)):
        page = await ho.open("/operator/erasures")
        assert "Chưa có lần xóa nào" in page.text
        assert "Xóa theo yêu cầu" not in page.text
