"""The calendars that workflow approved, and which of them a transaction counts by."""

from datetime import datetime
from typing import Any

import orjson
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.store.tables import ApprovedCalendarRow
from kit.tx import run_sql
from rules import approved
from rules.calendar import Calendar
from rules.records.calendar import CalendarRecord

_NEWEST = (
    "select distinct on (office) office, version, sha256 from approved_calendar "
    "order by office, approved_at desc, version desc"
)
_MOST_KEPT = 100
_laid_out: dict[str, Calendar] = {}  # by the digest of the record: versions never change, so none grows stale


async def count_by_newest(tx: AsyncSession) -> None:
    """From here on this transaction counts by the newest approved versions that were heard of."""
    newest = (await run_sql(tx, _NEWEST)).all()
    approved.count_by({office: await _calendar(tx, office, version, digest) for office, version, digest in newest})


async def _calendar(tx: AsyncSession, office: str, version: str, digest: str) -> Calendar:
    if digest not in _laid_out:
        if len(_laid_out) >= _MOST_KEPT:
            _laid_out.clear()
        row = await tx.get_one(ApprovedCalendarRow, (office, version))
        _laid_out[digest] = Calendar(CalendarRecord.model_validate(row.record))
    return _laid_out[digest]


async def keep(tx: AsyncSession, record: CalendarRecord, sha256: str, approved_at: datetime) -> None:
    """Write down an approved version; a repeat changes nothing."""
    facts: dict[str, Any] = {"office": record.office_id, "version": record.version, "at": approved_at}
    written = orjson.dumps(record.model_dump(mode="json")).decode()
    query = (
        "insert into approved_calendar (office, version, approved_at, sha256, record) "
        "values (:office, :version, :at, :sha256, cast(:record as jsonb)) on conflict do nothing"
    )
    await run_sql(tx, query, **facts, sha256=sha256, record=written)
