"""The figures that every service's database gives: what waits to be sent, what is parked."""

from sqlmodel.ext.asyncio.session import AsyncSession

from kit import parked
from kit.figures import Answers, Figure, Measure
from kit.waiting import Depth

OUTBOX_DEPTH = Figure("motcua_outbox_events", "Events that wait to be sent, counted up to 10,000")
OUTBOX_AGE = Figure("motcua_outbox_oldest_seconds", "Age of the oldest event that waits to be sent, by real time")
OUTBOX_REFUSED = Figure("motcua_outbox_refused_events", "Events that the broker refused; their dossiers wait")
PARKED = Figure("motcua_parked_events", "Events parked now: refused for good, or held behind an earlier one", ("kind",))
GAPS = Figure("motcua_gaps", "Subjects whose events wait behind one that has not come for a minute")
OUTBOX, LOOK_SECONDS = (OUTBOX_DEPTH, OUTBOX_AGE, OUTBOX_REFUSED), 5.0


def of_every_service() -> list[Measure]:
    """The kit's measures; each remembers how far it has looked."""
    depth = Depth()

    async def outbox(tx: AsyncSession) -> Answers:
        return {figure: [(value,)] for figure, value in zip(OUTBOX, await depth.measure(tx), strict=True)}

    return [Measure(OUTBOX, outbox, LOOK_SECONDS), Measure((PARKED, GAPS), held_up, LOOK_SECONDS)]


async def held_up(tx: AsyncSession) -> Answers:
    counts = await parked.count_parked(tx)
    return {PARKED: [("failed", counts.failed), ("held", counts.held)], GAPS: [(counts.gaps,)]}
