"""Looks after what is parked: raises the alarm for a gap that lasts, applies what a dead reader left."""

import logging
from dataclasses import dataclass

from kit import parked
from kit.consume import Consumer, drain
from kit.parked import Counts
from kit.tx import Database

log = logging.getLogger(__name__)


@dataclass
class Watch:
    """One look at a time, each some seconds after the one before; any number of workers may look."""

    database: Database
    consumer: Consumer
    gaps_told: int = 0

    async def look(self) -> bool:
        """Look and apply; there is never more to do at once. Raises what is passing, ReaderStopped."""
        async with self.database.transaction() as tx:
            counts = await parked.count_parked(tx)
            ready = await parked.ready_to_drain(tx)
        self._tell(counts)
        ours = [(topic, subject) for consumer, topic, subject in ready if consumer == self.consumer.name]
        for topic, subject in ours:
            await drain(self.database, self.consumer, topic, subject)
        return False

    def _tell(self, counts: Counts) -> None:
        if counts.gaps > self.gaps_told:
            log.error(
                "%d subjects wait for an event that has not come for %d s; see `motcua parked list %s --held`",
                counts.gaps,
                parked.GAP_SECONDS,
                self.consumer.name,
            )
        self.gaps_told = counts.gaps
