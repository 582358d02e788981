"""A case: workflow's view of one dossier. Frozen; every change makes a new one."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from workflow.domain.status import ENDED, WAITING_FOR_APPLICANT, Outcome, Status


@dataclass(frozen=True)
class StoredFile:
    """Bytes in the object store and what proves them unchanged."""

    path: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Correction(StoredFile):
    """A further result as it was drawn up (R16): its bytes, its code, and why the one before was wrong."""

    code: str
    reason_vi: str
    conclusion: str
    conditions: tuple[str, ...]


@dataclass(frozen=True)
class Case:
    """Where a dossier stands. `version` counts how often it was saved."""

    # what was filed, by whom, for whom
    dossier_id: UUID
    arrival_number: str
    procedure_id: str
    procedure_version: str
    channel: str
    origin: str
    office: str
    receiving_unit: str
    resolving_unit: str
    applicant_id: str
    applicant_name: str
    contact_path: str
    received_at: datetime
    last_piece_at: datetime  # when the last piece of a valid dossier came in (R02)

    # where it lies, and who must act
    status: Status
    since: datetime  # when it came into this status, or to this step
    unit: str
    units: tuple[str, ...]  # all that have worked on it; they may see it
    version: int = 0
    applicant_is_person: bool = False  # a citizen, whose name lists do not show whole
    round: int = 0  # supplement requests sent so far; verdicts are kept by it
    sent_from: str | None = None  # the desk of another area that took it in for this office
    competent_at: datetime | None = None  # when this office received it from there; the clock starts no earlier
    role: str | None = None  # the role that must act next; none where the applicant must
    holder_id: str | None = None  # the person it was given to; anyone of unit and role where none is
    step: str | None = None
    checker_id: str | None = None  # who found it valid
    return_way: str = "online"  # how the applicant wants the result
    answer_by: datetime | None = None  # until when the applicant must answer or pay, where an act says so
    stop_asked_at: datetime | None = None  # the applicant asked to stop, and nobody has answered yet
    stop_request: StoredFile | None = None
    ground: str | None = None  # why it was stopped: requested, not_supplemented, not_paid

    # what runs now, the check limit or the main limit; none where no clock runs
    deadline_at: datetime | None = None
    late_from: datetime | None = None  # the first moment after the deadline (R05)

    # the check's clock
    check_started_at: datetime | None = None
    check_due_at: datetime | None = None

    # the main clock, from acceptance on
    fee_vnd: int | None = None
    paid_at: datetime | None = None
    code: str | None = None
    accepted_at: datetime | None = None
    started_at: datetime | None = None
    due_at: datetime | None = None
    first_due_at: datetime | None = None
    calendar_version: str | None = None  # by which what runs now was counted last
    readings: tuple[str, ...] = ()
    apology_proposed_at: datetime | None = None  # the system's draft waits for the division to say why
    apology_drafted_at: datetime | None = None  # a draft waits for the leader
    reappointed_at: datetime | None = None  # the one new date was given (R07)
    open_opinions: int = 0  # other agencies asked, not answered yet

    # the result
    outcome: Outcome | None = None
    conclusion: str = ""
    conditions: tuple[str, ...] = ()
    result_code: str | None = None
    result_number: str | None = None
    result: StoredFile | None = None
    finished_at: datetime | None = None
    lateness: str | None = None  # judged against `due_at`
    lateness_first: str | None = None  # judged against `first_due_at` (R06)
    margin_working_minutes: int | None = None  # left at the end; negative: by so much too late
    returned_at: datetime | None = None
    results: int = 0  # how many results there are: the n of `-KQ(n)`
    correction: Correction | None = None  # a further result that waits for its signature (R16)
    posted_at: datetime | None = None

    @property
    def shown_code(self) -> str:
        """What people call it by: its code, before acceptance its arrival number (R10)."""
        return self.code or self.arrival_number

    @property
    def is_on_its_way(self) -> bool:
        """Another area's desk took it in, and this office has not received it yet: no clock runs."""
        return self.sent_from is not None and self.competent_at is None

    @property
    def is_accepted(self) -> bool:
        return self.code is not None

    @property
    def has_ended(self) -> bool:
        return self.status in ENDED

    @property
    def owes_fee(self) -> bool:
        """Its fee is asked for and not paid. What ended before a result owes nothing any more."""
        has_ended = self.has_ended and self.status is not Status.RETURNED
        return bool(self.fee_vnd) and self.paid_at is None and not has_ended

    @property
    def is_owing(self) -> bool:
        """Accepted while its fee is not paid: the clock does not wait for it (R23)."""
        return self.is_accepted and self.owes_fee

    @property
    def waits_for_applicant(self) -> bool:
        return self.status in WAITING_FOR_APPLICANT

    def changed(self, **changes: Any) -> Self:
        """The case with these changes. Its version is raised where it is saved, not here."""
        return replace(self, **changes)

    def put_down(self) -> Self:
        """The case in nobody's hands, with no clock running."""
        return replace(self, role=None, holder_id=None, deadline_at=None, late_from=None)

    def at_unit(self, unit: str) -> tuple[str, ...]:
        """The units that have worked on it, `unit` among them."""
        return self.units if unit in self.units else (*self.units, unit)
