"""Money, times, durations and sizes as people read them."""

from datetime import UTC, date, datetime

import pytest

from kit.pages import formats

DUE = datetime(2025, 4, 8, 10, 30, tzinfo=UTC)  # half past five in the afternoon in Viet Nam


@pytest.mark.parametrize(
    ("amount", "words"),
    [(12_600_000, "12.600.000\u00a0₫"), (0, "0\u00a0₫"), (-1_400_000, "−1.400.000\u00a0₫"), (999, "999\u00a0₫")],
)
def test_money_has_full_stops_and_a_sign_that_stays_with_it(amount: int, words: str) -> None:
    assert formats.vnd(amount) == words


def test_a_moment_is_said_in_vietnamese_time_with_its_weekday() -> None:
    assert formats.when(DUE) == "17:30 Thứ Ba, 08/04/2025"
    assert formats.when(datetime(2026, 11, 25, 7, 30, tzinfo=UTC)) == "14:30 Thứ Tư, 25/11/2026"


def test_a_due_time_says_before() -> None:
    assert formats.due(DUE) == "trước 17:30 Thứ Ba, 08/04/2025"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (date(2026, 11, 25), "Thứ Tư, 25/11/2026"),
        (date(2026, 11, 29), "Chủ Nhật, 29/11/2026"),
        (datetime(2025, 4, 7, 17, 30, tzinfo=UTC), "Thứ Ba, 08/04/2025"),  # past midnight there
    ],
)
def test_a_day_has_its_weekday(value: date | datetime, words: str) -> None:
    assert formats.day(value) == words


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        formats.when(datetime(2025, 4, 8, 10, 30))  # noqa: DTZ001 - the fault under test


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (3 * 480 + 120, "còn 3 ngày 2 giờ làm việc"),
        (3 * 480, "còn 3 ngày làm việc"),
        (480 + 59, "còn 1 ngày làm việc"),
        (95, "còn 1 giờ 35 phút làm việc"),
        (45, "còn 45 phút làm việc"),
        (0, "đã đến hạn"),
        (-1, "quá hạn 1 phút làm việc"),
        (-480, "quá hạn 1 ngày làm việc"),
        (-620, "quá hạn 1 ngày 2 giờ làm việc"),
        (1200 * 480, "còn 1.200 ngày làm việc"),
    ],
)
def test_time_left_is_said_in_working_days_of_eight_hours(minutes: int, words: str) -> None:
    assert formats.working_left(minutes) == words


@pytest.mark.parametrize(
    ("size", "words"),
    [(90, "90 byte"), (1_000, "1 kB"), (312_345, "312 kB"), (1_449_000, "1,4 MB"), (20_000_000, "20 MB")],
)
def test_a_file_s_size_is_said_in_its_fitting_unit(size: int, words: str) -> None:
    assert formats.filesize(size).replace("\u00a0", " ") == words
