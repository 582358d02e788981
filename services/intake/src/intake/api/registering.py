"""Registering a dossier on paper in one call: from the counter, or from a parcel. For clerks of this office."""

import hashlib
from http import HTTPStatus
from typing import Annotated, Literal
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Header, Response
from pydantic import AwareDatetime, Field, model_validator

from contracts.facts import Channel, Contact, ReturnWay
from intake import reads
from intake.api.calling import Office, problems
from intake.api.shapes import DossierOut, FiledUpload, In, Moment, Out, Sheets
from intake.domain.dossier import Dossier
from intake.domain.errors import KeyMissing
from intake.domain.registering import Filing, Paper, Return
from intake.domain.registration import DESK_ROLES, Clerk, Parcel, Registration
from intake.handlers import registering
from intake.measures import OnPaper
from kit.now import Now
from kit.signin import NotAllowed, Person, allow
from kit.tx import Tx

router = APIRouter(tags=["Registrations"])


async def clerk_of(person: Annotated[Person, Depends(allow(*DESK_ROLES))], office: Office) -> Clerk:
    return registering.clerk_of(person, office)


ThisClerk = Annotated[Clerk, Depends(clerk_of)]
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,100}$")]
Count = Annotated[int, Field(ge=0, le=1000)]


class PaperIn(In):
    """How many originals and copies of one component were handed in."""

    originals: Count = 0
    copies: Count = 0
    shown_only: bool = Field(default=False, description="compared and given back: not scanned")


class PaperContactIn(In, Contact):
    """Who files. On paper the mail address may be missing where there is a telephone number."""

    name: Annotated[str, Field(max_length=200)] = ""
    email: Annotated[str, Field(max_length=254)] = ""


class ParcelIn(In):
    """What is written on a parcel."""

    postal_item: str = Field(max_length=60, description="the barcode as read", examples=["EE473124829VN"])
    received_at: AwareDatetime = Field(description="the receiving stamp: not in the future, at most 30 days old")
    sender: str | None = Field(default=None, max_length=300)
    is_item_overridden: bool = Field(
        default=False, description="a clerk looked again: the item bears this code though its check digit is wrong"
    )

    def as_given(self) -> Parcel:
        return Parcel(self.postal_item, self.received_at, self.sender, self.is_item_overridden)


class RegistrationIn(In):
    """A dossier on paper; the scans were uploaded before, by the same clerk."""

    procedure_id: str = Field(examples=["xray-licence-new-2021"])
    channel: Literal["direct", "postal"] = Field(description="direct: at the counter, received now; postal: a parcel")
    contact: PaperContactIn
    forms: dict[str, Sheets] = Field(default_factory=dict, description="sheets the clerk typed in; may be left out")
    uploads: list[FiledUpload] = Field(
        default_factory=list, max_length=1000, description="scans; a form's component takes the scan of the paper form"
    )
    papers: dict[Code, PaperIn] = Field(
        default_factory=dict,
        description="by component: what was handed in; wanted for each component that was scanned or only shown",
        examples=[{"application": {"originals": 1}, "establishment": {"copies": 1, "shown_only": True}}],
    )
    items: dict[Code, Count] = Field(
        default_factory=dict,
        description="kind of the fee table to number, counted by the clerk where the form that says it is a scan",
        examples=[{"ct": 1, "general": 2}],
    )
    return_way: ReturnWay = ReturnWay.COUNTER
    return_address: str | None = Field(default=None, max_length=500, description="where the result goes by post")
    parcel: ParcelIn | None = Field(default=None, description="with postal, and only then")

    @model_validator(mode="after")
    def _parcel_comes_by_post(self) -> "RegistrationIn":
        if (self.parcel is not None) != (self.channel == "postal"):
            raise ValueError("a parcel is given with the channel postal, and only then")
        return self

    def as_given(self) -> registering.Registering:
        """As the handlers take it."""
        filing = Filing(
            self.procedure_id,
            self.contact.model_dump(mode="json"),
            self.forms,
            {code: Paper(one.originals, one.copies, one.shown_only) for code, one in self.papers.items()},
            self.items,
            Return(self.return_way, self.return_address),
        )
        parcel = self.parcel.as_given() if self.parcel else None
        return registering.Registering(filing, [(one.component, one.upload_id) for one in self.uploads], parcel)


class PaperOut(Out):
    originals: int
    copies: int
    shown_only: bool


class RegistrationOut(DossierOut):
    """A dossier on paper and how it came in."""

    applicant_id: str = Field(description="a stable id of its own: who files on paper needs no account")
    channel: Channel
    receiving_unit: str
    postal_item: str | None
    papers: dict[str, PaperOut]
    return_way: ReturnWay
    return_address: str | None
    registered_at: Moment | None
    receipt_path: str = Field(description="the page with the receipt of arrival")

    @classmethod
    def of(cls, dossier: Dossier, registration: Registration) -> "RegistrationOut":
        shown = vars(dossier) | {
            "channel": Channel.POSTAL if registration.parcel else Channel.DIRECT,
            "postal_item": registration.parcel.item if registration.parcel else None,
            "papers": dict(registration.papers),
            "return_way": registration.wanted.way,
            "return_address": registration.wanted.address,
            "registered_at": registration.finished_at,
            "receipt_path": f"/desk/receipts/{registration.id}",
        }
        return cls.model_validate(shown)


@router.post(
    "/registrations",
    status_code=HTTPStatus.CREATED,
    summary="Register a dossier on paper, at the counter or from a parcel",
    responses=problems(HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)
    | {200: {"model": RegistrationOut, "description": "The same key with the same body: the dossier it made before"}},
)
async def register(
    counted: OnPaper,
    given: RegistrationIn,
    clerk: ThisClerk,
    tx: Tx,
    now: Now,
    office: Office,
    response: Response,
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=200)] = None,
) -> RegistrationOut:
    """Everything wrong is told at once (`submission-invalid`). A repeat under the same key changes nothing.

    The counter needs the role one_stop_officer; parcels take post_clerk too. The same barcode twice within 12 months is
    refused (`postal-item-taken`) with the first one's ids.
    """
    counted.channel = given.channel
    if idempotency_key is None:
        raise KeyMissing
    if given.channel == "direct" and not clerk.at_counter:
        raise NotAllowed("the counter is the one-stop officers'")
    body = orjson.dumps(given.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS)
    dossier, is_new = await registering.register_papers(
        tx,
        clerk,
        given.as_given(),
        office=office,
        key=idempotency_key,
        body_sha256=hashlib.sha256(body).hexdigest(),
        now=now,
    )
    if not is_new:
        counted.repeated()
    response.status_code = HTTPStatus.CREATED if is_new else HTTPStatus.OK
    response.headers["Location"] = f"/api/intake/v1/registrations/{dossier.id}"
    return RegistrationOut.of(*await reads.registered(tx, office, dossier.id))


@router.get(
    "/registrations/{dossier_id}",
    summary="How a dossier on paper came in",
    responses=problems(HTTPStatus.NOT_FOUND),
    dependencies=[Depends(clerk_of)],
)
async def show(dossier_id: UUID, tx: Tx, office: Office) -> RegistrationOut:
    return RegistrationOut.of(*await reads.registered(tx, office, dossier_id))
