"""A circuit breaker: rests from a system that does not answer, then tries it with one call. State of one process.

Our own, and small, because of three things that libraries leave open: it can be asked before work is claimed, one call
alone tries whether the system is back, and a moved wall clock does not matter.
"""

import time
from collections.abc import Callable

FAILURES = 5  # in a row
REST_SECONDS = 30.0


class Breaker:
    """Opens after `failures` in a row; after `rest_seconds` one call goes through and decides."""

    def __init__(
        self,
        failures: int = FAILURES,
        rest_seconds: float = REST_SECONDS,
        *,
        clock: Callable[[], float] = time.monotonic,
        said: Callable[[bool], None] = lambda _is_open: None,
    ) -> None:
        """`said` hears each opening (true) and closing (false)."""
        self._most, self._rest, self._clock, self._said = failures, rest_seconds, clock, said
        self._failed = 0
        self._rests_until: float | None = None

    @property
    def is_open(self) -> bool:
        """Whether the system rests, or is being tried by one call: for all the others that is the same."""
        return self._rests_until is not None

    def lets_through(self) -> bool:
        """Whether a call would go through now. Changes nothing."""
        return self._rests_until is None or self._clock() >= self._rests_until

    def enter(self) -> bool:
        """Take the way through: when the rest is over, the first one tries and the others go on resting."""
        if not self.lets_through():
            return False
        if self._rests_until is not None:
            self._rests_until = self._clock() + self._rest  # one that dies while it tries holds nobody up for ever
        return True

    def answered(self) -> None:
        """The system answered, whatever it said."""
        self._failed = 0
        if self._rests_until is not None:
            self._rests_until = None
            self._said(False)

    def was_silent(self) -> None:
        """The system did not answer."""
        self._failed += 1
        if self._rests_until is None and self._failed < self._most:
            return
        if self._rests_until is None:
            self._said(True)
        self._rests_until = self._clock() + self._rest
