"""How intake's facts are said to citizens: states, places on the road, limits, papers. Words only."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from intake.domain.dossier import TOO_LATE_VI, Dossier, Ending
from intake.domain.opening import Opening
from intake.domain.road import Stop
from intake.domain.turns import ResultPaper
from intake.web.language import STATES as STATES_EN
from kit.pages import Milestone
from kit.pages.formats import clock, day, due, vnd, when
from kit.pages.words import gettext as _
from rules.calendar import Sessions
from rules.due import Due
from rules.fees import items_of
from rules.records.limit import Limit
from rules.records.procedure import Procedure
from rules.records.status import LOOKS, Status
from rules.wording import limit_vi, start_rule_vi

DOCUMENTS: Mapping[str, str] = {
    "supplement_request": "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ",
    "fee_notice": "Thông báo phí",
    "acceptance": "Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
    "refusal": "Phiếu từ chối tiếp nhận giải quyết hồ sơ",
    "reappointment": "Văn bản xin lỗi và hẹn lại ngày trả kết quả",
    "apology": "Thư xin lỗi",
    "stop": "Thông báo dừng giải quyết hồ sơ",
    "result": "Kết quả giải quyết",
}
RESULTS: Mapping[str, str] = {"granted": "Kết quả giải quyết", "refused": "Quyết định từ chối"}
MESSAGE_CHANNELS: Mapping[str, str] = {"email": "thư điện tử", "sms": "tin nhắn"}
LATENESS: Mapping[str, str] = {"early": "sớm hơn hẹn", "on_time": "đúng hẹn", "late": "trễ hẹn"}
STOPS: Mapping[str, str] = {
    "submitted": "Nộp hồ sơ",
    "check": "Kiểm tra hồ sơ",
    "supplement": "Ông/bà bổ sung giấy tờ",
    "fee": "Nộp phí",
    "accepted": "Tiếp nhận chính thức, bắt đầu tính thời hạn",
    "result": "Có kết quả, chờ ông/bà nhận",
    "returned": "Đã trả kết quả",
    "ended": "Hồ sơ kết thúc",
    "restarted": "Đã nhận phần bổ sung, thời hạn tính lại từ đầu",
    "reappointed": "Xin lỗi ông/bà và hẹn lại ngày trả",
    "apology": "Gửi thư xin lỗi ông/bà",
    "opinion_asked": "Hỏi ý kiến cơ quan khác, thời hạn vẫn chạy",
    "opinion_received": "Cơ quan được hỏi đã trả lời",
    "stop_refused": "Không dừng được, hồ sơ đi tiếp",
    "moved": "Lịch làm việc thay đổi, ngày hẹn trả đổi theo",
    "missed": "Quá ngày hẹn trả mà chưa có kết quả",
    "closing": "Báo trước: hồ sơ sẽ dừng nếu không bổ sung",
    "fee_asked": "Thông báo phí; hồ sơ đi tiếp, không chờ phí",
    "fee_paid": "Đã nhận phí",
    "corrected": "Có kết quả đính chính thay kết quả trước",
    "posted": "Kết quả đang trên đường bưu chính",
}
WAYS: Mapping[tuple[str, str], str] = {
    ("submitted", "online"): "Nộp hồ sơ trực tuyến",
    ("submitted", "direct"): "Nộp hồ sơ tại quầy",
    ("submitted", "postal"): "Nộp hồ sơ qua bưu chính",
    ("returned", "online"): "Đã trả kết quả trực tuyến",
    ("returned", "counter"): "Đã trả kết quả tại quầy",
    ("returned", "postal"): "Đã trả kết quả qua bưu chính",
}
# What the office still waited for when the dossier ended: it was not done.
UNMET: Mapping[str, str] = {"supplement": "Chờ ông/bà bổ sung giấy tờ", "fee": "Chờ ông/bà nộp phí"}
AHEAD: Mapping[str, str] = {"result": "Có kết quả", "returned": "Ông/bà nhận kết quả"}
ENDS: Mapping[Status, str] = {
    Status.REFUSED_AT_RECEPTION: "Cơ quan không tiếp nhận hồ sơ",
    Status.WITHDRAWN: "Ông/bà đã rút hồ sơ",
    Status.STOPPED: "Đã dừng xử lý",
}
GROUNDS: Mapping[str, str] = {
    "requested": "Chúng tôi đã dừng giải quyết theo yêu cầu của ông/bà.",
    "not_supplemented": "Hồ sơ dừng lại vì đã hết thời hạn bổ sung mà chưa nhận được phần bổ sung.",
    "not_paid": "Hồ sơ dừng lại vì đã hết thời hạn nộp phí mà phí chưa được nộp.",
}
CANCELLED: Mapping[str, str] = {
    "withdrawn": "hồ sơ đã rút",
    "stopped": "hồ sơ đã dừng",
    "refused": "hồ sơ không được tiếp nhận",
    "replaced": "đã có thông báo phí khác thay thế",
}


def cancelled(ground: str) -> str:
    """Why a demand need not be paid."""
    return _(CANCELLED.get(ground, CANCELLED["replaced"]))


def state(dossier: Dossier) -> tuple[str, str, str]:
    """Word, colour and icon of a dossier's state."""
    word, colour, icon = LOOKS[dossier.status]
    return _(word), colour, icon


def state_en(dossier: Dossier) -> str:
    """The word of a dossier's state in English."""
    return STATES_EN[dossier.status]


def too_late(ending: str) -> str:
    """Why a dossier cannot be ended in this way now."""
    return _(TOO_LATE_VI[Ending(ending)])


def limit(found: Limit | None) -> str:
    """`25 ngày`, or that it is not published yet (R14)."""
    return limit_vi(found) if found else _("Chưa công bố")


