"""The post room: scan or type a barcode and the parcel opens; the last ten below."""

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from intake import reads
from intake.domain.errors import ItemTaken, SubmissionInvalid
from intake.domain.postal import read_item, tidy_item
from intake.domain.registration import Clerk, Parcel
from intake.domain.texts import storable
from intake.handlers import desk
from intake.web.calling import Office, go
from intake.web.counter_calling import DeskClerk, errors_of, show_desk
from kit.now import TIME_ZONE, Now
from kit.pages import FieldError
from kit.pages.forms import Checked
from kit.pages.words import gettext as _
from kit.tx import Tx

router = APIRouter()
MOST_NEWEST = 10
FIELDS = ("postal_item", "stamped_on", "stamped_at", "sender", "is_overridden")


@router.get("/desk/post")
async def page(request: Request, clerk: DeskClerk, tx: Tx, now: Now, office: Office) -> Response:
    values = dict.fromkeys(FIELDS, "") | {"stamped_on": f"{now:%d/%m/%Y}"}
    return await _page(request, tx, clerk, office, values, [])


async def _page(
    request: Request,
    tx: Tx,
    clerk: Clerk,
    office: str,
    values: Mapping[str, str],
    errors: list[FieldError],
    taken: ItemTaken | None = None,
) -> Response:
    open_ones, newest = await reads.desk_lists(tx, office, "post_room", MOST_NEWEST)
    return show_desk(
        request,
        clerk,
        "post_room.html",
        status=HTTPStatus.CONFLICT if taken else HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        values=values,
        errors=errors,
        taken=taken,
        may_override=read_item(tidy_item(values["postal_item"])) == "wrong_check_digit",
        open_ones=open_ones,
        newest=newest,
    )


@router.post("/desk/post")
async def open_parcel(request: Request, form: Checked, clerk: DeskClerk, tx: Tx, now: Now, office: Office) -> Response:
    """Open a parcel; one that is open already is found again, one that was registered is refused with its dossier."""
    values = {key: storable(str(form.get(key, ""))).strip()[:300] for key in FIELDS}
    parcel, errors = _parcel(form, values)
    try:
        one = await desk.open_parcel(tx, clerk, office, parcel, now=now)
    except SubmissionInvalid as invalid:
        told = [_beside_the_date(error) for error in errors_of(invalid.flaws, None) if not _is_told(error, errors)]
        return await _page(request, tx, clerk, office, values, [*told, *errors])
    except ItemTaken as taken:
        if taken.dossier_id is None:
            return go(f"/desk/registrations/{taken.registration_id}")
        error = FieldError("postal_item", taken.sentence_vi)
        return await _page(request, tx, clerk, office, values, [error], taken)
    return go(f"/desk/registrations/{one.id}")


def _is_told(error: FieldError, errors: list[FieldError]) -> bool:
    """That there is no stamp is told better beside the day or the hour that is none."""
    return error.field_id == "received_at" and bool(errors)


def _parcel(form: FormData, values: Mapping[str, str]) -> tuple[Parcel, list[FieldError]]:
    """What was typed; the stamp's date and hour are read here, judged by the domain."""
    stamp, errors = read_stamp(values["stamped_on"], values["stamped_at"])
    return Parcel(values["postal_item"], stamp, values["sender"] or None, bool(form.get("is_overridden"))), errors


def read_stamp(on: str, at: str) -> tuple[datetime | None, list[FieldError]]:
    """`03/03/2025` and `8:40`, or `0840` as it is quicker to type."""
    errors = []
    digits = at.replace(":", "").replace("h", "").replace(".", "").zfill(4)
    day, hour = _parsed(on, "%d/%m/%Y"), _parsed(digits, "%H%M") if at else None
    if day is None:
        errors.append(FieldError("stamped_on", _("Hãy ghi ngày trên dấu đến, ví dụ 03/03/2025.")))
    if hour is None:
        errors.append(FieldError("stamped_at", _("Hãy ghi giờ và phút trên dấu đến, ví dụ 08:40.")))
    if day is None or hour is None:
        return None, errors
    return datetime.combine(day.date(), hour.time(), TIME_ZONE), []


def _parsed(text: str, pattern: str) -> datetime | None:
    try:
        return datetime.strptime(text, pattern)  # noqa: DTZ007 - a part of a moment; its zone is given when joined
    except ValueError:
        return None


def _beside_the_date(error: FieldError) -> FieldError:
    return FieldError("stamped_on", error.sentence) if error.field_id == "received_at" else error
