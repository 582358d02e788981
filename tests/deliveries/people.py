"""Who acts in the world of the deliveries. Invented people; what they do is in `roads`."""

import io
from typing import Any

from pypdf import PdfWriter

from contracts.facts import Contact
from intake.domain.registration import Clerk
from kit.signin import Person
from kit.testing.people import a_person
from rules.catalogue import load
from rules.testing import OFFICE_ID
from workflow.domain.access import Staff

OFFICE = load().office(OFFICE_ID)
UNITS: dict[str, str] = {role: unit.id for unit in reversed(OFFICE.units) for role in unit.roles}
UNITS |= {"one_stop_officer": "one-stop", "division_head": "radiation", "case_officer": "radiation"}
CONTACT = Contact(name="Trần Minh Khôi", organisation="Bệnh viện Mẫu", email="khoi@benhvien.example")
AT_THE_DESK = Clerk("p-one_stop_officer", "Nguyễn Thị Thu Hà", "one-stop", "Công chức", "0200 3 000 101")


def person(role: str) -> Person:
    """Somebody of the office in this role."""
    more: dict[str, Any] = {
        "office": OFFICE_ID,
        "unit": UNITS.get(role),
        "title": "Công chức",
        "phone": "0200 3 000 101",
    }
    return a_person(role, id=f"p-{role}", **more)


def staff(role: str) -> Staff:
    """The same person as workflow knows them."""
    one = person(role)
    return Staff(one.id, one.name, one.roles, OFFICE_ID, one.unit or "", one.title or "", one.phone or "")


def _paper() -> bytes:
    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(width=595, height=842)
    writer.write(out)
    return out.getvalue()


PAPER = _paper()  # a real PDF of one empty page
