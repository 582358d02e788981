"""The demo's five further dossiers: what their people do, and how it is known that it is done."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from kit.now import TIME_ZONE
from motcua.demo.actions import Actions, minute
from motcua.demo.papers import make_paper

Case = dict[str, Any]


class Other:
    """One further dossier, seen as the department's leader sees it. `actions` is shared by all."""

    def __init__(self, actions: Actions, key: str, words: str, filed_by: str) -> None:
        self.actions, self.key, self.words, self.filed_by = actions, key, words, filed_by
        self._id: str | None = None

    @cached_property
    def facts(self) -> dict[str, Any]:
        found: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("others.yaml").read_text())
        facts: dict[str, Any] = found[self.key]
        return facts

    def look(self) -> Case:
        """The case as it stands; empty before workflow has heard of it. One filed before a restart is the only one."""
        asked = {"filter": "all", "procedure": self.facts["procedure_id"]}
        found = self.actions.ask("department_leader", "GET", "workflow/v1/cases", params=asked)["cases"]
        mine = next((one["id"] for one in found if self._id in {None, one["id"]}), None)
        if mine is None:
            return {}
        case: Case = self.actions.ask("department_leader", "GET", f"workflow/v1/cases/{mine}")
        return case

    def do(self, role: str, rest: str, **body: Any) -> None:
        """One command on the case, as this role."""
        case = self.look()
        path = f"workflow/v1/cases/{case['id']}/{rest}"
        self.actions.ask(role, "POST", path, json={"version": case["version"], **body})

    def file_online(self, case: Case) -> None:
        body = {name: self.facts[name] for name in ("procedure_id", "forms", "contact")}
        body["uploads"] = self._upload(self.filed_by)
        key = {"Idempotency-Key": f"demo-{self.key}"}
        self._id = self.actions.ask(self.filed_by, "POST", "intake/v1/dossiers", json=body, headers=key)["id"]

    def register(self, case: Case) -> None:
        """At the counter, or from a parcel."""
        parcel = self.facts.get("parcel")
        body = {
            "procedure_id": self.facts["procedure_id"],
            "channel": "postal" if parcel else "direct",
            "contact": self.facts["contact"],
            "forms": self.facts["forms"],
            "papers": self.facts["handed_in"],
            "uploads": self._upload(self.filed_by),
            "return_way": "postal" if parcel else "counter",
        }
        if parcel:
            body |= {"parcel": parcel, "return_address": self.facts["contact"]["address"]}
        key = {"Idempotency-Key": f"demo-{self.key}"}
        self._id = self.actions.ask(self.filed_by, "POST", "intake/v1/registrations", json=body, headers=key)["id"]

    def _upload(self, role: str) -> list[dict[str, str]]:
        found = []
        for component, name, title in self.facts["papers"]:
            file = (name, make_paper(title, "Nội dung minh hoạ cho hồ sơ thử nghiệm."), "application/pdf")
            kept = self.actions.ask(
                role, "POST", "intake/v1/uploads", data={"component": component}, files={"file": file}
            )
            found.append({"component": component, "upload_id": kept["id"]})
        return found

    def find_valid(self, case: Case) -> None:
        items = [{"component": one["code"], "verdict": "good"} for one in case["components"]]
        self.do("one_stop_officer", "check-items", items=items)
        self.do("one_stop_officer", "validity")

    def demands(self, case: Case) -> list[dict[str, Any]]:
        """What the desk finds to take for it."""
        asked = {"code": case["arrival_number"]}
        found: list[dict[str, Any]] = self.actions.ask(
            "one_stop_officer", "GET", "payments/v1/desk/demands", params=asked
        )
        return found

    def is_payable(self, case: Case) -> bool:
        return has(6, 4, 9, 10)(case) and bool(self.demands(case))

    def take_cash(self, case: Case) -> None:
        (demand,) = self.demands(case)
        body = {"way": "cash", "amount_vnd": demand["amount_vnd"]}
        path = f"payments/v1/demands/{demand['id']}/desk-receipt"
        receipt = self.actions.ask("one_stop_officer", "POST", path, json=body)
        self.actions.remarks.append(f"thu tiền mặt, biên lai {receipt['receipt']}")

    def step(self, role: str, step: str, **said: Any) -> Callable[[Case], None]:
        return lambda case: self.do(role, f"steps/{step}/completion", **said)

    def sign(self, case: Case) -> None:
        self.do("department_leader", "sign-off", sha256=self.look()["result"]["sha256"])

    def issue(self, case: Case) -> None:
        self.do("clerk", "issue")

    def process(self, outcome: str, conclusion: str) -> Callable[[Case], None]:
        """From the assignment to the signature, whatever of it is not done yet."""

        def through(_case: Case) -> None:
            turns: list[tuple[str, Callable[[Case], None]]] = [
                ("assign", self.step("division_head", "assign")),
                ("appraise", self.step("case_officer", "appraise", outcome=outcome, conclusion=conclusion)),
                ("review", self.step("division_head", "review", note="Nhất trí.")),
                ("approve", self.sign),
            ]
            for name, turn in turns:
                case = self.look()
                if name not in done_steps(case):
                    turn(case)

        return through

    def draft_apology(self, case: Case) -> None:
        self.do("case_officer", "apology-draft", **self.facts["apology"])

    def apologise(self, case: Case) -> None:
        self.do("department_leader", "apology")
        self.actions.remarks.append(f"hẹn lại {self.facts['apology']['new_due_on']}, thư xin lỗi đã gửi")

    def hand_over(self, case: Case) -> None:
        self.do("one_stop_officer", "hand-over", receiver=self.facts["contact"]["name"], shown="Căn cước")

    def post(self, case: Case) -> None:
        self.do("one_stop_officer", "posting")

    def parcels(self, case: Case) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.actions.ask(
            "one_stop_officer", "GET", f"workflow/v1/cases/{case['id']}/parcels"
        )
        return found

    def has_order(self, case: Case) -> bool:
        """Whether the postal service took the order: then the applicant was told, and it can be delivered."""
        return any(one["item"] or one["state_vi"] == "Chờ bưu điện nhận" for one in self.parcels(case))

    def has_apology_draft(self, case: Case) -> bool:
        letters = self.actions.ask("department_leader", "GET", f"workflow/v1/cases/{case['id']}/letters")
        return any(not one["is_proposal"] for one in letters["apologies"])

    def deliver(self, case: Case) -> None:
        """The postal service takes the parcel and delivers it."""
        (parcel,) = self.parcels(case)
        for code in (1, 5):
            self.actions.stack.tell("post", "events", {"order_number": parcel["order_number"], "code": code})

    def refuse(self, case: Case) -> None:
        self.do("one_stop_officer", "refusal", **self.facts["refusal"])

    def ask_supplement(self, case: Case) -> None:
        asked = self.facts["supplement"]
        sound = [one["code"] for one in case["components"] if one["code"] != asked["component"]]
        items = [{"component": code, "verdict": "good"} for code in sound]
        self.do("one_stop_officer", "check-items", items=items)
        self.do("one_stop_officer", "supplement-requests", items=[asked])

    def withdraw(self, case: Case) -> None:
        path = f"intake/v1/dossiers/{case['id']}/withdrawal"
        self.actions.ask(self.filed_by, "POST", path, json=self.facts["withdrawal"])

    def collect(self, case: Case) -> None:
        self.actions.ask(self.filed_by, "POST", f"intake/v1/dossiers/{case['id']}/result-collection")


