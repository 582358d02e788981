"""What the parts of a worker last met, kept in memory for the readiness answer. Decides nothing."""

import time

RECENT_SECONDS = 20.0  # longer than the longest pause before a part that failed begins again


class Signs:
    """Which part failed, when, and by what class of fault."""

    def __init__(self) -> None:
        self._faults: dict[str, tuple[float, str]] = {}

    def failed(self, name: str, error: BaseException) -> None:
        self._faults[name] = time.monotonic(), type(error).__name__

    def recent_fault(self, name: str) -> str | None:
        """In words; none where the part did not fail of late."""
        at, what = self._faults.get(name, (float("-inf"), ""))
        seconds = time.monotonic() - at
        return f"failed {seconds:.0f} s ago and began again ({what})" if seconds < RECENT_SECONDS else None
