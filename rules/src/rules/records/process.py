"""An internal process (quy trình nội bộ) that procedures share: its steps, who does each, its share of the limit."""

from typing import Annotated, Literal

from pydantic import Field

from rules.records.cited import Entry, Identifier, Record, Text

Role = Literal["one_stop_officer", "division_head", "case_officer", "department_leader", "clerk"]
StepKind = Literal["assign", "appraise", "review", "approve", "issue"]


class Step(Entry):
    """One internal step (bước): who does it, and its share of the whole limit in hundredths.

    Several steps may use one share up together: the first has it, the others name that one in `shares_with`. With
    neither, a step has no time of its own. `sends_back_to` names the step a refusal returns to. A step of the
    province's committee falls away where the decision is delegated to the department (`unless_delegated`, R22).
    """

    id: Identifier
    kind: StepKind
    name_vi: Text
    name_en: Text
    role: Role
    unit_vi: Text
    share: Annotated[int, Field(gt=0, le=100)] | None = None
    shares_with: Identifier | None = None
    sends_back_to: Identifier | None = None
    unless_delegated: bool = False

    @property
    def budget(self) -> str | None:
        """The step whose share this one uses up: itself, or the one it shares with; none without a time of its own."""
        return self.id if self.share else self.shares_with


class ProcessRecord(Record):
    """`invented` if no decision of a province backs it; reception, check and return have no share of the limit."""

    name_vi: Text
    name_en: Text
    decision: str | None = None
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]
