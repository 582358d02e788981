"""Every pair of state and action of demands and attempts, and the pauses between questions."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from payments.domain import attempt as attempts
from payments.domain import demand as demands
from payments.domain.attempt import ASKED_ABOUT, LIVE, Attempt, AttemptState
from payments.domain.demand import Demand, DemandState, Line
from payments.domain.errors import NotPayable

AT = datetime(2025, 3, 13, 2, 0, tzinfo=UTC)
S = AttemptState


def a_demand(state: DemandState = DemandState.OPEN) -> Demand:
    return Demand(
        id=uuid4(),
        dossier_id=uuid4(),
        notice="n",
        arrival_number="T-1",
        procedure_id="p",
        procedure_version="1",
        office="o",
        contact="c",
        lines=(Line("ct", "CT", 1, 8, 8),),
        factor="1",
        amount_vnd=8,
        legal_basis=(),
        demanded_at=AT,
        state=state,
    )


def an_attempt(state: AttemptState = S.STARTED) -> Attempt:
    return Attempt(
        id=uuid4(),
        demand_id=uuid4(),
        reference="R",
        sent_time="T",
        amount_vnd=8,
        started_at=AT,
        ask_at=AT,
        state=state,
    )


@pytest.mark.parametrize("state", DemandState)
@pytest.mark.parametrize("action", ["pay", "replace"])
def test_a_demand_moves_only_as_its_table_says(state: DemandState, action: str) -> None:
    demand = a_demand(state)

    def act() -> Demand:
        return demand.pay(paid_at=AT) if action == "pay" else demand.replaced()

    if (state, action) in demands.NEXT_STATE:
        assert act().state is demands.NEXT_STATE[state, action]
    else:
        with pytest.raises(NotPayable, match=state):
            act()


@pytest.mark.parametrize("state", AttemptState)
@pytest.mark.parametrize("action", ["open", "lose", "start again", "refuse", "set_aside", "fail", "pay"])
def test_an_attempt_moves_only_as_its_table_says(state: AttemptState, action: str) -> None:
    attempt = an_attempt(state)
    acts: dict[str, Callable[[], attempts.Attempt]] = {
        "open": lambda: attempt.opened("http://pay"),
        "lose": attempt.lost,
        "start again": attempt.started_again,
        "refuse": lambda: attempt.refused("99"),
        "set_aside": attempt.set_aside,
        "fail": lambda: attempt.failed("18"),
        "pay": lambda: attempt.paid("PP1", "20250313090000"),
    }
    assert attempt.may(action) == ((state, action) in attempts.NEXT_STATE)
    if attempt.may(action):
        assert acts[action]().state is attempts.NEXT_STATE[state, action]
    else:
        with pytest.raises(KeyError):
            acts[action]()


def test_a_late_success_counts_from_every_state_but_paid() -> None:
    assert all(an_attempt(state).may("pay") for state in AttemptState if state is not S.PAID)
    assert not an_attempt(S.PAID).may("pay")


def test_what_is_live_or_set_aside_is_asked_about() -> None:
    assert LIVE < ASKED_ABOUT
    assert set(ASKED_ABOUT) == {*LIVE, S.SET_ASIDE}
    assert all(an_attempt(state).is_live == (state in LIVE) for state in AttemptState)


def test_a_demand_that_is_not_open_is_not_payable() -> None:
    a_demand().check_payable()
    for state in (DemandState.PAID, DemandState.REPLACED):
        with pytest.raises(NotPayable):
            replace(a_demand(), state=state).check_payable()
