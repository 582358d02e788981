"""The register of a period, and the control slip: what the office keeps of its work."""

import io
from typing import Any

import httpx
import pypdf
import pytest

from kit.testing.pages import read_page
from workflow.domain.period import a_month
from workflow.handlers import slips

pytestmark = pytest.mark.db


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).split())


async def test_every_dossier_accepted_in_the_period_is_a_line_in_the_books_order(world: Any) -> None:
    march = [await world.accepted(), await world.finished()]
    filed_only = await world.file("2025-03-24 08:00")
    later = await world.accepted("2025-04-02 09:00")
    text = text_of(await world.do(slips.preview_register, world.office.id, a_month(2025, 3)))
    codes = [(await world.case(one)).code.replace("-", "") for one in march]
    squeezed = text.replace("-", "").replace(" ", "").replace("\u200b", "")
    assert all(code in squeezed for code in codes)
    assert squeezed.index(codes[0]) < squeezed.index(codes[1])
    assert (await world.case(filed_only)).arrival_number.replace("-", "") not in squeezed
    assert (await world.case(later)).code.replace("-", "") not in squeezed
    assert "Cộng: 2 hồ sơ" in text


@pytest.mark.proves("E01")
async def test_a_register_is_printed_kept_and_read_again_as_it_was(client: httpx.AsyncClient, world: Any) -> None:
    await world.accepted()
    browser = world.browser("one_stop_officer")
    page = read_page((await client.get("/officer/register?from=2025-03-01&to=2025-03-31", headers=browser)).text)
    assert "Chưa in sổ nào" in page.text
    form = next(one for one in page.forms if (one.action, one.method) == ("/officer/register", "post"))
    sent = await client.post(form.action, data=form.fields, headers=browser)
    assert sent.status_code == 303
    kept = read_page((await client.get("/officer/register", headers=browser)).text)
    pdf = await client.get(kept.link("Số 01, tháng 3/2025"), headers=browser)
    assert pdf.headers["content-type"] == "application/pdf"
    assert "Bệnh viện Đa khoa Mẫu" in text_of(pdf.content)
    token = kept.link("Số 01").rsplit("/", 1)[1]
    public = read_page((await client.get(f"/officer/verify/{token}")).text)
    assert "Sổ theo dõi hồ sơ (Mẫu số 06, Thông tư 01/2018/TT-VPCP)" in public.text
    assert "Bệnh viện" not in public.text


@pytest.mark.parametrize(("role", "reads", "prints"), [("auditor", 200, 403), ("case_officer", 403, 403)])
async def test_who_may_not_keep_the_register_is_refused(
    client: httpx.AsyncClient, world: Any, role: str, reads: int, prints: int
) -> None:
    browser = world.browser(role)
    answer = await client.get("/officer/register", headers=browser)
    assert answer.status_code == reads
    form = {"form_token": "form-token-of-a-test", "from": "2025-03-01", "to": "2025-03-31"}
    assert (await client.post("/officer/register", data=form, headers=browser)).status_code == prints


async def test_a_register_of_two_years_is_refused_beside_the_field(client: httpx.AsyncClient, world: Any) -> None:
    browser = world.browser("one_stop_officer")
    address = "/officer/register/preview?from=2025-12-01&to=2026-01-31"
    answer = await client.get(address, headers=browser)
    assert answer.status_code == 422
    assert read_page(answer.text).errors == {"to": "Sổ mở theo năm: hãy chọn hai ngày trong cùng một năm."}


async def test_a_register_nobody_printed_is_not_there(client: httpx.AsyncClient, world: Any) -> None:
    answer = await client.get("/officer/register/khong-co-so-nay", headers=world.browser("auditor"))
    assert answer.status_code == 404


@pytest.mark.proves("B09")
async def test_a_finished_dossier_keeps_its_control_slip_with_every_hand_over(
    client: httpx.AsyncClient, world: Any
) -> None:
    dossier_id = await world.finished()
    browser = world.browser("department_leader")
    page = read_page((await client.get(f"/officer/cases/{dossier_id}", headers=browser)).text)
    text = text_of((await client.get(page.link("Phiếu kiểm soát"), headers=browser)).content)
    for name in ("Nguyễn Thị Thu Hà", "Vũ Đình Long", "Phạm Quốc Dũng", "Đặng Hồng Sơn", "Bùi Thị Lan"):
        assert name in text
    assert text.count("hạn") >= 5
    assert "Có kết quả: 08:00 21/03/2025" in text


async def test_the_control_slip_so_far_is_a_preview(client: httpx.AsyncClient, world: Any) -> None:
    dossier_id = await world.accepted()
    answer = await client.get(f"/officer/cases/{dossier_id}/control-slip", headers=world.browser("department_leader"))
    assert "BẢN XEM TRƯỚC" in text_of(answer.content)
    filed = await world.file()
    refused = await client.get(f"/officer/cases/{filed}/control-slip", headers=world.browser("department_leader"))
    assert refused.status_code == 404
