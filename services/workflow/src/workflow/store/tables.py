"""The tables. Rows only, no behaviour; the migrations say what must never be in them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, Identity, Index, SmallInteger, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel, col


class Moment(DateTime):
    """A moment with its zone."""

    def __init__(self) -> None:
        super().__init__(timezone=True)


class Texts(ARRAY[str]):
    """A list of texts."""

    def __init__(self) -> None:
        super().__init__(Text)


class Row(SQLModel, registry=registry()):
    """Base of this service's tables."""


metadata = Row.metadata


class CaseRow(Row, table=True):
    """One dossier's case; the fields are those of `domain.case.Case`, and `words` it is found by."""

    __tablename__ = "cases"
    dossier_id: UUID = Field(primary_key=True)
    arrival_number: str = Field(sa_type=Text, unique=True)
    procedure_id: str = Field(sa_type=Text)
    procedure_version: str = Field(sa_type=Text)
    channel: str = Field(sa_type=Text)
    origin: str = Field(sa_type=Text)
    office: str = Field(sa_type=Text)
    receiving_unit: str = Field(sa_type=Text)
    resolving_unit: str = Field(sa_type=Text)
    applicant_id: str = Field(sa_type=Text)
    applicant_name: str = Field(sa_type=Text)
    applicant_is_person: bool
    applicant_key: str = Field(default="", sa_type=Text)
    contact_path: str = Field(sa_type=Text)
    received_at: datetime = Field(sa_type=Moment)
    last_piece_at: datetime = Field(sa_type=Moment)
    status: int = Field(sa_type=SmallInteger)
    since: datetime = Field(sa_type=Moment)
    unit: str = Field(sa_type=Text)
    units: list[str] = Field(sa_type=Texts)
    version: int
    round: int = Field(sa_type=SmallInteger)
    sent_from: str | None = Field(default=None, sa_type=Text)
    competent_at: datetime | None = Field(default=None, sa_type=Moment)
    role: str | None = Field(default=None, sa_type=Text)
    holder_id: str | None = Field(default=None, sa_type=Text)
    step: str | None = Field(default=None, sa_type=Text)
    checker_id: str | None = Field(default=None, sa_type=Text)
    return_way: str = Field(sa_type=Text)
    answer_by: datetime | None = Field(default=None, sa_type=Moment)
    stop_asked_at: datetime | None = Field(default=None, sa_type=Moment)
    stop_request: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
    ground: str | None = Field(default=None, sa_type=Text)
    deadline_at: datetime | None = Field(default=None, sa_type=Moment)
    late_from: datetime | None = Field(default=None, sa_type=Moment)
    check_started_at: datetime | None = Field(default=None, sa_type=Moment)
    check_due_at: datetime | None = Field(default=None, sa_type=Moment)
    fee_vnd: int | None = Field(default=None, sa_type=BigInteger)
    paid_at: datetime | None = Field(default=None, sa_type=Moment)
    code: str | None = Field(default=None, sa_type=Text, unique=True)
    accepted_at: datetime | None = Field(default=None, sa_type=Moment)
    started_at: datetime | None = Field(default=None, sa_type=Moment)
    due_at: datetime | None = Field(default=None, sa_type=Moment)
    first_due_at: datetime | None = Field(default=None, sa_type=Moment)
    calendar_version: str | None = Field(default=None, sa_type=Text)
    recount_failed_at: datetime | None = Field(default=None, sa_type=Moment)
    readings: list[str] = Field(sa_type=Texts)
    apology_proposed_at: datetime | None = Field(default=None, sa_type=Moment)
    apology_drafted_at: datetime | None = Field(default=None, sa_type=Moment)
    reappointed_at: datetime | None = Field(default=None, sa_type=Moment)
    open_opinions: int = Field(sa_type=SmallInteger)
    outcome: str | None = Field(default=None, sa_type=Text)
    conclusion: str = Field(sa_type=Text)
    conditions: list[str] = Field(sa_type=Texts)
    result_code: str | None = Field(default=None, sa_type=Text, unique=True)
    result_number: str | None = Field(default=None, sa_type=Text)
    result: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
    finished_at: datetime | None = Field(default=None, sa_type=Moment)
    lateness: str | None = Field(default=None, sa_type=Text)
    lateness_first: str | None = Field(default=None, sa_type=Text)
    margin_working_minutes: int | None = Field(default=None)
    returned_at: datetime | None = Field(default=None, sa_type=Moment)
    results: int = Field(sa_type=SmallInteger)
    correction: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
    posted_at: datetime | None = Field(default=None, sa_type=Moment)
    words: Any = Field(default=None, sa_column=Column(TSVECTOR))


