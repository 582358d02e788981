"""A form's token, rows that repeat, and what is wrong with a field. Knows no form of any service."""

import hmac
import re
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData

TOKEN_FIELD = "form_token"  # noqa: S105 - the field's name, not a secret
_ROW_FIELD = re.compile(r"(?P<index>\d{1,4})-(?P<column>.+)")


class TokenMissing(Exception):
    """The form carries no token, or not this session's: it did not come from a page of ours, or the session ended."""


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field and how to mend it, in one sentence."""

    field_id: str
    sentence: str


def token(request: Request) -> str:
    """This session's form token; made on first use."""
    found = request.session.get(TOKEN_FIELD)
    if not isinstance(found, str):
        found = request.session[TOKEN_FIELD] = secrets.token_urlsafe(32)
    return found


async def checked(request: Request) -> AsyncIterator[FormData]:
    """The submitted form, once its token is found right; a FastAPI dependency. Raises TokenMissing.

    Its files stay open until the answer has left.
    """
    async with request.form() as form:
        if not _is_right(form.get(TOKEN_FIELD), request.session.get(TOKEN_FIELD)):
            raise TokenMissing("the form's token is missing or another session's")
        yield form


def _is_right(given: object, kept: object) -> bool:
    if not isinstance(given, str) or not isinstance(kept, str):
        return False
    return hmac.compare_digest(given.encode(), kept.encode())


Checked = Annotated[FormData, Depends(checked)]


def rows(form: FormData, name: str) -> list[dict[str, str]]:
    """The rows of a repeating table in their order (fields `name-0-column`); rows left wholly empty are dropped."""
    found: dict[int, dict[str, str]] = {}
    for key, value in form.multi_items():
        match = _ROW_FIELD.fullmatch(key.removeprefix(f"{name}-")) if key.startswith(f"{name}-") else None
        if match and isinstance(value, str):
            found.setdefault(int(match["index"]), {})[match["column"]] = value.strip()
    return [row for _, row in sorted(found.items()) if any(row.values())]
