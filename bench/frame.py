"""How things are measured: rounds in which everybody takes part in turn, and medians. Knows no service.

A program is a module of this folder with `measure(say) -> list[Line]`; `bench.__main__` names them all.
"""

import gc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from time import thread_time

Say = Callable[[str], None]
Run = Callable[[], float]


@dataclass(frozen=True)
class Line:
    """One figure: ours, the limit beside it, the median of the rounds' ratios, and what it must reach.

    `ratio` is ours by the limit's, so less is better where both are times. `lost` says what went wrong in the run
    itself: a figure counts only if nothing was lost or doubled.
    """

    name: str
    ours: float
    unit: str
    beside: str = ""
    limit: float | None = None
    ratio: float | None = None
    must: str = ""
    passes: bool = True
    lost: str = ""

    @property
    def is_met(self) -> bool:
        return self.passes and not self.lost


def rounds(contestants: Mapping[str, Run], count: int = 7) -> dict[str, list[float]]:
    """What each of them took in each round; who goes first changes from round to round."""
    names = list(contestants)
    taken: dict[str, list[float]] = {name: [] for name in names}
    for number in range(count):
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            taken[name].append(contestants[name]())
    return taken


def ratio(taken: Mapping[str, Sequence[float]], ours: str, other: str) -> float:
    """The median over the rounds of ours by the other's."""
    return median(one / beside for one, beside in zip(taken[ours], taken[other], strict=True))


def calling(function: Callable[[], object], calls: int) -> Run:
    """A contestant that says how many seconds of the processor one of so many calls takes; the collector stands still.

    Not the clock on the wall: what a busy neighbour takes is not the call's.
    """

    def run() -> float:
        was_on = gc.isenabled()
        gc.disable()
        try:
            begun = thread_time()
            for _ in range(calls):
                function()
            return (thread_time() - begun) / calls
        finally:
            if was_on:
                gc.enable()

    return run
