"""A time limit as the law writes it: a number and a unit; and the limits that hold where a sector sets none."""

from datetime import date, time
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator
from pydantic.dataclasses import dataclass

from rules.records.cited import Identifier, Record

Channel = Literal["online", "direct", "postal"]
Unit = Literal["working_minutes", "working_hours", "working_days", "calendar_days", "months", "years"]
StartRule = Literal["dossier_received", "declaration_received", "valid_dossier", "valid_dossier_and_fee"]
LimitKind = Literal[
    "check",  # T01, T02: by when a dossier is checked
    "alert",  # T04: by when a new online dossier is looked at for the first time
    "hand_over",  # T05: by when a counter dossier is with the division; after the cut-off a working day later
    "supplement_notice",  # T06: by when the appraisal asks for what lacks
    "answer",  # T07: how long the applicant has to answer a request
    "apology",  # T08: how long before the due date a new one is given at the latest
    "apology_draft",  # R07: how long before it the draft lies ready
    "apology_short",  # R07: limits shorter than this have the draft at their start
    "closing_notice",  # how long before the answer's last day the applicant is told of the closing
    "warning",  # which shares of the whole are left at the first and the second warning
]


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Limit:
    """`calendar_days` is plain "ngày" in the law, `working_days` "ngày làm việc", `working_hours` "giờ làm việc".

    `months` and `years` end on the corresponding day. 0 working days means at once, and is for checks alone.
    """

    value: Annotated[int, Field(ge=0, le=100_000)]
    unit: Unit

    @property
    def is_in_days(self) -> bool:
        return self.unit not in ("working_minutes", "working_hours")

    @property
    def is_at_once(self) -> bool:
        return self.value == 0


class GeneralLimit(Record):
    """A limit for every procedure whose own acts set none (T01 to T08), or a setting of ours that goes with them.

    `limit` is empty where no act gives one nationally (R14). What comes in after `cutoff` counts from the next working
    day (T05). `percent_left` are the shares of the whole left at the two warnings. With `office_id` it is one office's
    own and goes before what holds everywhere.
    """

    kind: LimitKind
    number: Annotated[str, Field(pattern=r"^T\d\d$")] | None = None
    office_id: Identifier | None = None
    channels: Annotated[tuple[Channel, ...], Field(min_length=1)] = ("online", "direct", "postal")
    limit: Limit | None = None
    cutoff: time | None = None
    percent_left: tuple[Annotated[int, Field(gt=0, lt=100)], Annotated[int, Field(gt=0, lt=100)]] | None = None

    def holds(self, kind: LimitKind, on: date, channel: str | None = None) -> bool:
        """Whether it is of that kind, in force on a date, and for that channel (or any, if none is named)."""
        return self.kind == kind and self.is_in_force(on) and (channel is None or channel in self.channels)

    def overlaps_in_use(self, other: Self) -> bool:
        """Two of one kind that would both hold for a dossier of some day and channel."""
        same = (self.kind, self.office_id) == (other.kind, other.office_id)
        return same and bool({*self.channels} & {*other.channels}) and self.overlaps(other)

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> Self:
        if (self.cutoff is not None) != (self.kind == "hand_over"):
            raise ValueError("a hand-over has a cutoff, and nothing else has one")
        if (self.percent_left is not None) != (self.kind == "warning"):
            raise ValueError("warnings have percent_left, and nothing else has it")
        if self.percent_left and self.percent_left[0] <= self.percent_left[1]:
            raise ValueError("percent_left: the first warning comes before the second")
        if self.limit is None and self.kind != "warning" and "limit" not in self.unconfirmed_fields:
            raise ValueError("limit is empty, so unconfirmed_fields must name it")
        return self
