"""The roads of six dossiers, step by step, through the services' APIs as its people would use them.

Every step asks first how far its dossier is, so a walk that was cut off goes on where it was.
"""

import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from kit.pages.formats import when
from motcua.demo.actions import Actions, DoneAlready, Dossier, minute
from motcua.demo.others import Case, Other, Turn, at, line_of, stories
from motcua.stack import Stack

SETTLE_SECONDS = 60.0
WORDS = {
    1: "Mới nộp",
    2: "Đã tiếp nhận",
    3: "Không tiếp nhận",
    4: "Đang xử lý",
    5: "Chờ bổ sung",
    6: "Chờ nộp phí",
    7: "Đã rút",
    9: "Có kết quả",
    10: "Đã trả kết quả",
}
DUE = "2025-04-08T17:30+07:00"
# status, present due, lateness against it and against the first (reading R06)
ENDED: dict[str, tuple[int, str | None, str | None, str | None]] = {
    "certificate": (10, "2025-03-25T10:00+07:00", "late", "late"),
    "declaration": (10, "2025-03-12T08:05+07:00", "on_time", "on_time"),
    "refused": (3, None, None, None),
    "denied": (10, "2025-03-21T09:00+07:00", "early", "early"),
    "withdrawn": (7, None, None, None),
}
# columns of report II.06: what was never accepted, refused or withdrawn, is not counted
REPORT = {"3": 4, "7": 4, "8": 2, "9": 1, "10": 1, "11": 0}
Seen = TypeVar("Seen")


@dataclass(frozen=True)
class Step:
    """One thing somebody does: when, in which words, how we know it is done, and the letters that must arrive."""

    at: datetime
    words: str
    is_done: Callable[[Dossier], bool]
    act: Callable[[Actions, Dossier], None]
    letters: tuple[str, ...] = ()


def reached(*statuses: int) -> Callable[[Dossier], bool]:
    """Whether the dossier has been through all these statuses, in this order."""
    return lambda dossier: dossier.road[: len(statuses)] == list(statuses)


def did(step: str) -> Callable[[Dossier], bool]:
    """Whether a step of the procedure is finished."""
    return lambda dossier: step in dossier.finished_steps


def is_being_checked(dossier: Dossier) -> bool:
    """Whether the officers have it: its check limit runs or has run."""
    return any(stop["key"] == "check" and stop["since"] for stop in dossier.track.get("stops", []))


def is_payable(dossier: Dossier) -> bool:
    """Whether there is a demand that can be paid, or was."""
    return reached(1, 5, 1, 6)(dossier) and bool(dossier.track["fees"])


STORY = [
    Step(at(3, 3, 8, 30), "Bệnh viện nộp hồ sơ qua mạng", is_being_checked, Actions.submit, ("received",)),
    Step(at(3, 4, 9, 0), "Một cửa yêu cầu bổ sung", reached(1, 5), Actions.ask_supplement, ("supplement_asked",)),
    Step(at(3, 6, 10, 0), "Bệnh viện bổ sung", reached(1, 5, 1), Actions.answer_supplement, ("supplement_received",)),
    Step(at(3, 10, 14, 0), "Hồ sơ hợp lệ, thông báo phí", is_payable, Actions.find_valid, ("fee_due",)),
    Step(
        at(3, 13, 10, 15),
        "Bệnh viện nộp phí",
        reached(1, 5, 1, 6, 2, 4),
        Actions.pay,
        ("fee_paid", "accepted", "in_process"),
    ),
    Step(at(3, 14, 9, 0), "Trưởng phòng phân công", did("assign"), Actions.assign),
    Step(at(3, 24, 16, 0), "Chuyên viên thẩm định", did("appraise"), Actions.appraise),
    Step(at(3, 26, 9, 30), "Trưởng phòng soát xét", did("review"), Actions.review),
    Step(at(3, 27, 10, 0), "Lãnh đạo Sở phê duyệt", did("approve"), Actions.approve),
    Step(at(3, 28, 9, 0), "Văn thư phát hành", reached(1, 5, 1, 6, 2, 4, 9), Actions.issue, ("result_ready",)),
    Step(at(3, 31, 9, 0), "Bệnh viện nhận kết quả", reached(1, 5, 1, 6, 2, 4, 9, 10), Actions.collect, ("returned",)),
    Step(at(3, 31, 9, 5), "Bệnh viện đánh giá", lambda dossier: dossier.is_rated, Actions.rate),
]


def say(words: str) -> None:
    """One line of the story."""
    print(words, flush=True)


