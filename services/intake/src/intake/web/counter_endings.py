"""What an applicant asks for at the counter or by letter: to take a dossier back, or to have its handling stopped."""

from collections.abc import Mapping
from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from contracts.facts import Channel
from intake import reads
from intake.domain.dossier import Dossier, Ending
from intake.domain.errors import NotAllowedNow, NotFound
from intake.domain.registration import Clerk
from intake.domain.texts import storable
from intake.handlers.endings import request_stop, request_withdrawal
from intake.handlers.registering import handler_of, note_clerk
from intake.web import words
from intake.web.calling import Office, go
from intake.web.counter_calling import DeskClerk, show_desk
from kit.now import Now
from kit.pages import FieldError
from kit.pages.forms import Checked
from kit.pages.words import gettext as _
from kit.tx import Tx

router = APIRouter()
ASK = {Ending.WITHDRAW: request_withdrawal, Ending.STOP: request_stop}
LONGEST = 2000


@router.get("/desk/endings")
async def page(
    request: Request, clerk: DeskClerk, tx: Tx, office: Office, code: str = "", asked: UUID | None = None
) -> Response:
    """Find the dossier; `asked` is the one for which a request was just written down."""
    values = {"code": storable(code).strip()[:100], "way": "direct"}
    return await _page(request, tx, clerk, office, values, [], asked=asked)


async def _page(
    request: Request,
    tx: Tx,
    clerk: Clerk,
    office: str,
    values: Mapping[str, str],
    errors: list[FieldError],
    *,
    asked: UUID | None = None,
) -> Response:
    dossier = await _find(tx, office, values["code"]) if values["code"] else None
    if values["code"] and dossier is None:
        errors = [FieldError("code", _("Không có hồ sơ nào mang mã này ở đây. Hãy xem lại từng ký tự.")), *errors]
    return show_desk(
        request,
        clerk,
        "counter_endings.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        values=values,
        errors=errors,
        dossier=dossier,
        procedure=reads.procedure_of(dossier) if dossier else None,
        just_asked=asked is not None and dossier is not None and dossier.id == asked,
        words=words,
    )


async def _find(tx: Tx, office: str, code: str) -> Dossier | None:
    try:
        return await reads.dossier_by_code(tx, office, code)
    except NotFound:
        return None


@router.post("/desk/endings")
async def ask(request: Request, form: Checked, clerk: DeskClerk, tx: Tx, now: Now, office: Office) -> Response:
    """Write down what was asked; workflow decides."""
    values = {key: storable(str(form.get(key, ""))).strip() for key in ("code", "ending", "way", "reason")}
    dossier, errors = await _find(tx, office, values["code"]), _wrong(values)
    if dossier is None or errors:
        return await _page(request, tx, clerk, office, values, errors)
    try:
        await note_clerk(tx, clerk, office)
        await ASK[Ending(values["ending"])](
            tx,
            dossier.id,
            values["reason"],
            applicant_id=None,
            now=now,
            channel=Channel(values["way"]),
            registered_by=handler_of(clerk),
        )
    except NotAllowedNow as refused:
        return await _page(request, tx, clerk, office, values, [FieldError("ending", refused.sentence_vi)])
    return go(f"/desk/endings?code={dossier.code or dossier.arrival_number}&asked={dossier.id}")


def _wrong(values: Mapping[str, str]) -> list[FieldError]:
    errors = []
    if values["ending"] not in list(Ending):
        errors.append(FieldError("ending", _("Hãy chọn: rút hồ sơ hay dừng giải quyết.")))
    if values["way"] not in ("direct", "postal"):
        errors.append(FieldError("way", _("Hãy chọn: nộp tại quầy hay gửi qua bưu chính.")))
    if not 1 <= len(values["reason"]) <= LONGEST:
        errors.append(FieldError("reason", _("Hãy chép lý do trong đơn, không quá %s ký tự.") % LONGEST))
    return errors
