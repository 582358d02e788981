"""A dossier as its applicant sees it, and what the applicant may do with it in each status. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from intake.domain.errors import NotAllowedNow, SubmissionInvalid
from intake.domain.flaws import Flaw
from rules.records.status import ENDED, Status

RATEABLE = (Status.FINISHED, *ENDED)


class Ending(StrEnum):
    """How an applicant may end a dossier (R09): take it back, or have its handling stopped after acceptance."""

    WITHDRAW = "withdraw"
    STOP = "stop"


# In which status each may be asked for; whether the result is signed already is workflow's to judge.
MAY_END: Mapping[Ending, tuple[Status, ...]] = {
    Ending.WITHDRAW: (
        Status.SUBMITTED,
        Status.ACCEPTED,
        Status.IN_PROCESS,
        Status.WAITING_FOR_SUPPLEMENT,
        Status.WAITING_FOR_FEE,
    ),
    Ending.STOP: (Status.ACCEPTED, Status.IN_PROCESS, Status.WAITING_FOR_SUPPLEMENT),
}
TOO_LATE_VI: Mapping[Ending, str] = {
    Ending.WITHDRAW: "Hồ sơ này đã kết thúc hoặc đã có kết quả nên không rút được nữa.",
    Ending.STOP: "Chỉ dừng được hồ sơ đã tiếp nhận và chưa có kết quả.",
}


@dataclass(frozen=True)
class Stored:
    """Where an immutable object lies, and what proves it unchanged."""

    path: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Upload:
    """A file that arrived whole and waits to be filed: for a draft, for a supplement round, or for neither yet."""

    id: UUID
    applicant_id: str
    component: str | None
    name: str
    media_type: str
    pages: int | None
    object: Stored
    uploaded_at: datetime
    draft_id: UUID | None = None
    dossier_id: UUID | None = None


@dataclass(frozen=True)
class Draft:
    """What an applicant has filled in so far. Once filed it names its dossier and nothing in it changes."""

    id: UUID
    applicant_id: str
    procedure_id: str
    procedure_version: str
    forms: Mapping[str, list[dict[str, Any]]]
    contact: Mapping[str, Any] | None
    created_at: datetime
    updated_at: datetime
    dossier_id: UUID | None = None

    def must_be_open(self) -> None:
        """Raises NotAllowedNow once it was filed."""
        if self.dossier_id is not None:
            raise NotAllowedNow("change a draft", "it was filed", "Hồ sơ này đã nộp, không sửa được nữa.")

    def with_sheets(self, form_id: str, sheets: list[dict[str, Any]], now: datetime) -> "Draft":
        self.must_be_open()
        return replace(self, forms={**self.forms, form_id: sheets}, updated_at=now)

    def with_contact(self, contact: Mapping[str, Any], now: datetime) -> "Draft":
        self.must_be_open()
        return replace(self, contact=dict(contact), updated_at=now)


@dataclass(frozen=True)
class Dossier:
    """Who filed what when, how far it is, and what lies where."""

    id: UUID
    applicant_id: str
    arrival_number: str
    procedure_id: str
    procedure_version: str
    office: str
    receiving_unit: str
    resolving_unit: str
    received_at: datetime
    contact_path: str
    status: Status = Status.SUBMITTED
    packages: int = 1
    code: str | None = None
    unit: str | None = None
    handler_id: str | None = None
    handler_unit: str | None = None
    started_at: datetime | None = None
    due_at: datetime | None = None
    first_due_at: datetime | None = None
    finished_at: datetime | None = None
    lateness: str | None = None
    result_code: str | None = None
    result_kind: str | None = None
    result_name: str | None = None
    result_sha256: str | None = None
    collected_at: datetime | None = None
    lateness_first: str | None = None

    @property
    def waits_for_supplement(self) -> bool:
        return self.status is Status.WAITING_FOR_SUPPLEMENT

    @property
    def has_result(self) -> bool:
        return self.result_code is not None

    @property
    def may_be_rated(self) -> bool:
        return self.status in RATEABLE

    @property
    def is_accepted(self) -> bool:
        return self.code is not None

    @property
    def endings(self) -> tuple[Ending, ...]:
        """What the applicant may ask for now to end it (R09); a stop only once it was accepted."""
        return tuple(
            one for one in Ending if self.status in MAY_END[one] and (one is Ending.WITHDRAW or self.is_accepted)
        )

    def must_allow(self, ending: Ending) -> None:
        """Raises NotAllowedNow where it cannot be ended in this way any more, or not yet."""
        if ending not in self.endings:
            raise NotAllowedNow(f"ask to {ending}", f"status {self.status:d}", TOO_LATE_VI[ending])

    def answered(self) -> "Dossier":
        """After a supplement was answered it is checked anew (5 → 1); an accepted one goes on (5 → 4).

        Raises NotAllowedNow.
        """
        if not self.waits_for_supplement:
            raise NotAllowedNow(
                "answer a supplement", f"status {self.status:d}", "Hồ sơ này hiện không được yêu cầu bổ sung."
            )
        return replace(self.going_on(), packages=self.packages + 1)

    def going_on(self) -> "Dossier":
        """Where it stands once nothing is asked for any more."""
        return replace(self, status=Status.IN_PROCESS if self.is_accepted else Status.SUBMITTED)

    def collected(self, now: datetime) -> "Dossier":
        """The applicant took the result; only the first time counts. Raises NotAllowedNow while there is none."""
        if not self.has_result:
            raise NotAllowedNow("collect a result", f"status {self.status:d}", "Hồ sơ này chưa có kết quả.")
        return self if self.collected_at else replace(self, collected_at=now)

    def must_be_rateable(self) -> None:
        """Raises NotAllowedNow before there is an outcome to rate."""
        if not self.may_be_rated:
            raise NotAllowedNow("rate", f"status {self.status:d}", "Ông/bà đánh giá được khi hồ sơ đã có kết quả.")


def with_sheet(sheets: Sequence[dict[str, Any]], index: int, sheet: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The sheets with one of them replaced, or added behind the last; sheets not reached yet are empty."""
    found = [*sheets, *({} for _ in range(index + 1 - len(sheets)))]
    found[index] = dict(sheet)
    return found


