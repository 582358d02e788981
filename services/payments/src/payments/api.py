"""JSON routes and the table of problems. Translates; decides nothing."""

from collections.abc import Sequence
from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime, BaseModel, Field

from kit.now import Now
from kit.problems import Problem
from kit.signin import NotAllowed, Person, allow, open_to_all
from kit.tx import Tx
from payments import reads
from payments.domain import errors
from payments.domain.demand import DemandState
from payments.domain.desk import Reception
from payments.domain.ledger import Way
from payments.handlers import desk, differences, paying, results
from payments.reads import DemandView, Ledger

LARGEST_NOTIFICATION_BYTES = 64 * 1024

PROBLEMS = {
    errors.DemandNotFound: Problem(
        HTTPStatus.NOT_FOUND, "demand-not-found", "No such fee demand", "Không tìm thấy khoản phí",
        "Khoản phí này không có, hoặc không phải của hồ sơ do ông/bà nộp.",
    ),
    errors.NotPayable: Problem(
        HTTPStatus.CONFLICT, "not-payable", "The demand's state takes no payment", "Khoản phí không còn phải nộp",
        "Khoản phí này đã nộp xong, hoặc đã có thông báo phí mới thay thế. Ông/bà không cần nộp nữa.",
    ),
    errors.AttemptUnderWay: Problem(
        HTTPStatus.CONFLICT, "attempt-under-way", "A payment is just being started", "Đang mở trang thanh toán",
        "Lần bấm trước của ông/bà đang được xử lý. Xin chờ một phút rồi tải lại trang.",
    ),
    errors.PlatformBusy: Problem(
        HTTPStatus.SERVICE_UNAVAILABLE, "platform-busy", "The Payment Platform does not answer",
        "Nền tảng thanh toán chưa trả lời",
        "Chưa mở được trang thanh toán; ông/bà chưa bị trừ tiền. Xin thử lại sau vài phút.",
    ),
    errors.PlatformRefused: Problem(
        HTTPStatus.BAD_GATEWAY, "platform-refused", "The Payment Platform refused the transaction",
        "Nền tảng thanh toán từ chối giao dịch",
        "Ông/bà chưa bị trừ tiền. Xin thử lại; nếu vẫn không được, xin gọi số điện thoại ở cuối trang.",
    ),
    errors.ReceiptNotThere: Problem(
        HTTPStatus.NOT_FOUND, "receipt-not-there", "There is no receipt yet", "Chưa có biên lai",
        "Biên lai do Nền tảng thanh toán lập và chưa gửi về. Ông/bà quay lại sau ít phút.",
    ),
    errors.DecisionMissing: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, "decision-missing", "Say whether the money is refunded or kept",
        "Chưa có quyết định", "Khoản tiền này không ai phải nộp: hãy chọn hoàn trả hay giữ lại.",
    ),
    errors.ReceptionIncomplete: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, "reception-incomplete", "What was received cannot be booked so",
        "Chưa ghi nhận được khoản thu", "Thông tin khoản thu chưa đúng.",
    ),
    errors.DifferenceNotFound: Problem(
        HTTPStatus.NOT_FOUND, "difference-not-found", "No such open difference", "Không tìm thấy khoản chênh lệch",
        "Khoản chênh lệch này không có hoặc đã được xử lý.",
    ),
}  # fmt: skip

router = APIRouter(prefix="/api/payments/v1", tags=["payments"])
Payer = Annotated[Person, Depends(allow("applicant"))]
PayerOrAccountant = Annotated[Person, Depends(allow("applicant", "accountant"))]
Accountant = Annotated[Person, Depends(allow("accountant"))]
Cashier = Annotated[Person, Depends(allow("accountant", "one_stop_officer"))]


class LineOut(BaseModel):
    """So many of a thing at an amount each, before the factor."""

    name_vi: str
    quantity: int
    unit_vnd: int
    amount_vnd: int


class DemandOut(BaseModel):
    """A fee demand. `progress` is what the payer is told; `state` is what the ledger holds."""

    id: UUID
    dossier_id: UUID
    arrival_number: str
    code: str | None = Field(description="the dossier code, once the dossier is accepted")
    state: DemandState
    progress: reads.Progress
    lines: list[LineOut]
    factor: str = Field(description="what the sum of the lines is multiplied by, as a decimal")
    amount_vnd: int
    legal_basis: list[str]
    demanded_at: datetime
    paid_at: datetime | None = Field(description="the moment the platform reports")
    way: str | None
    transaction_code: str | None
    has_receipt: bool
    desk_code: str | None = Field(default=None, description="the receipt's number, where the desk took the money")


class PayAddress(BaseModel):
    """Where the payer goes next."""

    pay_url: str


class LedgerLineOut(BaseModel):
    """One receipt of money."""

    demand_id: UUID
    dossier: str
    way: str
    amount_vnd: int
    transaction_code: str
    paid_at: datetime
    booked_at: datetime
    has_receipt: bool


class DifferenceOut(BaseModel):
    """What only a person can settle."""

    id: UUID
    kind: str
    reference: str
    dossier: str | None
    expected_vnd: int | None
    received_vnd: int | None
    noticed_at: datetime


class LedgerOut(BaseModel):
    """A day's receipts and every open difference."""

    day: date
    total_vnd: int
    differences: list[DifferenceOut]
    lines: list[LedgerLineOut]


class Settlement(BaseModel):
    """How a difference was settled."""

    settlement: str = Field(min_length=3, max_length=500)
    decision: Literal["refund", "keep"] | None = Field(default=None, description="for money that nobody owed")