class PackageRow(Row, table=True):
    """Where each package filed for a case lies."""

    __tablename__ = "case_package"
    dossier_id: UUID = Field(primary_key=True, foreign_key="cases.dossier_id")
    version: int = Field(primary_key=True)
    object: dict[str, Any] = Field(sa_type=JSONB)
    received_at: datetime = Field(sa_type=Moment)
    words: list[str] = Field(default_factory=list, sa_type=Texts)


class ClockRow(Row, table=True):
    """The clock's ledger: only ever added to."""

    __tablename__ = "clock_entry"
    dossier_id: UUID = Field(primary_key=True, foreign_key="cases.dossier_id")
    number: int = Field(primary_key=True)
    kind: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=Moment)
    reason_vi: str = Field(sa_type=Text)
    basis: str = Field(sa_type=Text)
    due_at: datetime | None = Field(default=None, sa_type=Moment)
    calendar_version: str | None = Field(default=None, sa_type=Text)
    readings: list[str] = Field(default_factory=list, sa_type=Texts)


class StepRow(Row, table=True):
    """One run through a step; a step sent back to runs again under the next number. No `due_at`: no time of its own."""

    __tablename__ = "step_run"
    dossier_id: UUID = Field(primary_key=True, foreign_key="cases.dossier_id")
    number: int = Field(primary_key=True)
    step: str = Field(sa_type=Text)
    unit: str = Field(sa_type=Text)
    role: str = Field(sa_type=Text)
    started_at: datetime = Field(sa_type=Moment)
    due_at: datetime | None = Field(default=None, sa_type=Moment)
    planned_minutes: int
    finished_at: datetime | None = Field(default=None, sa_type=Moment)
    used_minutes: int | None = None
    lateness: str | None = Field(default=None, sa_type=Text)
    margin_minutes: int | None = None
    staff_id: str | None = Field(default=None, sa_type=Text)
    note: str = Field(default="", sa_type=Text)


class CheckRow(Row, table=True):
    """The officer's verdict on one component in one round."""

    __tablename__ = "check_item"
    dossier_id: UUID = Field(primary_key=True, foreign_key="cases.dossier_id")
    round: int = Field(primary_key=True)
    component: str = Field(primary_key=True, sa_type=Text)
    verdict: str = Field(sa_type=Text)
    note: str = Field(sa_type=Text)


class SupplementRow(Row, table=True):
    """One complete request per round, and when it was answered."""

    __tablename__ = "supplement"
    dossier_id: UUID = Field(primary_key=True, foreign_key="cases.dossier_id")
    round: int = Field(primary_key=True)
    items: list[dict[str, str]] = Field(sa_type=JSONB)
    asked_at: datetime = Field(sa_type=Moment)
    answered_at: datetime | None = Field(default=None, sa_type=Moment)


class SlipRow(Row, table=True):
    """A slip that went out, by form and its number of the year."""

    __tablename__ = "slip"
    office: str = Field(primary_key=True, sa_type=Text)
    form: str = Field(primary_key=True, sa_type=Text)
    year: int = Field(primary_key=True)
    number: int = Field(primary_key=True)
    dossier_id: UUID = Field(foreign_key="cases.dossier_id")
    object: dict[str, Any] = Field(sa_type=JSONB)
    issued_at: datetime = Field(sa_type=Moment)


