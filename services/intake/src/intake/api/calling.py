"""What every route of the API asks for: who calls, which office this is, and how errors are described."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Depends, Request

from intake.api.shapes import ProblemOut
from intake.domain.registration import DESK_ROLES
from kit.signin import Person, allow


def _office(request: Request) -> str:
    office: str = request.app.state.office
    return office


Office = Annotated[str, Depends(_office)]
Applicant = Annotated[Person, Depends(allow("applicant"))]
Uploader = Annotated[Person, Depends(allow("applicant", *DESK_ROLES))]  # clerks scan what came in on paper


def problems(*statuses: HTTPStatus, person: bool = True) -> dict[int | str, dict[str, Any]]:
    """The error answers of a route, for the OpenAPI document."""
    every = {*statuses, HTTPStatus.UNPROCESSABLE_ENTITY}
    every |= {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN} if person else set()
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemOut"}}}
    return {int(s): {"model": ProblemOut, "description": s.phrase, "content": content} for s in sorted(every)}
