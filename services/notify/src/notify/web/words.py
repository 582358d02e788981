"""What pages say of templates, channels, states and outcomes. The Vietnamese sentences are the message ids."""

from kit.outside import Outcome
from kit.pages.words import gettext as _
from notify.domain.message import Channel, MessageState, Template

TEMPLATES = {
    Template.RECEIVED: "Đã nhận hồ sơ",
    Template.SUPPLEMENT_ASKED: "Yêu cầu bổ sung",
    Template.SUPPLEMENT_RECEIVED: "Đã nhận phần bổ sung",
    Template.FEE_DUE: "Thông báo nộp phí",
    Template.FEE_PAID: "Đã nhận phí",
    Template.ACCEPTED: "Đã tiếp nhận, hẹn trả",
    Template.IN_PROCESS: "Đang giải quyết",
    Template.RESULT_READY: "Đã có kết quả",
    Template.RETURNED: "Đã trả kết quả",
    Template.REFUSED: "Không tiếp nhận",
    Template.WITHDRAWN: "Đã rút hồ sơ",
    Template.STOPPED: "Đã dừng giải quyết",
    Template.STOP_REFUSED: "Không dừng được",
    Template.REAPPOINTED: "Xin lỗi và hẹn lại",
    Template.APOLOGY: "Thư xin lỗi",
    Template.CLOCK_RESTARTED: "Thời hạn tính lại",
    Template.RESULT_CORRECTED: "Kết quả đính chính",
    Template.RESULT_POSTED: "Đã gửi kết quả qua bưu chính",
    Template.DEMAND_CANCELLED: "Không phải nộp phí nữa",
    Template.REFUND_DECIDED: "Quyết định về khoản đã nộp",
    Template.CLOSING_ANNOUNCED: "Sắp dừng vì chưa bổ sung",
    Template.DEADLINE_MOVED: "Ngày hẹn trả thay đổi",
}
CHANNELS = {Channel.EMAIL: "Email", Channel.SMS: "Tin nhắn SMS"}
# state: (word, colour, icon)
STATES = {
    MessageState.QUEUED: ("Chờ gửi", "blue", "clock"),
    MessageState.SENT: ("Đã gửi", "green", "check"),
    MessageState.FAILED: ("Không gửi được", "red", "alert-octagon"),
    MessageState.SKIPPED: ("Không gửi qua kênh này", "grey", "x"),
    MessageState.UNKNOWN: ("Chưa rõ đã đi hay chưa", "amber", "alert"),
}
OUTCOMES: dict[Outcome | None, str] = {
    None: "đang gửi",
    Outcome.DONE: "bên nhận đã nhận",
    Outcome.TRY_AGAIN: "chưa được, sẽ thử lại",
    Outcome.REFUSED: "bị từ chối, không thử lại",
    Outcome.NOT_CALLED: "không có địa chỉ cho kênh này",
    Outcome.UNKNOWN: "không rõ tin đã đi hay chưa",
}


def template_word(template: Template) -> str:
    return _(TEMPLATES[template])


def channel_word(channel: Channel) -> str:
    return _(CHANNELS[channel])


def state_badge(state: MessageState) -> tuple[str, str, str]:
    """Word, colour and icon of a message's state."""
    word, colour, icon = STATES[state]
    return _(word), colour, icon


def outcome_word(outcome: Outcome | None) -> str:
    return _(OUTCOMES[outcome])


FACTS = {
    "template_word": template_word,
    "channel_word": channel_word,
    "state_badge": state_badge,
    "outcome_word": outcome_word,
}
