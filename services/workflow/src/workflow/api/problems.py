"""Each domain error as an answer, once: for the API in English, for pages in Vietnamese."""

from http import HTTPStatus

from kit.objects import ObjectMissing
from kit.problems import Problem
from workflow.domain import errors

PROBLEMS: dict[type[Exception], Problem] = {
    errors.NoSuchCase: Problem(
        HTTPStatus.NOT_FOUND, "case-not-found", "No such case", "Không tìm thấy hồ sơ",
        "Không có hồ sơ này, hoặc đơn vị của ông/bà không tham gia giải quyết hồ sơ này.",
    ),
    errors.NoSuchFile: Problem(
        HTTPStatus.NOT_FOUND, "file-not-found", "The case has no such file", "Không tìm thấy tệp",
        "Hồ sơ không có tệp này.",
    ),
    errors.NoSuchList: Problem(
        HTTPStatus.NOT_FOUND, "list-not-found", "No such list", "Không tìm thấy danh sách",
        "Không có danh sách hoặc báo cáo nào như vậy.",
    ),
    errors.NoSuchPeriod: Problem(
        HTTPStatus.BAD_REQUEST, "period-wrong", "That is not a period", "Kỳ báo cáo không đúng",
        "Ngày đầu của kỳ phải trước hoặc trùng ngày cuối.",
    ),
    ObjectMissing: Problem(
        HTTPStatus.GONE, "file-erased", "The file is no longer kept", "Tệp không còn được lưu",
        "Tệp này đã được xóa khỏi kho lưu trữ.",
    ),
    errors.NotAllowedNow: Problem(
        HTTPStatus.CONFLICT, "not-allowed-now", "The case's state does not allow this", "Chưa làm được việc này",
        "Trạng thái hiện tại của hồ sơ không cho phép việc này.",
    ),
    errors.NotYours: Problem(
        HTTPStatus.FORBIDDEN, "not-yours", "This is another role's, unit's or person's to do", "Việc của người khác",
        "Việc này thuộc vai trò, đơn vị hoặc người khác.",
    ),
    errors.ChangedMeanwhile: Problem(
        HTTPStatus.CONFLICT, "changed-meanwhile", "Somebody changed the case meanwhile", "Hồ sơ vừa được cập nhật",
        "Có người vừa cập nhật hồ sơ này. Hãy xem lại trước khi làm tiếp.",
    ),
    errors.TooEarly: Problem(
        HTTPStatus.CONFLICT, "too-early", "The applicant may still answer", "Chưa hết thời hạn trả lời",
        "Người nộp còn được trả lời, nên chưa đóng hồ sơ được.",
    ),
    errors.NoSuchEvent: Problem(
        HTTPStatus.NOT_FOUND, "event-not-found", "The case keeps no such event for decision", "Không tìm thấy việc này",
        "Hồ sơ không có tin nào như vậy đang chờ quyết định.",
    ),
    errors.AlreadyDecided: Problem(
        HTTPStatus.CONFLICT, "already-decided", "Somebody decided on this before", "Đã có quyết định",
        "Việc này đã được quyết định trước đó.",
    ),
    errors.CheckIncomplete: Problem(
        HTTPStatus.CONFLICT, "check-incomplete", "Not every component is in order", "Hồ sơ chưa đủ điều kiện",
        "Còn thành phần chưa được xác nhận là đạt.",
    ),
    errors.Incomplete: Problem(
        HTTPStatus.CONFLICT, "request-incomplete", "The request or decision is not complete", "Nội dung chưa đủ",
        "Nội dung chưa đủ để thực hiện.",
    ),
    errors.NoSuchCalendar: Problem(
        HTTPStatus.NOT_FOUND, "calendar-not-found", "No such version or draft", "Không tìm thấy lịch",
        "Không có bản lịch làm việc hay bản thảo nào như vậy.",
    ),
    errors.StaleDraft: Problem(
        HTTPStatus.CONFLICT, "stale-draft", "A newer calendar was approved meanwhile", "Bản thảo đã cũ",
        "Đã có lịch mới hơn được duyệt. Hãy soạn lại từ lịch mới.",
    ),
    errors.OwnDraft: Problem(
        HTTPStatus.FORBIDDEN, "own-draft", "A second person must approve", "Cần người thứ hai duyệt",
        "Người soạn không được tự duyệt; cần một người khác duyệt.",
    ),
    errors.LimitNotPublished: Problem(
        HTTPStatus.CONFLICT, "limit-not-published", "The procedure has no published limit", "Chưa công bố thời hạn",
        "Thủ tục này chưa công bố thời hạn giải quyết nên chưa thể tiếp nhận hồ sơ.",
    ),
    errors.FeeNotKnown: Problem(
        HTTPStatus.CONFLICT, "fee-not-known", "What the dossier costs cannot be told", "Chưa tính được phí",
        "Chưa có mức phí, hoặc hồ sơ chưa ghi giá trị tính phí.",
    ),
    errors.WrongBytes: Problem(
        HTTPStatus.CONFLICT, "wrong-bytes", "That is not the result to be signed", "Không đúng văn bản",
        "Mã SHA-256 đã xác nhận không phải của văn bản kết quả, hoặc kết quả chưa được phê duyệt.",
    ),
}  # fmt: skip
