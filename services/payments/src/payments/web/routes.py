"""Pages under /pay: what is owed, the way to the platform and back, the receipt, the accountant's ledger."""

from datetime import date
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from kit.download import Download
from kit.now import Now
from kit.pages import FieldError, Pages
from kit.pages.forms import Checked
from kit.pages.words import gettext as _
from kit.signin import Person, allow
from kit.tx import Tx
from payments import reads
from payments.domain.errors import (
    AttemptUnderWay,
    DecisionMissing,
    NotPayable,
    PaymentProblem,
    PlatformBusy,
    PlatformRefused,
)
from payments.handlers import differences, paying
from payments.reads import DemandView, Progress
from payments.web.words import FACTS

router = APIRouter(prefix="/pay", include_in_schema=False, default_response_class=HTMLResponse)
Payer = Annotated[Person, Depends(allow("applicant"))]
PayerOrAccountant = Annotated[Person, Depends(allow("applicant", "accountant"))]
Accountant = Annotated[Person, Depends(allow("accountant"))]
REFRESH_SECONDS = 5
SHORTEST_SETTLEMENT, LONGEST_SETTLEMENT = 3, 500


@router.get("")
async def home(
    request: Request, tx: Tx, person: Annotated[Person, Depends(allow("applicant", "accountant", "one_stop_officer"))]
) -> Response:
    """What I owe and have paid; the accountant begins at the ledger, the one-stop officer at the desk."""
    if person.has("accountant", "one_stop_officer"):
        return RedirectResponse("/pay/ledger" if person.has("accountant") else "/pay/desk", HTTPStatus.SEE_OTHER)
    found = await reads.list_demands(tx, applicant_id=person.id)
    return show(request, "demands.html", person, demands=found)


@router.get("/return")
async def come_back(request: Request, tx: Tx, person: Payer, MaThamChieu: str) -> Response:  # noqa: N803 - the platform's name
    """Where the platform sends the payer back. The address proves nothing: what is shown is what we know ourselves."""
    view = await reads.find_by_reference(tx, MaThamChieu, applicant_id=person.id)
    return demand_page(request, person, view)


@router.get("/ledger")
async def ledger(request: Request, tx: Tx, now: Now, person: Accountant, day: str = "") -> Response:
    """The day's receipts by way, differences first."""
    return await ledger_page(request, tx, person, read_day(day) or now.date(), today=now.date())


@router.post("/ledger/differences/{difference_id:uuid}")
async def settle(
    request: Request, tx: Tx, now: Now, person: Accountant, form: Checked, difference_id: UUID
) -> Response:
    """The accountant says how a difference was settled, and whether money that nobody owed goes back."""
    settlement, decision = str(form.get("settlement", "")).strip(), str(form.get("decision", "")) or None
    wrong = None
    if not SHORTEST_SETTLEMENT <= len(settlement) <= LONGEST_SETTLEMENT:
        wrong = FieldError(f"settlement-{difference_id}", _("Ghi cách xử lý, từ 3 đến 500 ký tự."))
    else:
        try:
            await differences.settle_difference(
                tx, difference_id, settled_by=person.id, settlement=settlement, decision=decision, now=now
            )
        except DecisionMissing:
            wrong = FieldError(f"decision-{difference_id}", _("Chọn hoàn trả hay giữ lại khoản tiền này."))
    if wrong:
        return await ledger_page(request, tx, person, now.date(), today=now.date(), wrong=wrong, typed=settlement)
    return RedirectResponse("/pay/ledger", HTTPStatus.SEE_OTHER)


@router.get("/{demand_id:uuid}")
async def demand(request: Request, tx: Tx, person: PayerOrAccountant, demand_id: UUID) -> Response:
    """What is owed, line by line, and how to pay it."""
    return demand_page(request, person, await find(tx, person, demand_id))