@dataclass(frozen=True)
class Turn:
    """One thing somebody does for a further dossier."""

    at: datetime
    words: str
    is_done: Callable[[Case], bool]
    act: Callable[[Case], None]


def stories(actions: Actions) -> list[tuple[Other, list[Turn]]]:
    """Every further dossier with its turns, each at its time of the demo's spring of 2025."""
    return [
        certificate(Other(actions, "certificate", "Chứng chỉ nhân viên bức xạ, tại quầy", "one_stop_officer")),
        declaration(Other(actions, "declaration", "Khai báo X-quang, qua bưu điện", "post_clerk")),
        refused(Other(actions, "refused", "Sửa đổi giấy phép, từ chối tiếp nhận", "dentist")),
        denied(Other(actions, "denied", "Cấp lại giấy phép, từ chối giải quyết", "applicant")),
        withdrawn(Other(actions, "withdrawn", "Gia hạn giấy phép, người nộp rút", "dentist")),
    ]


def certificate(one: Other) -> tuple[Other, list[Turn]]:
    """Cash at the counter; an apology a day before the due date, and finished after the new one too."""
    approved = one.process("granted", "Đủ điều kiện cấp chứng chỉ nhân viên bức xạ cho người phụ trách an toàn.")
    return one, [
        Turn(at(3, 4, 9, 15), "Nộp hồ sơ chứng chỉ tại quầy", bool, one.register),
        Turn(at(3, 4, 9, 40), "Chứng chỉ: hợp lệ, báo phí", one.is_payable, one.find_valid),
        Turn(at(3, 4, 10, 0), "Chứng chỉ: nộp tiền mặt", has(4, 9, 10), one.take_cash),
        Turn(at(3, 14, 15, 0), "Chứng chỉ: dự thảo xin lỗi", one.has_apology_draft, one.draft_apology),
        Turn(at(3, 17, 9, 0), "Chứng chỉ: xin lỗi, hẹn lại", has_new_due, one.apologise),
        Turn(at(3, 27, 11, 0), "Chứng chỉ: thẩm định, ký", is_signed, approved),
        Turn(at(3, 28, 10, 0), "Chứng chỉ: phát hành, muộn", has(9, 10), one.issue),
        Turn(at(3, 28, 14, 0), "Chứng chỉ: trao tại quầy", has(10), one.hand_over),
    ]


