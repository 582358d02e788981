"""A procedure (thủ tục hành chính) as the catalogue writes it: who, what, how long, how much, by which steps."""

from typing import Annotated, Literal

from pydantic import Field

from rules.records.cited import Entry, Identifier, Record, Source, Text
from rules.records.limit import Limit, StartRule

Channel = Literal["online", "direct", "postal"]
Role = Literal["one_stop_officer", "division_head", "case_officer", "department_leader", "clerk"]
StepKind = Literal["assign", "appraise", "review", "approve", "issue"]
OnePer = Literal["device", "staff_member"]


class FieldRef(Entry):
    """A field of one of the dossier's forms."""

    form_id: Identifier
    field: Identifier


class Component(Entry):
    """One paper the dossier must hold (thành phần hồ sơ), filled in here as a form or attached as files.

    `required_when` asks for it only if that field of the dossier is filled in. `days_valid_after_receipt` is how long a
    dated paper must stay valid once the dossier has been received.
    """

    code: Identifier
    name_vi: Text
    name_en: Text
    originals: Annotated[int, Field(ge=0)]
    copies: Annotated[int, Field(ge=0)]
    accepts: Literal["form", "upload"]
    form_id: Identifier | None = None
    paper_form: str | None = None
    required: bool = True
    required_when: FieldRef | None = None
    one_per: OnePer | None = None
    condition_vi: str | None = None
    condition_en: str | None = None
    days_valid_after_receipt: Annotated[int, Field(gt=0)] | None = None
    note: str | None = None


class Step(Entry):
    """One internal step (bước): who does it, and its share of the whole limit in hundredths.

    `share` is empty where a step has no budget of its own. `sends_back_to` names the step a refusal returns to.
    """

    id: Identifier
    kind: StepKind
    name_vi: Text
    name_en: Text
    role: Role
    unit_vi: Text
    share: Annotated[int, Field(gt=0, le=100)] | None = None
    sends_back_to: Identifier | None = None


class Process(Entry):
    """The internal process (quy trình nội bộ). `invented` if no decision of a province backs it."""

    decision: str | None = None
    sources: tuple[Source, ...] = ()
    invented: bool = False
    note: str | None = None
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]


class Validity(Entry):
    value: Annotated[int, Field(gt=0)]
    unit: Literal["months", "years"]


class Result(Entry):
    """What the applicant gets. `number_format` is the paper's own number, given by the clerk."""

    name_vi: Text
    name_en: Text
    paper_form: str | None = None
    validity: Validity | None = None
    code_format: Identifier
    number_format: str | None = None
    unconfirmed: bool = False
    note: str | None = None


class Supplement(Entry):
    """What a supplement does to the clock (R08); `answer_within` is empty where no act gives the applicant a limit."""

    before_acceptance: Literal["check_restarts"] = "check_restarts"
    after_acceptance: Literal["restarts", "resumes"] = "restarts"
    rounds_without_leader: Annotated[int, Field(ge=1)] = 1
    answer_within: Limit | None = None
    note: str | None = None


class FeeRule(Entry):
    """Which table the fee comes from, and which field of which form counts its items. No `counted_by`: one item."""

    fee_id: Identifier
    action: Literal["new", "renew", "amend", "add"]
    counted_by: FieldRef | None = None
    is_notified: bool = True


class Count(Entry):
    """How many devices or staff members the dossier has: a number field, or the rows of a table, plus one if filled."""

    form_id: Identifier
    field: Identifier
    plus_one_if: Identifier | None = None


class AllIn(FieldRef):
    """True if the field has one of these values in every sheet of the form."""

    values: Annotated[tuple[str, ...], Field(min_length=1)]


class SectionRule(Entry):
    """A section that its form leaves open, and that this procedure asks for all the same."""

    form_id: Identifier
    section: Identifier
    unless_all: AllIn | None = None
    source: Text


class Procedure(Record):
    """A version of a procedure. R01: the version in force when the dossier arrived holds to its end.

    A missing limit or national code is "not yet published" (R14), never a guess.
    """

    version: Text
    national_code: str | None = Field(default=None, pattern=r"^\d\.\d{6}$")
    name_vi: Text
    name_en: Text
    field_vi: Text
    field_en: Text
    level: Literal["province"]
    regime: Text
    authority_vi: Text
    processing_unit_vi: Text
    applicant_types: Annotated[tuple[Literal["organisation", "person"], ...], Field(min_length=1)]
    channels: Annotated[tuple[Channel, ...], Field(min_length=1)]
    online_level: Literal["full", "partial", "information"]
    dossier_sets: Annotated[int, Field(ge=1)] = 1
    limit: Limit | None
    start_rule: StartRule
    check_limit: Limit | None
    check_start_rule: StartRule = "dossier_received"
    supplement: Supplement
    fee: FeeRule | None
    components: Annotated[tuple[Component, ...], Field(min_length=1)]
    counts: dict[OnePer, Count] = Field(default_factory=dict)
    section_rules: tuple[SectionRule, ...] = ()
    process: Process
    result: Result

    @property
    def steps(self) -> tuple[Step, ...]:
        return self.process.steps

    @property
    def form_ids(self) -> tuple[str, ...]:
        return tuple(one.form_id for one in self.components if one.form_id)

    @property
    def fee_id(self) -> str | None:
        return self.fee.fee_id if self.fee else None

    def component(self, code: str) -> Component | None:
        return next((one for one in self.components if one.code == code), None)
