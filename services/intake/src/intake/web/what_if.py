"""The page that tells when a result would come: for everybody, without sign-in; the whole question is its address."""

from collections.abc import Mapping
from datetime import date
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from intake import reads
from intake.domain.errors import (
    ChannelNotOffered,
    IntakeError,
    LimitUnpublished,
    OfficeUnknown,
    OutsideYears,
    ProcedureNotInForce,
    ProcedureUnknown,
    QuestionInvalid,
)
from intake.domain.what_if import what_if
from intake.web import answering, words
from intake.web.asking import Asking, read
from intake.web.calling import Office, show
from intake.web.language import is_english
from kit.now import Now
from kit.pages import FieldError
from kit.pages.formats import day
from kit.pages.words import gettext as _
from kit.signin import MaybePerson, open_to_all
from rules import catalogue as law
from rules.calendar import Calendar
from rules.milestones import Question, Road
from rules.records.procedure import Procedure

router = APIRouter(dependencies=[open_to_all])
# Which field an error is about; what is nobody's fault (R14, years not approved) is told in the answer's place.
FIELDS: Mapping[type[IntakeError], str] = {
    ProcedureUnknown: "procedure",
    ProcedureNotInForce: "procedure",
    ChannelNotOffered: "channel",
    OfficeUnknown: "office",
}


@router.get("/what-if")
async def page(request: Request, person: MaybePerson, now: Now, here: Office) -> Response:
    """A form, and once it is asked every date of the road with the reason for each day skipped."""
    english, asking = is_english(request), read(request.query_params, here, now)
    calendar = reads.calendar_of(asking.office)
    question = asking.question() if asking.is_asked else None
    if not asking.is_asked:
        asking.wrong.clear()
    found: dict[str, Any] = {"road": None, "unpublished": None, "errors": _errors(asking, english=english)}
    if question is not None:
        found |= answer(question, calendar, english=english)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if found["errors"] else HTTPStatus.OK
    if found["road"] is not None and calendar is not None:
        found |= shown(found["road"], calendar, now.date(), english=english)
    choices = {"procedures": procedure_choices(now.date()), "offices": office_choices()}
    return show(request, "what_if.html", status=status, asking=asking, words=words, **choices, **found)


def answer(question: Question, calendar: Calendar | None, *, english: bool) -> dict[str, Any]:
    """The road, or what stands in its way: errors at their fields, or that a limit is not published (R14)."""
    try:
        if calendar is None:
            raise OfficeUnknown(question.office_id)
        return {"road": what_if(question, calendar, law.load())}
    except LimitUnpublished:
        return {"unpublished": law.load().version_on(question.procedure, question.filed_at.date())}
    except QuestionInvalid as error:
        wrong = [(_field_of(one.pointer), one.message_en if english else one.message_vi) for one in error.wrong]
        return {"errors": [FieldError(name, sentence) for name, sentence in wrong]}
    except OutsideYears as error:
        return {"errors": [FieldError(_field_of(error.pointer), _sentence(error, english=english))]}
    except tuple(FIELDS) as error:
        return {"errors": [FieldError(FIELDS[type(error)], _sentence(error, english=english))]}


def _sentence(error: IntakeError, *, english: bool) -> str:
    return f"{str(error)[:1].upper()}{str(error)[1:]}." if english else error.sentence_vi


def shown(road: Road, calendar: Calendar, today: date, *, english: bool) -> dict[str, Any]:
    """The road's dates one by one, and the month calendar with what stands under it."""
    told = [one.at for one in road.milestones if not one.is_inside]
    return {
        "stops": answering.stops(road, english=english),
        "days": answering.days(road, calendar, today, english=english),
        "caption": _("Từ %(first)s đến %(last)s") % {"first": day(told[0]), "last": day(told[-1])},
        "procedure": law.load().procedure(road.procedure_id, road.procedure_version),
    }


def _errors(asking: Asking, *, english: bool) -> list[FieldError]:
    return [FieldError(one.pointer, one.message_en if english else one.message_vi) for one in asking.wrong]


def _field_of(pointer: str) -> str:
    """`supplements/0/asked_at` of the API is `supplements-0-asked_on` here."""
    return pointer.replace("/", "-").removesuffix("_at") + "_on"


def procedure_choices(today: date) -> list[tuple[str, str]]:
    """Every procedure there is or was, by name; one that is not in force today says since or until when."""
    newest = {one.id: one for one in sorted(law.load().procedures, key=lambda one: one.effective_from)}
    named = [(one.id, _named(one, today)) for one in newest.values()]
    return sorted(named, key=lambda one: one[1])


def _named(one: Procedure, today: date) -> str:
    if one.is_in_force(today):
        return one.name_vi
    if one.effective_from > today:
        return _("%(name)s (có hiệu lực từ %(on)s)") % {"name": one.name_vi, "on": f"{one.effective_from:%d/%m/%Y}"}
    return _("%(name)s (đã hết hiệu lực)") % {"name": one.name_vi}


def office_choices() -> list[tuple[str, str]]:
    return [(one.id, one.name_vi) for one in law.load().offices]
