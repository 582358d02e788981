"""Words: folding for search, numbers and dates as documents write them."""

from datetime import UTC, date, datetime

import pytest

from kit.now import TIME_ZONE
from workflow.domain.slips.numerals import amount_in_words, clock_and_date, in_words, long_date, vnd
from workflow.domain.words import search_words, words_of


def test_a_code_is_found_whole_and_by_its_parts() -> None:
    found = search_words("000.00.15.H00-250313-0001", "Bệnh viện", None)
    assert found == ["000.00.15.h00", "000.00.15.h00-250313-0001", "0001", "250313", "benh", "vien"]


@pytest.mark.parametrize("typed", ["'); drop table cases;--", "a'b:*&|!()", "   ", "…"])
def test_what_is_typed_leaves_only_letters_figures_and_dots(typed: str) -> None:
    assert all(set(word) <= set("abcdefghijklmnopqrstuvwxyz0123456789.") for word in words_of(typed))


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "không"),
        (5, "năm"),
        (15, "mười lăm"),
        (21, "hai mươi mốt"),
        (105, "một trăm lẻ năm"),
        (1_000, "một nghìn"),
        (2_005_000, "hai triệu không trăm lẻ năm nghìn"),
        (12_600_000, "mười hai triệu sáu trăm nghìn"),
        (1_000_000_011, "một tỷ không trăm mười một"),
    ],
)
def test_numbers_are_said_as_people_say_them(number: int, words: str) -> None:
    assert in_words(number) == words


def test_money_dates_and_times_read_as_documents_write_them() -> None:
    assert amount_in_words(12_600_000) == "Mười hai triệu sáu trăm nghìn đồng"
    assert vnd(12_600_000) == "12.600.000"
    assert long_date(date(2025, 2, 3)) == "ngày 03 tháng 02 năm 2025"
    assert long_date(date(2025, 11, 13)) == "ngày 13 tháng 11 năm 2025"


def test_a_moment_is_printed_by_the_clocks_of_vietnam() -> None:
    assert clock_and_date(datetime(2025, 4, 8, 17, 30, tzinfo=UTC)) == "00 giờ 30 phút, ngày 09/04/2025"
    assert clock_and_date(datetime(2025, 4, 8, 17, 30, tzinfo=TIME_ZONE)) == "17 giờ 30 phút, ngày 08/04/2025"
