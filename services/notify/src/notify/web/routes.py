"""Pages under /messages: the log for those who look after the sending, and a person's own inbox."""

from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from kit.errors import TryAgain
from kit.now import Now
from kit.outside import calls_about, is_under_way
from kit.pages import FieldError, Pages
from kit.pages.forms import Checked
from kit.pages.words import gettext as _
from kit.parked_pages import PLACE
from kit.signin import Person, allow
from kit.tx import Tx
from notify import reads
from notify.domain.errors import NotAllowedNow
from notify.domain.message import Channel, MessageState
from notify.handlers import sending
from notify.handlers.letters import Letters, Written
from notify.reads import MessageView
from notify.web.words import FACTS, STATES

router = APIRouter(prefix="/messages", include_in_schema=False, default_response_class=HTMLResponse)
STAFF = ("auditor", "template_admin", "operator")
Anyone = Annotated[Person, Depends(allow("applicant", *STAFF))]
Staff = Annotated[Person, Depends(allow(*STAFF))]
TemplateAdmin = Annotated[Person, Depends(allow("template_admin"))]
Applicant = Annotated[Person, Depends(allow("applicant"))]
NO_NAME = "…"  # the log shows what was written, not to whom


@router.get("")
async def log(
    request: Request, tx: Tx, person: Anyone, state: str = "", dossier: str = "", after: UUID | None = None
) -> Response:
    """Every message, newest first, with counts per state that are filters too; an applicant goes to their own."""
    if not person.has(*STAFF):
        return RedirectResponse("/messages/mine", HTTPStatus.SEE_OTHER)
    code = "".join(letter for letter in dossier if letter.isprintable()).strip()
    chosen = MessageState(state) if state in list(MessageState) else None
    found = await reads.list_messages(tx, state=chosen, code=code or None, after=after)
    following = {"state": state, "dossier": code, "after": found[-1].message.id} if found else {}
    return show(
        request,
        "log.html",
        person,
        messages=found,
        state_options=await state_options(tx),
        state=chosen,
        dossier=code,
        next_href=f"/messages?{urlencode(following)}" if len(found) == reads.PAGE_ROWS else "",
        begins=after is None,
    )


@router.get("/mine")
async def mine(request: Request, tx: Tx, person: Applicant, after: UUID | None = None) -> Response:
    """What I was told, newest first."""
    found = await reads.list_messages(tx, applicant_id=person.id, channel=Channel.EMAIL, after=after)
    next_href = f"/messages/mine?after={found[-1].message.id}" if len(found) == reads.PAGE_ROWS else ""
    return show(request, "mine.html", person, messages=found, next_href=next_href)


@router.get("/mine/{message_id:uuid}")
async def my_message(request: Request, tx: Tx, person: Applicant, message_id: UUID) -> Response:
    """One message as it was written to me."""
    view = await reads.find_message(tx, message_id, applicant_id=person.id)
    return show(request, "my_message.html", person, view=view, written=await written(request, tx, view, person.name))


@router.get("/{message_id:uuid}")
async def one(request: Request, tx: Tx, person: Staff, message_id: UUID) -> Response:
    """One message with every attempt."""
    return await message_page(request, tx, person, message_id)


@router.post("/{message_id:uuid}/resend")
async def resend(request: Request, tx: Tx, person: TemplateAdmin, form: Checked, message_id: UUID) -> Response:
    """Send it once more."""
    try:
        await sending.send_again(tx, message_id)
    except NotAllowedNow as problem:
        return await message_page(request, tx, person, message_id, problem=problem)
    return RedirectResponse(f"/messages/{message_id}", HTTPStatus.SEE_OTHER)


@router.post("/{message_id:uuid}/arrival")
async def arrival(
    request: Request, tx: Tx, now: Now, person: TemplateAdmin, form: Checked, message_id: UUID
) -> Response:
    """It arrived after all, as a person found out."""
    try:
        await sending.decide_sent(tx, message_id, by=person.id, now=now)
    except NotAllowedNow as problem:
        return await message_page(request, tx, person, message_id, problem=problem)
    return RedirectResponse(f"/messages/{message_id}", HTTPStatus.SEE_OTHER)


async def message_page(
    request: Request, tx: Tx, person: Person, message_id: UUID, *, problem: NotAllowedNow | None = None
) -> Response:
    """One message, with what was wrong with the form that was sent."""
    view = await reads.find_message(tx, message_id, applicant_id=None)
    known = request.app.state.problems[type(problem)] if problem else None
    is_busy = view.message.state is MessageState.QUEUED or await is_under_way(tx, str(message_id))
    may_resend = person.has("template_admin") and not is_busy
    return show(
        request,
        "message.html",
        person,
        status_code=known.status if known else HTTPStatus.OK,
        view=view,
        attempts=await calls_about(tx, str(message_id)),
        written=await written(request, tx, view, NO_NAME),
        may_resend=may_resend,
        may_decide=may_resend and view.message.state is MessageState.UNKNOWN,
        errors=[FieldError("message", known.sentence_vi)] if known else [],
    )


async def written(request: Request, tx: Tx, view: MessageView, name: str) -> Written | None:
    """The words of a mail, without its address; None for a short message or before the dossier is known."""
    letters: Letters = request.app.state.letters
    dossier = await reads.find_dossier(tx, view.message.dossier_id)
    if dossier is None or view.message.channel is not Channel.EMAIL:
        return None
    try:
        return await letters.write(view.message, dossier, name=name)
    except TryAgain:
        return None


def show(request: Request, template: str, person: Person, *, status_code: int = 200, **facts: object) -> Response:
    """A page of ours with its navigation."""
    pages: Pages = request.app.state.pages
    return pages.render(request, template, status_code=status_code, navigation=navigation(person), **FACTS, **facts)


async def state_options(tx: Tx) -> list[tuple[str, str]]:
    """Each state with how many messages are in it."""
    counts = await reads.count_states(tx)
    return [(state.value, f"{_(word)} ({counts.get(state, 0)})") for state, (word, _colour, _icon) in STATES.items()]


def navigation(person: Person) -> list[tuple[str, str]]:
    """Where each role goes from here."""
    if person.has(*STAFF):
        parked = [(_("Sự kiện bị giữ"), f"/messages{PLACE}")] if person.has("operator") else []
        return [(_("Nhật ký gửi tin"), "/messages"), *parked]
    return [(_("Trang đầu"), "/"), (_("Hồ sơ của tôi"), "/dossiers"), (_("Thông báo"), "/messages/mine")]
