"""What letters say: every one names dossier, office, telephone and times, and leads to one next step."""

import re
from typing import Any

import pytest

from notify import reads
from notify.domain.message import Channel, Template
from notify.handlers.letters import Letters, Written
from rules import catalogue

pytestmark = pytest.mark.db


async def letters_of(world: Any, road: Any) -> dict[Template, Written]:
    """Every letter of a dossier, as written."""
    writer = Letters("https://motcua.example", world.database.objects)
    async with world.database.transaction() as tx:
        dossier = await reads.find_dossier(tx, road.dossier_id)
        assert dossier is not None
        found = [view.message for view in await reads.list_messages(tx, dossier_id=road.dossier_id)]
        mails = [message for message in found if message.channel is Channel.EMAIL]
        return {message.template: await writer.write(message, dossier, name="Bệnh viện Mẫu") for message in mails}


@pytest.fixture
async def letters(world: Any) -> dict[Template, Written]:
    road = await world.dossier()
    await world.staff_card()
    await world.give(*road.whole())
    straight = await letters_of(world, road)
    await world.give(*road.turns())
    return await letters_of(world, road) | straight


@pytest.mark.proves("E03")
@pytest.mark.parametrize("template", Template)
async def test_every_letter_names_dossier_office_telephone_times_and_one_next_step(
    letters: dict[Template, Written], world: Any, template: Template
) -> None:
    text = letters[template].text
    assert text.startswith("Kính gửi Bệnh viện Mẫu,\n")
    for words in (
        "H00.15-250313-0001",
        world.procedure.name_vi,
        world.office.name_vi,
        "Điện thoại: 0200",
        "Nộp lúc: 08:30 Thứ Hai, 03/03/2025",
        "Ông/bà cần làm gì tiếp theo:",
    ):
        assert words in text
    assert len(re.findall(r"https://motcua\.example/\S+", text)) == 1
    assert "\n\n\n" not in text


@pytest.mark.parametrize("template", Template)
async def test_the_html_says_the_same_with_one_link_and_nothing_from_outside(
    letters: dict[Template, Written], template: Template
) -> None:
    written = letters[template]
    assert written.lead in written.html
    assert re.findall(r'href="([^"]+)"', written.html) == re.findall(r"https://\S+", written.text)
    assert not re.search(r"<(img|script|link)|url\(", written.html)


@pytest.mark.parametrize(
    ("template", "words"),
    [
        (Template.RECEIVED, ["Sở đã nhận hồ sơ của ông/bà lúc 08:30 Thứ Hai, 03/03/2025"]),
        (Template.SUPPLEMENT_ASKED, ["cần bổ sung một lần", "mẫu số 02", "Phạm Quốc Dũng, Chuyên viên"]),
        (Template.SUPPLEMENT_ASKED, ["Điện thoại: 0200 3 000 201"]),
        (Template.SUPPLEMENT_RECEIVED, ["08:30 Thứ Năm, 06/03/2025"]),
        (Template.FEE_DUE, ["12.600.000\xa0₫", "/pay/"]),
        (Template.FEE_PAID, ["12.600.000\xa0₫", "09:05 Thứ Năm, 13/03/2025", "PP00000001"]),
        (Template.ACCEPTED, ["Kết quả có trước 17:30 Thứ Ba, 08/04/2025", "mẫu số 01"]),
        (Template.IN_PROCESS, ["Phòng Quản lý An toàn bức xạ", "Hẹn trả kết quả: trước 17:30 Thứ Ba, 08/04/2025"]),
        (Template.RESULT_READY, ["Kết quả có sớm hơn hẹn: xong lúc 10:00 Thứ Ba, 01/04/2025", "nhận kết quả"]),
        (Template.RETURNED, ["09:00 Thứ Tư, 02/04/2025", "Cảm ơn ông/bà", "chấm điểm"]),
        (Template.REFUSED, ["không tiếp nhận giải quyết", "mẫu số 03", "nơi ông/bà có thể đến"]),
        (Template.WITHDRAWN, ["đã được rút theo yêu cầu của ông/bà", "nộp hồ sơ mới"]),
        (Template.STOPPED, ["dừng giải quyết theo yêu cầu", "mẫu số 05"]),
        (Template.STOP_REFUSED, ["đến khi kết quả đã ký", "giải quyết tiếp"]),
        (Template.REAPPOINTED, ["Ngày hẹn mới: trước 17:30 Thứ Ba, 22/04/2025", "mẫu số 04"]),
        (Template.REAPPOINTED, ["Lần đầu hẹn trước 17:30 Thứ Ba, 08/04/2025", "xin lỗi"]),
        (Template.APOLOGY, ["hẹn trả trước 17:30 Thứ Ba, 08/04/2025 nhưng chưa xong", "Thư xin lỗi"]),
        (Template.CLOCK_RESTARTED, ["Thời hạn tính lại từ 09:00 Thứ Hai, 24/03/2025", "22/04/2025"]),
        (Template.DEADLINE_MOVED, ["Ngày hẹn mới: trước 17:30 Thứ Ba, 22/04/2025", "phiên bản 2025.2"]),
        (Template.DEADLINE_MOVED, ["Trước đây hẹn trước 17:30 Thứ Ba, 08/04/2025", "Thời hạn giải quyết vẫn như cũ"]),
        (Template.CLOSING_ANNOUNCED, ["Xin gửi trước 17:30 Thứ Năm, 10/04/2025", "hồ sơ dừng giải quyết"]),
        (Template.RESULT_CORRECTED, ["-KQ2", "-KQ1", "không còn giá trị"]),
        (Template.RESULT_POSTED, ["EB123456785VN", "DH-0001", "15:00 Thứ Ba, 01/04/2025"]),
        (Template.DEMAND_CANCELLED, ["không phải nộp khoản này", "hồ sơ đã rút"]),
        (Template.REFUND_DECIDED, ["hoàn lại ông/bà 12.600.000\xa0₫", "Thứ Sáu, 04/04/2025"]),
    ],
)  # fmt: skip
async def test_each_letter_says_its_own_matter(
    letters: dict[Template, Written], template: Template, words: list[str]
) -> None:
    for word in words:
        assert word in letters[template].text


