"""JSON routes and the table of problems. Translates; decides nothing."""

from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from kit.now import Now
from kit.problems import Problem
from kit.signin import Person, allow
from kit.tx import Tx
from notify import reads
from notify.domain import errors
from notify.domain.message import Channel, MessageState, Template
from notify.handlers import sending
from notify.reads import MessageView

PROBLEMS = {
    errors.MessageNotFound: Problem(
        HTTPStatus.NOT_FOUND, "message-not-found", "No such message", "Không tìm thấy thông báo",
        "Thông báo này không có, hoặc không phải của ông/bà.",
    ),
    errors.NotAllowedNow: Problem(
        HTTPStatus.CONFLICT, "not-allowed-now", "The message's state does not allow this", "Chưa thực hiện được",
        "Thông báo này đang chờ gửi hoặc đã có kết quả. Tải lại trang để xem tình trạng mới nhất.",
    ),
}  # fmt: skip
STAFF = ("auditor", "template_admin", "operator")

router = APIRouter(prefix="/api/notify/v1", tags=["notify"])
Reader = Annotated[Person, Depends(allow("applicant", *STAFF))]
TemplateAdmin = Annotated[Person, Depends(allow("template_admin"))]


class MessageOut(BaseModel):
    """A message and how it went. The address is masked; the words are on the page."""

    id: UUID
    dossier_id: UUID
    dossier: str = Field(description="the dossier's code, or its arrival number")
    template: Template
    channel: Channel
    state: MessageState
    created_at: datetime
    sent_at: datetime | None = Field(description="when the other side took it over")
    attempts: int
    reason: str | None = Field(description="why it failed or was not sent, or why it is tried again")
    shown_to: str | None


def applicant_id(person: Person) -> str | None:
    """Whose messages a person sees: those who look after the sending see everybody's."""
    return None if person.has(*STAFF) else person.id


@router.get("/messages", summary="Messages, newest first; an applicant's own")
async def messages(
    tx: Tx,
    person: Reader,
    dossier_id: UUID | None = None,
    state: MessageState | None = None,
    after: UUID | None = None,
) -> Sequence[MessageOut]:
    """At most 50; the next page begins behind the message `after`."""
    found = await reads.list_messages(
        tx, applicant_id=applicant_id(person), dossier_id=dossier_id, state=state, after=after
    )
    return [message_out(view) for view in found]


@router.get("/messages/{message_id}", summary="One message")
async def message(tx: Tx, person: Reader, message_id: UUID) -> MessageOut:
    """404 also where the message is not the caller's."""
    return message_out(await reads.find_message(tx, message_id, applicant_id=applicant_id(person)))


@router.post("/messages/{message_id}/resend", status_code=HTTPStatus.ACCEPTED, summary="Send a message once more")
async def resend(tx: Tx, person: TemplateAdmin, message_id: UUID) -> MessageOut:
    """Under the same Message-ID or RequestId. 409 while it waits to be sent anyway, or is being sent."""
    await sending.send_again(tx, message_id)
    return message_out(await reads.find_message(tx, message_id, applicant_id=None))


@router.post("/messages/{message_id}/arrival", summary="Say that a message of unknown outcome arrived")
async def arrival(tx: Tx, now: Now, person: TemplateAdmin, message_id: UUID) -> MessageOut:
    """A person found it out. 409 unless its outcome is unknown."""
    await sending.decide_sent(tx, message_id, by=person.id, now=now)
    return message_out(await reads.find_message(tx, message_id, applicant_id=None))


def message_out(view: MessageView) -> MessageOut:
    """A message as clients see it."""
    return MessageOut.model_validate(vars(view.message) | {"dossier": view.shown_code})
