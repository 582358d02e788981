"""How time left looks."""

import pytest

from kit.pages.parts import Link, links, time_left


@pytest.mark.proves("B11")
@pytest.mark.parametrize(
    ("minutes", "how", "colour", "icon", "words"),
    [
        (4000, {}, "neutral", "clock", "còn 8 ngày 2 giờ làm việc"),
        (1200, {}, "neutral", "clock", "còn 2 ngày 4 giờ làm việc"),
        (1199, {}, "amber", "hourglass", "sắp đến hạn, còn 2 ngày 3 giờ làm việc"),
        (4000, {"today": True}, "orange", "alert", "hạn hôm nay, còn 8 ngày 2 giờ làm việc"),
        (-60, {}, "red", "alert-octagon", "quá hạn 1 giờ làm việc"),
        (-60, {"today": True}, "red", "alert-octagon", "quá hạn 1 giờ làm việc"),
        (-60, {"today": True, "late": False}, "orange", "alert", "hạn hôm nay"),
        (0, {"today": True}, "orange", "alert", "hạn hôm nay"),
        (-60, {"late": True}, "red", "alert-octagon", "quá hạn 1 giờ làm việc"),
        (0, {"late": True}, "red", "alert-octagon", "quá hạn"),
        (-60, {"stopped": True}, "grey", "pause", "tạm dừng tính giờ"),
    ],
)
def test_each_state_has_its_colour_icon_and_words(
    minutes: int, how: dict[str, bool], colour: str, icon: str, words: str
) -> None:
    assert time_left(minutes, 4800, **how)[:3] == (colour, icon, words)


@pytest.mark.parametrize(
    ("minutes", "whole", "share"), [(2400, 4800, 50), (9600, 4800, 100), (-1, 4800, 100), (0, 4800, 0), (5, 0, 0)]
)
def test_the_bar_never_leaves_its_frame(minutes: int, whole: int, share: int) -> None:
    assert time_left(minutes, whole).share == share


def test_navigation_may_be_given_as_plain_tuples() -> None:
    assert links([("Lịch", "/officer/calendar"), Link("Quá hạn", "/late", 1)]) == [
        Link("Lịch", "/officer/calendar", None),
        Link("Quá hạn", "/late", 1),
    ]
