"""What notify says."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime

from contracts.envelope import DossierEvent


class MessageSent(DossierEvent):
    """A message about the dossier was taken over by the receiving side; whom it went to stays in notify."""

    type: ClassVar[str] = "notify.message_sent.v1"
    message_id: UUID
    template: str
    channel: Literal["email", "sms"]
    sent_at: AwareDatetime
