"""What pages say of ways, states and differences. The Vietnamese sentences are the message ids."""

from kit.pages.words import gettext as _
from payments.domain.demand import Demand
from payments.handlers.differences import TO_DECIDE
from payments.reads import Progress
from rules import catalogue

# progress: (word, colour, icon)
PROGRESS = {
    Progress.TO_PAY: ("Chờ nộp phí", "amber", "coin"),
    Progress.WAITING: ("Đang chờ xác nhận", "blue", "hourglass"),
    Progress.FAILED: ("Lần nộp gần nhất chưa thành công", "amber", "alert"),
    Progress.UNDER_REVIEW: ("Kế toán đang kiểm tra", "amber", "eye"),
    Progress.PAID: ("Đã nộp", "green", "check"),
    Progress.REPLACED: ("Đã có thông báo phí mới", "grey", "x"),
    Progress.CANCELLED: ("Không còn phải nộp", "grey", "x"),
}
WAYS = {
    "payment_platform": "Nền tảng thanh toán trực tuyến",
    "cash": "Tiền mặt tại quầy",
    "transfer": "Chuyển khoản",
}
DIFFERENCES = {
    "wrong_amount": "Số tiền báo về khác số phải nộp; chưa ghi sổ",
    "wrong_time": "Báo đã thanh toán nhưng thời gian giao dịch không đọc được; chưa ghi sổ",
    "paid_twice": "Khoản phí đã nộp xong lại có thêm một giao dịch thành công; cần xem xét hoàn tiền",
    "paid_too_late": "Tiền về cho thông báo phí không còn hiệu lực; cần quyết định hoàn trả hay giữ lại",
    "paid_for_ended": "Phí đã nộp cho hồ sơ kết thúc trước khi được tiếp nhận; cần quyết định hoàn trả hay giữ lại",
    "unknown_reference": "Nền tảng báo kết quả cho mã tham chiếu không phải của ta",
    "forged": "Thông báo kết quả sai mã xác thực, có thể là giả mạo; không có gì thay đổi",
    "unreadable": "Thông báo kết quả không đọc được",
}


def progress_badge(progress: Progress) -> tuple[str, str, str]:
    """Word, colour and icon of a demand's progress."""
    word, colour, icon = PROGRESS[progress]
    return _(word), colour, icon


def way_word(way: str) -> str:
    return _(WAYS[way])


def difference_word(kind: str) -> str:
    return _(DIFFERENCES[kind])


def is_to_decide(kind: str) -> bool:
    """Whether the accountant must say refund or keep."""
    return kind in TO_DECIDE


def is_waited_for(demand: Demand) -> bool:
    """Whether the dossier is accepted only once this is paid (R11), rather than going on beside it (R23)."""
    return catalogue.load().procedure(demand.procedure_id, demand.procedure_version).clock_waits_for_fee


FACTS = {
    "is_waited_for": is_waited_for,
    "is_to_decide": is_to_decide,
    "way_word": way_word,
    "difference_word": difference_word,
    "progress_badge": progress_badge,
}
