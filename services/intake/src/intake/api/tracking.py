"""A dossier's whole road as JSON: the same facts as its page."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import Field

from intake import reads
from intake.api.shapes import DossierOut, Moment, Out


class StopOut(Out):
    """One place on the road."""

    key: str = Field(
        description="submitted, check, supplement, fee, accepted, step, result, posted, …, returned or ended"
    )
    state: Literal["done", "current", "ahead"]
    since: Moment | None
    until: Moment | None
    planned_at: Moment | None = Field(description="by when it should be through")
    step_id: str | None
    name_vi: str | None = Field(description="the step's name")
    unit: str | None
    round: int | None
    way: str | None = Field(description="how it came in, or how the result was returned")
    code: str | None = Field(description="the result it is about")


class AskedOut(Out):
    component: str
    name_vi: str
    reason: str = Field(description="the officer's sentence")
    accepts: str
    form_id: str | None


class SupplementOut(Out):
    round: int
    requested_at: Moment
    items: list[AskedOut]


class FeeOut(Out):
    demand_id: UUID
    amount_vnd: int
    demanded_at: Moment | None
    paid_at: Moment | None
    way: str | None
    transaction_code: str | None
    cancelled_ground: str | None = Field(description="why it need not be paid any more")
    refund: Literal["refund", "keep"] | None
    refund_vnd: int | None
    refund_decided_at: Moment | None
    pay_path: str | None = Field(description="where it can be paid, while it is not")


class DocumentOut(Out):
    name: str
    kind: str = Field(
        description="supplement_request, fee_notice, acceptance, refusal, reappointment, apology, stop or result"
    )
    issued_at: Moment
    size: int
    sha256: str
    path: str


class MessageOut(Out):
    template: str
    channel: str
    sent_at: Moment


class HandledByOut(Out):
    office_vi: str
    unit_vi: str | None
    unit_phone: str | None
    name: str | None
    title: str | None
    phone: str | None


class FileOut(Out):
    component: str
    name: str
    media_type: str
    pages: int | None


class PackageOut(Out):
    version: int
    received_at: Moment
    files: list[FileOut]


class RatingOut(Out):
    score: int
    comment: str
    rated_at: Moment


class EndedOut(Out):
    kind: Literal["refused", "withdrawn", "stopped"]
    at: Moment
    ground: str | None = Field(description="why it was stopped: requested, not_supplemented or not_paid")


class NewDateOut(Out):
    said_at: Moment
    previous_due_at: Moment
    due_at: Moment


class MovedDateOut(Out):
    said_at: Moment
    previous_due_at: Moment
    due_at: Moment
    calendar_version: str = Field(description="the version of the office's calendar that moved it")


class ChangedDayOut(Out):
    on: date
    works: bool = Field(description="whether it is a working day now")
    reason: str


class ResultOut(Out):
    code: str
    kind: Literal["granted", "refused"]
    at: Moment
    replaced_by: str | None = Field(description="the code of the result that holds instead (R16)")


class PostingOut(Out):
    order_number: str
    item: str | None = Field(description="the barcode, once the postal service gave one")
    posted_at: Moment


class RefusalOut(Out):
    at: Moment


class TurnsOut(Out):
    """What is off the straight road."""

    ended: EndedOut | None
    ended_words: dict[str, str] = Field(description="with a refusal: reason, where_to_go")
    new_date: NewDateOut | None
    moved_date: MovedDateOut | None = Field(description="moved by a newly approved calendar")
    moved_by: list[ChangedDayOut] = Field(description="the days whose change moved it, where the version is known")
    missed_at: Moment | None = Field(description="since when it is late against its present due time (R05)")
    closing_by: Moment | None = Field(description="by when the request must be answered, else it is closed (T07)")
    apologised_at: Moment | None = Field(description="an apology without a new date (R07)")
    restarted_at: Moment | None = Field(description="when the limit began anew after a supplement (R08)")
    opinion_by: date | None = Field(description="another agency is asked, to answer by")
    stop_refused: RefusalOut | None
    stop_refused_words: dict[str, str]
    results: list[ResultOut]
    posting: PostingOut | None
    return_way: str | None = Field(description="how the result was asked for at the desk")


class EndingAskedOut(Out):
    ending: Literal["withdraw", "stop"]
    requested_at: Moment


class TrackOut(DossierOut):
    """A dossier with its road and everything its applicant may see."""

    procedure_name_vi: str
    first_due_at: Moment | None
    finished_at: Moment | None
    lateness: str | None = Field(description="against the present date")
    lateness_first: str | None = Field(description="against the first date promised (R06)")
    result_kind: str | None
    collected_at: Moment | None
    completion_percent: int
    stops: list[StopOut]
    handled_by: HandledByOut
    supplement: SupplementOut | None = Field(description="what waits for an answer")
    fees: list[FeeOut]
    documents: list[DocumentOut]
    messages: list[MessageOut]
    packages: list[PackageOut]
    rating: RatingOut | None
    turns: TurnsOut
    endings_open: list[Literal["withdraw", "stop"]] = Field(description="what the applicant may ask for now (R09)")
    endings_asked: list[EndingAskedOut] = Field(description="what was asked for and waits for its answer")

    @classmethod
    def of(cls, found: reads.Track) -> "TrackOut":
        papers = f"/api/intake/v1/dossiers/{found.dossier.id}/documents"
        shown = vars(found) | {
            "fees": [vars(fee) | {"pay_path": _pay_path(fee)} for fee in found.fees],
            "documents": [vars(one) | {"path": f"{papers}/{one.name}"} for one in found.documents],
            "endings_open": list(found.endings_open),
            "endings_asked": [{"ending": one, "requested_at": at} for one, at in found.endings_asked.items()],
        }
        return cls.model_validate(vars(found.dossier) | shown)


def _pay_path(fee: reads.Fee) -> str | None:
    return None if fee.paid_at or fee.cancelled_ground else f"/pay/{fee.demand_id}"
