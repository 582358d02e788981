"""Transactions, notifications and their tries in one SQLite file. A call is one commit, on disk when it returns."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.durable import DurableStore
from sandbox.payment_platform.messages import Transaction

TABLES = """
CREATE TABLE IF NOT EXISTS payment (
    id INTEGER PRIMARY KEY, token TEXT NOT NULL UNIQUE, reference TEXT NOT NULL UNIQUE, asked TEXT NOT NULL,
    made_at TEXT NOT NULL, code TEXT NOT NULL DEFAULT '', bank TEXT NOT NULL DEFAULT '',
    settled_at TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS notification (
    id INTEGER PRIMARY KEY, payment_id INTEGER NOT NULL REFERENCES payment, body TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'owed' CHECK (state IN ('owed', 'acknowledged', 'given_up')), due_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS attempt (
    id INTEGER PRIMARY KEY, notification_id INTEGER NOT NULL REFERENCES notification, at TEXT NOT NULL,
    outcome TEXT NOT NULL
);
"""
PAYMENT = "SELECT id, token, asked, made_at, code, bank, settled_at FROM payment"


@dataclass(frozen=True)
class Owed:
    """A notification that is to be tried now, and how often it has been tried."""

    id: int
    body: dict[str, Any]
    tries: int


class Store(DurableStore):
    def __init__(self, file: Path) -> None:
        super().__init__(file, TABLES)

    def open_payment(self, token: str, asked: dict[str, Any], made_at: str) -> Transaction:
        """The new transaction, or the one that already has the reference: the caller looks which."""
        with self._tx() as db:
            db.execute(
                "INSERT INTO payment (token, reference, asked, made_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (token, asked["MaThamChieu"], json.dumps(asked, ensure_ascii=False), made_at),
            )
            return _transaction(db.execute(f"{PAYMENT} WHERE reference = ?", (asked["MaThamChieu"],)).fetchone())

    def settle(self, payment: Transaction, bodies: Sequence[dict[str, Any]], due_at: float) -> list[int] | None:
        """Write the payer's decision and what is owed for it at once; None when it had been decided before."""
        with self._tx() as db:
            changed = db.execute(
                "UPDATE payment SET code = ?, bank = ?, settled_at = ? WHERE id = ? AND code = ''",
                (payment.code, payment.bank, payment.settled_at, payment.id),
            )
            return [_owe(db, payment.id, body, due_at) for body in bodies] if changed.rowcount else None

    def by_token(self, token: str) -> Transaction | None:
        return self._one(f"{PAYMENT} WHERE token = ?", token)

    def by_reference(self, reference: str) -> Transaction | None:
        return self._one(f"{PAYMENT} WHERE reference = ?", reference)

    def everything(self) -> list[Transaction]:
        with self._tx() as db:
            return [_transaction(row) for row in db.execute(f"{PAYMENT} ORDER BY id DESC")]

    def owed(self, until: float, limit: int = 20) -> list[Owed]:
        """What is due, oldest first; `until` in seconds of real time."""
        with self._tx() as db:
            rows = db.execute(
                "SELECT n.id, n.body, (SELECT count(*) FROM attempt a WHERE a.notification_id = n.id)"
                " FROM notification n WHERE n.state = 'owed' AND n.due_at <= ? ORDER BY n.due_at, n.id LIMIT ?",
                (until, limit),
            )
            return [Owed(number, json.loads(body), tries) for number, body, tries in rows]

    def next_due(self) -> float | None:
        with self._tx() as db:
            found = db.execute("SELECT min(due_at) FROM notification WHERE state = 'owed'").fetchone()[0]
            return None if found is None else float(found)

    def tried(self, owed: Owed, at: str, outcome: str, state: str, due_at: float) -> None:
        with self._tx() as db:
            db.execute(
                "INSERT INTO attempt (notification_id, at, outcome) VALUES (?, ?, ?)",
                (owed.id, at, outcome),
            )
            db.execute("UPDATE notification SET state = ?, due_at = ? WHERE id = ?", (state, due_at, owed.id))

    def were_tried(self, notifications: Sequence[int]) -> bool:
        with self._tx() as db:
            rows = db.execute("SELECT DISTINCT notification_id FROM attempt")
            return {row[0] for row in rows} >= set(notifications)

    def notifications(self, payment: Transaction) -> list[dict[str, Any]]:
        """Each with its tries, in order: what tests count and the list shows."""
        with self._tx() as db:
            rows = db.execute(
                "SELECT id, body, state FROM notification WHERE payment_id = ? ORDER BY id", (payment.id,)
            )
            return [
                {"id": number, "state": state, "body": json.loads(body), "tries": _tries(db, number)}
                for number, body, state in rows.fetchall()
            ]

    def _one(self, query: str, value: str) -> Transaction | None:
        with self._tx() as db:
            row = db.execute(query, (value,)).fetchone()
            return None if row is None else _transaction(row)


def _transaction(row: Sequence[Any]) -> Transaction:
    number, token, asked, *rest = row
    return Transaction(number, token, json.loads(asked), *rest)


def _owe(db: sqlite3.Connection, payment_id: int, body: dict[str, Any], due_at: float) -> int:
    said = (payment_id, json.dumps(body, ensure_ascii=False), due_at)
    return int(db.execute("INSERT INTO notification (payment_id, body, due_at) VALUES (?, ?, ?)", said).lastrowid or 0)


def _tries(db: sqlite3.Connection, notification_id: int) -> list[dict[str, str]]:
    rows = db.execute("SELECT at, outcome FROM attempt WHERE notification_id = ? ORDER BY id", (notification_id,))
    return [{"at": at, "outcome": outcome} for at, outcome in rows]
