"""What workflow says: each move of a case on its road."""

from datetime import date
from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from contracts.envelope import CopyErased, DossierEvent, Event
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


class CaseEvent(DossierEvent):
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
    due_at: AwareDatetime | None = Field(default=None, description="none where no act gives a limit (reading R14)")


class DossierRefused(CaseEvent):
    """Refused at reception (form 03, status 3): an end."""

    type: ClassVar[str] = "workflow.dossier_refused.v1"
    slip: StoredObject
    explanation: StoredObject = Field(description='as JSON: {"reason": "…", "where_to_go": "…"}')


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
    """The dossier is valid and a fee notice went out: status 6 where its limit starts with the fee, else as it was."""

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
    """A step is done, and judged as the dossier will be; one without a time of its own is neither early nor late."""

    type: ClassVar[str] = "workflow.step_finished.v1"
    code: str
    step: str
    used_working_minutes: int = Field(ge=0)
    run: int | None = Field(default=None, ge=1, description="the number of the run through the step")
    due_at: AwareDatetime | None = None
    lateness: Literal["early", "on_time", "late"] | None = None
    margin_working_minutes: int | None = Field(default=None, description="left at the end; negative: by so much late")
    sent_back_to: str | None = Field(default=None, description="the earlier step it goes back to; none: it goes on")


class ClockRestarted(CaseEvent):
    """A supplement asked for after acceptance was answered: the whole limit starts anew, or resumes (reading R08)."""

    type: ClassVar[str] = "workflow.clock_restarted.v1"
    code: str
    round: int = Field(ge=1)
    started_at: AwareDatetime
    due_at: AwareDatetime
    first_due_at: AwareDatetime
    calendar_version: str
    readings: list[str]


class CaseReassigned(CaseEvent):
    """The case lies with another person or unit."""

    type: ClassVar[str] = "workflow.case_reassigned.v1"
    unit: str
    assignee: Handler | None = Field(default=None, description="none: anyone of the unit and role")


class OpinionAsked(CaseEvent):
    """Another agency is asked; the limit goes on running."""

    type: ClassVar[str] = "workflow.opinion_asked.v1"
    code: str
    number: int = Field(ge=1)
    answer_by: date


class OpinionReceived(CaseEvent):
    """The other agency answered."""

    type: ClassVar[str] = "workflow.opinion_received.v1"
    code: str
    number: int = Field(ge=1)
    answered_on: date


class DossierReappointed(CaseEvent):
    """The result comes later than promised: an apology with a new date went out (form 04), once only."""

    type: ClassVar[str] = "workflow.dossier_reappointed.v1"
    code: str
    previous_due_at: AwareDatetime
    due_at: AwareDatetime
    first_due_at: AwareDatetime
    calendar_version: str
    slip: StoredObject


class ApologySent(CaseEvent):
    """An apology went out that gives no new date: too late for one, or the one new date was given (reading R07)."""

    type: ClassVar[str] = "workflow.apology_sent.v1"
    code: str
    due_at: AwareDatetime
    slip: StoredObject


class DeadlineFact(Fact):
    """Which time is meant: that of the check, of the whole dossier, or of one run through a step.

    `due_version` counts the due times this one has had: each crossing is said once per due version.
    """

    of: Literal["check", "dossier", "step"]
    due_at: AwareDatetime
    due_version: int = Field(ge=1)
    step: str | None = Field(default=None, description="the step's id, for a step")
    run: int | None = Field(default=None, description="the number of the run through the step, for a step")


class DeadlineApproaching(CaseEvent):
    """A due time comes near: first level, then second (setting: shares of the whole that are left)."""

    type: ClassVar[str] = "workflow.deadline_approaching.v1"
    code: str | None = Field(default=None, description="none before acceptance")
    deadline: DeadlineFact
    level: Literal[1, 2]
    left_working_minutes: int


class DeadlineMissed(CaseEvent):
    """The first late moment has come (reading R05) and the thing is not done."""

    type: ClassVar[str] = "workflow.deadline_missed.v1"
    code: str | None = Field(default=None, description="none before acceptance")
    deadline: DeadlineFact
    missed_at: AwareDatetime = Field(description="the boundary of reading R05, not the moment it was noticed")


class DeadlineMoved(CaseEvent):
    """A newly approved calendar moves a due time; by no other way does one move silently."""

    type: ClassVar[str] = "workflow.deadline_moved.v1"
    code: str | None = Field(default=None, description="none before acceptance")
    of: Literal["check", "dossier"]
    previous_due_at: AwareDatetime
    due_at: AwareDatetime
    first_due_at: AwareDatetime | None = Field(default=None, description="none before acceptance")
    calendar_version: str


class ClosingAnnounced(CaseEvent):
    """The notice before a dossier that nobody answered is closed by itself (limit T07)."""

    type: ClassVar[str] = "workflow.closing_announced.v1"
    code: str | None = Field(default=None, description="none before acceptance")
    round: int = Field(ge=1)
    answer_by: AwareDatetime


class CalendarApproved(Event):
    """A version of an office's working calendar holds from now on; the newest one counts (reading R01)."""

    type: ClassVar[str] = "workflow.calendar_approved.v1"
    office: str
    version: str
    approved_at: AwareDatetime
    calendar: StoredObject = Field(description="the whole record as JSON")

    @property
    def subject(self) -> str:
        return f"calendar:{self.office}"


class StopRefused(CaseEvent):
    """A request to stop came when the result was signed already; the dossier goes on."""

    type: ClassVar[str] = "workflow.stop_refused.v1"
    code: str
    explanation: StoredObject = Field(description='as JSON: {"reason": "…"}')


class DossierWithdrawn(CaseEvent):
    """The applicant took the dossier back (status 7): an end."""

    type: ClassVar[str] = "workflow.dossier_withdrawn.v1"
    code: str | None = Field(default=None, description="none before acceptance")
    due_at: AwareDatetime | None = None


class DossierStopped(CaseEvent):
    """Handling was stopped (status 8): an end. Form 05 goes out only where the applicant asked (reading R09)."""

    type: ClassVar[str] = "workflow.dossier_stopped.v1"
    code: str | None = Field(default=None, description="none before acceptance")
    ground: Literal["requested", "not_supplemented", "not_paid"]
    due_at: AwareDatetime | None = None
    slip: StoredObject | None = None


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


class ResultCorrected(CaseEvent):
    """A further result replaces one found wrong (reading R16); the status stays."""

    type: ClassVar[str] = "workflow.result_corrected.v1"
    code: str
    result_code: str
    replaces: str = Field(description="the code of the result found wrong")
    result_kind: Literal["granted", "refused"]
    result: StoredObject
    corrected_at: AwareDatetime


class ResultPosted(CaseEvent):
    """The result is with the postal service, on its way to the applicant."""

    type: ClassVar[str] = "workflow.result_posted.v1"
    code: str
    result_code: str
    order_number: str
    item: str | None = Field(default=None, description="the item's barcode, once the postal service gave one")
    posted_at: AwareDatetime


class DossierReturned(CaseEvent):
    """The result reached the applicant, with proof of delivery."""

    type: ClassVar[str] = "workflow.dossier_returned.v1"
    code: str
    result_code: str
    way: Literal["online", "counter", "postal"]
    returned_at: AwareDatetime
    proof: StoredObject | None = Field(default=None, description="the signed receipt or the delivery's record")


class CaseNameErased(CopyErased):
    """Workflow forgot what its lists and parcels knew of the case's applicant; slips and results stay."""

    type: ClassVar[str] = "workflow.case_name_erased.v1"
