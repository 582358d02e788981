"""What all slips share: their names, their head, the applicant and the procedure as they print them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Protocol

from rules.calendar import HANOI
from rules.records.office import Office
from rules.records.procedure import Procedure
from rules.records.slip import IssuedSlip
from workflow.domain.access import Staff
from workflow.domain.slips.numerals import long_date

Data = dict[str, Any]

# A slip is kept under what it is for; the number an act prints on it changes with the generation (R01).
ACCEPTANCE_SLIP: Final = "acceptance"
SUPPLEMENT: Final = "supplement"
REFUSAL: Final = "refusal"
APOLOGY: Final = "apology"
STOP_NOTICE: Final = "stop"
CONTROL_SLIP: Final = "control"
REGISTER: Final = "register"
FEE_NOTICE: Final = "fee-notice"
OPINION: Final = "opinion"
RESULT: Final = "result"
REPLACED_BY_NEWER = (RESULT, CONTROL_SLIP)  # the newest of a dossier is the one that counts


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
    """The head of a slip: which form of which generation, who writes, its number in the series, when, where to look.

    A preview has neither number nor an address at which it could be found genuine.
    """

    office: Office
    form: IssuedSlip
    number: int | None
    at: datetime
    track_url: str
    verify_url: str = ""

    @property
    def on(self) -> date:
        return self.at.astimezone(HANOI).date()

    @property
    def is_preview(self) -> bool:
        return not self.verify_url

    @property
    def layout(self) -> str:
        return self.form.slip.layout

    @property
    def name_vi(self) -> str:
        """Its title, with the form's number where an act gives one."""
        regulation = self.form.regulation_vi
        return f"{self.form.slip.title_vi} ({regulation})" if regulation else self.form.slip.title_vi

    @property
    def printed_number(self) -> str:
        """`03/HDHS`; under ten with a zero in front (NĐ 30/2020)."""
        number = "…" if self.number is None else f"{self.number:02}"
        return (self.form.slip.number_format or "").format(number=number)

    def data(self) -> Data:
        return {
            "parent": self.office.parent_vi,
            "agency": self.office.name_vi,
            "address_of_agency": self.office.address_vi,
            "telephone": self.office.telephone,
            "number": self.printed_number,
            "place_date": f"{self.office.place_vi}, {long_date(self.on)}",
            "regulation": self.form.regulation_vi,
            "title": self.form.slip.title_vi,
            "paper": self.form.slip.paper,
            "landscape": self.form.slip.landscape,
            "note": self.form.slip.note_vi,
            "is_preview": self.is_preview,
            "track_url": self.track_url,
            "verify_url": self.verify_url,
        }


def applicant_of(contact: ContactFacts, id_number: str = "") -> Data:
    """Who asks, as every slip to them says it."""
    return {
        "owner": contact.organisation or contact.name,
        "submitter": contact.name,
        "id_number": id_number,
        "address": contact.address or "",
        "phone": contact.phone or "",
        "email": contact.email,
    }


def named(procedure: Procedure) -> Data:
    """The procedure by its name and national code."""
    return {"procedure": procedure.name_vi, "procedure_code": procedure.national_code or "chưa công bố"}


def basis_of(procedure: Procedure) -> Sequence[str]:
    """The acts, each once and without what the catalogue says of its articles twice."""
    return list(dict.fromkeys(str(source) for source in procedure.sources))


def written_by(office: Office, staff: Staff) -> Data:
    """The officer to ask, by name, title, unit and telephone."""
    unit = office.unit(staff.unit)
    return {
        "officer": staff.name,
        "officer_title": staff.title,
        "officer_phone": staff.phone or office.telephone,
        "unit": unit.name_vi if unit else office.name_vi,
    }
