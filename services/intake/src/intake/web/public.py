"""Pages for everybody: the door, the procedures, the look-up by code."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from intake import reads
from intake.domain.errors import ComponentsUnpublished, FilingClosed, NotFound
from intake.domain.filing import any_version, must_be_open
from intake.domain.opening import opening_at
from intake.domain.quote import fee_kinds, quote_of
from intake.domain.registration import DESK_ROLES
from intake.domain.search import find_procedures
from intake.domain.texts import storable
from intake.web import words
from intake.web.calling import Office, go, show
from kit.now import Now
from kit.signin import MaybePerson, Person, open_to_all
from kit.tx import Tx
from rules import catalogue as law
from rules.records.procedure import Procedure

router = APIRouter(dependencies=[open_to_all])
MOST_OF_A_KIND = 99


@router.get("/")
async def home(request: Request, person: MaybePerson, tx: Tx, now: Now, office: Office) -> Response:
    """The citizens' door; who works here goes to their own place."""
    if person and not person.has("applicant") and (place := place_of(person)):
        return go(place)
    calendar = reads.calendar_of(office)
    return show(
        request,
        "home.html",
        opening=words.opening(opening_at(calendar, now) if calendar else None),
        procedures=find_procedures([one for one in reads.procedures_in_force(now.date()) if one.components], "")[:5],
        figures=await reads.last_month(tx, office, now),
        words=words,
    )


def place_of(person: Person) -> str | None:
    """Where somebody who works here begins; none for those who work in another service."""
    places = ((DESK_ROLES, "/desk"), (("operator",), "/operator/parked"), (("auditor",), "/operator/erasures"))
    return next((place for roles, place in places if person.has(*roles)), None)


@router.get("/procedures")
async def procedures(
    request: Request, person: MaybePerson, now: Now, q: Annotated[str, Query(max_length=200)] = ""
) -> Response:
    q = storable(q)
    found = find_procedures(reads.procedures_in_force(now.date()), q)
    return show(request, "procedures.html", query=q, procedures=found, words=words)


@router.get("/procedures/{procedure_id}")
async def procedure(request: Request, procedure_id: str, person: MaybePerson, now: Now, office: Office) -> Response:
    """One procedure; the calculator's numbers come as `ct=1&general=2`."""
    catalogue = law.load()
    in_force = [one for one in catalogue.in_force(now.date()) if one.id == procedure_id]
    found = in_force[0] if in_force else any_version(catalogue, procedure_id)
    kinds = fee_kinds(found, catalogue)
    counts = {key: number(request.query_params.get(key, "")) for key in kinds}
    return show(
        request,
        "procedure.html",
        procedure=found,
        forms={form_id: catalogue.form(form_id) for form_id in found.form_ids},
        kinds=kinds,
        counts=counts,
        quote=quote_of(found, office, counts, now, catalogue),
        asked=any(counts.values()),
        closed=closed_sentence(found, now),
        unpublished=ComponentsUnpublished.sentence_vi,
        words=words,
    )


def number(text: str) -> int:
    """A number of devices as typed; what is none counts as none."""
    return min(int(text), MOST_OF_A_KIND) if text.strip().isdecimal() else 0


def closed_sentence(found: Procedure, now: Any) -> str:
    """Why it cannot be filed here today, if so."""
    try:
        must_be_open(law.load(), found, now.date())
    except FilingClosed as closed:
        return closed.sentence_vi
    return ""


@router.get("/lookup")
async def look_up(
    request: Request, person: MaybePerson, tx: Tx, code: Annotated[str, Query(max_length=60)] = ""
) -> Response:
    """How far along a dossier is, and nothing else (R17)."""
    code = storable(code).strip()
    found: int | None = None
    if code:
        try:
            _, found = await reads.lookup(tx, code)
        except NotFound:
            found = None
    return show(request, "lookup.html", code=code, percent=found)
