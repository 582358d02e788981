"""A procedure (thủ tục hành chính) as the catalogue writes it: who, what, how long, how much, by which process."""

from typing import Annotated, Literal

from pydantic import Field

from rules.records.cited import Entry, Identifier, Record, Text
from rules.records.component import Component, CountedBy, FieldIn, FieldRef, OnePer, ReplacedByDatabase
from rules.records.limit import Channel, Limit, StartRule
from rules.records.process import ProcessRecord, Role, Step, StepKind

__all__ = [
    "AllIn",
    "ApplicantDeadline",
    "Channel",
    "Component",
    "Count",
    "CountedBy",
    "FeeRule",
    "FieldIn",
    "FieldRef",
    "FieldRule",
    "OnePer",
    "OnlineLevel",
    "Procedure",
    "ProcedureRecord",
    "ReplacedByDatabase",
    "Result",
    "Role",
    "SectionRule",
    "Sentence",
    "Step",
    "StepKind",
    "Supplement",
    "Validity",
]

OnlineLevel = Literal["full", "partial", "information"]
ValidityRule = Literal["from_issue", "from_old_expiry", "as_old_licence", "as_certificate", "unlimited", "none"]


class Sentence(Entry):
    """Something applicants should know, in both languages."""

    vi: Text
    en: Text


class Validity(Entry):
    """How long the result holds; `is_maximum` where the law only says "at most"."""

    value: Annotated[int, Field(gt=0)]
    unit: Literal["months", "years"]
    is_maximum: bool = False


class Result(Entry):
    """What the applicant gets. `number_format` is the paper's own number, given by the clerk.

    `validity_rule` says from when `validity` counts, or that there is no term of its own: an amended licence ends when
    the old one would have (X09). Both empty: no source tells.
    """

    name_vi: Text
    name_en: Text
    paper_form: str | None = None
    validity: Validity | None = None
    validity_rule: ValidityRule | None = None
    code_format: Identifier
    number_format: str | None = None
    unconfirmed: bool = False
    unconfirmed_fields: tuple[str, ...] = ()
    note: str | None = None


class ApplicantDeadline(Entry):
    """When the applicant must file: within so long after an event, or at least so long before it (X04).

    `date_field` is where the dossier names the day of the event; `granted_field` and `only_if_longer_than` narrow the
    duty to licences of more than that term. `late_filing` says whether a late dossier is refused or only pointed out.
    """

    value: Annotated[int, Field(gt=0)]
    unit: Literal["working_days", "calendar_days"]
    direction: Literal["within", "before"]
    event_vi: Text
    event_en: Text
    date_field: FieldRef | None = None
    granted_field: FieldRef | None = None
    only_if_longer_than: Limit | None = None
    late_filing: Literal["refused", "pointed_out"] = "pointed_out"
    late_vi: str | None = None
    late_en: str | None = None
    instead: Identifier | None = None
    unconfirmed: bool = False
    unconfirmed_fields: tuple[str, ...] = ()


class Supplement(Entry):
    """What a supplement does to the clock (R08); `answer_within` is empty where no act gives the applicant a limit.

    `notice_within` is the sector's own limit for asking (T06), where it has one.
    """

    before_acceptance: Literal["check_restarts"] = "check_restarts"
    after_acceptance: Literal["restarts", "resumes"] = "restarts"
    rounds_without_leader: Annotated[int, Field(ge=1)] = 1
    notice_within: Limit | None = None
    answer_within: Limit | None = None
    note: str | None = None


class FeeRule(Entry):
    """Which table the fee comes from, and which field of which form counts its items. No `counted_by`: one item.

    `item` fixes the item of the table; `value_from` is the field whose value in đồng a percentage is taken of.
    `unpriced` are items, or choices of the counted field, for which no table has an amount yet (R14).
    """

    fee_id: Identifier
    action: Literal["new", "renew", "amend", "add"]
    item: Identifier | None = None
    counted_by: CountedBy | None = None
    value_from: FieldRef | None = None
    unpriced: tuple[str, ...] = ()
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


class FieldRule(FieldIn):
    """Which values of a shared form's field this procedure takes: a form may serve several procedures."""

    source: Text


