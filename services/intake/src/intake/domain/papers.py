"""Reads an uploaded file as far as needed to know that it arrived whole and is what it says. Bytes in, facts out."""

import hashlib
import io
import re
from dataclasses import dataclass

import pypdf
from pypdf.errors import PyPdfError

from intake.domain.errors import UploadBroken, UploadTooLarge

MOST_BYTES = 20 * 1024 * 1024
LONGEST_NAME = 200
PDF, PNG, JPEG = "application/pdf", "image/png", "image/jpeg"
ENDINGS = {PDF: ".pdf", PNG: ".png", JPEG: ".jpg"}
_BEGINNINGS = {b"%PDF-": PDF, b"\x89PNG\r\n\x1a\n": PNG, b"\xff\xd8\xff": JPEG}
_LAST = {PDF: (b"%%EOF", 1024), PNG: (b"IEND\xaeB`\x82", 64), JPEG: (b"\xff\xd9", 64)}  # what it ends with, how near


@dataclass(frozen=True)
class Paper:
    """A file that can be taken; `pages` only where it is a PDF."""

    name: str
    media_type: str
    pages: int | None


def read_paper(name: str, data: bytes, *, sha256: str | None = None) -> Paper:
    """Judge a file by its bytes, never by its name. Raises UploadBroken naming the file and what is wrong with it."""
    name = tidy_name(name)
    if not data:
        raise UploadBroken(name, "empty")
    if len(data) > MOST_BYTES:
        raise UploadTooLarge(name)
    if sha256 is not None and hashlib.sha256(data).hexdigest() != sha256.lower():
        raise UploadBroken(name, "digest")
    media_type = next((kind for begins, kind in _BEGINNINGS.items() if data.startswith(begins)), None)
    if media_type is None:
        raise UploadBroken(name, "wrong_type")
    ends_with, within = _LAST[media_type]
    if ends_with not in data[-within:]:
        raise UploadBroken(name, "truncated")
    return Paper(name, media_type, count_pages(name, data) if media_type == PDF else None)


def count_pages(name: str, data: bytes) -> int:
    """The pages of a PDF. Raises UploadBroken where it is locked or has none that can be read."""
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise UploadBroken(name, "locked")
        pages = len(reader.pages)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UploadBroken(name, "unreadable") from error
    if pages == 0:
        raise UploadBroken(name, "unreadable")
    return pages


def tidy_name(name: str) -> str:
    """The name without folders and without what cannot be printed."""
    last = re.split(r"[/\\]", name)[-1]
    shown = "".join(letter for letter in last if letter.isprintable()).strip()
    return shown[-LONGEST_NAME:] or "tệp không tên"
