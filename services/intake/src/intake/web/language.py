"""English where a person asked for it: forms, errors and states. Everything else speaks Vietnamese for now."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from kit.signin import open_to_all
from rules.records.status import Status

COOKIE = "motcua_language"
ENGLISH = "en"
A_YEAR = 365 * 24 * 3600

STATES: Mapping[Status, str] = {
    Status.SUBMITTED: "Filed",
    Status.ACCEPTED: "Accepted",
    Status.REFUSED_AT_RECEPTION: "Not taken",
    Status.IN_PROCESS: "In process",
    Status.WAITING_FOR_SUPPLEMENT: "Waiting for a supplement",
    Status.WAITING_FOR_FEE: "Waiting for the fee",
    Status.WITHDRAWN: "Withdrawn",
    Status.STOPPED: "Stopped",
    Status.FINISHED: "Result is there",
    Status.RETURNED: "Result returned",
}

router = APIRouter(dependencies=[open_to_all])


def is_english(request: Request) -> bool:
    """Whether this person chose English: for this page by `?lang=`, else for all by the cookie."""
    return request.query_params.get("lang", request.cookies.get(COOKIE)) == ENGLISH


def sayer(english: bool) -> Callable[[str, str], str]:
    """`say(vietnamese, english)` for templates."""
    return lambda vietnamese, english_words: english_words if english else vietnamese


def choice_href(request: Request) -> str:
    """Where the other language is chosen, to come back to this page."""
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return f"/language?to={'vi' if is_english(request) else ENGLISH}&then={quote(here, safe='')}"


@router.get("/language")
async def choose(
    request: Request, to: Literal["vi", "en"], then: Annotated[str, Query(max_length=500)] = "/"
) -> Response:
    """Remember the choice, then back to the page; only to one of ours."""
    is_ours = then.startswith("/") and not then.startswith(("//", "/\\"))
    answer = RedirectResponse(then if is_ours else "/", HTTPStatus.SEE_OTHER)
    secure = request.url.scheme == "https"
    answer.set_cookie(COOKIE, to, max_age=A_YEAR, path="/", samesite="lax", httponly=True, secure=secure)
    return answer
