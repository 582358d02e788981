"""Everything that arrived, in one SQLite file, on disk before a sender is told so; a repeat is another arrival."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from sandbox.durable import DurableStore

Channel = Literal["mail", "sms"]
TABLES = """
CREATE TABLE IF NOT EXISTS arrival (
    id INTEGER PRIMARY KEY, channel TEXT NOT NULL, key TEXT NOT NULL, recipients TEXT NOT NULL,
    sender TEXT NOT NULL, subject TEXT NOT NULL, arrived_at TEXT NOT NULL, raw BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS arrival_key ON arrival (channel, key, recipients);
"""
# One message is what has the same key and the same recipients; its first arrival stands for it.
MESSAGES = """
SELECT min(id), channel, key, recipients, sender, subject, json_group_array(arrived_at), raw FROM arrival
WHERE (:channel IS NULL OR channel = :channel)
  AND (:recipient IS NULL OR EXISTS (SELECT 1 FROM json_each(recipients) WHERE value = lower(:recipient)))
GROUP BY channel, key, recipients HAVING :before IS NULL OR min(id) < :before ORDER BY min(id) DESC LIMIT :limit
"""


@dataclass(frozen=True)
class Arrived:
    """One message, however often it arrived. `key` is its Message-ID or RequestId; `raw` as it came."""

    id: int
    channel: Channel
    key: str
    recipients: tuple[str, ...]
    sender: str
    subject: str
    arrived_at: tuple[str, ...]
    raw: bytes

    @property
    def arrivals(self) -> int:
        return len(self.arrived_at)


class Store(DurableStore):
    def __init__(self, file: Path) -> None:
        super().__init__(file, TABLES)

    def keep(
        self,
        channel: Channel,
        key: str | None,
        recipients: Sequence[str],
        sender: str,
        subject: str,
        arrived_at: str,
        raw: bytes,
    ) -> int:
        """The arrival's number, once it is on disk. Without a key the message is like no other."""
        named = json.dumps(sorted(address.lower() for address in recipients))
        with self._tx() as db:
            row = db.execute(
                "INSERT INTO arrival (channel, key, recipients, sender, subject, arrived_at, raw)"
                " VALUES (?, coalesce(?, 'none-' || (SELECT coalesce(max(id), 0) + 1 FROM arrival)), ?, ?, ?, ?, ?)",
                (channel, key, named, sender, subject, arrived_at, raw),
            )
            return int(row.lastrowid or 0)

    def first_with(self, channel: Channel, key: str) -> int | None:
        """The number of the first arrival that had the key."""
        with self._tx() as db:
            found = db.execute("SELECT min(id) FROM arrival WHERE channel = ? AND key = ?", (channel, key)).fetchone()
            return None if found[0] is None else int(found[0])

    def messages(
        self, recipient: str | None = None, channel: str | None = None, before: int | None = None, limit: int = 100
    ) -> list[Arrived]:
        """Newest first; `before` is the number of the last one already seen."""
        asked = {"recipient": recipient, "channel": channel, "before": before, "limit": limit}
        with self._tx() as db:
            return [_arrived(row) for row in db.execute(MESSAGES, asked)]

    def message(self, number: int) -> Arrived | None:
        with self._tx() as db:
            key = db.execute("SELECT channel, key, recipients FROM arrival WHERE id = ?", (number,)).fetchone()
            if key is None:
                return None
            row = db.execute(
                "SELECT min(id), channel, key, recipients, sender, subject, json_group_array(arrived_at), raw"
                " FROM arrival WHERE (channel, key, recipients) = (?, ?, ?)",
                key,
            ).fetchone()
            return _arrived(row)

    def counts(self) -> dict[str, Any]:
        with self._tx() as db:
            return {"arrivals": dict(db.execute("SELECT channel, count(*) FROM arrival GROUP BY channel").fetchall())}


def _arrived(row: Sequence[Any]) -> Arrived:
    number, channel, key, recipients, sender, subject, times, raw = row
    return Arrived(number, channel, key, tuple(json.loads(recipients)), sender, subject, tuple(json.loads(times)), raw)
