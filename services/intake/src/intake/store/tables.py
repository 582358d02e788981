"""The rows of intake's database. Shapes only; the migrations make them, the functions beside this file write them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, Identity, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from kit.tables import MOMENT

_registry = registry()


class IntakeTable(SQLModel, registry=_registry):
    """Base of intake's tables, in a registry of their own."""


metadata = IntakeTable.metadata


def _json(*, nullable: bool = False) -> Any:
    return Field(default=None, sa_column=Column(JSONB(none_as_null=True), nullable=nullable))


def _words(*, primary_key: bool = False) -> Any:
    return Field(sa_type=Text, primary_key=primary_key)


def _maybe_words() -> Any:
    return Field(default=None, sa_type=Text)


def _maybe_moment() -> Any:
    return Field(default=None, sa_type=MOMENT)


class DraftRow(IntakeTable, table=True):
    """What an applicant has filled in; emptied of contents once it was filed."""

    __tablename__ = "draft"
    id: UUID = Field(primary_key=True)
    applicant_id: str = _words()
    procedure_id: str = _words()
    procedure_version: str = _words()
    forms: dict[str, Any] = _json()
    contact: dict[str, Any] | None = _json(nullable=True)
    created_at: datetime = Field(sa_type=MOMENT)
    updated_at: datetime = Field(sa_type=MOMENT)
    dossier_id: UUID | None = Field(default=None, foreign_key="dossier.id")


class UploadRow(IntakeTable, table=True):
    """A file that arrived whole, before it is filed."""

    __tablename__ = "upload"
    id: UUID = Field(primary_key=True)
    applicant_id: str = _words()
    draft_id: UUID | None = Field(default=None, foreign_key="draft.id")
    dossier_id: UUID | None = Field(default=None, foreign_key="dossier.id")
    component: str | None = _maybe_words()
    name: str = _words()
    media_type: str = _words()
    pages: int | None = None
    path: str = _words()
    sha256: str = _words()
    size: int = Field(sa_type=BigInteger)
    uploaded_at: datetime = Field(sa_type=MOMENT)


class ClientKeyRow(IntakeTable, table=True):
    """A submission's idempotency key and the dossier it made."""

    __tablename__ = "client_key"
    applicant_id: str = _words(primary_key=True)
    key: str = _words(primary_key=True)
    body_sha256: str = _words()
    dossier_id: UUID = Field(foreign_key="dossier.id")


class ArrivalSeriesRow(IntakeTable, table=True):
    """The last arrival number given per agency and day; its row lock makes the series free of gaps."""

    __tablename__ = "arrival_series"
    agency: str = _words(primary_key=True)
    on_date: date = Field(primary_key=True)
    last: int


class DossierRow(IntakeTable, table=True):
    """A filed dossier and how far it is, as heard from the others."""

    __tablename__ = "dossier"
    id: UUID = Field(primary_key=True)
    applicant_id: str = _words()
    arrival_number: str = Field(sa_type=Text, unique=True)
    procedure_id: str = _words()
    procedure_version: str = _words()
    channel: str = _words()
    origin: str = _words()
    office: str = _words()
    receiving_unit: str = _words()
    resolving_unit: str = _words()
    received_at: datetime = Field(sa_type=MOMENT)
    contact_path: str = _words()
    status: int
    packages: int
    code: str | None = Field(default=None, sa_type=Text, unique=True)
    unit: str | None = _maybe_words()
    handler_id: str | None = _maybe_words()
    handler_unit: str | None = _maybe_words()
    started_at: datetime | None = _maybe_moment()
    due_at: datetime | None = _maybe_moment()
    first_due_at: datetime | None = _maybe_moment()
    finished_at: datetime | None = _maybe_moment()
    lateness: str | None = _maybe_words()
    result_code: str | None = _maybe_words()
    result_kind: str | None = _maybe_words()
    result_name: str | None = _maybe_words()
    result_sha256: str | None = _maybe_words()
    collected_at: datetime | None = _maybe_moment()
    lateness_first: str | None = _maybe_words()
    is_digitised: bool | None = None  # every paper that was handed in; none of what came in before it was asked
    has_reused: bool | None = None


class PackageRow(IntakeTable, table=True):
    """A manifest in the object store: version 1 as filed, then one per supplement."""

    __tablename__ = "package"
    dossier_id: UUID = Field(primary_key=True, foreign_key="dossier.id")
    version: int = Field(primary_key=True)
    path: str = _words()
    sha256: str = _words()
    size: int = Field(sa_type=BigInteger)
    received_at: datetime = Field(sa_type=MOMENT)


class MilestoneRow(IntakeTable, table=True):
    """Something that happened to a dossier; the same thing is never written twice."""

    __tablename__ = "milestone"
    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    dossier_id: UUID = Field(foreign_key="dossier.id")
    kind: str = _words()
    about: str = _words()
    at: datetime = Field(sa_type=MOMENT)
    detail: dict[str, Any] = _json()


class DocumentRow(IntakeTable, table=True):
    """A slip, notice or result that the applicant may open; the bytes lie in the object store."""

    __tablename__ = "document"
    dossier_id: UUID = Field(primary_key=True, foreign_key="dossier.id")
    name: str = _words(primary_key=True)
    kind: str = _words()
    path: str = _words()
    sha256: str = _words()
    size: int = Field(sa_type=BigInteger)
    issued_at: datetime = Field(sa_type=MOMENT)


