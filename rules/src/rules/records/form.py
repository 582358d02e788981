"""A form (mẫu, tờ khai) as data: sections, fields and the few things that must agree inside one sheet."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from rules.records.cited import Entry, Identifier, Record, Text

FieldType = Literal["string", "text", "phone", "email", "date", "enum", "integer", "decimal", "boolean", "table"]


class Choice(Entry):
    """One value of an enum; the value itself is its Vietnamese label unless another is given."""

    value: Text
    label_vi: str | None = None
    label_en: Text

    @property
    def label(self) -> str:
        return self.label_vi or self.value


class Condition(Entry):
    """The field is asked for only when another field of the same sheet has this value."""

    field: Identifier
    equals: str


class FormField(Entry):
    """One field. `copy_of` ("form.field") and `profile` say what may be filled in for the applicant beforehand."""

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
    copy_of: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+\.[a-z0-9_]+$")] | None = None
    profile: Literal["name", "address", "phone", "email", "head_name", "head_title", "office"] | None = None
    hint_vi: str | None = None
    hint_en: str | None = None
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


Check = Annotated[RowsEqual | GoesWith, Field(discriminator="kind")]


class Form(Record):
    """A form with its layout; one JSON Schema is generated from it, see `rules.forms`."""

    version: Text
    title_vi: Text
    title_en: Text
    official_no: Text
    regime: Text
    one_per: Literal["device"] | None = None
    confirmed_parts: tuple[str, ...] = ()
    signers_vi: tuple[str, ...] = ()
    sections: Annotated[tuple[Section, ...], Field(min_length=1)]
    checks: tuple[Check, ...] = ()

    def fields(self) -> Iterator[FormField]:
        for section in self.sections:
            yield from section.fields

    def field(self, key: str) -> FormField | None:
        return next((one for one in self.fields() if one.key == key), None)

    def section(self, key: str) -> Section | None:
        return next((one for one in self.sections if one.key == key), None)
