"""JSON routes under /api/workflow/v1. They translate; handlers decide."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Path, Query, Response

from kit.now import Now
from kit.signin import Person, allow
from kit.tx import Tx
from workflow import handlers, reads
from workflow.api.shapes import (
    AddressedSearch,
    CaseLine,
    CaseList,
    CaseOut,
    CaseSearch,
    CheckIn,
    ClockOut,
    CompletionIn,
    ReceptionIn,
    Seen,
    SignOffIn,
    SupplementIn,
    case_out,
    clock_out,
    line_out,
)
from workflow.domain.access import STAFF, Staff

router = APIRouter(prefix="/api/workflow/v1", tags=["cases"])


async def signed_in_staff(person: Annotated[Person, Depends(allow(*STAFF))]) -> Staff:
    """The caller as staff of the office."""
    return handlers.staff_of(person)


Caller = Annotated[Staff, Depends(signed_in_staff)]


async def if_match(
    if_match: Annotated[str | None, Header(description='the version you saw, as `"7"`')] = None,
) -> int | None:
    """The version the caller saw, where the header says one; anything else counts as not said."""
    text = (if_match or "").strip().removeprefix("W/").strip('"')
    return int(text) if text.isdecimal() else None


Version = Annotated[int | None, Depends(if_match)]


def seen_version(body: Seen, version: int | None) -> int | None:
    return body.version if body.version is not None else version


async def answer(tx: Tx, staff: Staff, dossier_id: UUID, now: Now) -> CaseOut:
    """The case after a command."""
    return case_out(await reads.find_case_view(tx, staff, dossier_id, now))


@router.get("/cases")
async def list_cases(tx: Tx, now: Now, staff: Caller, asked: Annotated[AddressedSearch, Query()]) -> CaseList:
    """The cases you may see, most urgent first, 50 a page, with how many wait in each list."""
    return await _found(tx, now, staff, asked)


@router.post("/cases/search")
async def search_cases(tx: Tx, now: Now, staff: Caller, asked: CaseSearch) -> CaseList:
    """The same, asked in a body: here `q` may name a person."""
    return await _found(tx, now, staff, asked)


async def _found(tx: Tx, now: Now, staff: Staff, asked: CaseSearch) -> CaseList:
    found = await reads.find_cases(tx, staff, asked.question(), now)
    counts = await reads.count(tx, staff, now)
    lines = [CaseLine(**line_out(row)) for row in found.rows]
    return CaseList(cases=lines, total=found.total, before=found.before, after=found.after, counts=dict(counts))


@router.get("/cases/{dossier_id}")
async def get_case(dossier_id: UUID, tx: Tx, now: Now, staff: Caller, response: Response) -> CaseOut:
    """One case whole; `ETag` is its version, for `If-Match`. 404 also for a case your unit never worked on."""
    view = await reads.find_case_view(tx, staff, dossier_id, now)
    response.headers["ETag"] = f'"{view.case.version}"'
    return case_out(view)


@router.get("/cases/{reference}/clock")
async def explain_clock(
    reference: Annotated[str, Path(max_length=100, description="the dossier's id, its code or its arrival number")],
    tx: Tx,
    now: Now,
    staff: Caller,
) -> ClockOut:
    """Why the due time is what it is: start, rule, calendar version, readings, ledger, each day and why it counted.

    `agrees` says whether ledger, rules and calendar give the stored due time again.
    """
    return clock_out(await reads.see_clock(tx, staff, reference, now))


@router.post("/cases/{dossier_id}/reception")
async def receive_here(
    dossier_id: UUID, body: ReceptionIn, tx: Tx, now: Now, staff: Caller, version: Version
) -> CaseOut:
    """Receive a dossier that a desk of another area took in: the check's clock starts at that moment, none before."""
    seen = seen_version(body, version)
    await handlers.receive_here(tx, dossier_id, body.received_at, staff=staff, seen_version=seen, now=now)
    return await answer(tx, staff, dossier_id, now)