class SupplementRow(IntakeTable, table=True):
    """One round of what was asked for; `request` is where the officer's sentences lie."""

    __tablename__ = "supplement"
    dossier_id: UUID = Field(primary_key=True, foreign_key="dossier.id")
    round: int = Field(primary_key=True)
    items: list[str] = _json()
    request_path: str = _words()
    request_sha256: str = _words()
    request_size: int = Field(sa_type=BigInteger)
    requested_at: datetime = Field(sa_type=MOMENT)
    answered_at: datetime | None = _maybe_moment()
    forms: dict[str, Any] = _json()


class FeeRow(IntakeTable, table=True):
    """What is to be paid, and whether it was."""

    __tablename__ = "fee_demand"
    demand_id: UUID = Field(primary_key=True)
    dossier_id: UUID = Field(foreign_key="dossier.id")
    amount_vnd: int = Field(sa_type=BigInteger)
    demanded_at: datetime | None = _maybe_moment()
    paid_at: datetime | None = _maybe_moment()
    way: str | None = _maybe_words()
    transaction_code: str | None = _maybe_words()
    cancelled_ground: str | None = _maybe_words()
    refund: str | None = _maybe_words()
    refund_vnd: int | None = Field(default=None, sa_type=BigInteger)
    refund_decided_at: datetime | None = _maybe_moment()


class RatingRow(IntakeTable, table=True):
    """The applicant's one rating; the words stay here."""

    __tablename__ = "rating"
    dossier_id: UUID = Field(primary_key=True, foreign_key="dossier.id")
    score: int
    comment: str = _words()
    rated_at: datetime = Field(sa_type=MOMENT)


class RegistrationRow(IntakeTable, table=True):
    """What a clerk takes in, at the counter or from a parcel, from the first look until it is registered."""

    __tablename__ = "registration"
    id: UUID = Field(primary_key=True)
    door: str = _words()
    office: str = _words()
    holder_id: str = _words()
    holder_name: str = _words()
    holder_unit: str = _words()
    opened_at: datetime = Field(sa_type=MOMENT)
    changed_at: datetime = Field(sa_type=MOMENT)
    applicant_id: str = _words()
    draft_id: UUID | None = Field(default=None, foreign_key="draft.id", ondelete="SET NULL", unique=True)
    answers_id: UUID | None = Field(default=None, foreign_key="dossier.id")
    answers_round: int | None = None
    postal_item: str | None = _maybe_words()
    is_item_overridden: bool
    sender: str | None = _maybe_words()
    received_at: datetime | None = _maybe_moment()
    contact: dict[str, Any] | None = _json(nullable=True)
    papers: dict[str, Any] = _json()
    items: dict[str, Any] = _json()
    return_way: str = _words()
    return_address: str | None = _maybe_words()
    dossier_id: UUID | None = Field(default=None, foreign_key="dossier.id")
    finished_at: datetime | None = _maybe_moment()


class KnownContactRow(IntakeTable, table=True):
    """Who filed a dossier, to be found again at the desk; a copy of the contact, to be deleted with it."""

    __tablename__ = "known_contact"
    dossier_id: UUID = Field(primary_key=True, foreign_key="dossier.id")
    office: str = _words()
    applicant_id: str = _words()
    name: str = _words()
    organisation: str | None = _maybe_words()
    email: str = _words()
    phone: str | None = _maybe_words()
    address: str | None = _maybe_words()
    phone_digits: str = _words()
    words: list[str] = _json()
    filed_at: datetime = Field(sa_type=MOMENT)


class ApprovedCalendarRow(IntakeTable, table=True):
    """A version of an office's calendar that workflow said was approved. Never changed."""

    __tablename__ = "approved_calendar"
    office: str = _words(primary_key=True)
    version: str = _words(primary_key=True)
    approved_at: datetime = Field(sa_type=MOMENT)
    sha256: str = _words()
    record: dict[str, Any] = _json()


class ErasureRow(IntakeTable, table=True):
    """One request to erase an applicant, what intake removed for it, and when the last object was gone."""

    __tablename__ = "erasure"
    id: UUID = Field(primary_key=True)
    applicant_id: str = _words()
    request: str = _words()
    asked_by: str = _words()
    erased_at: datetime = Field(sa_type=MOMENT)
    removed: dict[str, int] = _json()
    objects_gone_at: datetime | None = _maybe_moment()


class ErasedDossierRow(IntakeTable, table=True):
    """A dossier that an erasure was about."""

    __tablename__ = "erased_dossier"
    erasure_id: UUID = Field(primary_key=True, foreign_key="erasure.id")
    dossier_id: UUID = Field(primary_key=True, foreign_key="dossier.id")


class ErasureReportRow(IntakeTable, table=True):
    """What another service says it removed of one dossier."""

    __tablename__ = "erasure_report"
    erasure_id: UUID = Field(primary_key=True)
    dossier_id: UUID = Field(primary_key=True)
    service: str = _words(primary_key=True)
    removed: dict[str, int] = _json()
    erased_at: datetime = Field(sa_type=MOMENT)


class DiscardedRow(IntakeTable, table=True):
    """An object, or all under a path that ends with `/`, that is to be deleted now that this is committed."""

    __tablename__ = "discarded_object"
    path: str = _words(primary_key=True)
    erasure_id: UUID | None = Field(default=None, foreign_key="erasure.id")
