"""A case: workflow's view of one dossier. Frozen; every change makes a new one."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from workflow.domain.status import WAITING_FOR_APPLICANT, Outcome, Status


@dataclass(frozen=True)
class StoredFile:
    """Bytes in the object store and what proves them unchanged."""

    path: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Case:
    """Where a dossier stands.

    `unit`, `role` and `holder_id` say with whom it lies: the unit, the role that must act next (none where the
    applicant must), the person if one was named; `checker_id` is who found it valid. `units` are all that have worked
    on it; they may see it. `deadline_at` is what runs now (the check limit or the main limit, none where no clock
    runs), `late_from` the first moment after it (R05). `last_piece_at` is when the last piece of a valid dossier came
    in (R02).
    """

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
    last_piece_at: datetime
    status: Status
    since: datetime
    unit: str
    units: tuple[str, ...]
    version: int = 0
    round: int = 0
    role: str | None = None
    holder_id: str | None = None
    step: str | None = None
    checker_id: str | None = None
    deadline_at: datetime | None = None
    late_from: datetime | None = None
    check_started_at: datetime | None = None
    check_due_at: datetime | None = None
    fee_vnd: int | None = None
    paid_at: datetime | None = None
    code: str | None = None
    accepted_at: datetime | None = None
    started_at: datetime | None = None
    due_at: datetime | None = None
    first_due_at: datetime | None = None
    calendar_version: str | None = None
    readings: tuple[str, ...] = ()
    outcome: Outcome | None = None
    conclusion: str = ""
    conditions: tuple[str, ...] = ()
    result_code: str | None = None
    result_number: str | None = None
    result: StoredFile | None = None
    finished_at: datetime | None = None
    lateness: str | None = None
    lateness_first: str | None = None
    margin_working_minutes: int | None = None
    returned_at: datetime | None = None

    @property
    def shown_code(self) -> str:
        """What people call it by: its code, before acceptance its arrival number (R10)."""
        return self.code or self.arrival_number

    @property
    def is_accepted(self) -> bool:
        return self.code is not None

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
