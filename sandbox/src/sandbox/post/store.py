"""Orders and what happened to them, in one SQLite file. A call is one commit, on disk when it returns."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.durable import DurableStore

TABLES = """
CREATE TABLE IF NOT EXISTS parcel (
    id INTEGER PRIMARY KEY, order_number TEXT NOT NULL UNIQUE, item TEXT NOT NULL, asked TEXT NOT NULL,
    made_at TEXT NOT NULL, asked_times INTEGER NOT NULL DEFAULT 1, cancelled INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS event (
    id INTEGER PRIMARY KEY, parcel_id INTEGER NOT NULL REFERENCES parcel, code INTEGER NOT NULL, at REAL NOT NULL,
    notes TEXT NOT NULL DEFAULT ''
);
"""
PARCEL = """
SELECT p.id, p.order_number, p.item, p.asked, p.made_at, p.asked_times, p.cancelled,
    coalesce((SELECT e.code FROM event e WHERE e.parcel_id = p.id ORDER BY e.id DESC LIMIT 1), 0) FROM parcel p
"""


@dataclass(frozen=True)
class Parcel:
    """An order; `code` is that of its newest event, 0 before the first."""

    id: int
    order_number: str
    item: str
    asked: dict[str, Any]
    made_at: str
    asked_times: int
    is_cancelled: bool
    code: int


@dataclass(frozen=True)
class Happened:
    id: int
    order_number: str
    item: str
    code: int
    at: float
    notes: str


class Store(DurableStore):
    def __init__(self, file: Path) -> None:
        super().__init__(file, TABLES)

    def order(self, asked: dict[str, Any], item: str, made_at: str) -> Parcel:
        """The new order, or the one that has the number already, counted once more."""
        with self._tx() as db:
            db.execute(
                "INSERT INTO parcel (order_number, item, asked, made_at) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (order_number) DO UPDATE SET asked_times = asked_times + 1",
                (asked["OrderNumber"], item, json.dumps(asked, ensure_ascii=False), made_at),
            )
            return _parcel(db.execute(f"{PARCEL} WHERE p.order_number = ?", (asked["OrderNumber"],)).fetchone())

    def count(self) -> int:
        with self._tx() as db:
            return int(db.execute("SELECT count(*) FROM parcel").fetchone()[0])

    def parcels(self) -> list[Parcel]:
        with self._tx() as db:
            return [_parcel(row) for row in db.execute(f"{PARCEL} ORDER BY p.id DESC")]

    def by_number(self, order_number: str) -> Parcel | None:
        with self._tx() as db:
            row = db.execute(f"{PARCEL} WHERE p.order_number = ?", (order_number,)).fetchone()
        return _parcel(row) if row else None

    def cancel(self, order_number: str) -> None:
        with self._tx() as db:
            db.execute("UPDATE parcel SET cancelled = 1 WHERE order_number = ?", (order_number,))

    def happen(self, parcel: Parcel, code: int, at: float, notes: str = "") -> None:
        with self._tx() as db:
            db.execute(
                "INSERT INTO event (parcel_id, code, at, notes) VALUES (?, ?, ?, ?)", (parcel.id, code, at, notes)
            )

    def events_after(self, last: int, limit: int) -> list[Happened]:
        with self._tx() as db:
            rows = db.execute(
                "SELECT e.id, p.order_number, p.item, e.code, e.at, e.notes FROM event e JOIN parcel p"
                " ON p.id = e.parcel_id WHERE e.id > ? ORDER BY e.id LIMIT ?",
                (last, limit),
            )
            return [Happened(*row) for row in rows]


def _parcel(row: tuple[Any, ...]) -> Parcel:
    number, order_number, item, asked, made_at, times, cancelled, code = row
    return Parcel(number, order_number, item, json.loads(asked), made_at, times, bool(cancelled), code)
