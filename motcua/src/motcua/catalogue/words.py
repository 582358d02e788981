"""The words of the printed catalogue in Vietnamese and English. Words only; nothing is looked up or decided here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from rules.records.fee import NO_FEE
from rules.records.limit import Limit
from rules.records.procedure import Procedure, Step, Validity

Language = Literal["vi", "en"]
Both = tuple[str, str]

_SAID: Mapping[str, Both] = {
    "not_published": ("chưa được công bố", "not yet published"),
    "not_stated": ("nguồn không nêu", "no source says"),
    "not_accepted": ("chưa thể tiếp nhận", "cannot be accepted yet"),
    "unconfirmed": ("[chưa xác nhận]", "[unconfirmed]"),
    "invented": ("[minh họa]", "[invented]"),
    "no_fee": ("không thu", "none"),
    "at_once": ("ngay khi nộp", "at once"),
    "from_now": ("từ {0}", "from {0}"),
    "from_to": ("từ {0} đến {1}", "from {0} to {1}"),
    "at_most": ("không quá {0}", "at most {0}"),
    "general_rule": ("theo quy định chung", "by the general rule"),
    "record": ("Bản ghi", "Record"),
    "code": ("Mã quốc gia", "National code"),
    "older_codes": ("Mã cũ", "Older codes"),
    "sibling_codes": ("Mã liên quan", "Related codes"),
    "field": ("Lĩnh vực", "Field"),
    "regime": ("Chế độ pháp lý", "Regime"),
    "span": ("Hiệu lực", "In force"),
    "authority": ("Cơ quan có thẩm quyền", "Authority"),
    "unit": ("Cơ quan thực hiện", "Processing unit"),
    "applicants": ("Đối tượng", "Applicants"),
    "organisation": ("tổ chức", "organisations"),
    "person": ("cá nhân", "persons"),
    "channels": ("Cách nộp", "Channels"),
    "online": ("trực tuyến", "online"),
    "direct": ("trực tiếp", "at the counter"),
    "postal": ("bưu chính", "by post"),
    "online_level": ("Mức trực tuyến", "Online level"),
    "full": ("toàn trình", "full"),
    "partial": ("một phần", "partial"),
    "information": ("cung cấp thông tin", "information only"),
    "sets": ("Số bộ hồ sơ", "Sets of papers"),
    "limit": ("Thời hạn giải quyết", "Time limit"),
    "promised": ("Thời hạn cam kết", "Promised limit"),
    "start_rule": ("Tính từ", "Counted from"),
    "check_limit": ("Thời hạn kiểm tra", "Check limit"),
    "answer_within": ("Thời hạn bổ sung", "Answer to a request"),
    "deadline": ("Thời hạn nộp", "To be filed"),
    "within": ("trong {0} kể từ {1}", "within {0} of {1}"),
    "before": ("ít nhất {0} trước {1}", "at least {0} before {1}"),
    "fee": ("Phí, lệ phí", "Fee"),
    "accepted": ("Tiếp nhận", "Acceptance"),
    "yes": ("được", "possible"),
    "when": ("Trường hợp áp dụng", "When"),
    "rules": ("Lưu ý", "Rules"),
    "components": ("Thành phần hồ sơ", "Papers"),
    "counts": ("{0} bản chính, {1} bản sao", "{0} original, {1} copy"),
    "form": ("điền biểu mẫu {0}", "fill in form {0}"),
    "upload": ("nộp tệp", "upload"),
    "if": ("nếu", "if"),
    "one_device": ("mỗi thiết bị một bản", "one per device"),
    "one_staff_member": ("mỗi nhân viên một bản", "one per member of staff"),
    "days_valid": ("còn hiệu lực ít nhất {0} ngày", "valid for at least {0} more days"),
    "on_paper": ("gửi bản gốc giấy", "original on paper"),
    "replaced": ("{0}: tra cứu thay cho giấy, {1}", "{0}: looked up instead, {1}"),
    "steps": ("Quy trình nội bộ", "Internal process"),
    "sends_back": ("trả lại bước {0}", "sends back to step {0}"),
    "result": ("Kết quả", "Result"),
    "validity": ("Thời hạn của kết quả", "Validity"),
    "note": ("Ghi chú", "Note"),
    "sources": ("Căn cứ", "Sources"),
    "versions": ("Các phiên bản khác", "Other versions"),
    "percentage": ("{0} % {1}, từ {2} đến {3} đồng", "{0} % of {1}, from {2} to {3} VND"),
    "per": ("mỗi {0}", "per {0}"),
    "received": ("Hồ sơ được tiếp nhận", "Dossier accepted"),
    "handed_over": ("Trả kết quả", "Result returned"),
    "of_limit": ("{0} % thời hạn", "{0} % of the limit"),
    "no_share": ("không tính riêng", "no time of its own"),
    "shares_with": ("chung thời gian với bước {0}", "shares the time of step {0}"),
    "send_back": ("trả lại", "send back"),
}
_UNITS: Mapping[str, Both] = {
    "working_minutes": ("phút làm việc", "working minutes"),
    "working_hours": ("giờ làm việc", "working hours"),
    "working_days": ("ngày làm việc", "working days"),
    "calendar_days": ("ngày", "calendar days"),
    "months": ("tháng", "months"),
    "years": ("năm", "years"),
}
_STARTS: Mapping[str, Both] = {
    "dossier_received": ("khi nhận hồ sơ", "receipt of the dossier"),
    "declaration_received": ("khi nhận tờ khai", "receipt of the declaration"),
    "valid_dossier": ("khi nhận đủ hồ sơ hợp lệ", "a complete, valid dossier"),
    "valid_dossier_and_fee": ("khi nhận đủ hồ sơ hợp lệ và phí", "a complete, valid dossier and the fee"),
}
_VALIDITY: Mapping[str, Both] = {
    "from_issue": ("kể từ ngày cấp", "from the day of issue"),
    "from_old_expiry": ("kể từ ngày hết hạn của giấy cũ", "from the old one's last day"),
    "as_old_licence": ("theo giấy phép cũ", "as the old licence"),
    "as_certificate": ("theo giấy chứng nhận", "as the certificate"),
    "unlimited": ("không thời hạn", "without end"),
    "none": ("không áp dụng", "does not apply"),
}
_PER: Mapping[str, Both] = {
    "device": ("thiết bị", "device"),
    "system": ("hệ thiết bị", "system"),
    "certificate": ("chứng chỉ", "certificate"),
    "plan": ("kế hoạch", "plan"),
    "notice": ("thông báo", "notice"),
    "dossier": ("hồ sơ", "dossier"),
    "contract": ("hợp đồng", "contract"),
}
_ROLES: Mapping[str, Both] = {
    "one_stop_officer": ("Công chức một cửa", "One-stop officer"),
    "division_head": ("Trưởng phòng", "Head of division"),
    "case_officer": ("Chuyên viên thụ lý", "Case officer"),
    "department_leader": ("Lãnh đạo Sở", "Leader of the department"),
    "clerk": ("Văn thư", "Clerk"),
}


@dataclass(frozen=True)
class Words:
    """One language. `pick` takes what the data holds twice, as `name_vi` and `name_en`."""

    language: Language = "vi"

    def pick(self, both: Both) -> str:
        return both[0] if self.language == "vi" else both[1]

    def said(self, key: str, *values: object) -> str:
        return self.pick(_SAID[key]).format(*values)

    def name(self, one: Procedure) -> str:
        return self.pick((one.name_vi, one.name_en))

    def field(self, one: Procedure) -> str:
        return self.pick((one.field_vi, one.field_en))

    def day(self, day: date) -> str:
        return f"{day:%d/%m/%Y}" if self.language == "vi" else day.isoformat()

    def span(self, one: Procedure) -> str:
        return self.between(one.effective_from, one.effective_to)

    def between(self, first: date, last: date | None) -> str:
        return self.said("from_to", self.day(first), self.day(last)) if last else self.said("from_now", self.day(first))

    def limit(self, limit: Limit | None) -> str:
        if limit is None:
            return self.said("not_published")
        return self.said("at_once") if limit.is_at_once else self.duration(limit.value, limit.unit)

    def duration(self, value: int, unit: str) -> str:
        """`25 ngày`, `1 working day`."""
        word = self.pick(_UNITS[unit])
        return f"{value} {word[:-1] if value == 1 and self.language == 'en' else word}"

    def start_rule(self, rule: str) -> str:
        return self.pick(_STARTS[rule])

    def validity(self, validity: Validity | None, rule: str | None) -> str:
        long = self.duration(validity.value, validity.unit) if validity else ""
        if validity and validity.is_maximum:
            long = self.said("at_most", long)
        since = self.pick(_VALIDITY[rule]) if rule else ""
        return ", ".join(part for part in (long, since) if part) or self.said("not_stated")

    def fee_id(self, one: Procedure) -> str:
        if one.fee_id is None:
            return self.said("not_published")
        return self.said("no_fee") if one.fee_id == NO_FEE else one.fee_id

    def per(self, unit: str) -> str:
        return self.said("per", self.pick(_PER[unit]))

    def role(self, role: str) -> str:
        return self.pick(_ROLES[role])

    def share(self, step: Step, steps: Sequence[Step]) -> str:
        """How much of the limit a step has, of its own or together with an earlier one."""
        if step.share:
            return self.said("of_limit", step.share)
        ids = [one.id for one in steps]
        return self.said("shares_with", ids.index(step.shares_with) + 1) if step.shares_with else self.said("no_share")

    def money(self, amount_vnd: int) -> str:
        return f"{amount_vnd:,}".replace(",", "." if self.language == "vi" else ",")