class ReceptionIn(BaseModel):
    """Money taken at the desk. `received_at` is now where nothing is said; a transfer names the bank's reference."""

    way: Literal["cash", "transfer"]
    amount_vnd: int
    received_at: AwareDatetime | None = None
    reference: str = Field(default="", max_length=60)


class DeskReceiptOut(BaseModel):
    """The number on the receipt."""

    receipt: str


def applicant_id(person: Person) -> str | None:
    """Whose demands a person sees: an accountant's are everybody's."""
    return None if person.has("accountant") else person.id


@router.get("/demands", summary="My fee demands, newest first; an accountant's are all")
async def demands(
    tx: Tx, person: PayerOrAccountant, state: DemandState | None = None, after: UUID | None = None
) -> Sequence[DemandOut]:
    """At most 50; the next page begins behind the demand `after`."""
    found = await reads.list_demands(tx, applicant_id=applicant_id(person), state=state, after=after)
    return [demand_out(view) for view in found]


@router.get("/demands/{demand_id}", summary="One fee demand")
async def demand(tx: Tx, person: PayerOrAccountant, demand_id: UUID) -> DemandOut:
    """404 also where the demand is not the caller's."""
    return demand_out(await reads.find_demand(tx, demand_id, applicant_id=applicant_id(person)))


@router.post("/demands/{demand_id}/attempts", status_code=HTTPStatus.CREATED, summary="Start paying on the platform")
async def start_attempt(request: Request, person: Payer, demand_id: UUID) -> PayAddress:
    """The platform's pay page. Repeated, it leads to the same transaction as long as that is open."""
    return PayAddress(pay_url=await paying.pay_address(request.app.state.desk, demand_id, person.id))


@router.get("/desk/demands", summary="Demands of my office by dossier code or arrival number; else the open ones")
async def desk_demands(tx: Tx, person: Cashier, code: str = "") -> Sequence[DemandOut]:
    """At most 50, newest first."""
    return [demand_out(view) for view in await reads.search_at_desk(tx, code, office=person.office)]


@router.post(
    "/demands/{demand_id}/desk-receipt", status_code=HTTPStatus.CREATED, summary="Take the whole amount at the desk"
)
async def take_at_desk(tx: Tx, now: Now, person: Cashier, demand_id: UUID, body: ReceptionIn) -> DeskReceiptOut:
    """409 where it is paid already, a second press included; a transfer is the accountant's to note."""
    reception = Reception(Way(body.way), body.amount_vnd, body.received_at or now, body.reference.strip())
    check_may_take(person, reception.way)
    return DeskReceiptOut(receipt=await desk.take_at_desk(tx, demand_id, reception, clerk=person, now=now))


def check_may_take(person: Person, way: Way) -> None:
    """A transfer is noted by the accountant, who sees the account. Raises NotAllowed."""
    if way is Way.TRANSFER and not person.has("accountant"):
        raise NotAllowed("a transfer is noted by the accountant")


@router.get("/ledger", summary="A day's receipts and all open differences")
async def ledger(tx: Tx, now: Now, person: Accountant, day: Annotated[date | None, Query()] = None) -> LedgerOut:
    """Today where no day is named."""
    return ledger_out(await reads.read_ledger(tx, day or now.date()))


@router.post(
    "/differences/{difference_id}/settlement", status_code=HTTPStatus.NO_CONTENT, summary="Settle a difference"
)
async def settle(tx: Tx, now: Now, person: Accountant, difference_id: UUID, body: Settlement) -> None:
    """Notes who settled it and how; money that nobody owed is refunded or kept by it."""
    await differences.settle_difference(
        tx, difference_id, settled_by=person.id, settlement=body.settlement, decision=body.decision, now=now
    )


@router.post("/platform/notification", dependencies=[open_to_all], summary="The Payment Platform tells a result")
async def notification(request: Request, tx: Tx, now: Now) -> JSONResponse:
    """The platform's own message and reply shapes; always HTTP 200 once the message is durably kept.

    Open to all: the digest says whether it is genuine. MaLoi of the reply is 00 where it was taken, else 99.
    """
    body = await read_body(request)
    return JSONResponse(await results.take_notification(tx, body, request.app.state.partner, now=now))


async def read_body(request: Request) -> bytes:
    """The body, cut where it is larger than any notification: what is cut can be no JSON and is kept as unreadable."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST_NOTIFICATION_BYTES:
            return bytes(body[:LARGEST_NOTIFICATION_BYTES])
    return bytes(body)


def demand_out(view: DemandView) -> DemandOut:
    """A demand as clients see it."""
    facts: dict[str, Any] = {
        name: getattr(view.demand, name) for name in DemandOut.model_fields if hasattr(view.demand, name)
    }
    facts["lines"] = [vars(line) for line in view.demand.lines]
    facts |= {
        name: getattr(view, name)
        for name in ("code", "progress", "way", "transaction_code", "has_receipt", "desk_code")
    }
    return DemandOut.model_validate(facts)


def ledger_out(found: Ledger) -> LedgerOut:
    """The ledger as clients see it."""
    lines = [vars(line) | {"dossier": line.shown_code, "paid_at": line.value_at} for line in found.lines]
    differing = [vars(one) | {"dossier": one.shown_code} for one in found.differences]
    return LedgerOut.model_validate(
        {"day": found.day, "total_vnd": found.total_vnd, "lines": lines, "differences": differing}
    )