async def test_the_papers_asked_for_are_listed_by_name(letters: dict[Template, Written], world: Any) -> None:
    for component in world.procedure.components[:2]:
        assert f"• {component.name_vi}" in letters[Template.SUPPLEMENT_ASKED].paragraphs


async def test_before_acceptance_the_letter_says_by_when_the_dossier_is_checked(world: Any) -> None:
    road = await world.dossier()
    await world.give((road.submitted(), 1))
    letter = (await letters_of(world, road))[Template.RECEIVED]
    assert "trả lời trước 08:30 Thứ Hai, 10/03/2025" in letter.text
    assert "Số tiếp nhận: T-H00.15-250303-0001" in letter.text
    assert "Hẹn trả kết quả" not in letter.text


@pytest.mark.proves("R23")
@pytest.mark.parametrize(("procedure_id", "waits"), [(None, True), ("science-organisation-registration", False)])
async def test_a_fee_letter_says_whether_the_dossier_waits_for_the_fee(
    world: Any, procedure_id: str | None, waits: bool
) -> None:
    road = await world.dossier()
    filed = road.submitted()
    if procedure_id:
        one = catalogue.load().procedure(procedure_id)
        filed = filed.model_copy(update={"procedure_id": one.id, "procedure_version": one.version})
    await world.give((filed, 1), (road.fee_demanded(), 1), (road.fee_paid(), 2))
    letters = await letters_of(world, road)
    due, paid = letters[Template.FEE_DUE], letters[Template.FEE_PAID]
    assert ("Ngay khi phí được nộp, hồ sơ được tiếp nhận" in due.text) is waits
    assert ("chờ nộp phí" in due.subject) is waits
    assert ("không chờ phí và không thay đổi khi phí được nộp" in due.text) is not waits
    assert ("được tự động tiếp nhận" in paid.text) is waits
    assert ("Ngày hẹn trả kết quả vẫn như đã báo" in paid.text) is not waits


@pytest.mark.parametrize(
    ("lateness", "kind", "words"),
    [
        ("on_time", "granted", "đúng hẹn"),
        ("late", "granted", "Sở xin lỗi ông/bà"),
        ("early", "refused", "quyết định từ chối"),
    ],
)
async def test_the_result_is_told_as_it_is(world: Any, lateness: str, kind: str, words: str) -> None:
    road = await world.dossier()
    await world.give((road.submitted(), 1), (road.finished(lateness, kind), 1))
    assert words in (await letters_of(world, road))[Template.RESULT_READY].text


async def test_a_name_that_looks_like_html_is_only_a_name(world: Any) -> None:
    road = await world.dossier()
    await world.give((road.submitted(), 1))
    writer = Letters("https://motcua.example", world.database.objects)
    async with world.database.transaction() as tx:
        dossier = await reads.find_dossier(tx, road.dossier_id)
        (view,) = await reads.list_messages(tx)
        assert dossier is not None
        written = await writer.write(view.message, dossier, name="<b>Tên</b>")
    assert "<b>Tên</b>" in written.text
    assert "&lt;b&gt;Tên&lt;/b&gt;" in written.html


@pytest.mark.proves("R09")
@pytest.mark.parametrize(
    ("ground", "words"), [("not_supplemented", "hết thời hạn bổ sung"), ("not_paid", "hết thời hạn nộp phí")]
)
async def test_a_stop_nobody_asked_for_says_why_and_names_no_slip(world: Any, ground: str, words: str) -> None:
    road = await world.dossier()
    await world.give((road.submitted(), 1), (road.stopped(ground), 1))
    text = (await letters_of(world, road))[Template.STOPPED].text
    assert words in text
    assert "mẫu số 05" not in text


@pytest.mark.parametrize(("way", "words"), [("counter", "nhận kết quả tại quầy"), ("postal", "Bưu chính đã giao")])
async def test_a_letter_of_return_says_how_it_reached_the_applicant(world: Any, way: str, words: str) -> None:
    road = await world.dossier()
    await world.give((road.submitted(), 1), (road.returned(way), 1))
    assert words in (await letters_of(world, road))[Template.RETURNED].text


@pytest.mark.proves("D18")
@pytest.mark.parametrize(
    ("way", "words"),
    [("counter", "đến bộ phận một cửa nhận"), ("postal", "gửi kết quả qua bưu chính"), ("online", "đăng nhập và nhận")],
)
async def test_the_result_is_announced_where_it_was_asked_for(world: Any, way: str, words: str) -> None:
    road = await world.dossier()
    await world.give((road.submitted(way), 1), (road.finished(), 1))
    assert words in (await letters_of(world, road))[Template.RESULT_READY].text


async def test_money_that_is_kept_is_not_called_a_refund(world: Any) -> None:
    road = await world.dossier()
    await world.give((road.submitted(), 1), (road.refund_decided("keep"), 1))
    letter = (await letters_of(world, road))[Template.REFUND_DECIDED]
    assert "không hoàn lại" in letter.text
    assert "hoàn lại" not in letter.subject


async def test_a_posted_result_without_a_barcode_says_where_it_will_be(world: Any) -> None:
    road = await world.dossier()
    await world.give((road.submitted(), 1), (road.result_posted(None), 1))
    assert "ngay khi bưu chính cấp" in (await letters_of(world, road))[Template.RESULT_POSTED].text
