"""The slips (mẫu phiếu) of one generation: which forms there are, how they are called, numbered and laid out."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from rules.records.cited import Entry, Record, Text

SlipKey = Literal[
    "acceptance", "supplement", "refusal", "apology", "stop", "control", "register", "fee-notice", "opinion", "result"
]


class Slip(Entry):
    """One form. `key` is what it is for and never changes; `form_number` is what the act calls it, if any act does.

    `number_format` writes a slip's place in its yearly series, `{number}`; a slip that has none is known by a code.
    `note_vi` stands on the slip itself: what a reader must know of its layout.
    """

    key: SlipKey
    form_number: Annotated[str, Field(pattern=r"^\d{2}$")] | None = None
    title_vi: Text
    paper: Literal["A4", "A5"]
    landscape: bool = False
    layout: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    number_format: Text | None = None
    note_vi: str = ""
    unconfirmed_fields: tuple[str, ...] = ()
    invented: bool = False
    note: str | None = None

    @field_validator("unconfirmed_fields")
    @classmethod
    def _doubts_name_fields(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        strangers = [name for name in names if name not in cls.model_fields]
        if strangers:
            raise ValueError(f"no such field: {', '.join(strangers)}")
        return names


class Slips(Record):
    """The forms that hold together from a date on; `act_vi` is printed beside the form's number."""

    act_vi: str = ""
    forms: Annotated[tuple[Slip, ...], Field(min_length=1)]

    def find(self, key: str) -> Slip | None:
        return next((one for one in self.forms if one.key == key), None)


class IssuedSlip(Entry):
    """A form as it is on a day: the slip, and the act that prescribes it; none where we laid it out ourselves."""

    slip: Slip
    act_vi: str = ""

    @property
    def regulation_vi(self) -> str:
        """`Mẫu số 02, Thông tư 03/2025/TT-VPCP`; nothing where no act gives the form a number."""
        return f"Mẫu số {self.slip.form_number}, {self.act_vi}" if self.slip.form_number else ""
