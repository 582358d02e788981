"""Why something cannot be done with a case now, in sentences: one per status, one per need. Decides nothing. Pure."""

from collections.abc import Mapping
from types import MappingProxyType

from workflow.domain.status import Status

# The keys are the values of `moves.Need`; a test says that none is missing.
WHY_NEED: Mapping[str, str] = MappingProxyType(
    {
        "on_its_way": "Hồ sơ không phải đang được chuyển từ nơi tiếp nhận ngoài địa bàn.",
        "arrived": "Hồ sơ đang được chuyển đến; hãy ghi nhận đã nhận hồ sơ trước.",
        "not_accepted": "Hồ sơ đã được tiếp nhận rồi.",
        "accepted": "Hồ sơ chưa được tiếp nhận.",
        "step_ends_so": "Bước hiện tại của hồ sơ không kết thúc bằng việc này.",
        "appraising": "Việc này chỉ làm được ở bước thẩm định.",
        "can_go_back": "Bước hiện tại không trả lại được bước trước.",
        "not_signed": "Kết quả đã được ký duyệt, nên không dừng và không rút hồ sơ được nữa.",
        "signed": "Kết quả chưa được ký duyệt, nên phải dừng giải quyết theo yêu cầu của người nộp.",
        "stop_asked": "Không có yêu cầu dừng giải quyết nào của người nộp đang chờ trả lời.",
        "answer_limit": "Chưa có văn bản nào quy định thời hạn trả lời, nên không đóng được hồ sơ vì quá hạn.",
        "opinion_open": "Không có lần lấy ý kiến nào đang chờ trả lời.",
        "apology_drafted": "Chưa có dự thảo thư xin lỗi nào chờ duyệt.",
        "not_posted": "Kết quả đang được gửi qua bưu điện.",
        "correction_drawn_up": "Chưa có dự thảo kết quả thay thế nào chờ ký.",
    }
)
WHY_STATUS: Mapping[Status, str] = MappingProxyType(
    {
        Status.SUBMITTED: "Hồ sơ còn đang được kiểm tra, chưa được tiếp nhận.",
        Status.ACCEPTED: "Hồ sơ vừa được tiếp nhận, chưa bắt đầu bước nào.",
        Status.REFUSED_AT_RECEPTION: "Hồ sơ đã bị từ chối tiếp nhận.",
        Status.IN_PROCESS: "Hồ sơ đang được giải quyết, và việc này không thuộc bước hiện tại.",
        Status.WAITING_FOR_SUPPLEMENT: "Đang chờ người nộp bổ sung.",
        Status.WAITING_FOR_FEE: "Đang chờ người nộp nộp phí.",
        Status.WITHDRAWN: "Người nộp đã rút hồ sơ.",
        Status.STOPPED: "Hồ sơ đã dừng giải quyết.",
        Status.FINISHED: "Hồ sơ đã có kết quả.",
        Status.RETURNED: "Hồ sơ đã có kết quả, và kết quả đã được trả.",
    }
)


def why_not(status: int, lacking: str | None = None) -> str:
    """The sentence for a case in this status, or for what it lacks."""
    return WHY_NEED[lacking] if lacking else WHY_STATUS[Status(status)]