class SlipSeriesRow(Row, table=True):
    """The last number given of a form's yearly series."""

    __tablename__ = "slip_series"
    office: str = Field(primary_key=True, sa_type=Text)
    form: str = Field(primary_key=True, sa_type=Text)
    year: int = Field(primary_key=True)
    last: int


class CodeSeriesRow(Row, table=True):
    """The last number given of an agency's dossier codes of a day."""

    __tablename__ = "code_series"
    agency: str = Field(primary_key=True, sa_type=Text)
    on_date: date = Field(primary_key=True)
    last: int


class SignOffRow(Row, table=True):
    """An approver's recorded sign-off over exactly these bytes (R15); not a digital signature."""

    __tablename__ = "sign_off"
    dossier_id: UUID = Field(primary_key=True, foreign_key="cases.dossier_id")
    result_sha256: str = Field(primary_key=True, sa_type=Text)
    staff_id: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=Moment)


class HistoryRow(Row, table=True):
    """What happened to a case, in a sentence, by whom; only ever added to."""

    __tablename__ = "case_history"
    dossier_id: UUID = Field(primary_key=True, foreign_key="cases.dossier_id")
    version: int = Field(primary_key=True)
    number: int = Field(primary_key=True)
    at: datetime = Field(sa_type=Moment)
    what_vi: str = Field(sa_type=Text)
    staff_id: str | None = Field(default=None, sa_type=Text)
    note: str = Field(default="", sa_type=Text)


class UndecidedRow(Row, table=True):
    """An event that came when its case did not wait for it: kept until a person decides."""

    __tablename__ = "undecided_event"
    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    dossier_id: UUID = Field(foreign_key="cases.dossier_id")
    kind: str = Field(sa_type=Text)
    status: int = Field(sa_type=SmallInteger)
    event: dict[str, Any] = Field(sa_type=JSONB)
    reason_vi: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=Moment)
    decided_at: datetime | None = Field(default=None, sa_type=Moment)
    decided_by: str | None = Field(default=None, sa_type=Text)
    decision_vi: str = Field(default="", sa_type=Text)


class ApologyRow(Row, table=True):
    """A letter of apology: drafted, then approved by the leader. Only one of a case may give a new date."""

    __tablename__ = "apology"
    dossier_id: UUID = Field(primary_key=True, foreign_key="cases.dossier_id")
    number: int = Field(primary_key=True)
    reason_vi: str = Field(sa_type=Text)
    unit_at_fault: str = Field(sa_type=Text)
    drafted_at: datetime = Field(sa_type=Moment)
    drafted_by: str = Field(sa_type=Text)
    previous_due_at: datetime = Field(sa_type=Moment)
    new_due_at: datetime | None = Field(default=None, sa_type=Moment)
    approved_at: datetime | None = Field(default=None, sa_type=Moment)
    approved_by: str | None = Field(default=None, sa_type=Text)


class OpinionRow(Row, table=True):
    """What another agency was asked, until when, and what it answered."""

    __tablename__ = "opinion"
    dossier_id: UUID = Field(primary_key=True, foreign_key="cases.dossier_id")
    number: int = Field(primary_key=True)
    agency_vi: str = Field(sa_type=Text)
    question: str = Field(sa_type=Text)
    answer_by: date
    asked_at: datetime = Field(sa_type=Moment)
    asked_by: str = Field(sa_type=Text)
    answered_on: date | None = None
    answer: str = Field(default="", sa_type=Text)
    recorded_at: datetime | None = Field(default=None, sa_type=Moment)
    recorded_by: str | None = Field(default=None, sa_type=Text)


class ResultRow(Row, table=True):
    """A result of a case, by the n of its `-KQ(n)`; a further one says why the one before was wrong (R16)."""

    __tablename__ = "result"
    dossier_id: UUID = Field(primary_key=True, foreign_key="cases.dossier_id")
    number: int = Field(primary_key=True)
    code: str = Field(sa_type=Text, unique=True)
    kind: str = Field(sa_type=Text)
    object: dict[str, Any] = Field(sa_type=JSONB)
    reason_vi: str = Field(default="", sa_type=Text)
    issued_at: datetime = Field(sa_type=Moment)
    issued_by: str | None = Field(default=None, sa_type=Text)


