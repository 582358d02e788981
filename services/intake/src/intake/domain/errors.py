"""What intake refuses, as facts. `facts` goes into the answer; pages show its Vietnamese sentence.

IntakeError
├── NotFound              no such dossier, draft, upload or document, or not this person's
├── ProcedureUnknown      no procedure of that id
├── ProcedureNotInForce   it exists, but not on that date
├── FilingClosed          this door is closed for this procedure on that date (R19)
├── ComponentsUnpublished  no act says yet what a dossier of this procedure holds
├── NotAllowedNow         the state of the draft or dossier does not allow it
├── KeyMissing            a submission without an idempotency key
├── KeyReused             the key was used before, with another body
├── FormUnknown           the procedure does not use that form
├── ItemTaken             the parcel with this barcode was opened before, within 12 months
├── HeldByAnother         another clerk has this registration in hand
├── OfficeUnknown         no office of that id, or one without a calendar
├── ChannelNotOffered     the procedure cannot be filed that way
├── LimitUnpublished      no act gives the procedure's time limit yet (R14)
├── OutsideYears          a date in a year whose calendar nobody has approved
├── QuestionInvalid       moments of a what-if that cannot follow each other so
├── ErasureRefused        the applicant's data is still needed: what stands against it, counted
├── RequestUnreadable     the request to erase has no number that could be one
├── SubmissionInvalid     what was filed is not whole or not right: every flaw at once
└── UploadBroken          a file that cannot be taken, with its name and why
    └── UploadTooLarge
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from intake.domain.flaws import Flaw


class IntakeError(Exception):
    """Anything intake refuses."""

    sentence_vi = ""

    @property
    def facts(self) -> dict[str, Any]:
        """What the answer carries beside title and detail."""
        return {"sentence_vi": self.sentence_vi} if self.sentence_vi else {}


class NotFound(IntakeError):
    """`what` is one word: dossier, draft, upload, document."""

    def __init__(self, what: str) -> None:
        super().__init__(f"no such {what}")
        self.what = what


class ProcedureUnknown(IntakeError):
    sentence_vi = "Không có thủ tục này. Ông/bà tìm lại trong danh mục thủ tục."

    def __init__(self, procedure_id: str) -> None:
        super().__init__(f"no such procedure: {procedure_id}")
        self.procedure_id = procedure_id


class ProcedureNotInForce(IntakeError):
    def __init__(self, procedure_id: str, on: date) -> None:
        super().__init__(f"{procedure_id} is not in force on {on.isoformat()}")
        self.sentence_vi = f"Thủ tục này không có hiệu lực vào ngày {on:%d/%m/%Y}, nên không nhận hồ sơ."


class FilingClosed(IntakeError):
    """`since` is the first closed day where the door was open before; `source` the act that closed it."""

    def __init__(self, on: date, since: date | None, source: str | None, *, channel: str = "online") -> None:
        super().__init__(f"this door does not take this procedure's dossiers ({channel}) on {on.isoformat()}")
        self.since, self.source = since, source
        say = closed_sentence if channel == "online" else closed_desk_sentence
        self.sentence_vi = say(since, source)


class ComponentsUnpublished(IntakeError):
    sentence_vi = (
        "Chưa văn bản nào công bố thành phần hồ sơ của thủ tục này, nên chưa biết cần nộp giấy tờ gì "
        "và chưa nhận hồ sơ ở đây được. Ông/bà gọi bộ phận một cửa để được hướng dẫn."
    )

    def __init__(self, procedure_id: str) -> None:
        super().__init__(f"no act has published what a dossier of {procedure_id} holds")


class OfficeUnknown(IntakeError):
    sentence_vi = "Không có cơ quan này, hoặc cơ quan chưa có lịch làm việc được duyệt."

    def __init__(self, office: str) -> None:
        super().__init__(f"no such office, or no calendar of it: {office}")


class ChannelNotOffered(IntakeError):
    sentence_vi = "Thủ tục này không nhận hồ sơ bằng cách đó. Hãy chọn cách nộp khác."

    def __init__(self, procedure_id: str, channel: str) -> None:
        super().__init__(f"{procedure_id} cannot be filed by channel {channel}")


class LimitUnpublished(IntakeError):
    sentence_vi = "Thời hạn của thủ tục này chưa công bố, nên chưa tính được ngày trả kết quả."

    def __init__(self, procedure_id: str) -> None:
        super().__init__(f"the time limit of {procedure_id} is not yet published")


class OutsideYears(IntakeError):
    """`first` and `last` are the days the office's calendar knows, `pointer` the moment that leads out of them."""

    def __init__(self, first: date, last: date, pointer: str = "filed_at") -> None:
        super().__init__(f"a date lies outside the years of the approved calendar, {first} to {last}; none is guessed")
        self.first, self.last, self.pointer = first, last, pointer
        self.sentence_vi = (
            f"Có ngày rơi ra ngoài lịch làm việc đã duyệt (từ {first:%d/%m/%Y} đến {last:%d/%m/%Y}). "
            "Lịch những năm khác chưa được duyệt, nên không tính thử được."
        )

    @property
    def facts(self) -> dict[str, Any]:
        return super().facts | {"first": self.first.isoformat(), "last": self.last.isoformat(), "pointer": self.pointer}


