"""A form (mẫu, tờ khai) as data: sections, fields and the few things that must agree inside one sheet."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from rules.records.cited import Entry, Identifier, Record, Text

FieldType = Literal[
    "string", "text", "phone", "email", "date", "enum", "integer", "decimal", "boolean", "table", "file"
]


class Choice(Entry):
    """One value of an enum; the value itself is its Vietnamese label unless another is given."""

    value: Text
    label_vi: str | None = None
    label_en: Text

    @property
    def label(self) -> str:
        return self.label_vi or self.value


class Condition(Entry):
    """The field is asked for only when another field of the same sheet says so.

    One of three: it `equals` a value, it is `in` a list of values (`one_of` in code), or it is `filled` in at all.
    """

    model_config = ConfigDict(populate_by_name=True)

    field: Identifier
    equals: str | None = None
    one_of: tuple[str, ...] = Field(default=(), alias="in")
    filled: Literal[True] | None = None

    @property
    def values(self) -> tuple[str, ...]:
        """The values that ask for the field; none where any value does."""
        return self.one_of or ((self.equals,) if self.equals is not None else ())


class FormField(Entry):
    """One field. `copy_of` ("form.field") and `profile` say what may be filled in for the applicant beforehand.

    A `file` is the name of a file that came with the dossier. With `component` it stands for the files of that
    component, which is then asked for there and not in the sheet.
    """

    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    label_vi: Text
    label_en: Text
    type: FieldType
    required: bool
    values: tuple[Choice, ...] = ()
    columns: tuple["FormField", ...] = ()
    unit: str | None = None
    condition: Condition | None = None
    must_be_true: bool = False
    minimum: int | None = None
    maximum: int | None = None
    max_length: int | None = None
    component: Identifier | None = None
    copy_of: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+\.[a-z0-9_]+$")] | None = None
    profile: Literal["name", "id_number", "address", "phone", "email", "head_name", "head_title", "office"] | None = (
        None
    )
    hint_vi: str | None = None
    hint_en: str | None = None
    searchable: bool = False  # officers find a dossier by what stands here: a device's serial number
    unconfirmed: bool = False
    invented: bool = False
    note: str | None = None


class Section(Entry):
    """Fields that stand together. An `optional` section is left empty as a whole or filled in as a whole."""

    key: Identifier
    title_vi: Text
    title_en: Text
    optional: bool = False
    condition_vi: str | None = None
    condition_en: str | None = None
    note: str | None = None
    fields: Annotated[tuple[FormField, ...], Field(min_length=1)]


class RowsEqual(Entry):
    """A number field that must equal the number of rows in a table."""

    kind: Literal["rows_equal"]
    field: Identifier
    table: Identifier


class GoesWith(Entry):
    """Which values of `field` are possible for each value of `by`; a value of `by` not listed allows all."""

    kind: Literal["goes_with"]
    field: Identifier
    by: Identifier
    allowed: dict[str, tuple[str, ...]]
    invented: bool = False


class DateOrder(Entry):
    """A day that may not be after another day of the same sheet."""

    kind: Literal["date_order"]
    field: Identifier
    not_after: Identifier


class NotAfterFiling(Entry):
    """A day that may not be after the day of filing, and with `within_months` not that many months before it."""

    kind: Literal["not_after_filing"]
    field: Identifier
    within_months: Annotated[int, Field(gt=0)] | None = None


class Sum(Entry):
    """A number field that must equal the sum of other number fields, or of one column of a table."""

    kind: Literal["sum"]
    field: Identifier
    of: tuple[Identifier, ...] = ()
    table: Identifier | None = None
    column: Identifier | None = None


AnyCheck = RowsEqual | GoesWith | DateOrder | NotAfterFiling | Sum
Check = Annotated[AnyCheck, Field(discriminator="kind")]


class Extends(Entry):
    """Another form with more to it: a field whose key that form has takes its place, the others follow `after`."""

    form_id: Identifier
    after: Identifier
    fields: Annotated[tuple[FormField, ...], Field(min_length=1)]


class Form(Record):
    """A form with its layout; one JSON Schema is generated from it, see `rules.forms`.

    A file either lists `sections` or `extends` another form; once loaded, every form has its sections. `borrowed_from`
    names the form of an older regime that stands in for one that nobody has read yet.
    """

    version: Text
    title_vi: Text
    title_en: Text
    official_no: Text
    regime: Text
    one_per: Literal["device"] | None = None
    confirmed_parts: tuple[str, ...] = ()
    signers_vi: tuple[str, ...] = ()
    borrowed_from: Identifier | None = None
    extends: Extends | None = None
    sections: tuple[Section, ...] = ()
    checks: tuple[Check, ...] = ()

    def fields(self) -> Iterator[FormField]:
        for section in self.sections:
            yield from section.fields

    def field(self, key: str) -> FormField | None:
        return next((one for one in self.fields() if one.key == key), None)

    def section(self, key: str) -> Section | None:
        return next((one for one in self.sections if one.key == key), None)
