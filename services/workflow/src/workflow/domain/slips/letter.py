"""What all slips share: their names, their head, the applicant and the procedure as they print them. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from rules.calendar import HANOI
from rules.records.office import Office
from rules.records.procedure import Procedure
from workflow.domain.access import Staff
from workflow.domain.slips.numerals import long_date

Data = dict[str, Any]

ACCEPTANCE_SLIP, SUPPLEMENT, FEE_NOTICE, RESULT = "01", "02", "fee-notice", "result"
REFUSAL, APOLOGY, STOP_NOTICE, OPINION, CONTROL_SLIP, REGISTER = "03", "04", "05", "opinion", "06", "07"
SUFFIX = {SUPPLEMENT: "/HDHS", FEE_NOTICE: "/TB"}
FORMS_OF_2025_FROM = date(2025, 9, 15)  # Thông tư 03/2025/TT-VPCP; before it Thông tư 01/2018/TT-VPCP


class ContactFacts(Protocol):
    """What a slip prints of the applicant."""

    @property
    def name(self) -> str: ...
    @property
    def organisation(self) -> str | None: ...
    @property
    def email(self) -> str: ...
    @property
    def phone(self) -> str | None: ...
    @property
    def address(self) -> str | None: ...


@dataclass(frozen=True)
class Letter:
    """The head of a slip: who writes, under which number of its series, on which date, where to look it up."""

    office: Office
    form: str
    number: int | None
    at: datetime
    track_url: str
    is_preview: bool = False

    @property
    def on(self) -> date:
        return self.at.astimezone(HANOI).date()

    def data(self) -> Data:
        number = f"{self.number:02}{SUFFIX.get(self.form, '')}" if self.number else f"…{SUFFIX.get(self.form, '')}"
        return {
            "parent": self.office.parent_vi,
            "agency": self.office.name_vi,
            "address": self.office.address_vi,
            "telephone": self.office.telephone,
            "number": number,
            "place_date": f"{self.office.place_vi}, {long_date(self.on)}",
            "regulation": _regulation(self.form, self.on),
            "is_preview": self.is_preview,
            "track_url": self.track_url,
        }


def _regulation(form: str, on: date) -> str:
    if form not in (ACCEPTANCE_SLIP, SUPPLEMENT):
        return ""
    act = "Thông tư 03/2025/TT-VPCP" if on >= FORMS_OF_2025_FROM else "Thông tư 01/2018/TT-VPCP"
    return f"Mẫu số {form}, {act}"


def applicant_of(contact: ContactFacts) -> Data:
    """Who asks, as every slip to them says it."""
    return {
        "owner": contact.organisation or contact.name,
        "submitter": contact.name,
        "address": contact.address or "",
        "phone": contact.phone or "",
        "email": contact.email,
    }


def named(procedure: Procedure) -> Data:
    """The procedure by its name and national code."""
    return {"procedure": procedure.name_vi, "procedure_code": procedure.national_code or "chưa công bố"}


def receiver(office: Office, staff: Staff) -> Data:
    """The officer to ask, by name, title, unit and telephone."""
    unit = office.unit(staff.unit)
    return {
        "officer": staff.name,
        "officer_title": staff.title,
        "officer_phone": staff.phone or office.telephone,
        "unit": unit.name_vi if unit else office.name_vi,
    }
