"""Reads a mail as it came: subject, text, HTML, attachments. Whatever is broken in it is shown, never a failure."""

from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart


@dataclass(frozen=True)
class Attachment:
    name: str
    media_type: str
    content: bytes

    @property
    def size_bytes(self) -> int:
        return len(self.content)


@dataclass(frozen=True)
class Letter:
    message_id: str | None
    subject: str
    sender: str
    to: str
    sent: str
    text: str | None
    html: str | None
    attachments: tuple[Attachment, ...]


def read(raw: bytes) -> Letter:
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return Letter(
        message_id=header(mail, "message-id") or None,
        subject=header(mail, "subject"),
        sender=header(mail, "from"),
        to=header(mail, "to"),
        sent=header(mail, "date"),
        text=body(mail, "plain"),
        html=body(mail, "html"),
        attachments=tuple(attachment(part, number) for number, part in enumerate(attached(mail), start=1)),
    )


def header(mail: EmailMessage, name: str) -> str:
    """The library raises many things on a broken header, so the raw text is the way out."""
    try:
        return str(mail.get(name, "")).strip()
    except (ValueError, LookupError, AttributeError, TypeError):
        return next((str(value) for key, value in mail.raw_items() if key.lower() == name), "")


def body(mail: EmailMessage, kind: str) -> str | None:
    part = mail.get_body((kind,))
    return None if part is None else written(part)


def written(part: MIMEPart) -> str:
    try:
        return str(part.get_content())
    except (LookupError, ValueError):  # an unknown or wrong charset
        payload = part.get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else str(payload)


def attached(mail: EmailMessage) -> list[MIMEPart]:
    try:
        return [part for part in mail.iter_attachments() if isinstance(part, MIMEPart)]
    except (AttributeError, KeyError):  # says multipart, but is not
        return []


def attachment(part: MIMEPart, number: int) -> Attachment:
    payload = part.get_payload(decode=True)
    content = payload if isinstance(payload, bytes) else part.as_bytes()
    return Attachment(part.get_filename() or f"tep-{number}", part.get_content_type(), content)
