"""The SMTP receiver. It says 250 only when the mail is on disk."""

import asyncio
import logging
import weakref
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from sandbox.control import Control
from sandbox.mail import letter
from sandbox.mail.moods import MailMoods
from sandbox.mail.store import Store

logger = logging.getLogger(__name__)


class Receiver:
    """The hooks that aiosmtpd calls."""

    def __init__(self, store: Store, control: Control[MailMoods]) -> None:
        self._store = store
        self._control = control

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        unknown = {known.lower() for known in self._control.moods.unknown_addresses}
        if address.lower() in unknown or self._control.take("refuse_permanently"):
            return "550 5.1.1 No such address here (sandbox)"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        await self._control.dawdle()
        if self._control.take("refuse_temporarily"):
            return "451 4.3.0 Try again later (sandbox)"
        if self._control.take("drop_before_keeping"):
            await hang_up(server)
        number = self._keep(envelope)
        if self._control.take("drop_after_keeping"):
            await hang_up(server)
        return f"250 2.0.0 Kept as {number}"

    async def handle_exception(self, error: Exception) -> str:
        """Our own trouble (a full disk) is passing trouble to the sender."""
        logger.error("a mail was not kept", exc_info=error)
        return "451 4.3.0 Not kept, try again later"

    def _keep(self, envelope: Envelope) -> int:
        raw = envelope.original_content or b""
        read = letter.read(raw)
        return self._store.keep(
            channel="mail",
            key=read.message_id,
            recipients=envelope.rcpt_tos,
            sender=read.sender or envelope.mail_from or "",
            subject=read.subject,
            arrived_at=self._control.now().isoformat(timespec="seconds"),
            raw=raw,
        )


async def hang_up(server: SMTP) -> None:
    """Cut the line; the library then cancels the session, so this never returns."""
    transport: Any = server.transport
    transport.abort()
    await asyncio.Event().wait()


class Door:
    """The listening socket and the sessions that came through it."""

    def __init__(self, receiver: Receiver, host: str, port: int) -> None:
        self._receiver = receiver
        self._host = host
        self._port = port
        self._sessions: weakref.WeakSet[SMTP] = weakref.WeakSet()
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._session, self._host, self._port)

    async def close(self) -> None:
        """Stop listening; whoever is still talking is cut off and tries again."""
        if self._server is None:
            return
        self._server.close()
        for session in list(self._sessions):
            if session.transport is not None:
                session.transport.close()
        await asyncio.sleep(0)  # the cut sessions end in the loop's next round
        await self._server.wait_closed()

    def _session(self) -> SMTP:
        session = SMTP(self._receiver, enable_SMTPUTF8=True, hostname="sandbox.invalid", ident="Motcua sandbox")
        self._sessions.add(session)
        return session