@dataclass(frozen=True)
class Supplement:
    """One round of what the officer asked for; `request` holds the sentence for each item."""

    dossier_id: UUID
    round: int
    items: tuple[str, ...]
    request: Stored
    requested_at: datetime
    answered_at: datetime | None = None
    forms: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict)

    def with_sheet(self, form_id: str, index: int, sheet: Mapping[str, Any]) -> "Supplement":
        return replace(self, forms={**self.forms, form_id: with_sheet(self.forms.get(form_id, []), index, sheet)})

    def must_match(self, components: Sequence[str], names: Mapping[str, str]) -> None:
        """Exactly what was asked for, no more, no less. Raises SubmissionInvalid, NotAllowedNow."""
        if self.answered_at is not None:
            sentence = "Lần yêu cầu bổ sung này đã được trả lời."
            raise NotAllowedNow("answer a supplement", "this round was answered", sentence)
        missing = [code for code in self.items if code not in components]
        strange = [code for code in dict.fromkeys(components) if code not in self.items]
        flaws = [_missing(code, names.get(code, code)) for code in missing]
        flaws += [_not_asked(code, names.get(code, code)) for code in strange]
        if flaws:
            raise SubmissionInvalid(flaws)


def _missing(code: str, name: str) -> Flaw:
    return Flaw("missing", f"Còn thiếu “{name}”.", f"“{name}” is still missing.", component=code)


def _not_asked(code: str, name: str) -> Flaw:
    return Flaw("not_asked", f"“{name}” không được yêu cầu bổ sung.", f"“{name}” was not asked for.", component=code)
