"""A time limit as the law writes it: a number and a unit; and the limits that hold where a sector sets none."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from rules.records.cited import Record

Channel = Literal["online", "direct", "postal"]
Unit = Literal["working_minutes", "working_hours", "working_days", "calendar_days", "months", "years"]
StartRule = Literal["dossier_received", "declaration_received", "valid_dossier", "valid_dossier_and_fee"]


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
    """A limit that holds in these channels for every procedure whose own acts set none (T01, T02)."""

    kind: Literal["check"]
    channels: Annotated[tuple[Channel, ...], Field(min_length=1)]
    limit: Limit