@router.post("/cases/{dossier_id}/check-items")
async def judge_components(
    dossier_id: UUID, body: CheckIn, tx: Tx, now: Now, staff: Caller, version: Version
) -> CaseOut:
    """Write verdicts on components of the present round; those not named keep theirs."""
    items = [item.item() for item in body.items]
    await handlers.judge_components(
        tx, dossier_id, items, staff=staff, seen_version=seen_version(body, version), now=now
    )
    return await answer(tx, staff, dossier_id, now)


@router.post("/cases/{dossier_id}/supplement-requests")
async def request_supplement(
    dossier_id: UUID, body: SupplementIn, tx: Tx, now: Now, staff: Caller, version: Version
) -> CaseOut:
    """Send the one complete supplement request of this round (form 02): status 5. Every component must be judged."""
    items, seen = [line.item() for line in body.items], seen_version(body, version)
    await handlers.request_supplement(tx, dossier_id, items=items, staff=staff, seen_version=seen, now=now)
    return await answer(tx, staff, dossier_id, now)


@router.post("/cases/{dossier_id}/validity")
async def find_valid(dossier_id: UUID, body: Seen, tx: Tx, now: Now, staff: Caller, version: Version) -> CaseOut:
    """Find the dossier valid: a fee notice goes out (status 6); accepted at once where no fee is waited for."""
    await handlers.find_valid(tx, dossier_id, staff=staff, seen_version=seen_version(body, version), now=now)
    return await answer(tx, staff, dossier_id, now)


@router.post("/cases/{dossier_id}/steps/{step}/completion")
async def finish_step(
    dossier_id: UUID, step: str, body: CompletionIn, tx: Tx, now: Now, staff: Caller, version: Version
) -> CaseOut:
    """Finish an assignment, an appraisal or a review. Before an approval the result is drawn up and frozen."""
    seen = seen_version(body, version)
    await handlers.finish_step(tx, dossier_id, step, body.decision(), staff=staff, seen_version=seen, now=now)
    return await answer(tx, staff, dossier_id, now)


@router.post("/cases/{dossier_id}/sign-off")
async def sign_off(dossier_id: UUID, body: SignOffIn, tx: Tx, now: Now, staff: Caller, version: Version) -> CaseOut:
    """Approve exactly the result with this SHA-256 (reading R15). A recorded sign-off, not a digital signature."""
    await handlers.sign_off(tx, dossier_id, body.sha256, staff=staff, seen_version=seen_version(body, version), now=now)
    return await answer(tx, staff, dossier_id, now)


@router.post("/cases/{dossier_id}/issue")
async def issue(dossier_id: UUID, body: Seen, tx: Tx, now: Now, staff: Caller, version: Version) -> CaseOut:
    """Issue the approved result: status 9; early, on time or late is judged here."""
    await handlers.issue(tx, dossier_id, staff=staff, seen_version=seen_version(body, version), now=now)
    return await answer(tx, staff, dossier_id, now)


_PDF: dict[int | str, dict[str, Any]] = {200: {"content": {"application/pdf": {}}}}


@router.get("/cases/{dossier_id}/files/{number}", response_class=Response)
async def get_file(dossier_id: UUID, number: int, tx: Tx, staff: Caller) -> Response:
    """A file of the dossier, as it was filed. Each view is logged."""
    found = await reads.open_file(tx, staff, dossier_id, number)
    return found.answer()


@router.get("/cases/{dossier_id}/slips/{number}", response_class=Response, responses=_PDF)
async def get_slip(dossier_id: UUID, number: int, tx: Tx, staff: Caller) -> Response:
    """A slip that went out, by its number within the case."""
    found = await reads.open_slip(tx, staff, dossier_id, number)
    return found.answer()


@router.get("/cases/{dossier_id}/result", response_class=Response, responses=_PDF)
async def get_result(dossier_id: UUID, tx: Tx, staff: Caller) -> Response:
    """The result's PDF, from the moment it was drawn up."""
    found = await reads.open_result(tx, staff, dossier_id)
    return found.answer()
