"""Numbers of slips: a series per office, form and year, without gap or double, whatever happens at once."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from kit.now import TIME_ZONE
from workflow import handlers, store
from workflow.domain import slips
from workflow.domain.checklist import CheckItem
from workflow.domain.status import Verdict
from workflow.handlers.slips import issuing, writing
from workflow.store.tables import SlipRow

pytestmark = pytest.mark.db

CLERKS = 50
LACKING = CheckItem("emergency-plan", Verdict.LACKING, "Cần bản có chữ ký.")


async def numbers(world: Any, form: str) -> list[tuple[int, int]]:
    """(year, number) of every slip of this form that went out."""

    async def ask(tx: Any) -> list[SlipRow]:
        return list((await tx.exec(select(SlipRow).where(SlipRow.form == form))).all())

    return sorted((row.year, row.number) for row in await world.ask(ask))


async def ask_for_more(world: Any, dossier_id: UUID) -> None:
    """A clerk of their own asks for more, since no two people sit at one desk."""
    officer = world.staff("one_stop_officer", f"p-{dossier_id}")
    lines = world.verdicts(LACKING)
    await world.do(handlers.request_supplement, dossier_id, items=lines, staff=officer, seen_version=None)


@pytest.mark.proves("B14", "C05")
async def test_fifty_clerks_at_once_leave_no_gap_and_no_double(world: Any) -> None:
    filed = [await world.file() for _ in range(CLERKS)]
    await world.at("2025-03-05 10:00")
    await asyncio.gather(*(ask_for_more(world, dossier_id) for dossier_id in filed))
    assert await numbers(world, slips.SUPPLEMENT) == [(2025, number) for number in range(1, CLERKS + 1)]


@pytest.mark.proves("C05")
async def test_what_failed_leaves_no_gap_even_among_others_at_once(world: Any) -> None:
    filed = [await world.file() for _ in range(12)]

    async def fail(dossier_id: UUID) -> None:
        async with world.database.transaction() as tx:
            now = datetime(2025, 3, 5, 10, tzinfo=TIME_ZONE)
            officer, lines = world.staff("one_stop_officer", f"p-{dossier_id}"), world.verdicts(LACKING)
            await handlers.request_supplement(tx, dossier_id, items=lines, staff=officer, seen_version=None, now=now)
            raise OSError("the line broke")

    halves = [ask_for_more(world, one) if place % 2 else fail(one) for place, one in enumerate(filed)]
    results = await asyncio.gather(*halves, return_exceptions=True)
    assert sum(isinstance(one, OSError) for one in results) == 6
    assert await numbers(world, slips.SUPPLEMENT) == [(2025, number) for number in range(1, 7)]


async def test_each_form_has_a_series_of_its_own(world: Any) -> None:
    for _ in range(2):
        await world.accepted()
    for form in (slips.FEE_NOTICE, slips.ACCEPTANCE_SLIP):
        assert await numbers(world, form) == [(2025, 1), (2025, 2)]


@pytest.mark.proves("C05")
@pytest.mark.parametrize(
    ("at", "year"),
    [
        (datetime(2025, 12, 31, 16, 59, tzinfo=UTC), 2025),
        (datetime(2025, 12, 31, 17, 0, tzinfo=UTC), 2026),
    ],
)
async def test_the_year_of_a_number_is_that_of_the_clocks_of_vietnam(world: Any, at: datetime, year: int) -> None:
    dossier_id = await world.file()
    case = await world.case(dossier_id)

    async def issue(tx: Any) -> None:
        refused = slips.Refused("Không thuộc thẩm quyền.", "Sở khác.", world.staff("one_stop_officer"))
        await issuing.issue(tx, case, slips.REFUSAL, at, writing.refusal(tx, case, refused))

    await world.ask(issue)
    assert await numbers(world, slips.REFUSAL) == [(year, 1)]


@pytest.mark.proves("C05", "R01")
async def test_the_new_generation_goes_on_with_the_years_series(world: Any) -> None:
    """The circular changed on 15 September; a series is never begun anew inside a year."""
    for text in ("2025-09-12 10:00", "2025-09-15 10:00"):
        dossier_id = await world.file(text)
        await ask_for_more(world, dossier_id)
    assert await numbers(world, slips.SUPPLEMENT) == [(2025, 1), (2025, 2)]


async def test_a_preview_takes_no_number_and_keeps_nothing(world: Any) -> None:
    dossier_id = await world.file()
    officer = world.staff("one_stop_officer")
    await world.do(handlers.preview_supplement, dossier_id, staff=officer)
    assert await numbers(world, slips.SUPPLEMENT) == []
    assert await world.ask(store.papers_of, dossier_id, slips.SUPPLEMENT) == []
    await ask_for_more(world, dossier_id)
    assert await numbers(world, slips.SUPPLEMENT) == [(2025, 1)]


async def test_somebody_new_may_do_two_things_at_once(world: Any) -> None:
    first, second = [await world.file() for _ in range(2)]
    officer = world.staff("one_stop_officer", "p-new")

    async def judge(dossier_id: UUID) -> None:
        items = world.verdicts(LACKING)
        await world.do(handlers.judge_components, dossier_id, items, staff=officer, seen_version=None)

    await asyncio.gather(judge(first), judge(second))
    assert (await world.ask(store.find_staff, "p-new")) == officer
