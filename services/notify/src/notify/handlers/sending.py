"""Hands messages over, one attempt at a time: begun before the call, its outcome written afterwards."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.notify import MessageSent
from kit import outbox, outside, tracing
from kit.errors import Refused, TryAgain
from kit.now import read_now
from kit.outside import Call, Outcome, Pauses, System
from kit.tx import Database
from notify import store
from notify.domain.addresses import MASK, masked
from notify.domain.errors import MessageNotFound, NotAllowedNow
from notify.domain.message import Channel, Message, MessageState
from notify.gateways import Mail, ShortMessages
from notify.handlers.letters import Letters
from notify.store import DossierRow

log = logging.getLogger(__name__)
PAUSES = Pauses(timedelta(seconds=10), timedelta(hours=1))


@dataclass(frozen=True)
class PostRoom:
    """What sending needs. `sms` is None where no gateway is set up; `systems` says who carries which channel."""

    database: Database
    letters: Letters
    mail: Mail
    sms: ShortMessages | None
    systems: Mapping[Channel, System]


@dataclass(frozen=True)
class Nowhere(Exception):
    """This channel has no address for this applicant, or is not set up."""

    reason: str


@dataclass(frozen=True)
class Parcel:
    """A message packed for its channel: the address, as it is shown, and the call that hands it over."""

    address: str
    shown_to: str
    call: Callable[[], Awaitable[str]]

    def without_address(self, words: str) -> str:
        """What the other side said; servers like to repeat the address."""
        return words.replace(self.address, self.shown_to) if self.address else words


async def nothing() -> str:
    """The call of what could not be packed."""
    return ""


async def send_next(room: PostRoom) -> bool:
    """One step of the worker's loop: hand over the message that waits longest. Whether there was one.

    A channel whose system rests is left alone: its messages wait as they are.
    """
    open_ways = [channel for channel, system in room.systems.items() if system.lets_through()]
    async with room.database.transaction() as tx:
        message = await store.next_message_to_send(tx, open_ways)
        if message is None:
            return False
        dossier = await store.load_dossier(tx, message.dossier_id)
        assert dossier is not None, "only messages of known dossiers are taken"
        system = room.systems[message.channel]
        message = message.begin(until=await outside.real_now(tx) + system.lease + PAUSES.after(message.attempts))
        await store.save_message(tx, message)
        call = await outside.begin(tx, system, str(message.id))
    with tracing.span(f"send {message.template} by {message.channel}", parent=message.traceparent):
        await hand_over(room, message, dossier, call)
    return True


async def hand_over(room: PostRoom, message: Message, dossier: DossierRow, call: Call) -> None:
    """Call the other side and write down what came of it. Emits MessageSent the first time it is taken over."""
    parcel = Parcel("", "", nothing)
    try:
        if dossier.erased_at:
            raise Nowhere(store.ERASED)
        parcel = await {Channel.EMAIL: pack_mail, Channel.SMS: pack_short}[message.channel](room, message, dossier)
        outcome, detail = Outcome.DONE, await outside.make(call, parcel.call)
    except Nowhere as nowhere:
        outcome, detail = Outcome.NOT_CALLED, nowhere.reason
    except (TryAgain, Refused) as reason:
        outcome, detail = outside.outcome_of(reason), str(reason)
        log.warning("a message was not taken over: %s", outcome, extra={"message_id": str(message.id)})
    await close(room, call, message.id, outcome, parcel.without_address(detail), shown_to=parcel.shown_to)


async def pack_mail(room: PostRoom, message: Message, dossier: DossierRow) -> Parcel:
    letter = await room.letters.letter(message, dossier)
    if not letter.to.strip():
        raise Nowhere("the applicant gave no mail address")
    return Parcel(letter.to, masked(letter.to), partial(room.mail.send, letter))


async def pack_short(room: PostRoom, message: Message, dossier: DossierRow) -> Parcel:
    if room.sms is None:
        raise Nowhere("short messages are not set up")
    contact = await room.letters.contact(message, dossier)
    if not contact.phone:
        raise Nowhere("the applicant gave no telephone number")
    text = room.letters.short_text(message, dossier)
    call = partial(room.sms.send, str(message.id), contact.phone, text)
    return Parcel(contact.phone, masked(contact.phone), call)


async def close(room: PostRoom, call: Call, message_id: UUID, outcome: Outcome, detail: str, *, shown_to: str) -> None:
    """Write the call's outcome and what it makes of the message, in one transaction.

    An older call than the newest one about the message (its process was stopped) may only tell that it went out.
    """
    async with room.database.transaction() as tx:
        now = await read_now(tx)
        dossier = await store.load_dossier(tx, (await tx.get_one(store.MessageRow, message_id)).dossier_id)
        if dossier and dossier.erased_at:  # while it was handed over
            detail, shown_to = store.ERASED, MASK
        message = await store.load_message(tx, message_id)
        assert message is not None, "messages are never deleted while they are sent"
        is_newest = await outside.end(tx, call, outcome, detail)
        if not message.is_awaited or not (is_newest or outcome is Outcome.DONE):
            return
        message = replace(message, shown_to=shown_to or message.shown_to)
        moved = moved_by(outcome, detail, message, now=now, later=await later_than(tx, message))
        await store.save_message(tx, moved)
        if outcome is Outcome.DONE and message.sent_at is None:
            await say_sent(tx, moved, now=now)


def moved_by(outcome: Outcome, detail: str, message: Message, *, now: datetime, later: datetime) -> Message:
    """The message after an outcome. Unknown: a mail goes again under its Message-ID, a short message waits."""
    match outcome:
        case Outcome.DONE:
            return message.sent(now=now)
        case Outcome.REFUSED:
            return message.failed(detail)
        case Outcome.NOT_CALLED:
            return message.skipped(detail)
        case Outcome.UNKNOWN if message.channel is Channel.SMS:
            return message  # until its receipt comes, or a person decides
        case _:
            return message.put_off(detail, until=later)


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


async def send_again(tx: AsyncSession, wanted: UUID) -> None:
    """A person wants a message sent once more, under the same Message-ID or RequestId.

    Raises MessageNotFound, NotAllowedNow.
    """
    message = await at_rest(tx, wanted, "send again")
    await store.save_message(tx, message.again(at=await outside.real_now(tx)))


async def decide_sent(tx: AsyncSession, wanted: UUID, *, by: str, now: datetime) -> None:
    """A person found out that a message of unknown outcome arrived. Emits MessageSent.

    Raises MessageNotFound, NotAllowedNow.
    """
    message = await at_rest(tx, wanted, "decide on")
    if message.state is not MessageState.UNKNOWN:
        raise NotAllowedNow("decide on", message.state)
    shown_to = message.shown_to or "•••"  # a process that died before the message was packed could not say
    decided = replace(message.sent(now=now), reason=f"xác nhận đã đến: {by}", shown_to=shown_to)
    await store.save_message(tx, decided)
    await say_sent(tx, decided, now=now)


async def at_rest(tx: AsyncSession, wanted: UUID, action: str) -> Message:
    """The message, locked, while nobody is handing it over. Raises MessageNotFound, NotAllowedNow."""
    message = await store.load_message(tx, wanted)
    if message is None:
        raise MessageNotFound
    if await outside.is_under_way(tx, str(wanted)):
        raise NotAllowedNow(action, message.state)
    return message


async def later_than(tx: AsyncSession, message: Message) -> datetime:
    """When to try again."""
    return await outside.real_now(tx) + PAUSES.after(message.attempts)
