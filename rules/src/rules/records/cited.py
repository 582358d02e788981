"""What every record has: where it comes from, when it holds, and how sure we are of it."""

from datetime import date
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

Identifier = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
Text = Annotated[str, Field(min_length=1)]


class Entry(BaseModel):
    """Part of a record: cannot be changed, refuses keys nobody planned."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(Entry):
    """The act that says so, by its official title, and the article in it."""

    act: Text
    article: str | None = None
    note: str | None = None

    def __str__(self) -> str:
        return f"{self.act}, {self.article}" if self.article else self.act


class Cited(Entry):
    """Something a named act says, with the marks that say how far it can be relied on.

    `unconfirmed` with no `unconfirmed_fields` puts the whole record in doubt; `invented` means that no act says it.
    """

    sources: tuple[Source, ...] = Field(min_length=1)
    unconfirmed: bool = False
    unconfirmed_fields: tuple[str, ...] = ()
    invented: bool = False
    note: str | None = None

    @field_validator("unconfirmed_fields")
    @classmethod
    def _doubts_name_fields(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        strangers = [name for name in names if name.split(".")[0] not in cls.model_fields]
        if strangers:
            raise ValueError(f"no such field: {', '.join(strangers)}")
        return names


class Dated(Cited):
    """A rule that holds from a date, and up to and including another if it has ended."""

    effective_from: date
    effective_to: date | None = None

    def is_in_force(self, on: date) -> bool:
        return self.effective_from <= on and (self.effective_to is None or on <= self.effective_to)

    def overlaps(self, other: Self) -> bool:
        return self.is_in_force(other.effective_from) or other.is_in_force(self.effective_from)

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.effective_to is not None and self.effective_to < self.effective_from:
            raise ValueError(f"effective_to {self.effective_to} is before effective_from {self.effective_from}")
        return self


class Record(Dated):
    """A dated record with an identity: the id is ours, stable and never reused."""

    id: Identifier