class DispatchRow(Row, table=True):
    """A result given to the postal service: its order, and how far it is."""

    __tablename__ = "dispatch"
    order_number: str = Field(primary_key=True, sa_type=Text)
    dossier_id: UUID = Field(foreign_key="cases.dossier_id")
    result_code: str = Field(sa_type=Text)
    state: str = Field(sa_type=Text)
    item: str | None = Field(default=None, sa_type=Text)
    ordered_at: datetime = Field(sa_type=Moment)
    ordered_by: str = Field(sa_type=Text)
    attempts: int = 0
    next_try_at: datetime | None = Field(default=None, sa_type=Moment)
    trouble: str = Field(default="", sa_type=Text)
    last_event_at: datetime | None = Field(default=None, sa_type=Moment)
    delivered_at: datetime | None = Field(default=None, sa_type=Moment)
    traceparent: str | None = Field(default=None, sa_type=Text)
    proof: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))


class CursorRow(Row, table=True):
    """How far the tracking of the postal service was read; it may repeat itself, never go back."""

    __tablename__ = "postal_cursor"
    name: str = Field(primary_key=True, sa_type=Text)
    last_id: str = Field(sa_type=Text)


class DeadlineRow(Row, table=True):
    """A due time that somebody is held to, and how many it has had: each moment of it is said once per version."""

    __tablename__ = "deadline"
    dossier_id: UUID = Field(primary_key=True)
    about: str = Field(primary_key=True, sa_type=Text)
    run: int = Field(primary_key=True)
    due_version: int
    due_at: datetime = Field(sa_type=Moment)


class TimerRow(Row, table=True):
    """A moment to come at which something must be said or done by itself; taken away when it is."""

    __tablename__ = "timer"
    dossier_id: UUID = Field(primary_key=True)
    about: str = Field(primary_key=True, sa_type=Text)
    run: int = Field(primary_key=True)
    kind: str = Field(primary_key=True, sa_type=Text)
    due_version: int
    fire_at: datetime = Field(sa_type=Moment)


class CrossingRow(Row, table=True):
    """A moment that came: once per due version. `is_said` is false where it was pointless by then."""

    __tablename__ = "crossing"
    dossier_id: UUID = Field(primary_key=True, foreign_key="cases.dossier_id")
    about: str = Field(primary_key=True, sa_type=Text)
    run: int = Field(primary_key=True)
    kind: str = Field(primary_key=True, sa_type=Text)
    due_version: int = Field(primary_key=True)
    due_at: datetime = Field(sa_type=Moment)
    crossed_at: datetime = Field(sa_type=Moment)
    is_said: bool


class DueRow(Row, table=True):
    """A due that held from `at` on, so that a report can be counted as of any day; only ever added to."""

    __tablename__ = "due_time"
    dossier_id: UUID = Field(primary_key=True, foreign_key="cases.dossier_id")
    number: int = Field(primary_key=True)
    at: datetime = Field(sa_type=Moment)
    due_at: datetime = Field(sa_type=Moment)
    first_due_at: datetime = Field(sa_type=Moment)
    calendar_version: str | None = Field(default=None, sa_type=Text)


class CalendarRow(Row, table=True):
    """A draft of an office's calendar, or an approved version with its number and how far it has been applied."""

    __tablename__ = "calendar_version"
    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    office: str = Field(sa_type=Text)
    version: str = Field(sa_type=Text)
    based_on: str = Field(sa_type=Text)
    record: dict[str, Any] = Field(sa_type=JSONB)
    why_vi: str = Field(sa_type=Text)
    drafted_by: str = Field(sa_type=Text)
    drafted_at: datetime = Field(sa_type=Moment)
    number: int | None = None
    approved_by: str | None = Field(default=None, sa_type=Text)
    approved_at: datetime | None = Field(default=None, sa_type=Moment)
    object: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
    dropped_by: str | None = Field(default=None, sa_type=Text)
    dropped_at: datetime | None = Field(default=None, sa_type=Moment)
    looked_at: int = 0
    moved: int = 0
    kept: int = 0
    finished_at: datetime | None = Field(default=None, sa_type=Moment)


