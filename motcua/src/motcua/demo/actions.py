"""What each of the demo's people does, through the API of the service it belongs to."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx
import yaml

from kit.now import TIME_ZONE
from kit.pages.formats import due, vnd
from motcua.demo.papers import make_paper
from motcua.demo.people import forms_of, sign_in
from motcua.stack import Stack

KEY = "demo-dossier"
PEOPLE = {
    "applicant": "p-applicant-hospital",
    "dentist": "p-applicant-dentist",
    "post_clerk": "p-post-clerk",
    "one_stop_officer": "p-one-stop-officer",
    "case_officer": "p-case-officer",
    "division_head": "p-division-head",
    "department_leader": "p-department-leader",
    "clerk": "p-clerk",
    "branch_head": "p-branch-head",
    "branch_officer": "p-branch-officer",
}
STATUS_OF = {
    "submitted": 1,
    "check": 1,
    "supplement": 5,
    "fee": 6,
    "accepted": 2,
    "step": 4,
    "result": 9,
    "returned": 10,
}


class Refused(Exception):
    """A service refused what the story asks of it: the problem's own words."""


class DoneAlready(Refused):
    """The state does not allow it (409): before we were cut off it was done, and not everybody has heard of it yet."""


@dataclass(frozen=True)
class Dossier:
    """How far the dossier is, as its applicant sees it."""

    id: str = ""
    status: int = 0
    track: dict[str, Any] = field(default_factory=dict)

    @property
    def arrival_number(self) -> str:
        return str(self.track.get("arrival_number", ""))

    @property
    def code(self) -> str | None:
        return self.track.get("code")

    @property
    def road(self) -> list[int]:
        """The national statuses it has been through, in order."""
        found: list[int] = []
        for stop in self.track.get("stops", []):
            status = STATUS_OF[stop["key"]]
            if stop["state"] != "ahead" and (not found or found[-1] != status):
                found.append(status)
        return found

    @property
    def finished_steps(self) -> list[str]:
        stops = self.track.get("stops", [])
        return [stop["step_id"] for stop in stops if stop["step_id"] and stop["state"] == "done"]

    @property
    def due_minute(self) -> str | None:
        return minute(self.track.get("due_at"))

    @property
    def finished_at(self) -> str | None:
        return minute(self.track.get("finished_at"))

    @property
    def lateness(self) -> str | None:
        return self.track.get("lateness")

    @property
    def fee_vnd(self) -> int | None:
        paid = [fee["amount_vnd"] for fee in self.track.get("fees", []) if fee["paid_at"]]
        return paid[0] if len(paid) == 1 else None

    @property
    def is_rated(self) -> bool:
        return self.track.get("rating") is not None

    @property
    def letters(self) -> list[str]:
        return [message["template"] for message in self.track.get("messages", []) if message["channel"] == "email"]


def minute(value: str | None) -> str | None:
    """A time in Vietnam to the minute, with its offset."""
    return datetime.fromisoformat(value).astimezone(TIME_ZONE).isoformat(timespec="minutes") if value else None


def is_past(case: dict[str, Any], step: str) -> bool:
    """Whether a step was finished before we were cut off, though not everybody has heard of it yet."""
    return any(one["step"] == step and one["state"] == "done" for one in case["steps"])


