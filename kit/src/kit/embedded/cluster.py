"""Several real Kafka brokers that keep copies of each other, to be killed, paused and restarted one by one."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from kit.embedded.errors import EmbeddedError, writing_in
from kit.embedded.jars import default_folder, ready_jars
from kit.embedded.kafka import Kafka, Seat, brokers_known, new_cluster_id
from kit.embedded.part import Say, quietly
from kit.embedded.ports import HOST, different_ports

BROKERS = 3
_POLL_SECONDS = 0.1


class KafkaCluster:
    """Brokers below `folder`, each with a copy of everything; a record is acknowledged when most of them have it.

    `brokers` are parts like any other: kill, start, pause, resume one. `advertised` are the ports that clients are told
    instead of the brokers' own, where something stands before each. About 300 MB of memory a broker.
    """

    def __init__(
        self, folder: Path, *, advertised: Sequence[int | None] = (None,) * BROKERS, jars: Path | None = None
    ) -> None:
        self.folder = folder.absolute()
        self.jars = jars or default_folder()
        self._advertised = list(advertised)
        self.brokers: list[Kafka] = []

    @property
    def bootstrap(self) -> str:
        """Every broker's address for clients, comma-separated."""
        told = zip(self._advertised, self.brokers, strict=True)
        return ",".join(f"{HOST}:{port or broker.port}" for port, broker in told)

    def start(self, say: Say = quietly) -> None:
        """Start all at once, for none is ready without most of the others; return when each knows all.

        Raises EmbeddedError as a part's start does; then none is left running.
        """
        ready_jars(self.jars, say)  # fetched once, not once a broker
        self.brokers = self.brokers or self._seats()
        try:
            with ThreadPoolExecutor(len(self.brokers)) as pool:
                for started in [pool.submit(broker.start, say) for broker in self.brokers]:
                    started.result()
            self._wait_until_all_know_all()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop every broker in order. Safe to repeat."""
        with ThreadPoolExecutor(len(self.brokers) or 1) as pool:
            list(pool.map(Kafka.stop, self.brokers))

    def _seats(self) -> list[Kafka]:
        controllers = dict(enumerate(different_ports([None] * len(self._advertised)), start=1))
        cluster_id = self._cluster_id()
        told = zip(controllers, self._advertised, strict=True)
        seats = (Seat(node, cluster_id, controllers, port) for node, port in told)
        return [Kafka(self.folder / f"broker-{seat.node}", jars=self.jars, seat=seat) for seat in seats]

    def _cluster_id(self) -> str:
        """As it was when the data was made."""
        note = self.folder / "cluster-id"
        with writing_in(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            if not note.exists():
                note.write_text(new_cluster_id())
            return note.read_text()

    def _wait_until_all_know_all(self) -> None:
        until = time.monotonic() + Kafka.start_seconds
        while any(brokers_known(broker.port) < len(self.brokers) for broker in self.brokers):
            if time.monotonic() > until:
                raise EmbeddedError(f"The brokers in {self.folder} did not find each other.")
            time.sleep(_POLL_SECONDS)