class MessageRow(Row, table=True):
    """A message that notify sent about a dossier. It may come before the case does."""

    __tablename__ = "message_note"
    message_id: UUID = Field(primary_key=True)
    dossier_id: UUID
    template: str = Field(sa_type=Text)
    channel: str = Field(sa_type=Text)
    sent_at: datetime = Field(sa_type=Moment)


class PaymentRow(Row, table=True):
    """What payments said of a dossier's money: demanded, paid, cancelled, refund decided."""

    __tablename__ = "payment_note"
    id: str = Field(primary_key=True, sa_type=Text)
    dossier_id: UUID
    demand_id: UUID
    kind: str = Field(sa_type=Text)
    amount_vnd: int = Field(sa_type=BigInteger)
    at: datetime = Field(sa_type=Moment)
    way: str | None = Field(default=None, sa_type=Text)
    transaction_code: str | None = Field(default=None, sa_type=Text)
    ground: str | None = Field(default=None, sa_type=Text)
    decision: str | None = Field(default=None, sa_type=Text)


class LookRow(Row, table=True):
    """The version of a case that somebody of the office saw last."""

    __tablename__ = "case_look"
    staff_id: str = Field(primary_key=True, sa_type=Text)
    dossier_id: UUID = Field(primary_key=True, foreign_key="cases.dossier_id")
    version: int
    at: datetime = Field(sa_type=Moment)


class StaffRow(Row, table=True):
    """Who of the office has worked here, as their sign-in says."""

    __tablename__ = "staff"
    id: str = Field(primary_key=True, sa_type=Text)
    name: str = Field(sa_type=Text)
    title: str = Field(sa_type=Text)
    phone: str = Field(sa_type=Text)
    office: str = Field(sa_type=Text)
    unit: str = Field(sa_type=Text)
    roles: list[str] = Field(sa_type=Texts)


Index("cases_queue", CaseRow.office, CaseRow.unit, CaseRow.deadline_at)  # type: ignore[arg-type]
Index("cases_status", CaseRow.status, CaseRow.deadline_at)  # type: ignore[arg-type]
Index("cases_units", CaseRow.units, postgresql_using="gin")  # type: ignore[arg-type]
Index("cases_words", CaseRow.words, postgresql_using="gin")
Index("step_run_open", StepRow.dossier_id, unique=True, postgresql_where=col(StepRow.finished_at).is_(None))  # type: ignore[arg-type]
_ONCE = {
    "taken_over": "clock_taken_over_once",
    "started": "clock_started_once",
    "re_appointed": "clock_re_appointed_once",
}
for _kind, _name in _ONCE.items():
    Index(_name, ClockRow.dossier_id, unique=True, postgresql_where=col(ClockRow.kind) == _kind)  # type: ignore[arg-type]
Index("slip_dossier", SlipRow.dossier_id)  # type: ignore[arg-type]
Index("undecided_dossier", UndecidedRow.dossier_id)  # type: ignore[arg-type]
_NEW_DATE_GIVEN = col(ApologyRow.new_due_at).is_not(None) & col(ApologyRow.approved_at).is_not(None)
Index("apology_new_date_once", ApologyRow.dossier_id, unique=True, postgresql_where=_NEW_DATE_GIVEN)  # type: ignore[arg-type]
Index("dispatch_dossier", DispatchRow.dossier_id)  # type: ignore[arg-type]
Index("cases_correction", CaseRow.office, postgresql_where=col(CaseRow.correction).is_not(None))
Index("timer_fire_at", TimerRow.fire_at)  # type: ignore[arg-type]
Index("cases_filed", CaseRow.office, CaseRow.received_at)  # type: ignore[arg-type]
