"""Slips by the generation in force on the day they are issued."""

from datetime import date
from pathlib import Path

import pytest

from rules.catalogue import Catalogue, load
from rules.errors import BadData, NotInForce
from rules.records.slip import SlipKey

LAST_OF_2018, FIRST_OF_2025 = date(2025, 9, 14), date(2025, 9, 15)


@pytest.mark.proves("R01", "B14")
@pytest.mark.parametrize(
    ("key", "before", "after"),
    [
        ("acceptance", ("01", "A5"), ("01", "A4")),
        ("supplement", ("02", "A5"), ("02", "A4")),
        ("refusal", ("03", "A5"), ("03", "A4")),
        ("apology", ("04", "A5"), ("04", "A4")),
        ("stop", (None, "A4"), ("05", "A4")),
        ("control", ("05", "A5"), ("06", "A4")),
        ("register", ("06", "A4"), ("07", "A4")),
    ],
)
def test_the_circular_of_2025_shifts_the_last_numbers(
    key: SlipKey, before: tuple[str | None, str], after: tuple[str | None, str]
) -> None:
    found = [load().slip(key, on).slip for on in (LAST_OF_2018, FIRST_OF_2025)]
    assert [(one.form_number, one.paper) for one in found] == [before, after]


def test_a_form_is_named_with_its_act_and_a_plain_letter_is_not() -> None:
    assert load().slip("register", LAST_OF_2018).regulation_vi == "Mẫu số 06, Thông tư 01/2018/TT-VPCP"
    assert load().slip("register", FIRST_OF_2025).regulation_vi == "Mẫu số 07, Thông tư 03/2025/TT-VPCP"
    assert load().slip("stop", LAST_OF_2018).regulation_vi == ""
    assert load().slip("fee-notice", FIRST_OF_2025).regulation_vi == ""


def test_lateness_was_answered_by_a_slip_and_is_now_by_a_document() -> None:
    titles = [load().slip("apology", on).slip.title_vi for on in (LAST_OF_2018, FIRST_OF_2025)]
    assert titles == [
        "Phiếu xin lỗi và hẹn lại ngày trả kết quả",
        "Văn bản xin lỗi và đề nghị gia hạn thời gian giải quyết",
    ]


def test_what_was_not_seen_of_the_forms_of_2025_says_so() -> None:
    generation = next(one for one in load().slips if one.id == "slips-2025")
    assert all("chưa được đối chiếu" in one.note_vi and "paper" in one.unconfirmed_fields for one in generation.forms)


def test_before_the_first_generation_there_is_no_slip() -> None:
    with pytest.raises(NotInForce):
        load().slip("acceptance", date(2018, 12, 31))


GENERATION = """
id: {id}
act_vi: Thông tư
effective_from: {since}
sources: [{{act: Thông tư}}]
forms:
  - {{key: acceptance, form_number: "01", title_vi: Giấy, paper: A4, layout: a, number_format: "{format}"}}
"""


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        (
            [("one", "2020-01-01", "{number}"), ("two", "2021-01-01", "{number}")],
            "slips/two.yaml:4: effective_from: overlaps one from 2020-01-01",
        ),
        ([("one", "2020-01-01", "/HS")], "slips/one.yaml:7: forms.0.number_format: lacks {number}"),
    ],
)
def test_generations_that_overlap_and_numbers_without_a_number_are_refused(
    tmp_path: Path, files: list[tuple[str, str, str]], reason: str
) -> None:
    (tmp_path / "slips").mkdir()
    for name, since, number_format in files:
        text = GENERATION.format(id=name, since=since, format=number_format)
        (tmp_path / "slips" / f"{name}.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(BadData) as refused:
        Catalogue.from_folder(tmp_path)
    assert str(refused.value) == reason
