"""A dossier's whole road as JSON: the same facts as its page."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from intake import reads
from intake.api.shapes import DossierOut, Moment, Out


class StopOut(Out):
    """One place on the road."""

    key: str = Field(description="submitted, check, supplement, fee, accepted, step, result, returned or ended")
    state: Literal["done", "current", "ahead"]
    since: Moment | None
    until: Moment | None
    planned_at: Moment | None = Field(description="by when it should be through")
    step_id: str | None
    name_vi: str | None = Field(description="the step's name")
    unit: str | None
    round: int | None


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
    pay_path: str | None = Field(description="where it can be paid, while it is not")


class DocumentOut(Out):
    name: str
    kind: str = Field(description="supplement_request, fee_notice, acceptance or result")
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


class EndingAskedOut(Out):
    ending: Literal["withdraw", "stop"]
    requested_at: Moment


class TrackOut(DossierOut):
    """A dossier with its road and everything its applicant may see."""

    procedure_name_vi: str
    first_due_at: Moment | None
    finished_at: Moment | None
    lateness: str | None
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
    endings_open: list[Literal["withdraw", "stop"]] = Field(description="what the applicant may ask for now (R09)")
    endings_asked: list[EndingAskedOut] = Field(description="what was asked for and waits for its answer")

    @classmethod
    def of(cls, found: reads.Track) -> "TrackOut":
        papers = f"/api/intake/v1/dossiers/{found.dossier.id}/documents"
        shown = vars(found) | {
            "fees": [vars(fee) | {"pay_path": None if fee.paid_at else f"/pay/{fee.demand_id}"} for fee in found.fees],
            "documents": [vars(one) | {"path": f"{papers}/{one.name}"} for one in found.documents],
            "endings_open": list(found.endings_open),
            "endings_asked": [{"ending": one, "requested_at": at} for one, at in found.endings_asked.items()],
        }
        return cls.model_validate(vars(found.dossier) | shown)
