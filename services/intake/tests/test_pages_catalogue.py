"""Every procedure of the catalogue has a page and an API answer, whatever of it is not yet published."""

import httpx
import pytest

from kit.testing.databases import set_clock
from kit.testing.pages import read_page
from kit.tx import Database
from rules.catalogue import load
from rules.testing import at

from .builders import API

pytestmark = [pytest.mark.db, pytest.mark.proves("R14")]


@pytest.mark.parametrize("day", ["2025-11-03 09:00", "2026-03-02 09:00"])
async def test_every_procedure_has_a_page_and_an_answer(
    client: httpx.AsyncClient, database: Database, day: str
) -> None:
    await set_clock(database, at(day))
    for one in load().procedures:
        page = await client.get(f"/procedures/{one.id}")
        assert page.status_code == 200, one.id
        assert read_page(page.text).h1 == one.name_vi
        assert ">None<" not in page.text
        shown = (await client.get(f"{API}/procedures/{one.id}")).json()
        assert (shown["limit"] is None) == (one.limit is None)


@pytest.mark.parametrize(
    ("procedure_id", "said"),
    [
        ("xray-declaration-2021", "Thủ tục này không thu phí."),
        ("safety-officer-certificate-2021", "200.000"),
        ("technology-transfer-registration", "0,1 % tổng giá trị hợp đồng chuyển giao công nghệ, từ 5.000.000"),
        ("science-organisation-change", "Chưa văn bản nào công bố mức phí này."),
        ("science-task-acceptance-facility", "Chưa văn bản nào công bố mức phí này."),
        ("dangerous-goods-transport", "chưa được công bố"),
    ],
)
async def test_a_page_says_what_is_to_be_paid_or_not_yet_published(
    client: httpx.AsyncClient, procedure_id: str, said: str
) -> None:
    assert said in (await client.get(f"/procedures/{procedure_id}")).text
