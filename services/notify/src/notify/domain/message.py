"""A message to an applicant: what it says, by which channel, and its states."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from notify.domain.errors import NotAllowedNow

_IDS = uuid5(NAMESPACE_URL, "urn:motcua:notify:message")


class Template(StrEnum):
    """What a message is about; each has a file of its name in `templates/letters`."""

    RECEIVED = "received"
    SUPPLEMENT_ASKED = "supplement_asked"
    SUPPLEMENT_RECEIVED = "supplement_received"
    FEE_DUE = "fee_due"
    FEE_PAID = "fee_paid"
    ACCEPTED = "accepted"
    IN_PROCESS = "in_process"
    RESULT_READY = "result_ready"
    RETURNED = "returned"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    STOPPED = "stopped"
    STOP_REFUSED = "stop_refused"
    REAPPOINTED = "reappointed"
    APOLOGY = "apology"
    CLOCK_RESTARTED = "clock_restarted"
    RESULT_CORRECTED = "result_corrected"
    RESULT_POSTED = "result_posted"
    DEMAND_CANCELLED = "demand_cancelled"
    REFUND_DECIDED = "refund_decided"
    CLOSING_ANNOUNCED = "closing_announced"
    DEADLINE_MOVED = "deadline_moved"


class Channel(StrEnum):
    """The ways a message goes. A short message says only code and status: whoever holds the telephone may read it."""

    EMAIL = "email"
    SMS = "sms"


# Short messages are for what somebody must not overlook.
URGENT = (
    Template.SUPPLEMENT_ASKED,
    Template.RESULT_READY,
    Template.REFUSED,
    Template.STOPPED,
    Template.STOP_REFUSED,
    Template.REAPPOINTED,
    Template.APOLOGY,
    Template.RESULT_CORRECTED,
    Template.CLOSING_ANNOUNCED,
    Template.DEADLINE_MOVED,
)
CHANNELS: dict[Template, tuple[Channel, ...]] = {
    one: (Channel.EMAIL, Channel.SMS) if one in URGENT else (Channel.EMAIL,) for one in Template
}


class MessageState(StrEnum):
    """`skipped`: this channel has no address. `unknown`: it may have gone out, and only a person may repeat it."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"


S = MessageState
NEXT_STATE = {
    **{(state, "send"): S.SENT for state in (S.QUEUED, S.UNKNOWN)},
    **{(state, "fail"): S.FAILED for state in (S.QUEUED, S.UNKNOWN)},
    **{(state, "skip"): S.SKIPPED for state in (S.QUEUED, S.UNKNOWN)},
    **{(state, "put off"): S.QUEUED for state in (S.QUEUED, S.UNKNOWN)},
    (S.QUEUED, "begin"): S.QUEUED,
    (S.QUEUED, "begin once"): S.UNKNOWN,
    **{(state, "send again"): S.QUEUED for state in (S.SENT, S.FAILED, S.SKIPPED, S.UNKNOWN)},
}


@dataclass(frozen=True)
class Message:
    """`about` tells one occasion of a template from another; `facts` carries no personal data.

    `try_at` is real time. `shown_to` is the masked address, known once an attempt got that far.
    `traceparent` is the trace of the event that it is about.
    """

    id: UUID
    dossier_id: UUID
    template: Template
    channel: Channel
    about: str
    created_at: datetime
    try_at: datetime
    contact: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    state: MessageState = MessageState.QUEUED
    attempts: int = 0
    sent_at: datetime | None = None
    reason: str | None = None
    shown_to: str | None = None
    traceparent: str | None = None

    @property
    def is_awaited(self) -> bool:
        """Whether an outcome may still move it."""
        return self.state in (MessageState.QUEUED, MessageState.UNKNOWN)

    def begin(self, *, until: datetime) -> "Message":
        """An attempt is made and not looked at again before `until`. A mail may be repeated, a short message not."""
        action = "begin once" if self.channel is Channel.SMS else "begin"
        return replace(self, state=self._next(action), attempts=self.attempts + 1, try_at=until)

    def sent(self, *, now: datetime) -> "Message":
        """The other side took it over."""
        return replace(self, state=self._next("send"), sent_at=now, reason=None)

    def failed(self, reason: str) -> "Message":
        """The other side will never take it."""
        return replace(self, state=self._next("fail"), reason=reason)

    def skipped(self, reason: str) -> "Message":
        """There is nowhere to send it."""
        return replace(self, state=self._next("skip"), reason=reason)

    def put_off(self, reason: str, *, until: datetime) -> "Message":
        """It may work later."""
        return replace(self, state=self._next("put off"), reason=reason, try_at=until)

    def again(self, *, at: datetime) -> "Message":
        """A person wants it sent once more. Raises NotAllowedNow."""
        return replace(self, state=self._next("send again"), try_at=at, reason=None)

    def _next(self, action: str) -> MessageState:
        found = NEXT_STATE.get((self.state, action))
        if found is None:
            raise NotAllowedNow(action, self.state)
        return found


def message_id(dossier_id: UUID, template: Template, channel: Channel, about: str) -> UUID:
    """The same occasion has the same id for ever, so a replayed event makes no second message."""
    return uuid5(_IDS, f"{dossier_id}|{template}|{channel}|{about}")
