"""Made-up dossiers of any procedure and their road to the hand-over, for whoever walks many: tests and chaos."""

from datetime import date, datetime, time
from typing import Any

from kit.now import TIME_ZONE
from motcua.demo.actions import Actions
from motcua.demo.others import Case, Other, Turn, has, is_signed
from rules import fees
from rules.catalogue import load
from rules.records.procedure import Procedure
from rules.testing import SampleDossier, whole_dossier

PORTAL_CLOSED = date(2025, 7, 1)  # from then on citizens file online on the national portal only (R19)
FIRST_DAY = date(2024, 1, 2)  # of the calendars
BRANCH = {"case_officer": "branch_officer", "division_head": "branch_head"}
ACCEPTABLE = [one for one in load().procedures if one.can_be_accepted]
# online only, since the portal closed: it comes by the national single window
ELSEWHERE = {"import-quality-inspection"}


class Sample(Other):
    """A made-up dossier of any procedure: filed online while the portal takes it, else typed in at the counter."""

    def __init__(self, actions: Actions, procedure: Procedure, dossier: SampleDossier) -> None:
        super().__init__(actions, f"sample-{procedure.id}", procedure.name_vi, "one_stop_officer")
        self.procedure, self.dossier = procedure, dossier
        self.filed_by = "applicant" if dossier.channel == "online" else "one_stop_officer"
        papers = [[code, f"{code}-{n}.pdf", code] for code, count in dossier.files.items() for n in range(count)]
        self.__dict__["facts"] = {
            "procedure_id": procedure.id,
            "contact": {"name": "Người nộp thử", "email": f"{procedure.id}@mau.example", "phone": "0900000100"},
            "forms": dict(dossier.forms),
            "papers": papers,
            "handed_in": {code: {"originals": count} for code, count in dossier.files.items()},
        }

    def do(self, role: str, rest: str, **body: Any) -> None:
        case = self.look()
        at_branch = case["resolving_unit"] == "metrology" and role in BRANCH
        super().do(BRANCH[role] if at_branch else role, rest, **body)

    def file(self, case: Case) -> None:
        (self.file_online if self.filed_by == "applicant" else self.register)(case)


def day_of(procedure: Procedure) -> date:
    """The first working day on which it can be filed here."""
    return max(procedure.effective_from, FIRST_DAY) if procedure.effective_from > date(2025, 3, 3) else date(2025, 3, 3)


def turns_of(one: Sample, on: date) -> list[Turn]:
    """The whole road in one morning; what is to be paid is paid in cash."""
    at = datetime.combine(on, time(9), TIME_ZONE)
    return [
        Turn(at, "file", has(1), one.file),
        Turn(at, "find valid", lambda case: has(4)(case) or one.is_payable(case), one.find_valid),
        Turn(at, "pay", has(4), lambda case: one.take_cash(case) if has(6)(case) else None),
        Turn(at, "process", is_signed, one.process("granted", "Đủ điều kiện theo quy định.")),
        Turn(at, "issue", has(9), one.issue),
        Turn(at, "hand over", has(10), one.hand_over),
    ]


def channel_of(procedure: Procedure, on: date) -> str:
    """Online while the portal takes it, else over the counter."""
    return "online" if on < PORTAL_CLOSED and "online" in procedure.channels else "direct"


def a_dossier_of(procedure: Procedure, on: date) -> SampleDossier:
    """A whole one whose fee can be told: no table has an amount for work that is added without a device (R14)."""
    channel = channel_of(procedure, on)
    found = (whole_dossier(procedure, seed=seed, channel=channel, on=on) for seed in range(1, 50))
    return next(one for one in found if can_be_charged(procedure, one, on))


def can_be_charged(procedure: Procedure, dossier: SampleDossier, on: date) -> bool:
    quote = fees.quote_of(procedure, dossier.forms, dossier.channel, on)
    return quote is None or bool(quote.lines)