class Walk:
    """Walks the stories on a machine that is up."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.actions = Actions(stack)

    def run(self) -> int:
        """As `walk`, and everybody's connections are closed."""
        try:
            return self.walk()
        finally:
            self.actions.close()

    def walk(self) -> int:
        """0 when every dossier went its whole road and everything holds; the last line says how the first stands."""
        began = time.monotonic()
        others = stories(self.actions)
        if STORY[-1].is_done(self.actions.look()):
            say(f"Sáu hồ sơ đã đi hết đường; xem tại {self.stack.url}")
        else:
            for moment in self.moments(others):
                moment()
        dossier = self.actions.look()
        cases = [(other, other.look()) for other, _ in others]
        for other, case in cases:
            say(line_of(other, case))
        agrees = self.report()
        say(f"({time.monotonic() - began:.1f} giây)")
        say(last_line(dossier))
        return 0 if self.holds(dossier) & self.others_hold(cases) & agrees else 1

    def moments(self, others: list[tuple[Other, list[Turn]]]) -> list[Callable[[], None]]:
        """What happens, of all dossiers, in the order of time."""
        found: list[tuple[datetime, Callable[[], None]]] = [(step.at, partial(self.take, step)) for step in STORY]
        found += [(turn.at, partial(self.take_turn, other, turn)) for other, turns in others for turn in turns]
        return [act for _, act in sorted(found, key=lambda one: one[0])]

    def take(self, step: Step) -> None:
        """One step, unless it is done; returns when its effect is seen and its letter has arrived."""
        dossier = self.actions.look()
        if not step.is_done(dossier):
            self.stack.move_clock(step.at)
            with suppress(DoneAlready):
                step.act(self.actions, dossier)
            dossier = self.settle(step.words, self.actions.look, step.is_done)
        for letter in step.letters:
            self.wait_for_letter(letter, dossier)
        self.tell(step.at, step.words, dossier.status, dossier.code or dossier.arrival_number)

    def take_turn(self, other: Other, turn: Turn) -> None:
        """One turn of a further dossier, unless it is done; returns when its effect is seen."""
        case = other.look()
        if not (case and turn.is_done(case)):
            self.stack.move_clock(turn.at)
            with suppress(DoneAlready):
                turn.act(case)
            case = self.settle(turn.words, other.look, lambda found: bool(found) and turn.is_done(found))
        self.tell(turn.at, turn.words, case["status"]["number"], case["code"] or case["arrival_number"])

    def tell(self, moment: datetime, words: str, status: int, code: str) -> None:
        """One line of the story, and what is worth remarking."""
        say(f"{when(moment)}  {words:<32} {status:>2} {WORDS.get(status, ''):<17} {code}")
        for line in self.actions.remarks:
            say(f"{'':28}{line}")
        self.actions.remarks.clear()

    def settle(self, words: str, look: Callable[[], Seen], is_done: Callable[[Seen], bool]) -> Seen:
        """What is seen once a step's effect has come through the services."""
        until = time.monotonic() + SETTLE_SECONDS
        while True:
            seen = look()
            if is_done(seen):
                return seen
            if time.monotonic() > until:
                raise StepStuck(f"{words}: nothing happened in {SETTLE_SECONDS:.0f} seconds; {seen}"[:2000])
            time.sleep(0.1)

    def wait_for_letter(self, template: str, dossier: Dossier) -> None:
        """Return once the letter lies in the sandbox's mailbox."""
        until = time.monotonic() + SETTLE_SECONDS
        while not self.actions.has_letter(template, dossier):
            if time.monotonic() > until:
                raise StepStuck(f"no letter '{template}' arrived in {SETTLE_SECONDS:.0f} seconds")
            time.sleep(0.1)

    def report(self) -> bool:
        """Print report II.06 of the month; whether it is what the six stories come to."""
        asked = {"from": "2025-03-01", "to": "2025-03-31", "by": "procedure"}
        found = self.actions.ask("department_leader", "GET", "workflow/v1/reports/ii-06", params=asked)
        say("Báo cáo II.06, tháng 3 năm 2025 (cột 3 đến 13):")
        for line in [*found["lines"], {"name_vi": "Cộng", "columns": found["total"]}]:
            say(
                "  "
                + " ".join(f"{line['columns'][str(number)]:>3}" for number in range(3, 14))
                + f"  {line['name_vi'][:60]}"
            )
        wrong = {number: found["total"][number] for number in REPORT if found["total"][number] != REPORT[number]}
        if wrong or not found["agrees"]:
            print(f"motcua: report II.06 has {wrong or 'a control sum that does not agree'}", file=sys.stderr)
        return not wrong and bool(found["agrees"])

    def others_hold(self, cases: list[tuple[Other, Case]]) -> bool:
        """Whether the further dossiers ended as their stories have it; what did not is said."""
        wrong = [(other.key, found) for other, case in cases if (found := ended(case)) != ENDED[other.key]]
        for key, found in wrong:
            print(f"motcua: {key} ended {found}, not {ENDED[key]}", file=sys.stderr)
        return not wrong

    def holds(self, dossier: Dossier) -> bool:
        """Whether all is as the law and the story have it; what is not is said."""
        facts: dict[str, Any] = {
            "status": (dossier.status, 10),
            "road": (dossier.road, [1, 5, 1, 6, 2, 4, 9, 10]),
            "due": (dossier.due_minute, DUE),
            "lateness": (dossier.lateness, "early"),
            "fee": (dossier.fee_vnd, 12_600_000),
            "rated": (dossier.is_rated, True),
        }
        wrong = {name: found for name, (found, wanted) in facts.items() if found != wanted}
        for name, found in wrong.items():
            print(f"motcua: {name} is {found}, not {facts[name][1]}", file=sys.stderr)
        return not wrong


class StepStuck(Exception):
    """A step of the walk had no effect."""


def ended(case: Case) -> tuple[int, str | None, str | None, str | None]:
    """How a further dossier ended."""
    return case["status"]["number"], minute(case["due_at"]), case["lateness"], case["lateness_first"]


def last_line(dossier: Dossier) -> str:
    """How the dossier stands, for people and scripts."""
    finished = dossier.finished_at or "-"
    return (
        f"code={dossier.code} status={dossier.status} due={dossier.due_minute} finished={finished} "
        f"lateness={dossier.lateness}"
    )
