"""What lies before a clerk: one person at the counter or one parcel, from the first look until it is registered."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID, uuid4

from intake.domain.errors import HeldByAnother, NotAllowedNow, NotFound
from intake.domain.filing import COUNTER, POST_ROOM, Desk, Door, desk_of
from intake.domain.registering import Paper, Return
from rules.records.office import Office
from rules.records.procedure import Procedure

DoorName = Literal["counter", "post_room"]
DOORS: Mapping[str, Door] = {"counter": COUNTER, "post_room": POST_ROOM}
COUNTER_ROLES = ("one_stop_officer",)
DESK_ROLES = ("one_stop_officer", "post_clerk")  # both open parcels; the counter is the one-stop officers'
NO_ACCOUNT = "counter:"  # how the id of an applicant begins who has no account here


@dataclass(frozen=True)
class Clerk:
    """Who takes in; name, title and telephone are those of the published card."""

    id: str
    name: str
    unit: str
    title: str = ""
    phone: str = ""
    at_counter: bool = True  # a post-room clerk opens parcels only


@dataclass(frozen=True)
class Parcel:
    """What is written on a parcel: its barcode, who sent it, when the receiving stamp says it came."""

    item: str
    received_at: datetime | None
    sender: str | None = None
    is_overridden: bool = False


@dataclass(frozen=True)
class Answers:
    """The supplement request that is answered with what was handed in."""

    dossier_id: UUID
    round: int


@dataclass(frozen=True)
class Registration:
    """One person at the desk, or one parcel. The draft holds sheets and scans; this holds who files and the paper."""

    id: UUID
    door: DoorName
    office: str
    holder: Clerk
    opened_at: datetime
    changed_at: datetime
    applicant_id: str
    draft_id: UUID | None = None
    answers: Answers | None = None
    parcel: Parcel | None = None
    contact: Mapping[str, Any] | None = None
    papers: Mapping[str, Paper] = field(default_factory=dict)
    items: Mapping[str, int] = field(default_factory=dict)
    wanted: Return = field(default_factory=Return)
    dossier_id: UUID | None = None
    finished_at: datetime | None = None

    @property
    def is_finished(self) -> bool:
        return self.finished_at is not None

    def must_be_open_to(self, clerk: Clerk) -> None:
        """What is not yours answers like what is not there. Raises NotFound."""
        if self.door == "counter" and not clerk.at_counter:
            raise NotFound("registration")

    def must_be_held_by(self, clerk: Clerk) -> None:
        """Raises NotAllowedNow once it was registered, HeldByAnother while a colleague has it in hand."""
        if self.is_finished:
            raise NotAllowedNow("change a registration", "it is finished", "Hồ sơ này đã vào sổ, không sửa được nữa.")
        if self.holder.id != clerk.id:
            raise HeldByAnother(self.holder.name, self.changed_at)

    def taken_over(self, clerk: Clerk, now: datetime) -> "Registration":
        """In another clerk's hands. Raises NotFound, NotAllowedNow once it was registered."""
        self.must_be_open_to(clerk)
        replace(self, holder=clerk).must_be_held_by(clerk)
        return replace(self, holder=clerk, changed_at=now)

    def finished(self, dossier_id: UUID, now: datetime) -> "Registration":
        """Registered; the contact lies with the dossier now, a second copy is one more place for personal data."""
        return replace(self, dossier_id=dossier_id, finished_at=now, changed_at=now, contact=None)


def new_applicant_id() -> str:
    """A stable id for somebody without an account: the dossier can be claimed by it later."""
    return f"{NO_ACCOUNT}{uuid4()}"


def desk_for(office: Office, procedure: Procedure, unit_id: str, on: date) -> Desk:
    """As at the office's desk; but received by the clerk's own unit where that one receives dossiers (R19)."""
    usual, unit = desk_of(office, procedure, on), office.unit(unit_id)
    receives = unit is not None and "one_stop_officer" in unit.roles
    return replace(usual, receiving_unit=unit_id) if receives else usual
