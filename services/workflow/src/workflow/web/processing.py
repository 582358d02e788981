"""Pages of a case in process, one form each: send back, ask for more, ask others, apologise, give on, correct."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from kit.now import Now
from kit.pages.forms import Checked
from kit.tx import Tx
from workflow import handlers, reads
from workflow.domain import checklist
from workflow.domain.apology import Wanted
from workflow.domain.errors import DecisionIncomplete, WorkflowError
from workflow.domain.law import office_of
from workflow.domain.status import Action
from workflow.web.links import page_of
from workflow.web.shown import Officer, attempt, case_path, done, refused, seen_version, show

router = APIRouter()
Said = Mapping[str, str]
Command = Callable[..., Awaitable[Any]]


@dataclass(frozen=True)
class Form:
    """The page of one action: its template, the fields it has, and what it does with what was typed."""

    action: Action
    template: str
    fields: tuple[str, ...]
    command: Command


def date_said(said: Said, field: str) -> date | None:
    """A date field; none where it is empty. Raises DecisionIncomplete where it is no date."""
    text = said[field].strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise DecisionIncomplete([(field, "Ngày này không đọc được, hãy chọn lại.")]) from None


def lines_said(said: Said, field: str) -> list[str]:
    return [line.strip() for line in said[field].splitlines() if line.strip()]


def wanted_letter(said: Said) -> Wanted:
    """Raises DecisionIncomplete."""
    new_due_on = date_said(said, "new_due_on") if said["gives_new_date"] == "yes" else None
    if said["gives_new_date"] == "yes" and new_due_on is None:
        raise DecisionIncomplete([("new_due_on", "Hãy chọn ngày hẹn mới, hoặc chọn gửi thư không hẹn lại.")])
    if said["gives_new_date"] not in ("yes", "no"):
        raise DecisionIncomplete([("gives_new_date", "Hãy chọn có hẹn lại ngày trả hay không.")])
    return Wanted(said["reason_vi"], said["unit_at_fault"], new_due_on)


async def _send_back(tx: Tx, dossier_id: UUID, said: Said, **who: Any) -> None:
    await handlers.send_back(tx, dossier_id, said["note"], **who)


async def _request_later(tx: Tx, dossier_id: UUID, _: Said, **who: Any) -> None:
    await handlers.request_later_supplement(tx, dossier_id, **who)


async def _ask(tx: Tx, dossier_id: UUID, said: Said, **who: Any) -> None:
    asked = (said["agency_vi"], said["question"], date_said(said, "answer_by"))
    await handlers.ask_opinion(tx, dossier_id, *asked, **who)


async def _record(tx: Tx, dossier_id: UUID, said: Said, **who: Any) -> None:
    number = int(said["number"]) if said["number"].isdecimal() and len(said["number"]) < 5 else 0
    await handlers.record_opinion(tx, dossier_id, number, date_said(said, "answered_on"), said["answer"], **who)


async def _draft(tx: Tx, dossier_id: UUID, said: Said, **who: Any) -> None:
    await handlers.draft_apology(tx, dossier_id, wanted_letter(said), **who)


async def _apologise(tx: Tx, dossier_id: UUID, _: Said, **who: Any) -> None:
    await handlers.apologise(tx, dossier_id, **who)


async def _reassign(tx: Tx, dossier_id: UUID, said: Said, **who: Any) -> None:
    to = (said["assignee_id"] or None, said["unit"] or None, said["reason"])
    await handlers.reassign(tx, dossier_id, *to, **who)


async def _correct(tx: Tx, dossier_id: UUID, said: Said, **who: Any) -> None:
    drawn = (said["reason_vi"], said["conclusion"], lines_said(said, "conditions"))
    await handlers.draw_up_correction(tx, dossier_id, *drawn, **who)


async def _sign(tx: Tx, dossier_id: UUID, said: Said, **who: Any) -> None:
    if said["sha256"] and said["confirmed"] != "yes":
        raise DecisionIncomplete([("confirmed", "Hãy xác nhận đã đọc văn bản trước khi phê duyệt.")])
    await handlers.sign_correction(tx, dossier_id, said["sha256"], **who)


APOLOGY_FIELDS = ("reason_vi", "unit_at_fault", "gives_new_date", "new_due_on")
FORMS = (
    Form(Action.SEND_BACK, "send_back.html", ("note",), _send_back),
    Form(Action.REQUEST_LATER_SUPPLEMENT, "later_supplement.html", (), _request_later),
    Form(Action.ASK_OPINION, "opinion.html", ("agency_vi", "question", "answer_by"), _ask),
    Form(Action.RECORD_OPINION, "opinion_answer.html", ("number", "answered_on", "answer"), _record),
    Form(Action.DRAFT_APOLOGY, "apology_draft.html", APOLOGY_FIELDS, _draft),
    Form(Action.APOLOGISE, "apology.html", (), _apologise),
    Form(Action.REASSIGN, "reassign.html", ("assignee_id", "unit", "reason"), _reassign),
    Form(Action.DRAW_UP_CORRECTION, "correction.html", ("reason_vi", "conclusion", "conditions"), _correct),
    Form(Action.SIGN_CORRECTION, "correction_sign.html", ("confirmed", "sha256"), _sign),
)


async def form_page(
    request: Request,
    tx: Tx,
    now: Now,
    staff: Officer,
    dossier_id: UUID,
    form: Form,
    said: Said | None = None,
    error: WorkflowError | None = None,
) -> Response:
    """The form of an action, with what was typed and what is wrong with it; the case where it is not allowed."""
    view = await reads.find_case_view(tx, staff, dossier_id, now)
    is_allowed = any(one.action is form.action and one.is_allowed for one in view.offers)
    if not is_allowed and error is None:
        return done(dossier_id)
    errors, status = refused(request, error, form.fields) if error else ([], HTTPStatus.OK)
    facts = {
        "view": view,
        "said": said or {},
        "errors": errors,
        "is_allowed": is_allowed,
        "back": case_path(dossier_id),
        "page": case_path(dossier_id, page_of(form.action)),
        "letters": await reads.find_letters(tx, staff, dossier_id, now),
        "people": await reads.people_for(tx, view.case),
        "units": office_of(view.case).units,
        "lines": checklist.lacking(view.procedure, view.judged),
    }
    return await show(request, tx, staff, form.template, now=now, status_code=status, **facts)


def typed(form: FormData, fields: tuple[str, ...]) -> dict[str, str]:
    """What was typed, to be taken or shown again."""
    return {name: str(form.get(name, "")) for name in fields}


def _add(form: Form) -> None:
    """The two routes of a form: one shows it, one takes it."""

    async def shown(request: Request, tx: Tx, now: Now, staff: Officer, dossier_id: UUID) -> Response:
        return await form_page(request, tx, now, staff, dossier_id, form)

    async def taken(request: Request, tx: Tx, now: Now, staff: Officer, sent: Checked, dossier_id: UUID) -> Response:
        said, version = typed(sent, form.fields), seen_version(sent)
        command = form.command(tx, dossier_id, said, staff=staff, seen_version=version, now=now)
        if error := await attempt(tx, command):
            return await form_page(request, tx, now, staff, dossier_id, form, said, error)
        return done(dossier_id)

    path = "/cases/{dossier_id:uuid}" + page_of(form.action)
    router.add_api_route(path, shown, methods=["GET"], name=f"show_{form.action}")
    router.add_api_route(path, taken, methods=["POST"], name=f"take_{form.action}")


for _form in FORMS:
    _add(_form)
