"""What a person may do with a case now, what comes next, and why the rest is not allowed. Words for pages and API."""

from dataclasses import dataclass

from rules.records.procedure import Procedure
from workflow.domain import checklist
from workflow.domain.access import Staff, check_acts
from workflow.domain.case import Case
from workflow.domain.checklist import Judged
from workflow.domain.errors import CheckIncomplete, NotAllowedNow, NotYours, RequestIncomplete
from workflow.domain.moves import STEPPING
from workflow.domain.status import Action, Status
from workflow.domain.steps import action_of, find_step

CHECKING = (Action.JUDGE_COMPONENTS, Action.REQUEST_SUPPLEMENT, Action.FIND_VALID)
WORDS_VI = {
    Action.JUDGE_COMPONENTS: "Ghi nhận xét từng thành phần",
    Action.REQUEST_SUPPLEMENT: "Yêu cầu bổ sung",
    Action.FIND_VALID: "Xác nhận hồ sơ hợp lệ",
    Action.FINISH_STEP: "Hoàn thành bước",
    Action.SIGN_OFF: "Phê duyệt kết quả",
    Action.ISSUE: "Phát hành kết quả",
}


@dataclass(frozen=True)
class Offer:
    """One action, allowed or with the reason why not; `is_next` marks the one that comes next."""

    action: Action
    words_vi: str
    reason_vi: str = ""
    is_next: bool = False

    @property
    def is_allowed(self) -> bool:
        return not self.reason_vi


def offers(staff: Staff, case: Case, procedure: Procedure, judged: Judged) -> list[Offer]:
    """Every action of a person, in the order of the road."""
    reasons = {action: _reason(staff, case, procedure, judged, action) for action in (*CHECKING, *STEPPING)}
    next_action = _next(procedure, judged, reasons)
    return [
        Offer(action, _words(procedure, case, action), reason, is_next=action is next_action)
        for action, reason in reasons.items()
    ]


def action_of_step(procedure: Procedure, case: Case) -> Action | None:
    """How the present step ends; none where the case is at no step."""
    return action_of(find_step(procedure, case.step)) if case.step else None


def _words(procedure: Procedure, case: Case, action: Action) -> str:
    if action is Action.FINISH_STEP and action_of_step(procedure, case) is action:
        return f"Hoàn thành bước “{find_step(procedure, case.step).name_vi}”"
    return WORDS_VI[action]


def _next(procedure: Procedure, judged: Judged, reasons: dict[Action, str]) -> Action | None:
    allowed = [action for action, reason in reasons.items() if not reason]
    if Action.JUDGE_COMPONENTS in allowed and len(allowed) > 1:
        allowed.remove(Action.JUDGE_COMPONENTS)  # everything is judged already: what follows from it comes next
    return allowed[0] if allowed else None


def _reason(staff: Staff, case: Case, procedure: Procedure, judged: Judged, action: Action) -> str:
    """Why not; nothing where it is allowed."""
    try:
        check_acts(staff, case, action, procedure)
        _check_components(procedure, judged, action)
    except NotAllowedNow:
        return _wrong_time(case, procedure, action)
    except NotYours as refused:
        return refused.reason_vi
    except (CheckIncomplete, RequestIncomplete) as refused:
        return str(refused.facts["sentence_vi"])
    return ""


def _check_components(procedure: Procedure, judged: Judged, action: Action) -> None:
    if action is Action.FIND_VALID:
        checklist.check_all_good(procedure, judged)
    if action is Action.REQUEST_SUPPLEMENT:
        if checklist.unjudged(procedure, judged):
            raise RequestIncomplete([("items", "Còn thành phần chưa có nhận xét.")])
        checklist.check_request(procedure, judged)


def _wrong_time(case: Case, procedure: Procedure, action: Action) -> str:
    if action in STEPPING and case.step:
        return f"Hồ sơ đang ở bước “{find_step(procedure, case.step).name_vi}”."
    if case.status is Status.WAITING_FOR_SUPPLEMENT:
        return "Đang chờ người nộp bổ sung."
    if case.status is Status.WAITING_FOR_FEE:
        return "Đang chờ người nộp nộp phí."
    if case.status in (Status.FINISHED, Status.RETURNED):
        return "Hồ sơ đã có kết quả."
    return "Đã xong phần kiểm tra hồ sơ." if action in CHECKING else "Hồ sơ chưa được tiếp nhận."
