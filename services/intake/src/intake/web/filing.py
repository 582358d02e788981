"""Filing: begin, who files, a look at everything, send. Saved as one goes; works without scripts."""

from collections.abc import Mapping
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from contracts.facts import Contact
from intake import reads
from intake.domain.contact import contact_flaws
from intake.domain.errors import SubmissionInvalid
from intake.domain.filing import procedure_in_force
from intake.domain.flaws import Flaw
from intake.domain.quote import quote_of_forms
from intake.domain.texts import storable
from intake.handlers import drafts
from intake.handlers import filing as handlers
from intake.measures import FiledOnline
from intake.web import sheets, steps, words
from intake.web.calling import Applicant, Office, go, show
from intake.web.desk import Desk, desk_of, filed_already, is_taken_online, paper_state, saved_at
from intake.web.language import is_english
from kit.now import Now
from kit.pages.forms import Checked, checked
from kit.signin import Person
from kit.tx import Tx
from rules import catalogue as law

router = APIRouter()
CONTACT_FIELDS = ("name", "organisation", "email", "phone", "address")


@router.get("/filing/new")
async def begin_page(request: Request, person: Applicant, tx: Tx, now: Now, procedure: str) -> Response:
    found = procedure_in_force(law.load(), procedure, now.date())
    begun = [one for one in await reads.begun_drafts(tx, person.id) if one.procedure_id == procedure]
    return show(request, "filing_new.html", procedure=found, drafts=begun)


@router.post("/filing")
async def begin(form: Checked, person: Applicant, tx: Tx, now: Now) -> Response:
    draft = await drafts.start_draft(tx, person.id, str(form.get("procedure", "")), now=now)
    return go(f"/filing/{draft.id}/who")


@router.post("/filing/{draft_id}/removal", dependencies=[Depends(checked)])
async def discard(draft_id: UUID, person: Applicant, tx: Tx) -> Response:
    await drafts.discard_draft(tx, person.id, draft_id)
    return go("/dossiers")


@router.get("/filing/{draft_id}/who")
async def who_page(
    request: Request, draft_id: UUID, person: Applicant, tx: Tx, now: Now, check: bool = False
) -> Response:
    desk = await desk_of(tx, person, draft_id, now.date())
    if gone := filed_already(desk):
        return gone
    values = desk.draft.contact or _known_of(person)
    errors = sheets.errors_of(contact_flaws(values), english=is_english(request)) if check else []
    return show(request, "filing_who.html", values=values, errors=errors, **desk.shell("who"))


def _known_of(person: Person) -> dict[str, str]:
    return {key: getattr(person, key, None) or "" for key in CONTACT_FIELDS}


@router.post("/filing/{draft_id}/who")
async def save_who(draft_id: UUID, form: Checked, person: Applicant, tx: Tx, now: Now) -> Response:
    contact = _contact(form)
    draft = await drafts.save_contact(tx, person.id, draft_id, contact, now=now)
    if contact_flaws(contact.model_dump()):
        return go(f"/filing/{draft_id}/who?check=1")
    return go(steps.next_href(draft, reads.procedure_of(draft), "who"))


@router.post("/filing/{draft_id}/who/saved")
async def autosave_who(draft_id: UUID, form: Checked, person: Applicant, tx: Tx, now: Now) -> Response:
    await drafts.save_contact(tx, person.id, draft_id, _contact(form), now=now)
    return saved_at(now)


def _contact(form: FormData) -> Contact:
    given = {key: storable(str(form.get(key, ""))).strip()[:500] for key in CONTACT_FIELDS}
    return Contact.model_validate({key: value for key, value in given.items() if value} | _always(given))


def _always(given: Mapping[str, str]) -> dict[str, str]:
    return {"name": given["name"], "email": given["email"]}


@router.get("/filing/{draft_id}/check")
async def check_page(request: Request, draft_id: UUID, person: Applicant, tx: Tx, now: Now, office: Office) -> Response:
    """Everything as the officer will see it, the fee line by line and the expected date with its reason."""
    desk = await desk_of(tx, person, draft_id, now.date())
    if gone := filed_already(desk):
        return gone
    catalogue = law.load()
    forms = [catalogue.form(form_id) for form_id in desk.procedure.form_ids]
    english = is_english(request)
    held = desk.draft.forms
    filled = [(form, [sheets.answers(form, one, english=english) for one in held.get(form.id, [])]) for form in forms]
    return show(
        request,
        "filing_check.html",
        who=dict.fromkeys(CONTACT_FIELDS) | dict(desk.draft.contact or {}),
        filled=filled,
        papers=[
            paper_state(one, desk.uploads, [], on=now.date())
            for one in desk.procedure.components
            if one.accepts == "upload" and is_taken_online(one)
        ],
        flaws=_mending(desk, english=english),
        quote=quote_of_forms(desk.procedure, office, desk.draft.forms, now, catalogue),
        words=words,
        **desk.shell("check"),
    )


def _mending(desk: Desk, *, english: bool) -> list[dict[str, str]]:
    """Each flaw with the step where it is mended."""
    hrefs = {place.key: place.href for place in steps.places(desk.draft, desk.procedure)}
    return [
        {
            "sentence": flaw.message_en if english else flaw.message_vi,
            "href": _mend_href(hrefs[steps.key_of(flaw)], flaw),
        }
        for flaw in desk.flaws
    ]


def _mend_href(href: str, flaw: Flaw) -> str:
    if flaw.component and not flaw.form_id:
        return f"{href}#paper-{flaw.component}"
    if flaw.sheet is not None:
        return f"{href}?sheet={flaw.sheet + 1}&check=1"
    return f"{href}?check=1"


@router.post("/filing/{draft_id}/submission", dependencies=[Depends(checked)])
async def submit(counted: FiledOnline, draft_id: UUID, person: Applicant, tx: Tx, now: Now, office: Office) -> Response:
    """Send it; a second click leads to the same dossier."""
    try:
        dossier, is_new = await handlers.submit_draft(tx, person.id, draft_id, office=office, now=now)
    except SubmissionInvalid:
        counted.refused()
        return go(f"/filing/{draft_id}/check")
    if not is_new:
        counted.repeated()
    return go(f"/dossiers/{dossier.id}/sent")
