"""Vietnamese without its marks."""

import pytest

from rules.plain import fold, plain


@pytest.mark.parametrize(
    ("text", "folded"),
    [("Bệnh viện Đa khoa", "benh vien da khoa"), ("NGUYỄN THỊ ÁNH", "nguyen thi anh"), ("Ưu, ơ", "uu, o")],
)
def test_marks_and_case_fall_away(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_plain_text_keeps_its_capitals() -> None:
    assert plain("Đề nghị nộp phí đường") == "De nghi nop phi duong"