class QuestionInvalid(IntakeError):
    """`wrong` says each thing wrong: its field's `pointer`, `message_vi` and `message_en`."""

    sentence_vi = "Có ngày giờ không theo đúng thứ tự."

    def __init__(self, wrong: Sequence[Any]) -> None:
        super().__init__("; ".join(one.message_en for one in wrong))
        self.wrong = tuple(wrong)

    @property
    def facts(self) -> dict[str, Any]:
        return super().facts | {"field_errors": [vars(one) for one in self.wrong]}


class NotAllowedNow(IntakeError):
    def __init__(self, action: str, state: str, sentence_vi: str) -> None:
        super().__init__(f"cannot {action}: {state}")
        self.action, self.state, self.sentence_vi = action, state, sentence_vi


class KeyMissing(IntakeError):
    def __init__(self) -> None:
        super().__init__("send an Idempotency-Key header (1 to 200 characters), a new one for each dossier")


class KeyReused(IntakeError):
    sentence_vi = "Mã lần gửi này đã dùng cho một hồ sơ có nội dung khác."

    def __init__(self) -> None:
        super().__init__("the Idempotency-Key was used before with another body")


class FormUnknown(IntakeError):
    def __init__(self, form_id: str) -> None:
        super().__init__(f"this procedure does not use form {form_id}")
        self.sentence_vi = f"Thủ tục này không dùng mẫu {form_id}."


class ItemTaken(IntakeError):
    """Carries where the first one is: its registration, and its dossier once it was registered."""

    def __init__(self, item: str, opened_at: datetime, registration_id: UUID, dossier_id: UUID | None) -> None:
        super().__init__(f"{item} was opened before, on {opened_at.date().isoformat()}")
        self.item, self.opened_at, self.registration_id, self.dossier_id = item, opened_at, registration_id, dossier_id
        self.sentence_vi = f"Bưu gửi {item} đã mở ngày {opened_at:%d/%m/%Y}. Mã này không dùng lại trong 12 tháng."

    @property
    def facts(self) -> dict[str, Any]:
        dossier = {"dossier_id": str(self.dossier_id)} if self.dossier_id else {}
        return super().facts | {"registration_id": str(self.registration_id)} | dossier


class HeldByAnother(IntakeError):
    """`name` and `since` say who has it in hand."""

    def __init__(self, name: str, since: datetime) -> None:
        super().__init__("another clerk has it in hand")
        self.name, self.since = name, since
        self.sentence_vi = f"{name} đang làm hồ sơ này (từ {since:%H:%M ngày %d/%m}). Nhận lại để làm tiếp."


