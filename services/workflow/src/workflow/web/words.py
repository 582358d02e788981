"""What pages say of statuses, roles and outcomes: word, colour, icon together. Sentences are the message ids."""

from collections.abc import Mapping
from typing import Any

from kit.pages.formats import working_time
from kit.pages.parts import time_left
from kit.pages.words import gettext as _
from rules.filling import said as value_words
from rules.records.status import LOOKS
from rules.wording import channel_vi
from workflow.domain.readings import READINGS_VI
from workflow.domain.slips import is_filled
from workflow.web.links import icon_of, page_of

VERDICT = {
    "good": ("Đạt", "green", "check"),
    "lacking": ("Chưa đạt", "amber", "alert"),
    "not_needed": ("Không phải nộp", "grey", "circle"),
}
OUTCOME = {"granted": "Đề nghị cấp", "refused": "Đề nghị từ chối"}
LATENESS = {
    "early": ("Sớm hạn", "green", "circle-check"),
    "on_time": ("Đúng hạn", "green", "circle-check"),
    "late": ("Quá hạn", "red", "alert-octagon"),
}
ROLE = {
    "one_stop_officer": "công chức một cửa",
    "case_officer": "chuyên viên thụ lý",
    "division_head": "lãnh đạo phòng",
    "department_leader": "lãnh đạo Sở",
    "clerk": "văn thư",
}

# The occasions of notify's messages, by the names they have in its events.
MESSAGE = {
    "received": "Đã nhận hồ sơ",
    "supplement_asked": "Yêu cầu bổ sung",
    "supplement_received": "Đã nhận bổ sung",
    "fee_due": "Thông báo phí",
    "fee_paid": "Đã nhận phí",
    "accepted": "Tiếp nhận và hẹn trả",
    "in_process": "Đang giải quyết",
    "result_ready": "Có kết quả",
    "returned": "Đã trả kết quả",
    "refused": "Từ chối tiếp nhận",
    "withdrawn": "Đã rút hồ sơ",
    "stopped": "Dừng giải quyết",
    "stop_refused": "Không chấp nhận dừng",
    "reappointed": "Xin lỗi và hẹn lại",
    "apology": "Xin lỗi",
    "clock_restarted": "Tính lại thời hạn",
    "result_corrected": "Kết quả thay thế",
    "result_posted": "Đã gửi kết quả qua bưu chính",
    "demand_cancelled": "Hủy khoản phải nộp",
    "refund_decided": "Quyết định về khoản nộp thừa",
}
PAYMENT = {"demanded": "Yêu cầu nộp", "paid": "Đã nộp", "cancelled": "Không phải nộp nữa", "refund": ""}
PAYMENT_WAY = {"payment_platform": "trên nền tảng thanh toán", "cash": "tiền mặt", "transfer": "chuyển khoản"}
PAYMENT_GROUND = {
    "withdrawn": "hồ sơ đã rút",
    "stopped": "hồ sơ dừng giải quyết",
    "refused": "hồ sơ bị từ chối",
    "replaced": "có yêu cầu nộp khác thay thế",
}
REFUND = {"refund": "Quyết định hoàn trả", "keep": "Quyết định giữ lại"}
FILTER = {
    "status": "Trạng thái",
    "procedure": "Thủ tục",
    "field": "Lĩnh vực",
    "channel": "Hình thức nộp",
    "unit": "Đơn vị",
    "holder": "Người giữ",
    "received_from": "Nộp từ",
    "received_to": "Nộp đến",
    "due_from": "Hạn từ",
    "due_to": "Hạn đến",
}


def said(words: tuple[str, str, str]) -> tuple[str, str, str]:
    """Word, colour and icon, the word in the present language."""
    return _(words[0]), words[1], words[2]


def waits_for(case: Any) -> str:
    """Who must act now, in words."""
    return _("người nộp") if case.waits_for_applicant else _(ROLE.get(case.role or "", "hệ thống"))


def left_words(row: Any) -> str:
    """What is left of the limit that runs, as the bar of the lists says it."""
    return time_left(row.minutes_left, row.whole_minutes, today=row.is_due_today, late=row.is_late).words


def message_words(template: str) -> str:
    """What a message was about; its template's name where it is a newer one."""
    return _(MESSAGE.get(template, template))


def payment_words(one: Any) -> str:
    """What happened to the money, and how or why."""
    what = _(REFUND[one.decision]) if one.decision in REFUND else _(PAYMENT[one.kind])
    how = PAYMENT_WAY.get(one.way, "") or PAYMENT_GROUND.get(one.ground, "")
    return f"{what} ({_(how)})" if how else what


def used_left(minutes: int) -> str:
    """What is left of a budget, or by how much it was exceeded."""
    if minutes < 0:
        return _("vượt %(time)s") % {"time": working_time(-minutes)}
    return _("còn %(time)s") % {"time": working_time(minutes)}


FACTS: Mapping[str, Any] = {
    "status_badge": lambda status: said(LOOKS[status]),
    "verdict_badge": lambda verdict: said(VERDICT[verdict]),
    "lateness_badge": lambda lateness: said(LATENESS[lateness]),
    "outcome_word": lambda outcome: _(OUTCOME[outcome]),
    "waits_for": waits_for,
    "reading_words": lambda reading: f"{reading}: {_(READINGS_VI[reading])}" if reading in READINGS_VI else reading,
    "channel_words": channel_vi,
    "is_filled": is_filled,
    "used_left": used_left,
    "shown": value_words,
    "message_words": message_words,
    "payment_words": payment_words,
    "left_words": left_words,
    "filter_words": lambda name: _(FILTER[name]),
    "page_of": page_of,
    "icon_of": icon_of,
}
