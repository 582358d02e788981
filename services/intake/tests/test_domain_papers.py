"""A file is judged by its bytes: what is whole is taken, what is not is refused with its name and the reason."""

import hashlib
import io

import pytest
from pypdf import PdfWriter

from intake.domain.errors import UploadBroken, UploadTooLarge
from intake.domain.papers import MOST_BYTES, read_paper

from .builders import a_pdf

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40 + b"\0\0\0\0IEND\xaeB`\x82"
JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 40 + b"\xff\xd9"


def a_locked_pdf() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(width=10, height=10)
    writer.encrypt("mật khẩu", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.proves("H03")
@pytest.mark.parametrize(
    ("data", "media_type", "pages"),
    [
        (a_pdf(), "application/pdf", 1),
        (a_pdf(3), "application/pdf", 3),
        (PNG, "image/png", None),
        (JPEG, "image/jpeg", None),
    ],
    ids=["one page", "three pages", "png", "jpeg"],
)
def test_whole_files_are_taken(data: bytes, media_type: str, pages: int | None) -> None:
    paper = read_paper("giấy tờ.bin", data)
    assert (paper.media_type, paper.pages) == (media_type, pages)


@pytest.mark.proves("H03")
@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (a_pdf()[:-200], "truncated"),
        (PNG[:-12], "truncated"),
        (JPEG[:-2], "truncated"),
        (b"PK\x03\x04 a word document", "wrong_type"),
        (b"<html>%PDF-</html>", "wrong_type"),
        (b"%PDF-1.7\nnothing in it\n%%EOF", "unreadable"),
        (a_locked_pdf(), "locked"),
    ],
    ids=["empty", "cut pdf", "cut png", "cut jpeg", "zip", "html", "pdf without pages", "locked pdf"],
)
def test_broken_files_are_refused_by_name(data: bytes, reason: str) -> None:
    with pytest.raises(UploadBroken) as refused:
        read_paper("kiểm định.pdf", data)
    assert refused.value.reason == reason
    assert "kiểm định.pdf" in refused.value.sentence_vi
    assert refused.value.facts["file"] == "kiểm định.pdf"


def test_a_file_over_twenty_megabytes_is_refused() -> None:
    with pytest.raises(UploadTooLarge):
        read_paper("lớn.pdf", b"%PDF-" + b"0" * MOST_BYTES)


def test_the_digest_sent_with_a_file_must_be_its_own() -> None:
    data = a_pdf()
    assert read_paper("a.pdf", data, sha256=hashlib.sha256(data).hexdigest().upper())
    with pytest.raises(UploadBroken) as refused:
        read_paper("a.pdf", data, sha256="0" * 64)
    assert refused.value.reason == "digest"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("C:\\Users\\khoi\\kiểm định.pdf", "kiểm định.pdf"),
        ("../../etc/passwd", "passwd"),
        ("a\x00b\n.pdf", "ab.pdf"),
        ("", "tệp không tên"),
    ],
)
def test_names_lose_folders_and_what_cannot_be_printed(given: str, kept: str) -> None:
    assert read_paper(given, a_pdf()).name == kept
