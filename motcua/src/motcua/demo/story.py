"""The road of one dossier, step by step, through the services' APIs as its people would use them.

Every step asks first how far the dossier is, so a walk that was cut off goes on where it was.
"""

import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kit.now import TIME_ZONE
from kit.pages.formats import when
from motcua.demo.actions import Actions, DoneAlready, Dossier
from motcua.stack import Stack

SETTLE_SECONDS = 60.0
WORDS = {
    1: "Mới nộp",
    2: "Đã tiếp nhận",
    4: "Đang xử lý",
    5: "Chờ bổ sung",
    6: "Chờ nộp phí",
    9: "Có kết quả",
    10: "Đã trả kết quả",
}
DUE = "2025-04-08T17:30+07:00"


@dataclass(frozen=True)
class Step:
    """One thing somebody does: when, in which words, how we know it is done, and the letters that must arrive."""

    at: datetime
    words: str
    is_done: Callable[[Dossier], bool]
    act: Callable[[Actions, Dossier], None]
    letters: tuple[str, ...] = ()


def at(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of the demo's spring of 2025, in Vietnam."""
    return datetime(2025, month, day, hour, minute, tzinfo=TIME_ZONE)


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
    """Walks the story on a machine that is up."""

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
        """0 when the dossier went its whole road and everything holds; the last line says how it stands."""
        began = time.monotonic()
        dossier = self.actions.look()
        if STORY[-1].is_done(dossier):
            say(f"Hồ sơ {dossier.code} đã đi hết đường; xem tại {self.stack.url}/dossiers/{dossier.id}")
        else:
            for step in STORY:
                dossier = self.take(step, dossier)
        say(f"({time.monotonic() - began:.1f} giây)")
        say(last_line(dossier))
        return 0 if self.holds(dossier) else 1

    def take(self, step: Step, dossier: Dossier) -> Dossier:
        """One step, unless it is done; returns when its effect is seen and its letter has arrived."""
        if not step.is_done(dossier):
            self.stack.move_clock(step.at)
            with suppress(DoneAlready):
                step.act(self.actions, dossier)
            dossier = self.settle(step)
        for letter in step.letters:
            self.wait_for_letter(letter, dossier)
        status = dossier.status
        code = dossier.code or dossier.arrival_number
        say(f"{when(step.at)}  {step.words:<32} {status:>2} {WORDS.get(status, ''):<15} {code}")
        for line in self.actions.remarks:
            say(f"{'':28}{line}")
        self.actions.remarks.clear()
        return dossier

    def settle(self, step: Step) -> Dossier:
        """The dossier once the step's effect has come through the services."""
        until = time.monotonic() + SETTLE_SECONDS
        while True:
            dossier = self.actions.look()
            if step.is_done(dossier):
                return dossier
            if time.monotonic() > until:
                raise StepStuck(f"{step.words}: nothing happened in {SETTLE_SECONDS:.0f} seconds; road {dossier.road}")
            time.sleep(0.1)

    def wait_for_letter(self, template: str, dossier: Dossier) -> None:
        """Return once the letter lies in the sandbox's mailbox."""
        until = time.monotonic() + SETTLE_SECONDS
        while not self.actions.has_letter(template, dossier):
            if time.monotonic() > until:
                raise StepStuck(f"no letter '{template}' arrived in {SETTLE_SECONDS:.0f} seconds")
            time.sleep(0.1)

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


def last_line(dossier: Dossier) -> str:
    """How the dossier stands, for people and scripts."""
    finished = dossier.finished_at or "-"
    return (
        f"code={dossier.code} status={dossier.status} due={dossier.due_minute} finished={finished} "
        f"lateness={dossier.lateness}"
    )
