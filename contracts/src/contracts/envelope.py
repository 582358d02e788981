"""The CloudEvents envelope every event travels in, and the list of all event classes. Knows no transport."""

from abc import abstractmethod
from collections.abc import Iterable
from typing import Any, ClassVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from contracts.facts import Removed


class Event(BaseModel):
    """What a service says happened: a fact, in the past tense, without personal data.

    `type` is its name on the wire and never changes meaning; a changed meaning is a new version. New fields are
    optional. Readers ignore fields they do not know.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    type: ClassVar[str]

    @classmethod
    def topic(cls) -> str:
        """The topic it is said on: the service's name and `.events`."""
        return f"{cls.type.split('.', 1)[0]}.events"

    @property
    @abstractmethod
    def subject(self) -> str:
        """What the event is about; order is kept per (topic, subject)."""


class DossierEvent(Event):
    """What is said about one dossier."""

    dossier_id: UUID

    @property
    def subject(self) -> str:
        return str(self.dossier_id)


class CopyErased(DossierEvent):
    """A keeper of copies has none left of one dossier: its part of the proof. Numbers only."""

    erasure_id: UUID
    removed: list[Removed]
    erased_at: AwareDatetime


class Envelope(BaseModel):
    """CloudEvents 1.0 attributes plus ours; `sequence` is dense per (topic, subject), starting at 1."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    source: str = Field(description="the service that says it, as urn:motcua:<service>")
    type: str
    subject: str = Field(min_length=1, max_length=200, pattern=r"^[^\x00]+$")
    time: AwareDatetime = Field(description="when it was decided; simulated where the clock is")
    sequence: int = Field(ge=1, lt=2**63)
    traceparent: str | None = Field(default=None, description="W3C trace context of the decision")
    data: dict[str, Any]

    specversion: ClassVar[str] = "1.0"

    def headers(self) -> list[tuple[str, bytes]]:
        """The Kafka binary binding: attributes as `ce_` headers, data as the record's value."""
        attributes: dict[str, str | None] = {
            "specversion": self.specversion,
            "id": str(self.id),
            "source": self.source,
            "type": self.type,
            "subject": self.subject,
            "time": self.time.isoformat(),
            "sequence": str(self.sequence),
            "traceparent": self.traceparent,
        }
        found = [(f"ce_{name}", value.encode()) for name, value in attributes.items() if value is not None]
        return [*found, ("content-type", b"application/json")]


def from_headers(headers: Iterable[tuple[str, bytes]], data: dict[str, Any]) -> Envelope:
    """The envelope of a record. Raises ValueError (pydantic's) where an attribute is missing or malformed."""
    attributes = {name.removeprefix("ce_"): value.decode() for name, value in headers if name.startswith("ce_")}
    attributes.pop("specversion", None)
    return Envelope.model_validate({**attributes, "data": data})