class Actions:
    """The people of the story. `remarks` collects what is worth telling of a step."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.remarks: list[str] = []
        self._clients: dict[str, httpx.Client] = {}

    @cached_property
    def story(self) -> dict[str, Any]:
        found: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("dossier.yaml").read_text())
        return found

    def as_(self, role: str) -> httpx.Client:
        """The client of whoever has this role."""
        if role not in self._clients:
            self._clients[role] = sign_in(self.stack.url, PEOPLE[role])
        return self._clients[role]

    def close(self) -> None:
        """Let go of everybody's connections; who is needed again signs in again."""
        for client in self._clients.values():
            client.close()
        self._clients.clear()

    def ask(self, role: str, method: str, path: str, **words: Any) -> Any:
        """One call as this role; raises Refused with the problem's words."""
        answer = self.as_(role).request(method, f"/api/{path}", **words)
        if answer.is_error:
            kind = DoneAlready if answer.status_code == HTTPStatus.CONFLICT else Refused
            raise kind(f"{method} {path}: {answer.status_code} {answer.text[:600]}")
        return answer.json() if answer.content and "json" in answer.headers["content-type"] else None

    def look(self) -> Dossier:
        """The demo's dossier as it stands; an empty one before it is filed."""
        mine = self.ask("applicant", "GET", "intake/v1/dossiers")
        if not mine:
            return Dossier()
        track = self.ask("applicant", "GET", f"intake/v1/dossiers/{mine[-1]['id']}")
        return Dossier(track["id"], track["status"], track)

    def case(self, dossier: Dossier) -> dict[str, Any]:
        """The officers' view."""
        found: dict[str, Any] = self.ask("one_stop_officer", "GET", f"workflow/v1/cases/{dossier.id}")
        return found

    def upload(self, papers: list[list[str]]) -> list[dict[str, str]]:
        """Typeset and upload papers; what a submission says of them."""
        found = []
        for component, name, title in papers:
            file = (name, make_paper(title, "Nội dung minh hoạ cho hồ sơ thử nghiệm."), "application/pdf")
            given = {"component": component}
            kept = self.ask("applicant", "POST", "intake/v1/uploads", data=given, files={"file": file})
            found.append({"component": component, "upload_id": kept["id"]})
        return found

    def submit(self, dossier: Dossier) -> None:
        story = self.story
        body = {name: story[name] for name in ("procedure_id", "forms", "contact")}
        body["uploads"] = self.upload(story["papers"])
        quote = {"procedure_id": story["procedure_id"], "forms": story["forms"]}
        expected = self.ask("applicant", "POST", "intake/v1/quotes", json=quote)
        self.remarks.append(f"{len(body['uploads'])} tệp; phí dự tính {vnd(expected['fee']['total_vnd'])}")
        self.ask("applicant", "POST", "intake/v1/dossiers", json=body, headers={"Idempotency-Key": KEY})

    def judge(self, dossier: Dossier, *, lacking: str | None = None) -> dict[str, Any]:
        """The one-stop officer goes through the component list; the case as it is afterwards."""
        case = self.case(dossier)
        sound = [one["code"] for one in case["components"] if one["code"] != lacking]
        body = {"version": case["version"], "items": [{"component": code, "verdict": "good"} for code in sound]}
        path = f"workflow/v1/cases/{dossier.id}/check-items"
        judged: dict[str, Any] = self.ask("one_stop_officer", "POST", path, json=body)
        return judged

    def ask_supplement(self, dossier: Dossier) -> None:
        asked = self.story["supplement"]
        case = self.judge(dossier, lacking=asked["component"])
        items = [{"component": asked["component"], "reason": asked["reason"]}]
        body = {"items": items, "version": case["version"]}
        self.ask("one_stop_officer", "POST", f"workflow/v1/cases/{dossier.id}/supplement-requests", json=body)

    def answer_supplement(self, dossier: Dossier) -> None:
        if dossier.track["supplement"] is None:
            return  # answered before we were cut off
        uploads = self.upload(self.story["supplement"]["papers"])
        body = {"round": dossier.track["supplement"]["round"], "uploads": uploads}
        self.ask("applicant", "POST", f"intake/v1/dossiers/{dossier.id}/supplements", json=body)

    def find_valid(self, dossier: Dossier) -> None:
        body = {"version": self.judge(dossier)["version"]}
        self.ask("one_stop_officer", "POST", f"workflow/v1/cases/{dossier.id}/validity", json=body)

    def pay(self, dossier: Dossier) -> None:
        """On the platform's own page, as a payer would."""
        fee = next((fee for fee in dossier.track["fees"] if not fee["paid_at"]), None)
        if fee is None:
            return  # paid before we were cut off
        self.remarks.append(f"nộp {vnd(fee['amount_vnd'])} trên Nền tảng thanh toán (môi trường thử nghiệm)")
        started = self.ask("applicant", "POST", f"payments/v1/demands/{fee['demand_id']}/attempts")
        with httpx.Client(timeout=30) as browser:
            page = browser.get(started["pay_url"])
            form = next(form for form in forms_of(page.text) if ("decision", "pay") in form["choices"])
            answer = browser.post(urljoin(str(page.url), form["action"]), data=form["fields"] | {"decision": "pay"})
            if answer.is_error:
                raise Refused(f"the platform's page: {answer.status_code}")

    def finish_step(self, role: str, step: str, dossier: Dossier, **said: Any) -> None:
        case = self.case(dossier)
        if not is_past(case, step):
            body = {"version": case["version"], **said}
            self.ask(role, "POST", f"workflow/v1/cases/{dossier.id}/steps/{step}/completion", json=body)

    def assign(self, dossier: Dossier) -> None:
        clock = self.ask("one_stop_officer", "GET", f"workflow/v1/cases/{dossier.id}/clock")
        self.remarks.append(f"hẹn trả {due(datetime.fromisoformat(clock['due_at']))}")
        self.finish_step("division_head", "assign", dossier)

    def appraise(self, dossier: Dossier) -> None:
        conclusion = "Hồ sơ đầy đủ, điều kiện an toàn bức xạ đáp ứng yêu cầu; đề nghị cấp giấy phép."
        self.finish_step("case_officer", "appraise", dossier, outcome="granted", conclusion=conclusion)

    def review(self, dossier: Dossier) -> None:
        self.finish_step("division_head", "review", dossier, note="Nhất trí với kết luận thẩm định.")

    def approve(self, dossier: Dossier) -> None:
        case = self.case(dossier)
        if not is_past(case, "approve"):
            body = {"sha256": case["result"]["sha256"], "version": case["version"]}
            self.ask("department_leader", "POST", f"workflow/v1/cases/{dossier.id}/sign-off", json=body)

    def issue(self, dossier: Dossier) -> None:
        case = self.case(dossier)
        if not is_past(case, "issue"):
            body = {"version": case["version"]}
            self.ask("clerk", "POST", f"workflow/v1/cases/{dossier.id}/issue", json=body)

    def collect(self, dossier: Dossier) -> None:
        self.ask("applicant", "POST", f"intake/v1/dossiers/{dossier.id}/result-collection")

    def rate(self, dossier: Dossier) -> None:
        self.ask("applicant", "POST", f"intake/v1/dossiers/{dossier.id}/rating", json=self.story["rating"])

    def letters(self) -> list[dict[str, Any]]:
        """What lies in the sandbox's mailbox for the applicant."""
        to = {"to": self.story["contact"]["email"], "channel": "mail", "limit": 1000}
        found: list[dict[str, Any]] = self.as_("applicant").get("/sandbox/mail/api/messages", params=to).json()
        return found

    def has_letter(self, template: str, dossier: Dossier) -> bool:
        """Whether notify says it was taken over, and the other side holds as many letters as notify says."""
        known = self.look().letters
        return template in known and len(self.letters()) >= len(known)
