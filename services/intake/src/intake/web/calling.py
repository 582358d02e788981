"""What every page asks for: who reads it, which office this is, and how it goes on after a form."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import RedirectResponse, Response

from intake.web.language import choice_href, is_english, sayer
from kit.pages import Pages
from kit.signin import Person, allow


def _office(request: Request) -> str:
    office: str = request.app.state.office
    return office


Office = Annotated[str, Depends(_office)]
Applicant = Annotated[Person, Depends(allow("applicant"))]


def show(request: Request, template: str, *, status: HTTPStatus = HTTPStatus.OK, **context: Any) -> Response:
    """A page of this service."""
    pages: Pages = request.app.state.pages
    english = is_english(request)
    spoken = {"english": english, "say": sayer(english), "language_href": choice_href(request)}
    return pages.render(request, template, status_code=status, **spoken | context)


def go(address: str) -> Response:
    """After a form: the browser asks for the next page by itself, so that a reload sends nothing again."""
    return RedirectResponse(address, HTTPStatus.SEE_OTHER)
