"""What a paper's QR leads to: which paper it is, whether it counts, and nothing of a person."""

import hashlib
import io
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pypdf
import pytest

from kit.testing.pages import read_page
from workflow import handlers, store
from workflow.domain.case import StoredFile

pytestmark = pytest.mark.db


def address_on(pdf: bytes) -> str:
    """The path of the page that the paper's own link leads to."""
    notes = [note.get_object() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages for note in page.get("/Annots", [])]
    found = {str(note["/A"]["/URI"]) for note in notes if "/officer/verify/" in str(note["/A"]["/URI"])}
    assert len(found) == 1
    return found.pop().removeprefix("http://localhost:9")


async def issued(world: Any, dossier_id: UUID, form: str = "acceptance") -> tuple[str, bytes]:
    """The path of the paper's page, and its bytes."""

    async def ask(tx: Any) -> list[StoredFile]:
        return [one.object for one in await store.papers_of(tx, dossier_id, form)]

    file = (await world.ask(ask))[-1]
    pdf = await world.ask(store.read_file, file)
    return address_on(pdf), pdf


async def compared(client: httpx.AsyncClient, address: str, body: bytes | None) -> httpx.Response:
    page = await client.get(address)
    form = read_page(page.text).form("/verify/")
    files = {"file": ("a.pdf", body, "application/pdf")} if body is not None else {"file": ("", b"", "text/plain")}
    return await client.post(address, data=form.fields, files=files)


@pytest.mark.proves("B14", "R17")
async def test_a_papers_own_address_says_which_it_is_and_nothing_of_its_applicant(
    client: httpx.AsyncClient, world: Any
) -> None:
    dossier_id = await world.accepted()
    address, pdf = await issued(world, dossier_id)
    answer = await client.get(address)
    page = read_page(answer.text)
    case = await world.case(dossier_id)
    assert answer.status_code == 200
    assert "Giấy này có thật" in page.text
    for said in (
        "Giấy tiếp nhận hồ sơ và hẹn trả kết quả (Mẫu số 01, Thông tư 01/2018/TT-VPCP)",
        "13/03/2025",
        case.code,
    ):
        assert said in page.text
    assert hashlib.sha256(pdf).hexdigest() in page.text
    for hidden in (case.applicant_name, "Trần Minh Khôi", "0900", "benhvien", case.procedure_id, str(dossier_id)):
        assert hidden not in answer.text
    assert str(dossier_id) not in address
    assert case.code not in address


async def test_every_paper_has_a_token_of_its_own(world: Any) -> None:
    dossier_id = await world.accepted()
    found = {(await issued(world, dossier_id, form))[0] for form in ("acceptance", "fee-notice")}
    assert len(found) == 2
    assert all(len(address.rsplit("/", 1)[1]) >= 22 for address in found)


async def test_a_token_nobody_gave_out_is_answered_calmly(client: httpx.AsyncClient) -> None:
    answer = await client.get("/officer/verify/khong-co-ma-nay-o-day-1234")
    assert answer.status_code == 404
    assert "Không có giấy tờ nào đã phát hành ứng với mã này" in read_page(answer.text).text


async def test_a_file_is_compared_byte_for_byte_and_not_kept(
    client: httpx.AsyncClient, world: Any, database: Any
) -> None:
    address, pdf = await issued(world, await world.accepted())
    held = files_in(database.objects.folder)
    same, other = await compared(client, address, pdf), await compared(client, address, pdf + b" ")
    assert "Tệp trùng khớp" in read_page(same.text).text
    assert "Tệp không trùng khớp" in read_page(other.text).text
    assert files_in(database.objects.folder) == held


def files_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


async def test_no_file_chosen_is_said_beside_the_field(client: httpx.AsyncClient, world: Any) -> None:
    address, _ = await issued(world, await world.accepted())
    answer = await compared(client, address, None)
    assert answer.status_code == 422
    assert read_page(answer.text).errors == {"file": "Hãy chọn tệp cần so."}


async def test_our_own_copy_changed_or_erased_is_said(client: httpx.AsyncClient, world: Any, database: Any) -> None:
    dossier_id = await world.accepted()
    address, _ = await issued(world, dossier_id)

    async def ask(tx: Any) -> list[Any]:
        return await store.papers_of(tx, dossier_id, "acceptance")

    path = database.objects.folder / (await world.ask(ask))[0].object.path
    path.write_bytes(b"%PDF-1.4 other")
    assert "Cần hỏi lại cơ quan" in read_page((await client.get(address)).text).text
    path.unlink()
    assert "bản lưu đã được xóa" in read_page((await client.get(address)).text).text


async def test_a_result_is_found_only_once_it_was_issued(client: httpx.AsyncClient, world: Any) -> None:
    dossier_id = await world.to_issue()
    address, _ = await issued(world, dossier_id, "result")
    assert (await client.get(address)).status_code == 404
    await world.do(handlers.issue, dossier_id, staff=world.staff("clerk"), seen_version=None)
    page = read_page((await client.get(address)).text)
    assert "Giấy này có thật" in page.text
    assert f"{(await world.case(dossier_id)).code}-KQ1" in page.text
    assert "thay thế" not in page.text


@pytest.mark.proves("R16", "C07")
async def test_a_result_that_was_corrected_names_the_one_that_counts(client: httpx.AsyncClient, world: Any) -> None:
    dossier_id = await world.finished()
    first, _ = await issued(world, dossier_id, "result")
    await correct(world, dossier_id)
    second, pdf = await issued(world, dossier_id, "result")
    code = (await world.case(dossier_id)).code
    old, new = [read_page((await client.get(one)).text) for one in (first, second)]
    assert f"Bản đang có hiệu lực: số {code}-KQ2" in old.text
    assert "thay thế" not in new.text
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)
    assert f"Thay thế kết quả {code}-KQ1" in text
    assert "Ghi sai số máy" in text


async def correct(world: Any, dossier_id: UUID) -> None:
    """A further result in place of the one found wrong."""
    said = {"conclusion": "Sử dụng 03 thiết bị X-quang chẩn đoán, số máy đã sửa.", "conditions": ("Kiểm định.",)}
    officer, leader = world.staff("case_officer"), world.staff("department_leader")
    reason = "Ghi sai số máy của thiết bị thứ hai."
    case = await world.do(handlers.draw_up_correction, dossier_id, reason, **said, staff=officer, seen_version=None)
    drawn = case.correction.sha256
    await world.do(handlers.sign_correction, dossier_id, drawn, staff=leader, seen_version=None)
