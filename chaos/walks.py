"""One dossier's way through the APIs, from its first sending to its planned end, whatever fails meanwhile."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from datetime import time as time_of_day
from functools import cached_property
from random import Random
from typing import Any
from urllib.parse import urljoin

import httpx

from chaos.machine import Machine
from chaos.people import NoAnswer, PatientActions
from chaos.plans import Plan
from kit.now import TIME_ZONE
from motcua.demo.actions import Refused
from motcua.demo.others import Case, Turn, has, is_signed
from motcua.demo.papers import make_paper
from motcua.demo.people import forms_of
from motcua.demo.samples import Sample

TURN_SECONDS = 150.0
LOOKS = (0.15, 0.2, 0.3, 0.5, 0.8, 1.2)
ADDRESS = "Số 12 đường Sức Khoẻ, thành phố Mẫu, tỉnh Mẫu"
S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)


class Stuck(Exception):
    """A turn had no effect for a long time."""


@dataclass
class Record:
    """What this dossier's people were told: the answers they hold in hand, to be compared with the books at the end."""

    plan: Plan
    key: str
    answers: set[tuple[str, str]] = field(default_factory=set)  # the dossier's id and its arrival number
    is_through: bool = False
    trouble: str = ""


class Walked(Sample):
    """A dossier of a plan, and what its people do."""

    def __init__(self, actions: PatientActions, machine: Machine, plan: Plan, paper: bytes) -> None:
        super().__init__(actions, plan.procedure, plan.dossier)
        self.machine, self.plan, self.paper = machine, plan, paper
        self.key, self.is_delivered = f"chaos-{plan.number}", False
        self.record = Record(plan, f"demo-{self.key}")
        self.rng = Random(plan.seed)  # noqa: S311 - a seed that can be repeated
        if plan.dossier.channel == "postal":
            self.filed_by = "post_clerk"
        elif plan.dossier.channel == "online":
            self.filed_by = self.rng.choice(["applicant", "dentist"])
        contact = {"name": "Người nộp thử", "email": f"{self.key}@mau.example", "phone": f"09{plan.number:08}"}
        self.facts["contact"] = contact | {"address": ADDRESS}
        if plan.dossier.channel == "postal":
            received = datetime.combine(plan.era, time_of_day(8, 5), TIME_ZONE)
            self.facts["parcel"] = {"postal_item": s10(plan.number), "received_at": received.isoformat()}
        self.facts["refusal"] = {"reason": "Thiết bị đặt ở tỉnh khác.", "where_to_go": "Sở KH&CN nơi đặt thiết bị."}
        self.facts["withdrawal"] = {"reason": "Tôi sẽ nộp lại sau."}

    @property
    def is_online(self) -> bool:
        return self.plan.dossier.channel == "online"

    def walk(self) -> Record:
        """The whole way. What could not be done is written down, not raised."""
        try:
            for turn in self.turns():
                self.take(turn)
            self.record.is_through = True
        except (Stuck, NoAnswer, Refused, httpx.HTTPError) as problem:
            self.record.trouble = f"{type(problem).__name__}: {problem}"[:400]
        return self.record

    def take(self, turn: Turn) -> None:
        """Act until the effect is seen; who gets no clear answer looks again and acts again."""
        until, tries, last = time.monotonic() + TURN_SECONDS, 0, ""
        while not self._seen(turn, LOOKS[:tries]):
            if time.monotonic() > until:
                raise Stuck(f"{turn.words}: {last}")
            try:
                turn.act(self.look())
            except (Refused, httpx.HTTPError) as problem:  # done, not heard of yet, or changed by somebody meanwhile
                last = str(problem)
            tries = min(tries + 2, len(LOOKS))

    def _seen(self, turn: Turn, pauses: tuple[float, ...]) -> bool:
        """Whether its effect is there, or comes within these pauses."""
        for pause in (0.0, *pauses):
            time.sleep(pause)
            case = self.look()
            if case and turn.is_done(case):
                return True
        return False

    def look(self) -> Case:
        """The case as it stands; empty before workflow has heard of it."""
        if self._id is None:
            return {}
        try:
            case: Case = self.actions.ask("department_leader", "GET", f"workflow/v1/cases/{self._id}")
        except Refused as refused:
            if ": 404 " in str(refused):
                return {}
            raise
        return case

    def do(self, role: str, rest: str, **body: Any) -> None:
        if self.look():
            super().do(role, rest, **body)

    def file(self, case: Case) -> None:
        """Send it, perhaps several times at once and to different doors; every answer is kept."""
        body, path = (self._online_body, "dossiers") if self.is_online else (self._paper_body, "registrations")
        doors = [self.rng.choice(self.machine.addresses) for _ in range(self.plan.submissions)]
        with ThreadPoolExecutor(len(doors)) as pool:
            for sent in [pool.submit(self._send, door, path, body) for door in doors]:
                answer = sent.result()
                self.record.answers.add((answer["id"], answer["arrival_number"]))
                self._id = answer["id"]

    def _send(self, door: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        words = {"json": body, "headers": {"Idempotency-Key": self.record.key}}
        sent: dict[str, Any] = self.actions.ask(self.filed_by, "POST", f"intake/v1/{path}", base=door, **words)
        return sent

    @cached_property
    def _online_body(self) -> dict[str, Any]:
        body = {name: self.facts[name] for name in ("procedure_id", "forms", "contact")}
        return body | {"uploads": self._upload(self.filed_by)}

    @cached_property
    def _paper_body(self) -> dict[str, Any]:
        posted = {"parcel": self.facts["parcel"], "return_address": ADDRESS} if "parcel" in self.facts else {}
        return {
            "procedure_id": self.facts["procedure_id"],
            "channel": self.plan.dossier.channel,
            "contact": self.facts["contact"],
            "forms": self.facts["forms"],
            "papers": self.facts["handed_in"],
            "uploads": self._upload(self.filed_by),
            "return_way": "postal" if posted else "counter",
            **posted,
        }

    def _upload(self, role: str) -> list[dict[str, str]]:
        return [self._upload_one(role, component, name) for component, name, _ in self.facts["papers"]]

    def _upload_one(self, role: str, component: str, name: str) -> dict[str, str]:
        words = {"data": {"component": component}, "files": {"file": (name, self.paper, "application/pdf")}}
        kept = self.actions.ask(role, "POST", "intake/v1/uploads", **words)
        return {"component": component, "upload_id": kept["id"]}

    def turns(self) -> list[Turn]:
        """What is to be done, one thing after another."""
        filed = [self._turn("file", lambda case: bool(case), self.file)]
        return filed + ENDING_TURNS[self.plan.ending](self)

    def _turn(self, words: str, is_done: Callable[[Case], bool], act: Callable[[Case], None]) -> Turn:
        return Turn(clock_of(self.plan), words, is_done, act)

    def accepted(self) -> list[Turn]:
        """Found valid, paid where that is asked for, and under way."""
        return [
            self._turn("find valid", lambda case: has(4)(case) or self.is_payable(case), self.find_valid),
            self._turn("pay", has(4), self.pay),
        ]

    def finished(self, outcome: str = "granted") -> list[Turn]:
        """From the start of the processing to the result in its applicant's hands."""
        signed = self.process(outcome, "Theo kết quả thẩm định.")
        return [*self.accepted(), self._turn("process", is_signed, signed), self.issued(), *self.returned()]

    def issued(self) -> Turn:
        return self._turn("issue", has(9, 10), self.issue)

    def returned(self) -> list[Turn]:
        if self.plan.is_posted:
            posted = self._turn("post", self.has_order, self.post_once)
            return [posted, self._turn("deliver", has(10), self.deliver_once)]
        if self.is_online:
            return [self._turn("collect", has(10), self.collect), self._turn("rate", self.is_rated, self.rate)]
        return [self._turn("hand over", has(10), self.hand_over)]

    def supplemented(self) -> list[Turn]:
        if not self.plan.dossier.files:
            return self.finished()
        asked = self._turn("ask supplement", lambda case: case["status"]["number"] != 1, self.ask_for_more)
        answered = self._turn("answer", lambda case: case["status"]["number"] != 5, self.answer)
        return [asked, answered, *self.finished()]

    def ask_for_more(self, case: Case) -> None:
        """One paper is not good enough; the others, where there are any, are."""
        asked = self._asked_component
        sound = [one["code"] for one in case["components"] if one["code"] != asked]
        if sound:
            items = [{"component": code, "verdict": "good"} for code in sound]
            self.do("one_stop_officer", "check-items", items=items)
        wanted = [{"component": asked, "reason": "Bản chụp mờ."}]
        self.do("one_stop_officer", "supplement-requests", items=wanted)

    @property
    def _asked_component(self) -> str:
        return next(iter(self.plan.dossier.files))

    def track(self) -> dict[str, Any]:
        """As its applicant sees it."""
        found: dict[str, Any] = self.actions.ask(self.filed_by, "GET", f"intake/v1/dossiers/{self._id}")
        return found

    def answer(self, case: Case) -> None:
        asked = self.track()["supplement"]
        if asked is None:
            return  # not heard of yet, or answered
        component = self._asked_component
        count = self.plan.dossier.files[component]
        uploads = [self._upload_one(self.filed_by, component, f"lai-{n}.pdf") for n in range(count)]
        body = {"round": asked["round"], "uploads": uploads}
        self.actions.ask(self.filed_by, "POST", f"intake/v1/dossiers/{self._id}/supplements", json=body)

    def pay(self, case: Case) -> None:
        if not has(6)(case):
            return
        if self.plan.pays_online:
            self.pay_online()
        elif found := [one for one in self.demands(case) if one["state"] == "open"]:
            body = {"way": "cash", "amount_vnd": found[0]["amount_vnd"]}
            self.actions.ask(
                "one_stop_officer", "POST", f"payments/v1/demands/{found[0]['id']}/desk-receipt", json=body
            )

    def pay_online(self) -> None:
        """On the platform's own page; who is not sure presses again."""
        fees = [fee for fee in self.track()["fees"] if not fee["paid_at"]]
        if not fees:
            return
        started = self.actions.ask(self.filed_by, "POST", f"payments/v1/demands/{fees[0]['demand_id']}/attempts")
        with httpx.Client(timeout=15) as browser:
            page = browser.get(started["pay_url"])
            form = next((one for one in forms_of(page.text) if ("decision", "pay") in one["choices"]), None)
            if form is not None:  # else it is paid already
                browser.post(urljoin(str(page.url), form["action"]), data=form["fields"] | {"decision": "pay"})

    def post_once(self, case: Case) -> None:
        if not self.parcels(case):
            self.post(case)

    def deliver_once(self, case: Case) -> None:
        if not self.is_delivered:
            self.deliver(case)
            self.is_delivered = True

    def is_rated(self, case: Case) -> bool:
        return self.track()["rating"] is not None

    def rate(self, case: Case) -> None:
        if self.track()["rating"] is None:
            body = {"score": self.rng.randint(1, 5), "comment": "Nhanh."}
            self.actions.ask(self.filed_by, "POST", f"intake/v1/dossiers/{self._id}/rating", json=body)

    def refused_early(self) -> list[Turn]:
        return [self._turn("refuse", has(3), self.refuse)]

    def withdrawn(self) -> list[Turn]:
        before = self.accepted()[:1] if self.rng.random() < 0.5 else []
        return [*before, self._turn("withdraw", has(7), self.withdraw)]

    def stopped(self) -> list[Turn]:
        return [*self.accepted(), self._turn("stop", has(8), self.stop)]

    def stop(self, case: Case) -> None:
        path = f"intake/v1/dossiers/{case['id']}/stop"
        self.actions.ask(self.filed_by, "POST", path, json={"reason": "Tôi không cần giấy này nữa."})
        self.do("one_stop_officer", "stop")


ENDING_TURNS: dict[str, Callable[[Walked], list[Turn]]] = {
    "finished": Walked.finished,
    "supplemented": Walked.supplemented,
    "denied": lambda one: one.finished("refused"),
    "refused": Walked.refused_early,
    "withdrawn": Walked.withdrawn,
    "stopped": Walked.stopped,
    "unchecked": lambda one: [],
    "unpaid": lambda one: one.accepted()[:1],
    "uncollected": lambda one: one.finished()[: -len(one.returned())],
}


def s10(number: int) -> str:
    """A barcode of a parcel with its check digit (UPU S10)."""
    digits = f"{number:08}"
    rest = 11 - sum(weight * int(digit) for weight, digit in zip(S10_WEIGHTS, digits, strict=True)) % 11
    return f"RB{digits}{ {10: 0, 11: 5}.get(rest, rest) }VN"


def a_paper() -> bytes:
    """One PDF for all: what is in it does not matter here."""
    return make_paper("Giấy tờ thử", "Nội dung minh hoạ.")


def clock_of(plan: Plan) -> datetime:
    """When the plan's era begins."""
    return datetime.combine(plan.era, time_of_day(9), TIME_ZONE)
