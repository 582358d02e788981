"""Hands messages over, one attempt at a time: begun before the call, its outcome written afterwards."""

import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.notify import MessageSent
from kit import outbox
from kit.errors import Refused, TryAgain
from kit.now import read_now
from kit.tx import Database
from notify import store
from notify.domain.addresses import MASK, masked
from notify.domain.errors import MessageNotFound
from notify.domain.message import Channel, Message, pause_before_trying
from notify.gateways import Mail, OutcomeUnknown, ShortMessages
from notify.handlers.letters import Letters
from notify.store import DossierRow

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PostRoom:
    """What sending needs. `sms` is None where no gateway is set up; `call_seconds` is the longest a call may take."""

    database: Database
    letters: Letters
    mail: Mail
    sms: ShortMessages | None
    call_seconds: float


@dataclass(frozen=True)
class Nowhere(Exception):
    """This channel has no address for this applicant, or is not set up."""

    reason: str


@dataclass(frozen=True)
class Parcel:
    """A message packed for its channel: the masked address, and the call that hands it over."""

    shown_to: str
    call: Callable[[], Awaitable[str]]


async def send_next(room: PostRoom) -> bool:
    """One step of the worker's loop: hand over the message that waits longest. Whether there was one."""
    async with room.database.transaction() as tx:
        message = await store.next_message_to_send(tx)
        if message is None:
            return False
        dossier = await store.load_dossier(tx, message.dossier_id)
        assert dossier is not None, "only messages of known dossiers are taken"
        until = await store.real_now(tx) + timedelta(seconds=room.call_seconds) + next_pause(message)
        message = message.begin(until=until)
        await store.save_message(tx, message)
        attempt_id = await store.begin_attempt(tx, message.id, now=await read_now(tx))
    await hand_over(room, message, dossier, attempt_id)
    return True


async def hand_over(room: PostRoom, message: Message, dossier: DossierRow, attempt_id: int) -> None:
    """Call the other side and write down what came of it. Emits MessageSent the first time it is taken over."""
    shown_to = ""
    try:
        if dossier.erased_at:
            raise Nowhere(store.ERASED)
        parcel = await {Channel.EMAIL: pack_mail, Channel.SMS: pack_short}[message.channel](room, message, dossier)
        shown_to = parcel.shown_to
        outcome, detail = "taken_over", await parcel.call()
    except OutcomeUnknown as reason:
        outcome, detail = "unknown", str(reason)
    except Nowhere as nowhere:
        outcome, detail = "skipped", nowhere.reason
    except Refused as reason:
        outcome, detail = "refused", str(reason)
    except TryAgain as reason:
        outcome, detail = "try_again", str(reason)
        log.warning("a message is tried again later", extra={"message_id": str(message.id)})
    await close(room, attempt_id, message.id, outcome, detail, shown_to=shown_to)


async def pack_mail(room: PostRoom, message: Message, dossier: DossierRow) -> Parcel:
    letter = await room.letters.letter(message, dossier)
    if not letter.to.strip():
        raise Nowhere("the applicant gave no mail address")
    return Parcel(masked(letter.to), partial(room.mail.send, letter))


async def pack_short(room: PostRoom, message: Message, dossier: DossierRow) -> Parcel:
    if room.sms is None:
        raise Nowhere("short messages are not set up")
    contact = await room.letters.contact(message, dossier)
    if not contact.phone:
        raise Nowhere("the applicant gave no telephone number")
    text = room.letters.short_text(message, dossier)
    return Parcel(masked(contact.phone), partial(room.sms.send, str(message.id), contact.phone, text))


async def close(room: PostRoom, attempt_id: int, message_id: UUID, outcome: str, detail: str, *, shown_to: str) -> None:
    """Write the attempt's outcome and what it makes of the message, in one transaction."""
    async with room.database.transaction() as tx:
        now = await read_now(tx)
        dossier = await store.load_dossier(tx, (await tx.get_one(store.MessageRow, message_id)).dossier_id)
        if dossier and dossier.erased_at:  # while it was handed over
            detail, shown_to = store.ERASED, MASK
        await store.end_attempt(tx, attempt_id, outcome=outcome, detail=detail, now=now)
        message = await store.load_message(tx, message_id)
        assert message is not None, "messages are never deleted while they are sent"
        message = replace(message, shown_to=shown_to or message.shown_to)
        moved = moved_by(outcome, detail, message, now=now, later=await later_than(tx, message))
        await store.save_message(tx, moved)
        if outcome == "taken_over" and message.sent_at is None:
            await say_sent(tx, moved, now=now)


def moved_by(outcome: str, detail: str, message: Message, *, now: datetime, later: datetime) -> Message:
    """The message after an outcome."""
    match outcome:
        case "taken_over":
            return message.sent(now=now)
        case "refused":
            return message.failed(detail)
        case "skipped":
            return message.skipped(detail)
        case "try_again":
            return message.put_off(detail, until=later)
        case _:
            return message  # it stays unknown until a person looks


async def say_sent(tx: AsyncSession, message: Message, *, now: datetime) -> None:
    """Tell that the other side took it over; to whom stays here."""
    said = MessageSent(
        dossier_id=message.dossier_id,
        message_id=message.id,
        template=message.template,
        channel=message.channel.value,
        sent_at=now,
    )
    await outbox.put(tx, said, time=now)


async def send_again(tx: AsyncSession, wanted: UUID, *, now: datetime) -> None:
    """A person wants a message sent once more, under the same Message-ID. Raises MessageNotFound, NotAllowedNow."""
    message = await store.load_message(tx, wanted)
    if message is None:
        raise MessageNotFound
    await store.save_message(tx, message.again(at=await store.real_now(tx)))


async def later_than(tx: AsyncSession, message: Message) -> datetime:
    """When to try again."""
    return await store.real_now(tx) + next_pause(message)


def next_pause(message: Message) -> timedelta:
    return pause_before_trying(message.attempts, random.uniform(0.8, 1.2))  # noqa: S311 - jitter, not a secret
