"""Whether an applicant can be reached by what was given. Judges the writing, not if it exists."""

from collections.abc import Mapping
from typing import Any

from intake.domain.flaws import Flaw
from rules.formats import is_email, is_phone


def contact_flaws(contact: Mapping[str, Any]) -> list[Flaw]:
    """A name and an address for mail are needed; a telephone number, if given, must be one."""
    name, email, phone = (str(contact.get(key) or "").strip() for key in ("name", "email", "phone"))
    found = []
    if not name:
        found.append(_flaw("name", "required", "Hãy ghi họ và tên người nộp hồ sơ.", "Give the name of who files."))
    if not is_email(email):
        vietnamese = "Hãy ghi địa chỉ thư điện tử, ví dụ ten@benhvien.vn."
        found.append(_flaw("email", "format", vietnamese, "Give an e-mail address, for example name@hospital.vn."))
    if phone and not is_phone(phone):
        vietnamese = "Số điện thoại chưa đúng, ví dụ 0912 345 678."
        found.append(_flaw("phone", "format", vietnamese, "This is not a telephone number; for example 0912 345 678."))
    return found


def _flaw(key: str, code: str, vietnamese: str, english: str) -> Flaw:
    return Flaw(code, vietnamese, english, path=(key,))
