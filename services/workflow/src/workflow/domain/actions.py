"""What a person may do with a case now, what comes next, and why the rest is not allowed. Words for pages and API."""

from dataclasses import dataclass
from datetime import datetime

from rules.records.procedure import Procedure
from workflow.domain import checklist
from workflow.domain.access import REQUESTS, Staff, check_acts
from workflow.domain.answering import check_unanswered
from workflow.domain.case import Case
from workflow.domain.checklist import Judged
from workflow.domain.errors import (
    CheckIncomplete,
    LimitNotPublished,
    NotAllowedNow,
    NotYours,
    RequestIncomplete,
    TooEarly,
)
from workflow.domain.moves import MOVES, STEPPING
from workflow.domain.status import Action
from workflow.domain.steps import action_of, find_step

CHECKING = (Action.JUDGE_COMPONENTS, Action.REQUEST_SUPPLEMENT, Action.FIND_VALID)
WORDS_VI = {
    Action.RECEIVE_HERE: "Nhận hồ sơ chuyển đến",
    Action.JUDGE_COMPONENTS: "Ghi nhận xét từng thành phần",
    Action.REQUEST_SUPPLEMENT: "Yêu cầu bổ sung",
    Action.FIND_VALID: "Xác nhận hồ sơ hợp lệ",
    Action.REFUSE: "Từ chối tiếp nhận",
    Action.FINISH_STEP: "Hoàn thành bước",
    Action.SIGN_OFF: "Phê duyệt kết quả",
    Action.ISSUE: "Phát hành kết quả",
    Action.SEND_BACK: "Trả lại bước trước",
    Action.REQUEST_LATER_SUPPLEMENT: "Yêu cầu bổ sung khi đang giải quyết",
    Action.ASK_OPINION: "Lấy ý kiến cơ quan khác",
    Action.RECORD_OPINION: "Ghi ý kiến trả lời",
    Action.DRAFT_APOLOGY: "Dự thảo thư xin lỗi, hẹn lại ngày trả",
    Action.APOLOGISE: "Duyệt thư xin lỗi",
    Action.STOP: "Dừng giải quyết theo yêu cầu",
    Action.REFUSE_STOP: "Không chấp nhận yêu cầu dừng",
    Action.CLOSE_UNANSWERED: "Đóng hồ sơ vì người nộp không trả lời",
    Action.DRAW_UP_CORRECTION: "Lập kết quả thay thế",
    Action.SIGN_CORRECTION: "Phê duyệt kết quả thay thế",
    Action.POST_RESULT: "Gửi kết quả qua bưu chính",
    Action.HAND_OVER: "Trao kết quả tại quầy",
    Action.REASSIGN: "Giao lại cho người hoặc đơn vị khác",
}
# Offered in this order.
OFFERED = tuple(WORDS_VI)
# What somebody else waits for. The rest may be done at any time, so it is never what comes next.
_WAITED_FOR = (
    Action.RECEIVE_HERE,
    *CHECKING,
    Action.REQUEST_LATER_SUPPLEMENT,  # possible only where something was found lacking
    *STEPPING,
    Action.STOP,
    Action.REFUSE_STOP,
    Action.APOLOGISE,
    Action.SIGN_CORRECTION,
    Action.CLOSE_UNANSWERED,
    Action.POST_RESULT,
    Action.HAND_OVER,
)


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


def offers(staff: Staff, case: Case, procedure: Procedure, judged: Judged, now: datetime | None = None) -> list[Offer]:
    """Every action that is a person's in this status, in the order of the road.

    Without `now` nothing is refused for coming too early.
    """
    asked = [action for action in OFFERED if (case.status, action) in MOVES]
    reasons = {action: _reason(staff, case, procedure, judged, action, now) for action in asked}
    next_action = _next(reasons)
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


def _next(reasons: dict[Action, str]) -> Action | None:
    allowed = [action for action in _WAITED_FOR if reasons.get(action) == ""]
    if Action.JUDGE_COMPONENTS in allowed and len(allowed) > 1:
        allowed.remove(Action.JUDGE_COMPONENTS)  # everything is judged already: what follows from it comes next
    return allowed[0] if allowed else None


def _reason(
    staff: Staff, case: Case, procedure: Procedure, judged: Judged, action: Action, now: datetime | None
) -> str:
    """Why not; nothing where it is allowed."""
    try:
        check_acts(staff, case, action, procedure)
        _check_components(procedure, judged, action)
        if action is Action.CLOSE_UNANSWERED and now is not None:
            check_unanswered(case, procedure, now)
    except NotAllowedNow as refused:
        return _wrong_time(case, procedure, action, refused)
    except (NotYours, TooEarly, CheckIncomplete, RequestIncomplete, LimitNotPublished) as refused:
        return str(refused.facts["sentence_vi"])
    return ""


def _check_components(procedure: Procedure, judged: Judged, action: Action) -> None:
    if action is Action.FIND_VALID:
        if procedure.limit is None:
            raise LimitNotPublished(procedure.id)
        checklist.check_all_good(procedure, judged)
    if action in REQUESTS:
        if checklist.unjudged(procedure, judged):
            raise RequestIncomplete([("items", "Còn thành phần chưa có nhận xét.")])
        checklist.check_request(procedure, judged)


def _wrong_time(case: Case, procedure: Procedure, action: Action, refused: NotAllowedNow) -> str:
    if action in STEPPING and case.step:
        return f"Hồ sơ đang ở bước “{find_step(procedure, case.step).name_vi}”."
    return str(refused.facts["sentence_vi"])