NO_LIMIT = Sentence(
    vi="Chưa văn bản nào công bố thời hạn giải quyết của thủ tục này, nên hồ sơ chưa thể được tiếp nhận chính thức.",
    en="No act has published the time limit of this procedure yet, so a dossier cannot be accepted.",
)
NO_COMPONENTS = Sentence(
    vi="Chưa văn bản nào công bố thành phần hồ sơ của thủ tục này, nên hồ sơ chưa thể được tiếp nhận chính thức.",
    en="No act has published what a dossier of this procedure holds, so a dossier cannot be accepted.",
)

NO_AMOUNT = Sentence(
    vi="Chưa văn bản nào công bố mức phí của thủ tục này, nên hồ sơ chưa thể được tiếp nhận chính thức.",
    en="No act has published the amount of this procedure's fee, so a dossier cannot be accepted.",
)


class ProcedureRecord(Record):
    """A version of a procedure as its file says it: the one in force when the dossier arrived holds to its end (R01).

    A missing limit, level or national code is "not yet published" (R14), never a guess; no `components` at all means
    that no source lists them. `record_id` is the facts' own id. `check_limit_by_channel` goes before `check_limit`.
    """

    version: Text
    record_id: Identifier | None = None
    national_code: str | None = Field(default=None, pattern=r"^\d\.\d{6}$")
    older_codes: tuple[str, ...] = ()
    sibling_codes: dict[str, str] = Field(default_factory=dict)
    replaces: tuple[Identifier, ...] = ()
    name_vi: Text
    name_en: Text
    field_id: Identifier
    field_vi: Text | None = None
    field_en: Text | None = None
    level: Literal["province"]
    regime: Text
    authority_vi: Text
    processing_unit_vi: Text
    applicant_types: Annotated[tuple[Literal["organisation", "person"], ...], Field(min_length=1)]
    channels: Annotated[tuple[Channel, ...], Field(min_length=1)]
    online_level: OnlineLevel | None
    dossier_sets: Annotated[int, Field(ge=1)] = 1
    dossier_sets_by_channel: dict[Channel, Annotated[int, Field(ge=1)]] = Field(default_factory=dict)
    copies_note: str | None = None
    when: tuple[Sentence, ...] = ()
    rules: tuple[Sentence, ...] = ()
    applicant_deadline: ApplicantDeadline | None = None
    limit: Limit | None
    start_rule: StartRule
    check_limit: Limit | None
    check_limit_by_channel: dict[Channel, Limit] = Field(default_factory=dict)
    check_start_rule: StartRule = "dossier_received"
    supplement: Supplement
    fee: FeeRule | None
    components: tuple[Component, ...]
    counts: dict[OnePer, Count] = Field(default_factory=dict)
    section_rules: tuple[SectionRule, ...] = ()
    field_rules: tuple[FieldRule, ...] = ()
    process_id: Identifier
    result: Result


class Procedure(ProcedureRecord):
    """A procedure with its process and its field looked up, and with a province's overlay where one was asked for.

    `limit` is what holds there, `statutory_limit` what the nation says; `overlay_id` names the overlay applied. Where
    nothing is to be paid, a clock that waits for dossier and fee waits for the dossier alone; `stated_start_rule` keeps
    the words of the act.
    """

    field_vi: Text
    field_en: Text
    process: ProcessRecord
    statutory_limit: Limit | None
    stated_start_rule: StartRule
    overlay_id: Identifier | None = None

    @property
    def steps(self) -> tuple[Step, ...]:
        return self.process.steps

    @property
    def form_ids(self) -> tuple[str, ...]:
        return tuple(one.form_id for one in self.components if one.form_id)

    @property
    def fee_id(self) -> str | None:
        return self.fee.fee_id if self.fee else None

    @property
    def clock_waits_for_fee(self) -> bool:
        """Whether a valid dossier is accepted once its fee is paid (R11); else at once, whatever it owes (R23)."""
        return self.start_rule == "valid_dossier_and_fee"

    def component(self, code: str) -> Component | None:
        return next((one for one in self.components if one.code == code), None)

    def sets_in(self, channel: Channel) -> int:
        """How many sets of the dossier this channel asks for."""
        return self.dossier_sets_by_channel.get(channel, self.dossier_sets)

    @property
    def can_be_accepted(self) -> bool:
        """Whether a dossier can go beyond being filed (R14)."""
        return self.why_not_accepted is None

    @property
    def why_not_accepted(self) -> Sentence | None:
        """What has to be published first; None where a dossier can be accepted."""
        if self.limit is None:
            return NO_LIMIT
        if not any(one.required for one in self.components):
            return NO_COMPONENTS
        return NO_AMOUNT if self.fee and self.fee.item in self.fee.unpriced else None
