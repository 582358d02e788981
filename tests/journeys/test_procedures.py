"""Every procedure that can be accepted walks from its filing to the hand-over, through the APIs of all services."""

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

import pytest

from kit.now import TIME_ZONE
from motcua.demo.actions import Actions
from motcua.demo.others import Case, Other, Turn, has, is_signed
from motcua.demo.story import Walk
from motcua.stack import Stack
from rules import fees
from rules.catalogue import load
from rules.records.procedure import Procedure
from rules.testing import SampleDossier, whole_dossier

pytestmark = [
    pytest.mark.slow,
    pytest.mark.db,
    pytest.mark.kafka,
    pytest.mark.xdist_group("machine"),
    pytest.mark.timeout(120),
]
PORTAL_CLOSED = date(2025, 7, 1)  # from then on citizens file online on the national portal only (R19)
FIRST_DAY, LAST_DAY = date(2024, 1, 2), date(2026, 11, 20)  # the calendars' years
BRANCH = {"case_officer": "branch_officer", "division_head": "branch_head"}
ACCEPTABLE = [one for one in load().procedures if one.can_be_accepted]
ELSEWHERE = {
    "import-quality-inspection"
}  # online only, since the portal closed: it comes by the national single window


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


@pytest.fixture(scope="module")
def actions(machine: Stack) -> Iterator[Actions]:
    found = Actions(machine)
    yield found
    found.close()


def test_only_what_comes_by_another_door_is_not_filed_here() -> None:
    found = {one.id for one in ACCEPTABLE if channel_of(one, day_of(one)) not in one.channels}
    assert found == ELSEWHERE


@pytest.mark.proves("B02", "B05", "B07", "B10", "D01")
@pytest.mark.parametrize("procedure", [one for one in ACCEPTABLE if one.id not in ELSEWHERE], ids=lambda one: one.id)
def test_a_dossier_of_every_procedure_walks_to_its_end(machine: Stack, actions: Actions, procedure: Procedure) -> None:
    on = day_of(procedure)
    dossier = a_dossier_of(procedure, on)
    one = Sample(actions, procedure, dossier)
    turns = turns_of(one, on)
    machine.move_clock(turns[0].at)
    for turn in turns:
        turn.act(one.look())
        case = Walk(machine).settle(turn.words, one.look, lambda seen, turn=turn: bool(seen) and turn.is_done(seen))  # type: ignore[misc]
    assert (case["procedure_version"], case["lateness"]) == (procedure.version, "early")
    assert case["result"]["code"] == f"{case['code']}-KQ1"
