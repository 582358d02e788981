"""The number of a licence: kept with its case through a send-back, given up with a word where no licence comes."""

import io
from typing import Any
from uuid import UUID

import httpx
import pypdf
import pytest

from kit.testing.pages import read_page
from workflow import handlers, store
from workflow.domain.period import a_month
from workflow.domain.status import Outcome
from workflow.domain.steps import Decision
from workflow.handlers import slips

pytestmark = [pytest.mark.db, pytest.mark.proves("C05")]
FIRST, SECOND = "01/GP-SKHCN", "02/GP-SKHCN"


async def step(world: Any, dossier: UUID, name: str, role: str, decision: Decision) -> None:
    await world.do(handlers.finish_step, dossier, name, decision, staff=world.staff(role), seen_version=None)


async def appraised(world: Any, dossier: UUID, outcome: Outcome) -> None:
    """From the appraisal to the approval, with this proposal."""
    said = Decision(outcome=outcome, conclusion="Sử dụng 03 thiết bị X-quang chẩn đoán.", conditions=())
    await step(world, dossier, "appraise", "case_officer", said)
    await step(world, dossier, "review", "division_head", Decision())


async def sent_back(world: Any, dossier: UUID) -> None:
    """From the approval back to whom the case's procedure names, until it is to be appraised again."""
    leader = world.staff("department_leader")
    await world.do(handlers.send_back, dossier, "Xem lại thiết bị thứ hai.", staff=leader, seen_version=None)
    while (await world.case(dossier)).step != "appraise":
        role = (await world.case(dossier)).role
        await world.do(handlers.send_back, dossier, "Xem lại.", staff=world.staff(role), seen_version=None)


async def issued(world: Any, dossier: UUID) -> None:
    case = await world.case(dossier)
    leader, clerk = world.staff("department_leader"), world.staff("clerk")
    await world.do(handlers.sign_off, dossier, case.result.sha256, staff=leader, seen_version=None)
    await world.do(handlers.issue, dossier, staff=clerk, seen_version=None)


async def given_up(world: Any, month: int = 3, year: int = 2025) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = await world.ask(store.voided_numbers, world.office.id, a_month(year, month))
    return found


async def test_a_number_taken_stays_with_its_case_whatever_was_proposed_in_between(world: Any) -> None:
    dossier = await world.to_sign()
    assert (await world.case(dossier)).result_number == FIRST
    await sent_back(world, dossier)
    await appraised(world, dossier, Outcome.REFUSED)
    assert (await world.case(dossier)).result_number is None
    other = await world.to_sign()
    assert (await world.case(other)).result_number == SECOND
    await sent_back(world, dossier)
    await appraised(world, dossier, Outcome.GRANTED)
    assert (await world.case(dossier)).result_number == FIRST
    await issued(world, dossier)
    assert await given_up(world) == []


async def test_a_refusal_gives_its_number_up_and_the_books_say_so(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.to_sign()
    await sent_back(world, dossier)
    await appraised(world, dossier, Outcome.REFUSED)
    assert await given_up(world) == []  # until it is issued the proposal may change again
    await issued(world, dossier)
    assert await given_up(world) == [(FIRST, "hồ sơ kết thúc bằng từ chối")]
    page = await client.get(f"/officer/cases/{dossier}", headers=world.browser("clerk"))
    assert f"Số kết quả {FIRST} không dùng" in read_page(page.text).text
    following = await world.to_sign()
    assert (await world.case(following)).result_number == SECOND  # never given twice
    pdf = await world.do(slips.preview_register, world.office.id, a_month(2025, 3))
    text = " ".join(" ".join(one.extract_text() for one in pypdf.PdfReader(io.BytesIO(pdf)).pages).split())
    assert f"Số kết quả đã lấy nhưng không dùng: {FIRST} (hồ sơ kết thúc bằng từ chối)." in text.replace("\u200b", "")


async def test_a_dossier_withdrawn_before_its_licence_was_signed_gives_its_number_up(world: Any) -> None:
    dossier = await world.to_sign()
    await world.withdraw(dossier, "2025-03-20 09:00")
    assert (await world.case(dossier)).result_number is None
    assert await given_up(world) == [(FIRST, "người nộp rút hồ sơ")]


async def test_a_number_of_last_year_is_given_up_for_one_of_this_year(world: Any) -> None:
    dossier = await world.to_sign()
    await sent_back(world, dossier)
    await world.at("2026-01-05 09:00")
    await appraised(world, dossier, Outcome.GRANTED)
    held = await world.ask(store.held_number, dossier)
    assert (held.year, held.number) == (2026, 1)
    assert await given_up(world, 1, 2026) == [(FIRST, "kết quả chỉ được ký trong năm 2026")]


async def test_a_case_that_held_no_number_has_none_to_give_up(world: Any) -> None:
    dossier = await world.to_sign(Outcome.REFUSED)
    await issued(world, dossier)
    assert await given_up(world) == []
    assert await world.ask(store.held_number, dossier) is None
