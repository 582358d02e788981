"""What the road of a dossier is shown with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from contracts.package import PackageFile
from intake.domain.calendar_change import ChangedDay
from intake.domain.dossier import Dossier, Ending, Upload
from intake.domain.road import Stop
from intake.domain.turns import Ended, MovedDate, NewDate, Posting, Refusal, ResultPaper
from intake.reads.own import procedure_of
from kit.download import PDF


@dataclass(frozen=True)
class Asked:
    """One component asked for, with the officer's sentence."""

    component: str
    name_vi: str
    reason: str
    accepts: str
    form_id: str | None


@dataclass(frozen=True)
class AskedSupplement:
    """The round that waits for the applicant."""

    round: int
    requested_at: datetime
    items: tuple[Asked, ...]
    uploads: tuple[Upload, ...]
    forms: Mapping[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Fee:
    """A demand and whether it was paid."""

    demand_id: UUID
    amount_vnd: int
    demanded_at: datetime | None
    paid_at: datetime | None
    way: str | None
    transaction_code: str | None
    cancelled_ground: str | None = None
    refund: str | None = None
    refund_vnd: int | None = None
    refund_decided_at: datetime | None = None


@dataclass(frozen=True)
class Document:
    """A paper the applicant may open."""

    name: str
    kind: str
    issued_at: datetime
    size: int
    sha256: str

    @property
    def media_type(self) -> str:
        """Everything we hand out is a PDF; what is named otherwise is nobody's to guess at."""
        return PDF if self.name.endswith(".pdf") else "application/octet-stream"


@dataclass(frozen=True)
class Message:
    """A message that went out about the dossier; to whom stays in notify."""

    template: str
    channel: str
    sent_at: datetime


@dataclass(frozen=True)
class HandledBy:
    """Whom to call: the office and unit always, the officer where one has acted."""

    office_vi: str
    unit_vi: str | None
    unit_phone: str | None
    name: str | None = None
    title: str | None = None
    phone: str | None = None


@dataclass(frozen=True)
class FiledPackage:
    """What was filed in one go."""

    version: int
    received_at: datetime
    files: tuple[PackageFile, ...]


@dataclass(frozen=True)
class Rating:
    score: int
    comment: str
    rated_at: datetime


@dataclass(frozen=True)
class Turns:
    """What is off the straight road: how it ended and in whose words, a new date, its results, the post."""

    ended: Ended | None
    ended_words: Mapping[str, str]
    new_date: NewDate | None
    moved_date: MovedDate | None
    moved_by: tuple[ChangedDay, ...]
    missed_at: datetime | None
    closing_by: datetime | None
    apologised_at: datetime | None
    restarted_at: datetime | None
    opinion_by: date | None
    stop_refused: Refusal | None
    stop_refused_words: Mapping[str, str]
    results: tuple[ResultPaper, ...]
    posting: Posting | None
    return_way: str | None


@dataclass(frozen=True)
class Track:
    """Everything the applicant's page of one dossier shows."""

    dossier: Dossier
    procedure_name_vi: str
    stops: tuple[Stop, ...]
    completion_percent: int
    handled_by: HandledBy
    supplement: AskedSupplement | None
    fees: tuple[Fee, ...]
    documents: tuple[Document, ...]
    messages: tuple[Message, ...]
    packages: tuple[FiledPackage, ...]
    rating: Rating | None
    endings_asked: Mapping[Ending, datetime]
    turns: Turns

    @property
    def endings_open(self) -> tuple[Ending, ...]:
        """What the applicant may ask for now and has not asked for yet."""
        return tuple(one for one in self.dossier.endings if one not in self.endings_asked)

    @property
    def open_fee(self) -> Fee | None:
        return next((fee for fee in self.fees if not (fee.paid_at or fee.cancelled_ground)), None)

    @property
    def waits_for_fee(self) -> bool:
        """Whether it is accepted only once its fee is paid (R11), rather than going on beside it (R23)."""
        return procedure_of(self.dossier).clock_waits_for_fee

    @property
    def asks_for_rating(self) -> bool:
        return self.rating is None and self.dossier.may_be_rated
