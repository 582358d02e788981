"""What the clerks' pages share: who calls, the dense layout's navigation, and flaws beside their fields."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request
from fastapi.responses import Response

from intake.domain.errors import NotFound
from intake.domain.flaws import Flaw
from intake.domain.registration import COUNTER_ROLES, DESK_ROLES, Clerk
from intake.handlers.registering import clerk_of
from intake.web.calling import Office, show
from kit.pages import FieldError
from kit.pages.words import gettext as _
from kit.signin import Person, allow
from rules.records.procedure import Procedure


async def _at_counter(person: Annotated[Person, Depends(allow(*COUNTER_ROLES))], office: Office) -> Clerk:
    return clerk_of(person, office)


async def _at_desk(person: Annotated[Person, Depends(allow(*DESK_ROLES))], office: Office) -> Clerk:
    return clerk_of(person, office)


CounterClerk = Annotated[Clerk, Depends(_at_counter)]
DeskClerk = Annotated[Clerk, Depends(_at_desk)]


def show_desk(
    request: Request, clerk: Clerk, template: str, *, status: HTTPStatus = HTTPStatus.OK, **context: Any
) -> Response:
    """A clerk's page."""
    counter = [(_("Quầy tiếp nhận"), "/desk/counter")] if clerk.at_counter else []
    places = [*counter, (_("Bưu gửi đến"), "/desk/post"), (_("Xin rút, xin dừng"), "/desk/endings")]
    return show(request, template, status=status, clerk=clerk, navigation=places, **context)


def id_of(text: str) -> UUID:
    """An id that a button carries. Raises NotFound where it is none."""
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound("id") from error


def errors_of(flaws: Sequence[Flaw], procedure: Procedure | None) -> list[FieldError]:
    """Each flaw beside its field; what is wrong inside a typed form is said once for the whole form."""
    by_form = {one.form_id: one.code for one in procedure.components if one.form_id} if procedure else {}
    found = [_error(flaw, by_form) for flaw in flaws]
    return [error for place, error in enumerate(found) if error not in found[:place]]


def _error(flaw: Flaw, by_form: dict[str, str]) -> FieldError:
    if flaw.form_id is not None and flaw.sheet is not None:
        sentence = _("Tờ khai nhập tay (phiếu %s) còn chỗ chưa đúng. Hãy mở tờ khai để sửa.") % (flaw.sheet + 1)
        return FieldError(f"paper-{by_form.get(flaw.form_id, '')}", sentence)
    if flaw.component or flaw.form_id:
        return FieldError(f"paper-{flaw.component or by_form.get(flaw.form_id or '', '')}", flaw.message_vi)
    return FieldError("-".join(map(str, flaw.path)) or "papers", flaw.message_vi)
