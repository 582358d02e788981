"""The operator's pages on what a service parked: look at it, replay it, drop it, wait no longer. Decides nothing."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

import orjson
from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from kit import parked
from kit.consume import Consumer
from kit.pages.forms import Checked, FieldError
from kit.pages.shell import Pages
from kit.pages.words import gettext as _
from kit.parked import NoSuchParked, StillFails, WaitsForAnother
from kit.problems import ErrorTable, Problem
from kit.signin import Person, allow
from kit.tx import Database, Tx

PLACE = "/operator/parked"
ROWS = 50
MOST_BEHIND = 20
MOST_LETTERS = 500
SERVICES = (("Tiếp nhận", ""), ("Giải quyết", "/officer"), ("Thanh toán", "/pay"), ("Thông báo", "/messages"))
ERASURES = "/operator/erasures"  # the operators' other place, at intake
KINDS = {"failed": True, "held": False}
GONE = Problem(
    HTTPStatus.NOT_FOUND, "not-parked", "Nothing with this number is parked", "Sự kiện không còn bị giữ",
    "Sự kiện này không bị giữ, hoặc đã có người xử lý rồi.",
)  # fmt: skip
PROBLEMS: ErrorTable = {NoSuchParked: GONE}
Action = Literal["drop", "pass-over"]
Decide = Callable[..., Awaitable[None]]
ACTIONS: dict[str, Decide] = {"drop": parked.drop, "pass-over": parked.pass_over}
Operator = Annotated[Person, Depends(allow("operator"))]
router = APIRouter(prefix=PLACE, include_in_schema=False, default_response_class=HTMLResponse)


@router.get("")
async def listed(
    request: Request, tx: Tx, person: Operator, kind: str = "", topic: str = "", after: int = 0
) -> Response:
    """What is parked, oldest first."""
    found = await parked.list_parked(
        tx, is_failed=KINDS.get(kind), topic=topic or None, after=max(after, 0), limit=ROWS + 1
    )
    events, more = found[:ROWS], len(found) > ROWS
    following = {"kind": kind, "topic": topic, "after": events[-1].id} if more else {}
    facts: dict[str, Any] = {
        "kind": kind,
        "topic": topic,
        "topic_options": topic_options(request),
        "is_first": after <= 0,
    }
    next_href = f"{place_of(request)}?{urlencode(following)}" if more else ""
    counts = await parked.count_parked(tx)
    return show(request, "list.html", events=events, counts=counts, next_href=next_href, **facts)


@router.get("/decisions")
async def decided(request: Request, tx: Tx, person: Operator, before: int | None = None) -> Response:
    """What was decided, by whom and why, newest first."""
    found = await parked.list_decisions(tx, before=before, limit=ROWS + 1)
    next_href = f"{place_of(request)}/decisions?before={found[ROWS - 1].id}" if len(found) > ROWS else ""
    return show(request, "decisions.html", decisions=found[:ROWS], next_href=next_href, is_first=before is None)


@router.get("/{number:int}")
async def shown(request: Request, tx: Tx, person: Operator, number: int) -> Response:
    """One parked event, and what waits behind it."""
    return await event_page(request, tx, number)


@router.post("/{number:int}/replay")
async def replay(request: Request, person: Operator, form: Checked, number: int) -> Response:
    """Try it again now; where it fails again, its page says why."""
    database: Database = request.app.state.database
    try:
        await parked.replay(database, consumer_of(request), number, by=person.id)
    except (StillFails, WaitsForAnother) as problem:
        async with database.transaction() as tx:
            return await event_page(request, tx, number, [FieldError("event", sentence_of(problem))])
    return RedirectResponse(f"{place_of(request)}/decisions", HTTPStatus.SEE_OTHER)


@router.get("/{number:int}/{action}")
async def asked(request: Request, tx: Tx, person: Operator, number: int, action: Action) -> Response:
    """Why it is given up, before it is."""
    event = await parked.find_parked(tx, number)
    return show(request, "decide.html", event=event, action=action, why="", errors=[])


@router.post("/{number:int}/{action}")
async def confirmed(request: Request, person: Operator, form: Checked, number: int, action: Action) -> Response:
    """Give it up, or wait no longer for what is missing before it; kept with who and why."""
    database: Database = request.app.state.database
    why = " ".join(str(form.get("why", "")).split())
    errors = wrong_with(why)
    try:
        if not errors:
            await ACTIONS[action](database, consumer_of(request), number, by=person.id, why=why)
            return RedirectResponse(f"{place_of(request)}/decisions", HTTPStatus.SEE_OTHER)
    except WaitsForAnother as problem:
        errors = [FieldError("why", sentence_of(problem))]
    async with database.transaction() as tx:
        event = await parked.find_parked(tx, number)
    return show(request, "decide.html", 422, event=event, action=action, why=why, errors=errors)


async def event_page(request: Request, tx: Tx, number: int, errors: list[FieldError] | None = None) -> Response:
    """One event with all that is known of it."""
    event = await parked.find_parked(tx, number)
    same = await parked.list_parked(tx, topic=event.topic, subject=event.subject, limit=parked.MOST_LISTED)
    behind = [one for one in same if one.sequence > event.sequence][:MOST_BEHIND]
    before = [one for one in same if one.sequence < event.sequence][:1]
    status = HTTPStatus.CONFLICT if errors else HTTPStatus.OK
    data = orjson.dumps(event.data, option=orjson.OPT_INDENT_2).decode()
    return show(
        request, "event.html", status, event=event, behind=behind, before=before, data=data, errors=errors or []
    )


def wrong_with(why: str) -> list[FieldError]:
    if not why:
        return [FieldError("why", _("Ghi lý do; người khác sẽ đọc lại sau này."))]
    if len(why) > MOST_LETTERS:
        return [FieldError("why", _("Lý do dài quá, tối đa %(most)s ký tự.") % {"most": MOST_LETTERS})]
    return []


def sentence_of(problem: Exception) -> str:
    """Why nothing was decided."""
    if isinstance(problem, StillFails):
        return _("Chạy lại vẫn không được: %(reason)s. Sự kiện vẫn bị giữ.") % {"reason": str(problem)}
    return _("Sự kiện này đang chờ một sự kiện trước nó; xin xử lý sự kiện trước.")


def topic_options(request: Request) -> list[tuple[str, str]]:
    return [(topic, topic) for topic in consumer_of(request).topics()]


def consumer_of(request: Request) -> Consumer:
    found: Consumer = request.app.state.consumer
    return found


def place_of(request: Request) -> str:
    pages: Pages = request.app.state.pages
    return f"{pages.base}{PLACE}"


def show(request: Request, template: str, status: int = HTTPStatus.OK, **facts: Any) -> Response:
    """A page of ours; its navigation leads to the same page of each service, and to erasures."""
    pages: Pages = request.app.state.pages
    navigation = [*((_(words), f"{base}{PLACE}") for words, base in SERVICES), (_("Xóa dữ liệu cá nhân"), ERASURES)]
    names = {base: _(words) for words, base in SERVICES}
    return pages.render(
        request,
        f"operator/{template}",
        status_code=status,
        navigation=navigation,
        home_href=place_of(request),
        place=place_of(request),
        service_name=names.get(pages.base, request.app.state.service),
        **facts,
    )