def fee_share(procedure: Procedure) -> str:
    """`0,1 % tổng giá trị hợp đồng …, từ 5.000.000 ₫ đến 10.000.000 ₫.`, of a fee that is a share of a value."""
    share = next((one.percentage for one in items_of(procedure) if one.percentage), None)
    if share is None:
        return ""
    percent, bounds = share.written.replace(".", ","), (vnd(share.floor_vnd), vnd(share.ceiling_vnd))
    facts = {"percent": percent, "of": share.of_vi, "floor": bounds[0], "ceiling": bounds[1]}
    return _("%(percent)s %% %(of)s, từ %(floor)s đến %(ceiling)s.") % facts


def start_rule(rule: str) -> str:
    """`kể từ khi nhận đủ hồ sơ hợp lệ và phí`."""
    return _("kể từ %s") % start_rule_vi(rule)


def expected_reasons(found: Due) -> list[str]:
    """Why the expected date is that date, sentence by sentence."""
    said = [_("Tính từ %(when)s.") % {"when": when(found.start)}]
    if found.limit.unit == "calendar_days" and found.skipped:
        days = ", ".join(f"{day(on)} ({reason})" for on, reason in found.skipped)
        said.append(_("Ngày cuối rơi vào ngày nghỉ nên chuyển sang ngày làm việc kế tiếp; không tính: %s.") % days)
    elif found.skipped:
        said.append(_("Không tính %s ngày nghỉ.") % len(found.skipped))
    return said


RESTS: Mapping[str, str] = {
    "weekend": "Hôm nay nghỉ cuối tuần",
    "holiday": "Hôm nay nghỉ lễ: %s",
    "compensatory": "Hôm nay nghỉ bù: %s",
    "swapped_off": "Hôm nay nghỉ: %s",
}


def opening(found: Opening | None) -> list[str]:
    """`Đang mở cửa đến 17:30.`, when it opens next, and the hours of the day; nothing where nothing is known."""
    if found is None:
        return []
    said = [_now(found)]
    if found.state == "pause" and found.opens_at:
        said.append(_("Mở lại lúc %s.") % clock(found.opens_at))
    elif found.opens_at and found.state == "closed":
        said.append(_("Mở lại %s.") % when(found.opens_at))
    if found.today:
        said.append(_("Giờ nhận hồ sơ hôm nay: %s.") % _hours(found.today))
        if found.reason:
            said.append(f"{found.reason}.")
        if not found.counts:
            said.append(_("Hôm nay quầy nhận hồ sơ, nhưng không tính là ngày làm việc của thời hạn."))
    return said


def _now(found: Opening) -> str:
    if found.until is not None:
        return _("Đang mở cửa đến %s.") % clock(found.until)
    if found.state == "pause":
        return _("Đang nghỉ trưa.")
    if not found.off:
        return _("Hiện đóng cửa.")
    said = _(RESTS[found.off])
    return f"{said % found.reason if '%' in said else said}."


def _hours(sessions: Sessions) -> str:
    return ", ".join(f"{begins:%H:%M}–{ends:%H:%M}" for begins, ends in sessions)


def road(stops: tuple[Stop, ...], dossier: Dossier) -> list[Milestone]:
    """The road as the timeline draws it."""
    drawn = [Milestone(_word(stop, dossier), stop.state, _time(stop), _note(stop)) for stop in stops]
    if len(stops) > 1 and stops[-1].key == "ended" and stops[-2].key in UNMET:
        drawn[-2] = replace(drawn[-2], word=_(UNMET[stops[-2].key]))
    return drawn


def _word(stop: Stop, dossier: Dossier) -> str:
    if stop.key == "step":
        return stop.name_vi or stop.step_id or ""
    if stop.key == "ended":
        return _(ENDS.get(dossier.status, STOPS["ended"]))
    if stop.way and (stop.key, stop.way) in WAYS:
        return _(WAYS[stop.key, stop.way])
    if stop.key == "result" and stop.state != "ahead" and dossier.result_kind == "refused":
        return _("Có quyết định từ chối")
    if stop.key == "check" and stop.round:
        return _("Kiểm tra lại sau bổ sung lần %s") % stop.round
    word = AHEAD.get(stop.key, STOPS[stop.key]) if stop.state != "current" else STOPS[stop.key]
    return _(word)


def _time(stop: Stop) -> datetime | str | None:
    if stop.state == "ahead":
        return due(stop.planned_at) if stop.planned_at else None
    if stop.state == "current" and stop.since:
        return _("từ %s") % when(stop.since)
    if stop.key in ("result", "corrected", "posted"):
        return stop.since  # it was there from then on, whenever it was taken
    return stop.until or stop.since


def _note(stop: Stop) -> str:
    if stop.key in ("reappointed", "restarted", "moved") and stop.planned_at:
        return _("Hẹn trả %s.") % due(stop.planned_at)
    if stop.state == "current" and stop.planned_at:
        return _("Dự kiến xong %s.") % due(stop.planned_at)
    return ""


def stop_ground(ground: str | None) -> str:
    """Why handling was stopped, in a sentence to the applicant."""
    return _(GROUNDS.get(ground or "", GROUNDS["requested"]))


def result_word(kind: str) -> str:
    """What kind of paper a result is."""
    return _(RESULTS.get(kind, RESULTS["granted"]))


def holds(result: ResultPaper | None, many: int) -> str:
    """Of several results, whether this one holds (R16); nothing where there is only one."""
    if result is None or many < 2:
        return ""
    if result.replaced_by:
        return _("Không còn giá trị, đã thay bằng %s.") % result.replaced_by
    return _("Kết quả này đang có giá trị.")