def declaration(one: Other) -> tuple[Other, list[Turn]]:
    """A parcel, no fee, finished on the due date, and the answer by post."""
    return one, [
        Turn(at(3, 5, 9, 30), "Khai báo đến qua bưu điện", bool, one.register),
        Turn(at(3, 5, 14, 0), "Khai báo: tiếp nhận", has(4, 9, 10), one.find_valid),
        Turn(at(3, 11, 9, 0), "Khai báo: xử lý, ký", is_signed, one.process("granted", "Xác nhận đã khai báo.")),
        Turn(at(3, 12, 8, 0), "Khai báo: phát hành, đúng hạn", has(9, 10), one.issue),
        Turn(at(3, 12, 9, 0), "Khai báo: gửi bưu điện", one.has_order, one.post),
        Turn(at(3, 14, 10, 30), "Khai báo: bưu điện đã phát", has(10), one.deliver),
    ]


def refused(one: Other) -> tuple[Other, list[Turn]]:
    return one, [
        Turn(at(3, 6, 14, 0), "Nha khoa nộp sửa đổi giấy phép", bool, one.file_online),
        Turn(at(3, 7, 8, 30), "Sửa đổi: từ chối tiếp nhận", has(3), one.refuse),
    ]


def denied(one: Other) -> tuple[Other, list[Turn]]:
    return one, [
        Turn(at(3, 7, 9, 0), "Bệnh viện xin cấp lại giấy phép", bool, one.file_online),
        Turn(at(3, 7, 15, 0), "Cấp lại: tiếp nhận", has(4, 9, 10), one.find_valid),
        Turn(at(3, 12, 10, 0), "Cấp lại: thẩm định, ký", is_signed, one.process("refused", one.facts["conclusion"])),
        Turn(at(3, 12, 14, 0), "Cấp lại: quyết định từ chối", has(9, 10), one.issue),
        Turn(at(3, 12, 16, 0), "Cấp lại: bệnh viện nhận", has(10), one.collect),
    ]


def withdrawn(one: Other) -> tuple[Other, list[Turn]]:
    return one, [
        Turn(at(3, 10, 9, 0), "Nha khoa nộp gia hạn giấy phép", bool, one.file_online),
        Turn(at(3, 11, 9, 0), "Gia hạn: yêu cầu bổ sung", has(5, 7), one.ask_supplement),
        Turn(at(3, 12, 15, 0), "Gia hạn: người nộp rút hồ sơ", has(7), one.withdraw),
    ]


def at(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of the demo's spring of 2025, in Vietnam."""
    return datetime(2025, month, day, hour, minute, tzinfo=TIME_ZONE)


def has_new_due(case: Case) -> bool:
    return bool(case["due_at"] != case["first_due_at"])


def is_signed(case: Case) -> bool:
    return "approve" in done_steps(case)


def done_steps(case: Case) -> list[str]:
    return [one["step"] for one in case["steps"] if one["state"] == "done"]


def has(*statuses: int) -> Callable[[Case], bool]:
    """Whether the case is in one of these statuses."""
    return lambda case: bool(case) and int(case["status"]["number"]) in statuses


def line_of(other: Other, case: Case) -> str:
    """How a further dossier ended."""
    facts = {
        "code": case["code"],
        "status": case["status"]["number"],
        "due": minute(case["due_at"]) or "-",
        "finished": minute(case["finished_at"]) or "-",
        "lateness": case["lateness"] or "-",
    }
    return f"{other.words}: " + " ".join(f"{name}={value}" for name, value in facts.items())
