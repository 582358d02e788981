"""One try to pay a demand on the platform: its states and its moves."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class AttemptState(StrEnum):
    """`unknown`: the platform took it or not, and nobody here has its pay page's address: it is asked about, and the
    same call is made again. `set_aside`: the platform has it but would not tell the page again, so another attempt may
    begin; it is still asked about."""

    STARTED = "started"
    OPEN = "open"
    UNKNOWN = "unknown"
    SET_ASIDE = "set_aside"
    REFUSED = "refused"
    FAILED = "failed"
    PAID = "paid"


S = AttemptState
LIVE = frozenset({S.STARTED, S.OPEN, S.UNKNOWN})  # at most one of these per demand: a unique index says so
ASKED_ABOUT = LIVE | {S.SET_ASIDE}
# A late success counts from any state: the money is there whatever was said before.
NEXT_STATE: dict[tuple[AttemptState, str], AttemptState] = {
    (S.STARTED, "open"): S.OPEN,
    (S.UNKNOWN, "open"): S.OPEN,
    (S.STARTED, "lose"): S.UNKNOWN,
    (S.UNKNOWN, "start again"): S.STARTED,
    (S.STARTED, "refuse"): S.REFUSED,
    (S.UNKNOWN, "refuse"): S.REFUSED,
    (S.STARTED, "set_aside"): S.SET_ASIDE,
    (S.UNKNOWN, "set_aside"): S.SET_ASIDE,
    **{(state, "fail"): S.FAILED for state in ASKED_ABOUT},
    **{(state, "pay"): S.PAID for state in AttemptState if state is not S.PAID},
}


@dataclass(frozen=True)
class Attempt:
    """`reference` and `sent_time` are MaThamChieu and ThoiGianGD exactly as sent: together they are the platform's key.

    `dossier_code` is what it was told too; the dossier may have another by now. `ask_at` is real time: until then the
    call that was made last has the attempt for itself, then the platform is asked, where the state is one to ask about.
    `traceparent` is the payer's trace, in which the platform is asked later.
    """

    id: UUID
    demand_id: UUID
    reference: str
    sent_time: str
    amount_vnd: int
    started_at: datetime
    ask_at: datetime
    state: AttemptState = AttemptState.STARTED
    asked: int = 0
    pay_url: str | None = None
    platform_code: str | None = None
    transaction_code: str | None = None
    result_time: str | None = None
    traceparent: str | None = None
    dossier_code: str | None = None

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    def may(self, action: str) -> bool:
        return (self.state, action) in NEXT_STATE

    def opened(self, pay_url: str) -> "Attempt":
        """The platform took the transaction and told where to pay."""
        return replace(self, state=NEXT_STATE[self.state, "open"], pay_url=pay_url)

    def lost(self) -> "Attempt":
        """Whether the platform took it is not known."""
        return replace(self, state=NEXT_STATE[self.state, "lose"])

    def started_again(self) -> "Attempt":
        """The same call, under the same reference and time, is made once more."""
        return replace(self, state=NEXT_STATE[self.state, "start again"])

    def refused(self, code: str) -> "Attempt":
        """The platform will not start it."""
        return replace(self, state=NEXT_STATE[self.state, "refuse"], platform_code=code)

    def set_aside(self) -> "Attempt":
        """The platform has it, but its pay page's address is lost."""
        return replace(self, state=NEXT_STATE[self.state, "set_aside"])

    def failed(self, code: str) -> "Attempt":
        """The platform says it came to nothing."""
        return replace(self, state=NEXT_STATE[self.state, "fail"], platform_code=code)

    def paid(self, transaction_code: str, result_time: str) -> "Attempt":
        """The platform says it was paid; `result_time` is its ThoiGianGD, the key of the bill."""
        return replace(
            self,
            state=NEXT_STATE[self.state, "pay"],
            platform_code="00",
            transaction_code=transaction_code,
            result_time=result_time,
        )
