"""A circuit opens after failures in a row, rests, tries once, and closes with the first answer."""

import pytest

from kit.breaker import Breaker


class Hand:
    """A clock moved by hand, and what the breaker said."""

    def __init__(self) -> None:
        self.at = 1000.0
        self.said: list[bool] = []
        self.breaker = Breaker(3, 30.0, clock=lambda: self.at, said=self.said.append)

    def fail(self, times: int = 1) -> None:
        for _ in range(times):
            assert self.breaker.enter()
            self.breaker.was_silent()


@pytest.fixture
def hand() -> Hand:
    return Hand()


def test_it_opens_after_so_many_failures_in_a_row(hand: Hand) -> None:
    hand.fail(2)
    hand.breaker.answered()
    hand.fail(2)
    assert hand.breaker.lets_through()
    hand.fail()
    assert not hand.breaker.lets_through()
    assert not hand.breaker.enter()
    assert hand.said == [True]


def test_when_the_rest_is_over_one_call_alone_tries(hand: Hand) -> None:
    hand.fail(3)
    hand.at += 29.9
    assert not hand.breaker.enter()
    hand.at += 0.1
    assert hand.breaker.lets_through()
    assert hand.breaker.enter()
    assert not hand.breaker.enter()
    assert hand.breaker.is_open


def test_an_answer_closes_it_and_a_silence_opens_it_for_another_rest(hand: Hand) -> None:
    hand.fail(3)
    hand.at += 30
    hand.fail()
    assert not hand.breaker.lets_through()
    hand.at += 30
    assert hand.breaker.enter()
    hand.breaker.answered()
    assert hand.breaker.lets_through()
    assert not hand.breaker.is_open
    assert hand.said == [True, False]


def test_a_try_that_never_came_back_holds_nobody_up_for_ever(hand: Hand) -> None:
    hand.fail(3)
    hand.at += 30
    assert hand.breaker.enter()
    hand.at += 30
    assert hand.breaker.enter()
