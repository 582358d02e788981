"""What the API takes and gives. A third shape beside rows and domain: it changes only with the API's version."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_validator

from contracts.facts import Channel
from workflow.domain.checklist import CheckItem
from workflow.domain.days import Day
from workflow.domain.status import Action, Outcome, Verdict
from workflow.domain.steps import Decision
from workflow.reads import CaseView, ClockView, Question, QueueRow

Text = Annotated[str, Field(max_length=5000)]


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Seen(Shape):
    """What every command may say beside its own: the version of the case that was looked at."""

    version: int | None = Field(default=None, description="the version you saw; `If-Match` says the same")


class ReceptionIn(Seen):
    """When this office received a dossier from a desk of another area."""

    received_at: AwareDatetime | None = Field(default=None, description="now, if left out")


class ItemIn(Shape):
    """A verdict on one component."""

    component: str = Field(
        max_length=100, description="the component's code in the procedure", examples=["emergency-plan"]
    )
    verdict: Verdict = Verdict.LACKING
    note: Text = Field(
        default="", description="what is wrong and how to mend it, as form 02 prints it; a must for lacking"
    )

    def item(self) -> CheckItem:
        return CheckItem(self.component, self.verdict, self.note.strip())


class CheckIn(Seen):
    items: list[ItemIn] = Field(min_length=1, max_length=200)


class SupplementLineIn(Shape):
    component: str = Field(max_length=100)
    reason: Text = Field(min_length=1)

    def item(self) -> CheckItem:
        return CheckItem(self.component, Verdict.LACKING, self.reason.strip())


class SupplementIn(Seen):
    """The one complete request of a round. `items` are added to what was already judged as lacking."""

    items: list[SupplementLineIn] = Field(default_factory=list, max_length=200)


class CompletionIn(Seen):
    """How a step ends. An appraisal needs `outcome` and `conclusion`; an assignment may say `assignee_id`."""

    note: Text = ""
    assignee_id: str | None = Field(default=None, max_length=200)
    outcome: Outcome | None = None
    conclusion: Text = Field(default="", description="printed in the result: what is granted, or why it is refused")
    conditions: list[Text] = Field(default_factory=list, max_length=50)

    def decision(self) -> Decision:
        conditions = tuple(line.strip() for line in self.conditions if line.strip())
        return Decision(self.note.strip(), self.assignee_id, self.outcome, self.conclusion.strip(), conditions)


class SignOffIn(Seen):
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$", description="of the result you read and approve")


class StatusOut(Shape):
    number: int = Field(description="the national status code")
    name: str


Sort = Literal[
    "urgent", "-urgent", "code", "-code", "applicant", "-applicant", "since", "-since", "received", "-received",
]  # fmt: skip
Filter = Literal[
    "mine", "today", "week", "overdue", "waiting", "unassigned", "stop_asked", "apology", "to_return", "open",
    "returned", "all",
]  # fmt: skip
Name = Annotated[str, Field(max_length=200)]


class CaseSearch(Shape):
    """What is asked of the lists; what is left out narrows nothing."""

    filter: Filter = Field(default="mine", description="`mine`: what waits for you")
    q: Name = Field(default="", description="code, arrival number, applicant, serial; diacritics do not matter")
    status: int | None = Field(default=None, ge=1, le=10)
    procedure: Name | None = Field(default=None, description="a procedure's id")
    field: Name | None = Field(default=None, description="a field's id")
    channel: Channel | None = None
    unit: Name | None = None
    holder: Name | None = Field(default=None, description="a staff id")
    received_from: date | None = None
    received_to: date | None = None
    due_from: date | None = None
    due_to: date | None = None
    sort: Sort = Field(default="urgent", description="`-` before it turns the order round")
    after: str = Field(default="", max_length=500, description="`after` of the page before")
    before: str = Field(default="", max_length=500, description="`before` of the page after")

    def question(self) -> Question:
        return Question(words=self.q, **self.model_dump(exclude={"q"}))


class AddressedSearch(CaseSearch):
    """The same in an address, which names nobody (R18)."""

    q: Name = Field(default="", description="codes, numbers and serials; to look for a name, `POST /cases/search`")

    @field_validator("q")
    @classmethod
    def _names_nobody(cls, words: str) -> str:
        if not all(any(each.isdigit() for each in word) for word in words.split()):
            raise ValueError("words that may name a person do not belong in an address: POST /cases/search")
        return words


class CaseLine(Shape):
    """A case in a list."""

    id: UUID
    code: str | None
    arrival_number: str
    status: StatusOut
    procedure: str
    applicant: str = Field(description="in a list, a person's name is shortened")
    step: str | None
    unit: str
    role: str | None = Field(description="the role that must act next; none where the applicant must")
    holder: str | None
    since: datetime
    deadline_at: datetime | None = Field(description="what runs now; none where no clock runs")
    left_working_minutes: int | None
    whole_working_minutes: int | None
    is_late: bool = Field(description="whether the first late moment has come (R05); minutes may be used up before it")
    owes_fee: bool = Field(description="its fee is asked for and not paid; an accepted case goes on all the same (R23)")


class CaseList(Shape):
    cases: list[CaseLine]
    total: int = Field(description="at most 10001, which says that there are more")
    before: str = Field(description="where the page before is; empty where there is none")
    after: str = Field(description="where the next page is; empty where there is none")
    counts: dict[str, int] = Field(description="how many cases each list of running cases holds")


class ActionOut(Shape):
    action: Action
    allowed: bool
    reason_vi: str = Field(description="why not; empty where it is allowed")
    is_next: bool


class ComponentOut(Shape):
    code: str
    name_vi: str
    verdict: Verdict | None
    note: str
    files: list[int] = Field(description="numbers of the files, for `files/{number}`")
    sheets: int


class FileOut(Shape):
    number: int
    component: str
    name: str
    media_type: str
    pages: int | None
    size: int
    sha256: str
    package: int = Field(description="1 is what was filed first; supplements follow")


class SlipOut(Shape):
    number: int
    form: str
    name_vi: str
    printed: int
    issued_at: datetime
    sha256: str


class StepOut(Shape):
    step: str
    name_vi: str
    state: Literal["done", "current", "ahead"]
    planned_working_minutes: int
    used_working_minutes: int
    due_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    lateness: Literal["early", "on_time", "late"] | None = Field(
        description="judged when the step was left; none for a step without a time of its own"
    )
    margin_working_minutes: int | None


class ResultOut(Shape):
    code: str
    number: str | None
    outcome: Outcome
    sha256: str
    size: int
    signed_off_by: str | None
    signed_off_at: datetime | None


class HappeningOut(Shape):
    at: datetime
    what_vi: str
    who: str


class CaseOut(CaseLine):
    """A case whole, with what may be done now and why the rest may not."""

    version: int
    round: int = Field(description="supplement requests so far")
    procedure_id: str
    procedure_version: str
    channel: str
    origin: str
    receiving_unit: str
    resolving_unit: str
    received_at: datetime
    fee_vnd: int | None
    paid_at: datetime | None
    accepted_at: datetime | None
    started_at: datetime | None
    due_at: datetime | None
    first_due_at: datetime | None
    finished_at: datetime | None
    returned_at: datetime | None
    lateness: str | None
    lateness_first: str | None
    margin_working_minutes: int | None
    actions: list[ActionOut]
    components: list[ComponentOut]
    forms: dict[str, list[dict[str, Any]]]
    files: list[FileOut]
    slips: list[SlipOut]
    steps: list[StepOut]
    result: ResultOut | None
    history: list[HappeningOut]


class DayOut(Shape):
    on: date
    count: int | None = Field(description="its number in the limit; none where it does not count")
    working_minutes: int = Field(description="of this day, inside the limit and not paused")
    reason_vi: str
    source: str = Field(description="the document that makes it a day off or a working one; empty for an ordinary day")


class LedgerOut(Shape):
    number: int
    kind: str
    at: datetime
    reason_vi: str
    basis: str
    due_at: datetime | None = Field(description="the due that held from here on; none where it gave none")
    calendar_version: str | None
    readings: list[str]


class ClockOut(Shape):
    """The due time with all that explains it; anyone can recompute it."""

    id: UUID
    code: str | None
    arrival_number: str
    procedure: str
    status: StatusOut
    due_at: datetime | None
    first_due_at: datetime | None
    started_at: datetime | None
    limit_vi: str
    start_rule: str
    start_rule_vi: str
    legal_basis: str
    calendar_version: str
    readings: list[str]
    left_working_minutes: int
    whole_working_minutes: int
    is_late: bool = Field(description="whether the first late moment has come (R05); minutes may be used up before it")
    days: list[DayOut]
    ledger: list[LedgerOut]
    recomputed_due_at: datetime | None = Field(description="what ledger, rules and calendar give now")
    agrees: bool = Field(description="whether the rules give the stored due time again")


def line_out(row: QueueRow) -> dict[str, Any]:
    case = row.case
    return {
        "id": case.dossier_id,
        "code": case.code,
        "arrival_number": case.arrival_number,
        "status": StatusOut(number=case.status, name=case.status.name.lower()),
        "procedure": row.procedure_vi,
        "applicant": row.shown_applicant,
        "step": case.step,
        "unit": case.unit,
        "role": case.role,
        "holder": row.holder or None,
        "since": case.since,
        "deadline_at": case.deadline_at,
        "left_working_minutes": None if row.is_stopped else row.minutes_left,
        "whole_working_minutes": None if row.is_stopped else row.whole_minutes,
        "is_late": row.is_late,
        "owes_fee": case.owes_fee,
    }


_OF_THE_CASE = [name for name in CaseOut.model_fields if name not in CaseLine.model_fields]
_OF_THE_VIEW = {"actions", "components", "forms", "files", "slips", "steps", "result", "history"}


def case_out(view: CaseView) -> CaseOut:
    case = view.case
    plain = {name: getattr(case, name) for name in _OF_THE_CASE if name not in _OF_THE_VIEW}
    return CaseOut(
        **line_out(view.row) | {"applicant": case.applicant_name},
        **plain,
        actions=[
            ActionOut(action=one.action, allowed=one.is_allowed, reason_vi=one.reason_vi, is_next=one.is_next)
            for one in view.offers
        ],
        components=_components(view),
        forms={form: [dict(sheet) for sheet in sheets] for form, sheets in view.dossier.forms.items()},
        files=_files(view),
        slips=[
            SlipOut(
                number=slip.number,
                form=slip.form,
                name_vi=slip.name_vi,
                printed=slip.printed,
                issued_at=slip.issued_at,
                sha256=slip.file.sha256,
            )
            for slip in view.slips
        ],
        steps=_steps(view),
        result=_result(view),
        history=[HappeningOut(at=one.at, what_vi=one.what_vi, who=one.who) for one in view.history],
    )


def _components(view: CaseView) -> list[ComponentOut]:
    found = []
    for one in view.procedure.components:
        item = view.judged.get(one.code)
        found.append(
            ComponentOut(
                code=one.code,
                name_vi=one.name_vi,
                verdict=item.verdict if item else None,
                note=item.note if item else "",
                files=[file.number for file in view.dossier.files_of(one.code)],
                sheets=len(view.dossier.forms.get(one.form_id or "", ())),
            )
        )
    return found


def _files(view: CaseView) -> list[FileOut]:
    return [
        FileOut(
            number=file.number,
            component=file.component,
            name=file.name,
            media_type=file.media_type,
            pages=file.pages,
            size=file.stored.size,
            sha256=file.stored.sha256,
            package=file.package,
        )
        for file in view.dossier.files
    ]


def _steps(view: CaseView) -> list[StepOut]:
    return [
        StepOut.model_validate(
            {
                "step": one.step,
                "name_vi": one.name_vi,
                "state": one.state,
                "planned_working_minutes": one.planned_minutes,
                "used_working_minutes": one.used_minutes,
                "due_at": one.due_at,
                "started_at": one.started_at,
                "finished_at": one.finished_at,
                "lateness": one.lateness,
                "margin_working_minutes": one.margin_minutes,
            }
        )
        for one in view.steps
    ]


def _result(view: CaseView) -> ResultOut | None:
    case = view.case
    if case.result is None or case.result_code is None or case.outcome is None:
        return None
    return ResultOut(
        code=case.result_code,
        number=case.result_number,
        outcome=case.outcome,
        sha256=case.result.sha256,
        size=case.result.size,
        signed_off_by=view.signed_by or None,
        signed_off_at=view.signed_at,
    )


def clock_out(view: ClockView) -> ClockOut:
    case = view.case
    return ClockOut(
        id=case.dossier_id,
        code=case.code,
        arrival_number=case.arrival_number,
        procedure=view.procedure_vi,
        status=StatusOut(number=case.status, name=case.status.name.lower()),
        due_at=view.due_at,
        first_due_at=view.first_due_at,
        started_at=view.started_at,
        limit_vi=view.limit_vi,
        start_rule=view.start_rule,
        start_rule_vi=view.start_rule_vi,
        legal_basis=view.basis,
        calendar_version=view.calendar_version,
        readings=list(view.readings),
        left_working_minutes=view.minutes_left,
        whole_working_minutes=view.whole_minutes,
        is_late=view.is_late,
        days=[_day(day) for day in view.days],
        ledger=[LedgerOut.model_validate(entry, from_attributes=True) for entry in view.ledger],
        recomputed_due_at=view.recomputed_due_at,
        agrees=view.agrees,
    )


def _day(day: Day) -> DayOut:
    told = {"reason_vi": day.reason, "source": day.source}
    return DayOut(on=day.on, count=day.count, working_minutes=day.minutes, **told)
