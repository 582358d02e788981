"""A calendar that workflow approved counts here too, in every process, from the transaction that heard of it on."""

from datetime import date

import httpx
import pytest

from contracts.facts import StoredObject
from contracts.workflow import CalendarApproved
from intake import consumer
from intake.handlers.calendars import count_by_newest
from kit.consume import deliver
from kit.testing.databases import set_clock
from kit.testing.events import a_record
from kit.testing.pages import read_page
from kit.tx import Database, run_sql
from rules import catalogue as law
from rules.records.calendar import CalendarRecord, SpecialDay
from rules.records.cited import Source
from rules.testing import OFFICE_ID, at

pytestmark = pytest.mark.db
HOLIDAY = SpecialDay(
    day=date(2025, 3, 4),
    kind="holiday",
    name_vi="Nghỉ thử nghiệm",
    name_en="A holiday",
    source=Source(act="Công văn thử"),
)


def with_a_holiday(version: str = "2025.1") -> CalendarRecord:
    record = law.load().shipped_calendar(OFFICE_ID).record
    days = tuple(sorted((*record.special_days, HOLIDAY), key=lambda one: one.day))
    return record.model_copy(update={"version": version, "special_days": days})


async def approved(
    database: Database, record: CalendarRecord, moved_at: str, *, said: str | None = None
) -> CalendarApproved:
    path = f"calendars/{OFFICE_ID}/{record.version}.json"
    stored: StoredObject = await database.objects.put(path, record.model_dump_json().encode())
    facts = {"office": OFFICE_ID, "version": said or record.version, "approved_at": at(moved_at), "calendar": stored}
    return CalendarApproved.model_validate(facts)


async def hear(database: Database, *events: CalendarApproved) -> None:
    for sequence, event in enumerate(events, 1):
        await deliver(database, consumer.consumer(), [a_record(event, sequence=sequence, offset=sequence)])


async def counted_by(database: Database) -> str:
    async with database.transaction():
        return law.load().calendar(OFFICE_ID).version


@pytest.mark.proves("R01")
async def test_the_newest_approved_calendar_counts_on_every_page(client: httpx.AsyncClient, database: Database) -> None:
    database.begins_with = count_by_newest
    assert await counted_by(database) == "2026.1"
    first, second = with_a_holiday(), law.load().shipped_calendar(OFFICE_ID).record
    back = second.model_copy(update={"version": "2025.2"})
    event = await approved(database, first, "2025-03-01 08:00")
    await hear(database, event, event)
    assert await counted_by(database) == "2025.1"
    await set_clock(database, at("2025-03-04 09:00"))
    assert "Nghỉ thử nghiệm" in read_page((await client.get("/")).text).text
    await deliver(
        database,
        consumer.consumer(),
        [a_record(await approved(database, back, "2025-03-02 08:00"), sequence=3, offset=9)],
    )
    assert await counted_by(database) == "2025.2"
    assert "Nghỉ thử nghiệm" not in read_page((await client.get("/")).text).text


async def test_a_calendar_of_another_name_is_parked(database: Database) -> None:
    await hear(database, await approved(database, with_a_holiday(), "2025-03-01 08:00", said="2025.9"))
    async with database.transaction() as tx:
        assert (await run_sql(tx, "select count(*) from approved_calendar")).scalar_one() == 0
        assert (await run_sql(tx, "select count(*) from kit_parked")).scalar_one() == 1
