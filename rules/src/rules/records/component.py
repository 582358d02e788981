"""One paper that a dossier must hold (thành phần hồ sơ): how many, in which channel, on which condition."""

from typing import Annotated, Literal

from pydantic import Field

from rules.records.cited import Dated, Entry, Identifier, Text
from rules.records.limit import Channel, Limit

OnePer = Literal["device", "staff_member"]


class FieldRef(Entry):
    """A field of one of the dossier's forms."""

    form_id: Identifier
    field: Identifier


class FieldIn(FieldRef):
    """True if the field has one of these values in some sheet of the form."""

    values: Annotated[tuple[str, ...], Field(min_length=1)]


class CountedBy(FieldRef):
    """The choice by which a fee counts: one per sheet of the form, or one per row of a table in that `column`."""

    column: str | None = None


class ReplacedByDatabase(Dated):
    """While it holds the paper may not be asked for: the agency looks it up, and asks only if that fails (X14)."""

    database_vi: Text
    database_en: Text


class Component(Entry):
    """Filled in here as a form, or attached as files. `originals` and `copies` are what the law asks for on paper.

    Whether it is asked for: in one of its `channels` (all, if none is named), if `required`, or where a field of the
    dossier says so: `required_when` that field is filled in, `required_if` it has one of the values. A condition no
    field shows is `condition_vi` with `required: false`; the officer decides.

    A form is filled in once, or `one_per` device or person that the dossier counts, or where it counts none, `several`
    times. `days_valid_after_receipt` is how long a dated paper must stay valid once the dossier has been received,
    `issued_within` how old it may be at most when it is filed. With `paper_original_required` an online applicant
    uploads the paper and sends its original by post (X08).
    """

    code: Identifier
    name_vi: Text
    name_en: Text
    originals: Annotated[int, Field(ge=0)]
    copies: Annotated[int, Field(ge=0)]
    originals_by_channel: dict[Channel, Annotated[int, Field(ge=0)]] = Field(default_factory=dict)
    channels: tuple[Channel, ...] = ()
    accepts: Literal["form", "upload"]
    form_id: Identifier | None = None
    paper_form: str | None = None
    required: bool = True
    required_when: FieldRef | None = None
    required_if: FieldIn | None = None
    one_per: OnePer | None = None
    several: bool = False
    condition_vi: str | None = None
    condition_en: str | None = None
    days_valid_after_receipt: Annotated[int, Field(gt=0)] | None = None
    issued_within: Limit | None = None
    paper_original_required: bool = False
    replaced_by_database: ReplacedByDatabase | None = None
    unconfirmed: bool = False
    note: str | None = None

    def originals_in(self, channel: Channel) -> int:
        """How many originals this channel asks for: three prints of a photograph on paper, one file online."""
        return self.originals_by_channel.get(channel, self.originals)
