"""What intake says."""

from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime, Field

from contracts.envelope import DossierEvent
from contracts.facts import Channel, ComponentFlags, Handler, Origin, Path, ReturnWay, Sha256, StoredObject


class DossierSubmitted(DossierEvent):
    """A dossier was filed and stored whole; its arrival number was given to the applicant (status 1)."""

    type: ClassVar[str] = "intake.dossier_submitted.v1"
    arrival_number: str
    procedure_id: str
    procedure_version: str
    channel: Channel
    origin: Origin
    office: str
    receiving_unit: str
    resolving_unit: str
    received_at: AwareDatetime
    package: StoredObject = Field(description="the manifest")
    contact: Path
    applicant_id: str = Field(description="the account that filed, as the sign-in knows it")
    components: list[ComponentFlags]
    return_way: ReturnWay | None = Field(default=None, description="how the applicant wants the result; none: online")
    registered_by: Handler | None = Field(default=None, description="the clerk who registered it; none: filed online")
    postal_item: str | None = Field(default=None, description="the parcel's barcode as read, where it came by post")


class SupplementSubmitted(DossierEvent):
    """The applicant answered a supplement request with a further package."""

    type: ClassVar[str] = "intake.supplement_submitted.v1"
    round: int = Field(ge=1)
    received_at: AwareDatetime
    package: StoredObject
    components: list[ComponentFlags]
    channel: Channel | None = Field(default=None, description="how the answer came; none: online")
    registered_by: Handler | None = Field(default=None, description="the clerk who registered it; none: sent online")


class WithdrawalRequested(DossierEvent):
    """The applicant takes the dossier back (reading R09: status 7, unless it came too late)."""

    type: ClassVar[str] = "intake.withdrawal_requested.v1"
    requested_at: AwareDatetime
    channel: Channel
    request: StoredObject = Field(description='the applicant\'s own words, as JSON: {"reason": "…"}')
    registered_by: Handler | None = Field(default=None, description="the clerk who registered it; none: sent online")


class StopRequested(DossierEvent):
    """The applicant asks to stop after acceptance (reading R09); the one-stop unit answers: form 05, or a refusal."""

    type: ClassVar[str] = "intake.stop_requested.v1"
    requested_at: AwareDatetime
    channel: Channel
    request: StoredObject = Field(description='the applicant\'s own words, as JSON: {"reason": "…"}')
    registered_by: Handler | None = Field(default=None, description="the clerk who registered it; none: sent online")


class ResultCollected(DossierEvent):
    """The applicant, signed in, took the result: the proof of an online delivery."""

    type: ClassVar[str] = "intake.result_collected.v1"
    result_code: str
    result_sha256: Sha256
    collected_at: AwareDatetime


class DossierRated(DossierEvent):
    """The applicant rated how the dossier was handled; what they wrote stays in intake."""

    type: ClassVar[str] = "intake.dossier_rated.v1"
    score: int = Field(ge=1, le=5)
    rated_at: AwareDatetime


class ApplicantErased(DossierEvent):
    """What is known of this dossier's applicant beyond the legal record is gone: whoever keeps a copy deletes it."""

    type: ClassVar[str] = "intake.applicant_erased.v1"
    erasure_id: UUID
    erased_at: AwareDatetime
