"""Text size and contrast that a person chose, in a cookie of one year shared by all services. Works by plain links."""

from typing import NamedTuple
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

COOKIE = "motcua_look"
SIZES = ("normal", "large", "larger")
CONTRASTS = ("normal", "high")
_YEAR_SECONDS = 365 * 24 * 3600


class Look(NamedTuple):
    """How this person wants to read."""

    size: str = "normal"
    contrast: str = "normal"


def _look(size: str, contrast: str) -> Look:
    return Look(size if size in SIZES else "normal", contrast if contrast in CONTRASTS else "normal")


def look_of(request: Request) -> Look:
    """What the cookie says; the usual look where it says nothing known."""
    size, _, contrast = request.cookies.get(COOKIE, "").partition(".")
    return _look(size, contrast)


def choice_href(base: str, look: Look, back: str) -> str:
    """The link that chooses `look` and comes back to the address `back`."""
    return f"{base}/look?{urlencode({'size': look.size, 'contrast': look.contrast, 'back': back})}"


def _on_this_site(address: str) -> bool:
    """Only a path: browsers read `//host` and `/\\host` as other sites, and drop control characters first."""
    return address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()


async def choose(request: Request) -> Response:
    """Keep the choice and go back to where the person was."""
    look = _look(request.query_params.get("size", ""), request.query_params.get("contrast", ""))
    back = request.query_params.get("back", "/")
    response = RedirectResponse(back if _on_this_site(back) else "/", 303)
    response.set_cookie(COOKIE, f"{look.size}.{look.contrast}", max_age=_YEAR_SECONDS, samesite="lax", httponly=True)
    return response
