"""A topic of a test's own: rows for it in the outbox, and everything that came to lie in it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

import orjson

from contracts.envelope import Envelope
from contracts.intake import DossierRated
from kit.inbox import Record
from kit.now import TIME_ZONE
from kit.outbox import pack_headers
from kit.tx import Database, run_sql

AT = datetime(2025, 3, 3, 8, 30, tzinfo=TIME_ZONE)
_PUT = (
    "insert into kit_outbox (topic, subject, event_id, type, headers, body) "
    "values (:topic, :subject, :event_id, :type, :headers, :body)"
)


async def put(database: Database, topic: str, said: Sequence[tuple[UUID, int, int]]) -> None:
    """An event for each (dossier, sequence, bytes that do not compress), as if `topic` were its own."""
    async with database.transaction() as tx:
        for dossier, sequence, padding in said:
            event = DossierRated(dossier_id=dossier, score=1 + sequence % 5, rated_at=AT)
            data = event.model_dump(mode="json") | {"padding": "".join(uuid4().hex for _ in range(padding // 32))}
            envelope = Envelope(
                id=uuid4(),
                source="urn:motcua:test",
                type=event.type,
                subject=str(dossier),
                time=AT,
                sequence=sequence,
                data=data,
            )
            row = {"topic": topic, "subject": envelope.subject, "event_id": envelope.id, "type": envelope.type}
            await run_sql(tx, _PUT, **row, headers=pack_headers(envelope.headers()), body=orjson.dumps(data))


def sequences(records: Sequence[Record], dossier: UUID) -> list[int]:
    """The numbers that the log has of a dossier, in its order; repeats left out, as readers do."""
    found = [record.envelope().sequence for record in records if record.key == str(dossier)]
    return list(dict.fromkeys(found))
