"""Mail by SMTP and short messages by eSMS, each behind a small Protocol. Knows addresses, decides nothing."""

import ssl
from dataclasses import dataclass
from datetime import datetime
from email.errors import HeaderParseError
from email.header import Header
from email.headerregistry import Address
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime
from typing import Protocol

import aiosmtplib
import httpx

from kit.errors import OutcomeUnknown, Refused, TryAgain, Unreachable


@dataclass(frozen=True)
class Letter:
    """A mail as it goes out. `key` becomes its Message-ID, the same at every repeat."""

    key: str
    to: str
    to_name: str
    subject: str
    text: str
    html: str
    written_at: datetime


class Mail(Protocol):
    """Hands letters over; returns the other side's words. Raises TryAgain, Unreachable, OutcomeUnknown, Refused."""

    async def send(self, letter: Letter) -> str: ...


class ShortMessages(Protocol):
    """Hands short messages over; returns the other side's number. Raises as `Mail` does."""

    async def send(self, key: str, phone: str, text: str) -> str: ...


@dataclass(frozen=True)
class SmtpServer:
    """Where mail is handed over. `starttls`: None takes it where it is offered."""

    host: str
    port: int
    username: str | None
    password: str | None
    tls: bool
    starttls: bool | None
    timeout_seconds: float


class SmtpMail:
    """One connection per letter."""

    def __init__(self, server: SmtpServer, *, sender: str, sender_name: str) -> None:
        self.server = server
        self.sender = sender
        self.sender_name = sender_name

    async def send(self, letter: Letter) -> str:
        message = written(letter, self.sender, self.sender_name)
        client = self._client()
        try:
            async with client:
                await client.mail(self.sender)
                await client.rcpt(letter.to)
                return await deliver(client, message.as_bytes())
        except aiosmtplib.SMTPRecipientRefused as refused:
            raise judged(refused.code, refused.message) from refused
        except aiosmtplib.SMTPResponseException as refused:
            # The greeting, the sign-in, the sender: our own connection or set-up. No letter is lost for that.
            raise TryAgain(f"{refused.code} {refused.message}") from refused
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Unreachable(f"{type(error).__name__}: {error}") from error

    def _client(self) -> aiosmtplib.SMTP:
        return aiosmtplib.SMTP(
            hostname=self.server.host,
            port=self.server.port,
            username=self.server.username,
            password=self.server.password,
            use_tls=self.server.tls,
            start_tls=self.server.starttls,
            timeout=self.server.timeout_seconds,
        )


async def deliver(client: aiosmtplib.SMTP, message: bytes) -> str:
    """From here on a lost line leaves the outcome unknown: the server may have kept the letter (RFC 5321 §6.1)."""
    try:
        return (await client.data(message)).message
    except aiosmtplib.SMTPDataError as refused:
        raise judged(refused.code, refused.message) from refused
    except (aiosmtplib.SMTPException, OSError) as error:
        raise OutcomeUnknown(f"{type(error).__name__}: {error}") from error


def written(letter: Letter, sender: str, sender_name: str) -> Message:
    """The letter as a mail with a text and an HTML part. Raises Refused for an address that is none.

    Headers are folded by `Header`: the newer EmailMessage of Python 3.11 loses spaces between long encoded words.
    """
    message = MIMEMultipart("alternative")
    message["To"] = addressed(letter.to_name, letter.to, "To")
    message["From"] = addressed(sender_name, sender, "From")
    message["Subject"] = Header(one_line(letter.subject), "utf-8", header_name="Subject").encode()
    message["Date"] = format_datetime(letter.written_at)
    message["Message-ID"] = f"<{letter.key}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.attach(MIMEText(letter.text, "plain", "utf-8"))
    message.attach(MIMEText(letter.html, "html", "utf-8"))
    return message


def addressed(name: str, address: str, header_name: str) -> str:
    """`Name <address>`. Raises Refused for an address that is none, line ends and other tricks among them."""
    try:
        spec = Address(addr_spec=address).addr_spec
        spec.encode("ascii")
    except (ValueError, HeaderParseError, IndexError) as error:
        raise Refused(f"the address cannot be written to: {type(error).__name__}") from error
    header = Header(one_line(name), "utf-8", header_name=header_name)
    header.append(f"<{spec}>", "us-ascii")
    return header.encode()


def one_line(text: str) -> str:
    """What may stand in a header: no line ends, nothing invisible."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def judged(code: int, words: str) -> Exception:
    """What a server's answer about recipient or letter means: 5xx is for good (RFC 5321 §4.2.1)."""
    said = f"{code} {words}"
    return Refused(said) if code >= 500 else TryAgain(said)


# Codes of eSMS's table; what is not named here is a matter of our own set-up or of credit: held back, not lost.
ACCEPTED = {"100": "accepted", "124": "accepted before"}
NEVER = {"99": "the number is blocked", "108": "the number is not valid"}


class EsmsMessages:
    """eSMS, SendMultipleMessage_V4_post_json. Accepted is not delivered; the RequestId stops a second sending."""

    def __init__(self, *, url: str, api_key: str, secret_key: str, brandname: str, timeout_seconds: float) -> None:
        self.url = url
        self.keys = {"ApiKey": api_key, "SecretKey": secret_key}
        self.brandname = brandname
        self.timeout_seconds = timeout_seconds
        self._certificates = ssl.create_default_context()

    async def send(self, key: str, phone: str, text: str) -> str:
        body = self.keys | {
            "Phone": phone,
            "Content": text,
            "Brandname": self.brandname,
            "SmsType": "2",
            "IsUnicode": "0",
            "RequestId": key,
        }
        try:
            async with httpx.AsyncClient(timeout=self.timeout_seconds, verify=self._certificates) as client:
                answer = await client.post(self.url, json=body)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise Unreachable(f"the gateway cannot be reached: {type(error).__name__}") from error
        except httpx.HTTPError as error:
            raise OutcomeUnknown(type(error).__name__) from error
        return read_answer(answer)


def read_answer(answer: httpx.Response) -> str:
    """The gateway's number of an accepted message. Raises TryAgain, Refused, OutcomeUnknown."""
    try:
        said = answer.json() if answer.status_code == 200 else None
    except ValueError:
        said = None
    if not isinstance(said, dict) or "CodeResult" not in said:
        raise OutcomeUnknown(f"HTTP {answer.status_code} without a code")
    code = str(said["CodeResult"])
    if code in ACCEPTED:
        return f"{ACCEPTED[code]}: {said.get('SMSID', '')}"
    if code in NEVER:
        raise Refused(f"{code} {NEVER[code]}")
    raise TryAgain(f"{code} {said.get('ErrorMessage', '')}")
