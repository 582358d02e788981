"""What workflow says: each move of a case on its road."""

from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from contracts.envelope import Event
from contracts.facts import Channel, Fact, Handler, Origin, Path, Status, StoredObject


class CaseFacts(Fact):
    """What never changes in a case and every report asks for."""

    arrival_number: str
    procedure_id: str
    procedure_version: str
    channel: Channel
    origin: Origin
    office: str
    receiving_unit: str
    resolving_unit: str


class CaseEvent(Event):
    """What every move of a case carries."""

    case: CaseFacts
    status: Status = Field(description="the national status after the move")
    moved_at: AwareDatetime
    contact: Path
    handler: Handler | None = Field(default=None, description="who acted; none where the system did")


class CheckStarted(CaseEvent):
    """The case is in the officers' queue; `due_at` is the end of the check limit. Again after a supplement."""

    type: ClassVar[str] = "workflow.check_started.v1"
    round: int = Field(ge=0, description="supplement rounds answered so far")
    due_at: AwareDatetime


class SupplementItem(Fact):
    """One thing asked for. The officer's sentence may name the paper's holder, so it lies in the object store."""

    component: str


class SupplementRequested(CaseEvent):
    """The one complete request of this round went out (form 02)."""

    type: ClassVar[str] = "workflow.supplement_requested.v1"
    round: int = Field(ge=1)
    items: list[SupplementItem] = Field(min_length=1)
    slip: StoredObject
    request: StoredObject = Field(description="the officer's sentence per item, as JSON: component to reason")


class FeeLine(Fact):
    """One line of a fee: so many of a thing at an amount each, whole đồng."""

    key: str
    name_vi: str
    quantity: int = Field(ge=1)
    unit_vnd: int = Field(ge=0)
    amount_vnd: int = Field(ge=0)


class FeeRequested(CaseEvent):
    """The dossier is valid and its limit starts with the fee: a fee notice went out."""

    type: ClassVar[str] = "workflow.fee_requested.v1"
    lines: list[FeeLine] = Field(min_length=1)
    factor: str = Field(description="what the sum is multiplied by, as a decimal")
    amount_vnd: int = Field(ge=1)
    legal_basis: list[str]
    notice: StoredObject


class DossierAccepted(CaseEvent):
    """The dossier has its code; the clock runs from `started_at`; form 01 names the due time."""

    type: ClassVar[str] = "workflow.dossier_accepted.v1"
    code: str
    started_at: AwareDatetime
    due_at: AwareDatetime
    first_due_at: AwareDatetime
    calendar_version: str
    readings: list[str]
    slip: StoredObject


class StepStarted(CaseEvent):
    """A step of the procedure lies with a unit."""

    type: ClassVar[str] = "workflow.step_started.v1"
    code: str
    step: str
    step_name_vi: str
    role: str
    unit: str


class StepFinished(CaseEvent):
    """A step is done."""

    type: ClassVar[str] = "workflow.step_finished.v1"
    code: str
    step: str
    used_working_minutes: int = Field(ge=0)


class DossierFinished(CaseEvent):
    """The result is signed and issued; lateness is judged here."""

    type: ClassVar[str] = "workflow.dossier_finished.v1"
    code: str
    result_code: str
    result_kind: Literal["granted", "refused"]
    result: StoredObject
    finished_at: AwareDatetime
    due_at: AwareDatetime
    first_due_at: AwareDatetime
    lateness: Literal["early", "on_time", "late"]
    lateness_first: Literal["early", "on_time", "late"]
    margin_working_minutes: int
    control_slip: StoredObject | None = None


class DossierReturned(CaseEvent):
    """The result reached the applicant, with proof of delivery."""

    type: ClassVar[str] = "workflow.dossier_returned.v1"
    code: str
    result_code: str
    way: Literal["online", "counter", "postal"]
    returned_at: AwareDatetime