@router.post("/{demand_id:uuid}/attempts")
async def pay(request: Request, person: Payer, form: Checked, demand_id: UUID) -> Response:
    """Go to the platform's pay page; a second press goes to the same one."""
    desk = request.app.state.desk
    try:
        return RedirectResponse(await paying.pay_address(desk, demand_id, person.id), HTTPStatus.SEE_OTHER)
    except NotPayable:
        return RedirectResponse(f"/pay/{demand_id}", HTTPStatus.SEE_OTHER)
    except (AttemptUnderWay, PlatformBusy, PlatformRefused) as problem:
        async with desk.database.transaction() as tx:
            view = await find(tx, person, demand_id)
        return demand_page(request, person, view, problem=problem)


@router.get("/{demand_id:uuid}/receipt")
async def receipt(request: Request, tx: Tx, person: PayerOrAccountant, demand_id: UUID) -> Response:
    """That it is paid, when and how; the platform's receipt once it has come."""
    view = await find(tx, person, demand_id)
    if view.progress is not Progress.PAID:
        return RedirectResponse(f"/pay/{demand_id}", HTTPStatus.SEE_OTHER)
    page = show(request, "receipt.html", person, view=view)
    return page if view.has_receipt or view.desk_code else refreshing(page)


@router.get("/{demand_id:uuid}/receipt.pdf")
async def receipt_pdf(tx: Tx, person: PayerOrAccountant, demand_id: UUID) -> Response:
    """The platform's receipt as it was handed over."""
    view = await find(tx, person, demand_id)
    return Download(await reads.receipt_file(tx, demand_id), f"bien-lai-{view.shown_code}.pdf").answer()


async def find(tx: Tx, person: Person, demand_id: UUID) -> DemandView:
    """The demand, if it is theirs or they are the accountant. Raises DemandNotFound."""
    return await reads.find_demand(tx, demand_id, applicant_id=None if person.has("accountant") else person.id)


def demand_page(
    request: Request,
    person: Person,
    view: DemandView,
    *,
    problem: PaymentProblem | None = None,
) -> Response:
    """The demand's page in whatever state it is; it looks again by itself while the outcome is open."""
    known = request.app.state.problems[type(problem)] if problem else None
    page = show(
        request,
        "demand.html",
        person,
        status_code=known.status if known else HTTPStatus.OK,
        view=view,
        may_pay=person.has("applicant"),
        errors=[FieldError("pay", known.sentence_vi)] if known else [],
    )
    return refreshing(page) if view.progress is Progress.WAITING and not problem else page


async def ledger_page(
    request: Request,
    tx: Tx,
    person: Person,
    day: date,
    *,
    today: date,
    wrong: FieldError | None = None,
    typed: str = "",
) -> Response:
    """The ledger of a day; with what is wrong in a form that was sent."""
    found = await reads.read_ledger(tx, day)
    return show(
        request,
        "ledger.html",
        person,
        status_code=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        ledger=found,
        today=today,
        errors=[wrong] if wrong else [],
        typed=typed,
    )


def show(request: Request, template: str, person: Person, *, status_code: int = 200, **facts: object) -> Response:
    """A page of ours with its navigation."""
    pages: Pages = request.app.state.pages
    return pages.render(request, template, status_code=status_code, navigation=navigation(person), **FACTS, **facts)


def navigation(person: Person) -> list[tuple[str, str]]:
    """Where each role goes from here."""
    if person.has("accountant"):
        return [(_("Sổ thu"), "/pay/ledger"), (_("Thu tại quầy"), "/pay/desk")]
    if person.has("one_stop_officer"):
        return [(_("Hồ sơ"), "/officer"), (_("Thu tại quầy"), "/pay/desk")]
    return [(_("Trang đầu"), "/"), (_("Hồ sơ của tôi"), "/dossiers"), (_("Phí phải nộp"), "/pay")]


def refreshing(page: Response) -> Response:
    """The browser loads the page again by itself, without JavaScript."""
    page.headers["Refresh"] = str(REFRESH_SECONDS)
    return page


def read_day(text: str) -> date | None:
    """A date as a date field sends it; None where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