class SubmissionInvalid(IntakeError):
    """Carries all flaws, so that a person mends them in one go."""

    def __init__(self, flaws: Sequence[Flaw]) -> None:
        super().__init__("; ".join(flaw.message_en for flaw in flaws[:3]))
        self.flaws = tuple(flaws)
        self.sentence_vi = f"Hồ sơ còn {len(flaws)} chỗ cần sửa."

    @property
    def facts(self) -> dict[str, Any]:
        return super().facts | {"field_errors": [flaw.as_json() for flaw in self.flaws]}


class UploadBroken(IntakeError):
    """`reason` is one of empty, truncated, wrong_type, locked, unreadable, digest, too_large."""

    def __init__(self, name: str, reason: str) -> None:
        vietnamese, english = UPLOAD_REASONS[reason]
        super().__init__(f"{name}: {english}")
        self.name, self.reason, self.sentence_vi = name, reason, f"“{name}” {vietnamese}"

    @property
    def facts(self) -> dict[str, Any]:
        return super().facts | {"file": self.name, "reason": self.reason}


class UploadTooLarge(UploadBroken):
    def __init__(self, name: str) -> None:
        super().__init__(name, "too_large")


UPLOAD_REASONS = {
    "empty": ("là tệp rỗng. Ông/bà chọn lại tệp.", "the file is empty"),
    "truncated": ("bị cắt cụt, thiếu phần cuối. Ông/bà lưu lại tệp rồi tải lên lần nữa.", "the end is missing"),
    "wrong_type": ("không phải tệp PDF, PNG hay JPEG. Ông/bà đổi sang một trong ba loại này.", "not PDF, PNG or JPEG"),
    "locked": ("đang khóa bằng mật khẩu. Ông/bà bỏ mật khẩu rồi tải lên lại.", "the PDF is locked by a password"),
    "unreadable": ("không mở được. Ông/bà kiểm tra tệp rồi tải lên lại.", "the file cannot be read"),
    "digest": ("đến nơi không nguyên vẹn. Ông/bà tải lên lại.", "the content does not match the digest sent with it"),
    "too_large": ("lớn hơn 20 MB. Ông/bà giảm dung lượng hoặc tách thành nhiều tệp.", "larger than 20 MB"),
}


def closed_sentence(since: date | None, source: str | None) -> str:
    """Where to file instead, and since when and by which act (R19)."""
    elsewhere = "Ông/bà nộp trên Cổng Dịch vụ công quốc gia, tại Bộ phận Một cửa hoặc qua bưu chính công ích."
    if since is None:
        return f"Thủ tục này không nhận hồ sơ trực tuyến ở đây. {elsewhere}"
    basis = f" ({source})" if source else ""
    return f"Từ ngày {since:%d/%m/%Y}, cổng này không còn nhận hồ sơ trực tuyến{basis}. {elsewhere}"


def closed_desk_sentence(since: date | None, source: str | None) -> str:
    """The same for the counter and the post room."""
    if since is None:
        return "Thủ tục này không nhận hồ sơ theo cách này vào ngày đó."
    basis = f" ({source})" if source else ""
    return f"Từ ngày {since:%d/%m/%Y}, thủ tục này không còn nhận hồ sơ theo cách này{basis}."


class ErasureRefused(IntakeError):
    """`hindrances_vi` counts what has not ended; nobody is named."""

    def __init__(self, hindrances_vi: Sequence[str]) -> None:
        self.hindrances_vi = tuple(hindrances_vi)
        told = ", ".join(self.hindrances_vi)
        super().__init__(f"not erased: {told}")
        self.sentence_vi = f"Chưa xóa được, vì còn {told}. Hãy xóa sau khi mọi việc đã kết thúc."


class RequestUnreadable(IntakeError):
    sentence_vi = "Số của yêu cầu chỉ gồm chữ, số và dấu . / - viết liền, có ít nhất một chữ số, ví dụ 12/YC-XDL."

    def __init__(self) -> None:
        super().__init__("the number of the request is letters, digits and . / - without spaces, with a digit in it")
