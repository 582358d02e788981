"""A time limit as the law writes it: a number and a unit."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

Unit = Literal["working_minutes", "working_hours", "working_days", "calendar_days"]
StartRule = Literal["dossier_received", "declaration_received", "valid_dossier", "valid_dossier_and_fee"]


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Limit:
    """`calendar_days` is plain "ngày" in the law, `working_days` "ngày làm việc", `working_hours` "giờ làm việc"."""

    value: Annotated[int, Field(gt=0, le=100_000)]
    unit: Unit

    @property
    def is_in_days(self) -> bool:
        return self.unit in ("working_days", "calendar_days")
