"""Where each action of a person has its page, and its icon. One line per action; decides nothing."""

from collections.abc import Mapping
from types import MappingProxyType

from workflow.domain.status import Action

# What follows the case's own address. An action without a line is said in words only.
PAGES: Mapping[Action, str] = MappingProxyType(
    {
        Action.RECEIVE_HERE: "/reception",
        Action.JUDGE_COMPONENTS: "#check",
        Action.REQUEST_SUPPLEMENT: "/supplement",
        Action.FIND_VALID: "/validity",
        Action.REFUSE: "/refusal",
        Action.FINISH_STEP: "/step",
        Action.SIGN_OFF: "/step",
        Action.ISSUE: "/step",
        Action.SEND_BACK: "/send-back",
        Action.REQUEST_LATER_SUPPLEMENT: "/later-supplement",
        Action.ASK_OPINION: "/opinion",
        Action.RECORD_OPINION: "/opinion-answer",
        Action.DRAFT_APOLOGY: "/apology-draft",
        Action.APOLOGISE: "/apology",
        Action.REASSIGN: "/assignment",
        Action.DRAW_UP_CORRECTION: "/correction",
        Action.SIGN_CORRECTION: "/correction-sign-off",
        Action.STOP: "/stop",
        Action.REFUSE_STOP: "/stop-refusal",
        Action.CLOSE_UNANSWERED: "/closing",
        Action.HAND_OVER: "/hand-over",
        Action.POST_RESULT: "/posting",
    }
)
ICONS: Mapping[Action, str] = MappingProxyType(
    {
        Action.RECEIVE_HERE: "inbox",
        Action.JUDGE_COMPONENTS: "list",
        Action.REQUEST_SUPPLEMENT: "hand",
        Action.FIND_VALID: "circle-check",
        Action.REFUSE: "x",
        Action.SEND_BACK: "arrow-left",
        Action.REQUEST_LATER_SUPPLEMENT: "hand",
        Action.ASK_OPINION: "send",
        Action.APOLOGISE: "certificate",
        Action.SIGN_CORRECTION: "certificate",
        Action.STOP: "pause",
        Action.REFUSE_STOP: "x",
        Action.CLOSE_UNANSWERED: "x",
        Action.HAND_OVER: "home-check",
        Action.POST_RESULT: "send",
    }
)


def page_of(action: Action) -> str:
    """The rest of the address of an action's page; empty where it has none."""
    return PAGES.get(action, "")


def icon_of(action: Action) -> str:
    return ICONS.get(action, "pencil")
