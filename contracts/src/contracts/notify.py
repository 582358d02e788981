"""What notify says."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime

from contracts.envelope import CopyErased, DossierEvent


class MessageSent(DossierEvent):
    """A message about the dossier was taken over by the receiving side; whom it went to stays in notify."""

    type: ClassVar[str] = "notify.message_sent.v1"
    message_id: UUID
    template: str
    channel: Literal["email", "sms"]
    sent_at: AwareDatetime


class AddresseeErased(CopyErased):
    """Notify forgot to whom the dossier's messages went; none goes out any more."""

    type: ClassVar[str] = "notify.addressee_erased.v1"
