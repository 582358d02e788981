"""The page a paper's QR leads to, for anybody: says which paper it is and compares a file. Keeps nothing."""

import hashlib
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.datastructures import FormData, UploadFile

from kit.pages import FieldError, Pages
from kit.pages.forms import Checked
from kit.pages.words import gettext as _
from kit.signin import MaybePerson, open_to_all
from kit.tx import Tx
from workflow.reads.verification import verify

router = APIRouter(dependencies=[open_to_all])
Token = Annotated[str, Path(min_length=1, max_length=100)]
CHUNK = 1024 * 1024


@router.get("/verify/{token}")
async def paper(request: Request, tx: Tx, person: MaybePerson, token: Token) -> Response:
    """Which paper this is, and whether it still counts."""
    return await paper_page(request, tx, token)


@router.post("/verify/{token}")
async def compare(request: Request, tx: Tx, person: MaybePerson, form: Checked, token: Token) -> Response:
    """Whether the chosen file is that paper, byte for byte. Answers at once: nothing of the file is kept."""
    file = chosen(form)
    if file is None:
        errors = [FieldError("file", _("Hãy chọn tệp cần so."))]
        return await paper_page(request, tx, token, errors=errors, status_code=HTTPStatus.UNPROCESSABLE_ENTITY)
    return await paper_page(request, tx, token, sha256=await digest(file))


def chosen(form: FormData) -> UploadFile | None:
    file = form.get("file")
    return file if isinstance(file, UploadFile) and file.filename else None


async def digest(file: UploadFile) -> str:
    hashed = hashlib.sha256()
    while chunk := await file.read(CHUNK):
        hashed.update(chunk)
    return hashed.hexdigest()


async def paper_page(
    request: Request,
    tx: AsyncSession,
    token: str,
    *,
    sha256: str = "",
    errors: list[FieldError] | None = None,
    status_code: int = HTTPStatus.OK,
) -> Response:
    """`sha256` is the digest of the file that was compared. A token nobody gave out answers 404, calmly."""
    found = await verify(tx, token)
    pages: Pages = request.app.state.pages
    if found is None:
        return pages.render(request, "verify_unknown.html", status_code=HTTPStatus.NOT_FOUND, navigation=[])
    facts: dict[str, Any] = {"found": found, "token": token, "sha256": sha256, "errors": errors or []}
    return pages.render(request, "verify.html", status_code=status_code, navigation=[], **facts)
