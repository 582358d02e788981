"""A version of a calendar with who drafted and who approved it, and how far it has been applied."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from rules.calendar import Calendar
from rules.records.calendar import CalendarRecord
from workflow.domain.access import STAFF

ADMIN = "calendar_admin"
DRAFTS = (ADMIN,)
APPROVES = (ADMIN, "department_leader")  # but never who drafted it
READS = (*STAFF, ADMIN)


@dataclass(frozen=True)
class Progress:
    """How far a version has been applied to the dossiers whose clock runs, in dossiers.

    `looked_at` have been counted anew, of which `moved` got another due time and `kept` could not be counted.
    """

    looked_at: int = 0
    moved: int = 0
    kept: int = 0
    finished_at: datetime | None = None


@dataclass(frozen=True)
class Version:
    """A draft, or from `approved_at` on a version that counts. Version one ships as data and has no `id`."""

    id: int | None
    office: str
    record: CalendarRecord
    based_on: str
    why_vi: str
    drafted_by: str
    drafted_at: datetime | None
    number: int | None = None
    approved_by: str | None = None
    approved_at: datetime | None = None
    dropped_by: str | None = None
    dropped_at: datetime | None = None
    progress: Progress = Progress()

    @property
    def label(self) -> str:
        """What people call it, `2026.2`."""
        return self.record.version

    @property
    def is_open(self) -> bool:
        """A draft that waits for its second person."""
        return self.id is not None and self.approved_at is None and self.dropped_at is None

    @property
    def is_approved(self) -> bool:
        return self.number is not None

    @property
    def calendar(self) -> Calendar:
        """The record laid out for counting."""
        return laid_out(self.record)


@lru_cache(maxsize=50)
def laid_out(record: CalendarRecord) -> Calendar:
    """A record never changes, so each is laid out once in a process."""
    return Calendar(record)
