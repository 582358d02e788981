"""The text of a short message: code and status, in letters every telephone shows. Nothing about the person."""

from notify.domain.message import Template
from rules.plain import plain

LONGEST = 160  # one part in the 7-bit alphabet
STATUS = {
    Template.SUPPLEMENT_ASKED: "can bo sung",
    Template.RESULT_READY: "da co ket qua",
    Template.REFUSED: "khong duoc tiep nhan",
    Template.STOPPED: "da dung giai quyet",
    Template.STOP_REFUSED: "khong dung duoc, tiep tuc giai quyet",
    Template.REAPPOINTED: "tre hen, da hen lai, xin loi",
    Template.APOLOGY: "tre hen, xin loi",
    Template.RESULT_CORRECTED: "co ket qua dinh chinh",
    Template.CLOSING_ANNOUNCED: "sap dung giai quyet vi chua bo sung",
    Template.DEADLINE_MOVED: "doi ngay hen tra theo lich lam viec moi",
}


def short_text(template: Template, *, office: str, code: str) -> str:
    """`So Khoa hoc …: ho so H00.15-… da co ket qua.`, at most one part long; the office's name gives way."""
    rest = f"ho so {code} {STATUS[template]}."
    room = LONGEST - len(rest) - 2
    return f"{plain(office)[:room]}: {rest}"
