"""How a page of ours is shown: its navigation with counts, and the words templates need."""

from collections.abc import Awaitable, Sequence
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.datastructures import FormData

from kit.pages import FieldError, Pages
from kit.pages.words import gettext as _
from kit.problems import ErrorTable
from kit.signin import Person, allow
from workflow import handlers, reads
from workflow.domain.access import READS_REGISTER, STAFF, Staff
from workflow.domain.calendars import READS
from workflow.domain.deciding import may_decide
from workflow.domain.errors import Incomplete, WorkflowError
from workflow.domain.moves import HEAD, LEADER
from workflow.web.words import FACTS

BASE = "/officer"
UNDECIDED = f"{BASE}/undecided"
ABSENCES = f"{BASE}/absences"
LEADERS_DESK = f"{BASE}/leader"
REGISTER = f"{BASE}/register"
CALENDAR = f"{BASE}/calendar"
SELDOM = ("stop_asked", "apology_to_fill", "apology", "further_round", "correction")


async def signed_in_staff(person: Annotated[Person, Depends(allow(*STAFF))]) -> Staff:
    """The signed-in officer."""
    return handlers.staff_of(person)


Officer = Annotated[Staff, Depends(signed_in_staff)]


async def signed_in_reader(person: Annotated[Person, Depends(allow(*READS))]) -> Staff:
    """Somebody of the office, or the administrator of its calendar, who sees no case."""
    return handlers.staff_of(person)


Reader = Annotated[Staff, Depends(signed_in_reader)]


async def show(
    request: Request, tx: AsyncSession, staff: Staff, template: str, *, now: Any, status_code: int = 200, **facts: Any
) -> Response:
    """A page with the rail of counts, which are also the queue's filters."""
    rail = await _rail(tx, staff, now)
    pages: Pages = request.app.state.pages
    return pages.render(
        request, template, status_code=status_code, navigation=rail, staff=staff, now=now, **FACTS, **facts
    )


async def _rail(tx: AsyncSession, staff: Staff, now: Any) -> list[tuple[str, str, int | None]]:
    """The lists, with how much waits in each; those that are seldom needed only while something is in them."""
    if not staff.roles & {*STAFF}:
        return [(_("Lịch làm việc"), CALENDAR, None)]
    counts = await reads.count(tx, staff, now)
    lists = {name: words for name, words in reads.FILTERS.items() if name not in SELDOM or counts.get(name)}
    rail: list[tuple[str, str, int | None]] = [
        (_(words), queue_path(name), counts.get(name)) for name, words in lists.items()
    ]
    if may_decide(staff):
        rail.append((_("Việc chờ quyết định"), UNDECIDED, await reads.count_undecided(tx, staff)))
    if staff.roles & {HEAD, LEADER}:
        rail.insert(1, (_("Bàn lãnh đạo"), LEADERS_DESK, None))
        rail.append((_("Giao lại khi vắng mặt"), ABSENCES, None))
    if "one_stop_officer" in staff.roles:
        rail += [(_("Quầy tiếp nhận"), "/desk/counter", None), (_("Thu phí tại quầy"), "/pay/desk", None)]
    if staff.roles & set(READS_REGISTER):
        rail.append((_("Sổ theo dõi hồ sơ"), REGISTER, None))
    return [*rail, (_("Báo cáo II.06"), f"{BASE}/reports/ii-06", None), (_("Lịch làm việc"), CALENDAR, None)]


def queue_path(name: str) -> str:
    return BASE if name == "mine" else f"{BASE}/queue/{name}"


def case_path(dossier_id: Any, rest: str = "") -> str:
    return f"{BASE}/cases/{dossier_id}{rest}"


async def attempt(tx: AsyncSession, command: Awaitable[Any]) -> WorkflowError | None:
    """Carry out a command of a form; returns why it was refused, with all that it had written taken back."""
    try:
        async with tx.begin_nested():
            await command
    except WorkflowError as error:
        return error
    return None


def done(dossier_id: UUID, rest: str = "") -> Response:
    """To the case after a form was taken."""
    return RedirectResponse(case_path(dossier_id, rest), HTTPStatus.SEE_OTHER)


def seen_version(form: FormData) -> int | None:
    """The version of the case that the form was made from."""
    text = str(form.get("version", ""))
    return int(text) if text.isdecimal() and len(text) < 10 else None


def refused(request: Request, error: WorkflowError, fields: Sequence[str] = ()) -> tuple[list[FieldError], int]:
    """What a form says of a refusal: a sentence per field that is wrong, or one at the top; and the answer's status.

    `fields` are the ids the form has; what belongs to none of them leads to the form itself (`form`).
    """
    known: ErrorTable = request.app.state.problems
    problem = next(known[cls] for cls in type(error).__mro__ if cls in known)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if isinstance(error, Incomplete) else problem.status
    if isinstance(error, Incomplete):
        placed = [(name if name in fields else "form", sentence) for name, sentence in error.field_errors]
        return [FieldError(name, sentence) for name, sentence in placed], status
    return [FieldError("form", str(error.facts.get("sentence_vi", problem.sentence_vi)))], status
