"""What each of intake's errors means to a client: status, stable type, one title."""

from http import HTTPStatus

from intake.domain import errors
from kit.objects import ObjectChanged, ObjectMissing
from kit.problems import ErrorTable, Problem
from rules.errors import UnknownFeeItem

GONE = "Ông/bà gọi bộ phận một cửa và đọc mã sự cố dưới đây."

PROBLEMS: ErrorTable = {
    errors.NotFound: Problem(
        HTTPStatus.NOT_FOUND, "not-found", "There is nothing here, or it is not yours", "Không tìm thấy",
        "Không có nội dung này, hoặc ông/bà không có quyền xem.",
    ),
    errors.ProcedureUnknown: Problem(
        HTTPStatus.NOT_FOUND, "procedure-unknown", "No such procedure", "Không có thủ tục này"
    ),
    errors.ProcedureNotInForce: Problem(
        HTTPStatus.CONFLICT, "procedure-not-in-force", "The procedure is not in force", "Thủ tục không có hiệu lực"
    ),
    errors.FilingClosed: Problem(
        HTTPStatus.CONFLICT, "filing-closed", "This portal does not take this dossier", "Cổng này không nhận hồ sơ"
    ),
    errors.OfficeUnknown: Problem(HTTPStatus.NOT_FOUND, "office-unknown", "No such office", "Không có cơ quan này"),
    errors.ChannelNotOffered: Problem(
        HTTPStatus.CONFLICT, "channel-not-offered", "The procedure cannot be filed that way", "Không nhận bằng cách này"
    ),
    errors.LimitUnpublished: Problem(
        HTTPStatus.CONFLICT, "limit-unpublished", "No act has published the time limit yet", "Thời hạn chưa công bố"
    ),
    errors.OutsideYears: Problem(
        HTTPStatus.CONFLICT, "outside-calendar", "A date is outside the approved calendar", "Ngoài lịch đã duyệt"
    ),
    errors.QuestionInvalid: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, "question-invalid", "The moments cannot follow each other so",
        "Ngày giờ chưa đúng thứ tự",
    ),
    errors.ComponentsUnpublished: Problem(
        HTTPStatus.CONFLICT, "components-unpublished", "No act says yet what the dossier holds",
        "Chưa công bố thành phần hồ sơ",
    ),
    errors.NotAllowedNow: Problem(
        HTTPStatus.CONFLICT, "not-allowed-now", "The present state does not allow this", "Chưa thực hiện được"
    ),
    errors.KeyMissing: Problem(
        HTTPStatus.BAD_REQUEST, "idempotency-key-missing", "Send an Idempotency-Key", "Thiếu mã của lần gửi"
    ),
    errors.KeyReused: Problem(
        HTTPStatus.CONFLICT, "idempotency-key-reused", "The key was used with another body", "Mã lần gửi đã dùng"
    ),
    errors.FormUnknown: Problem(
        HTTPStatus.NOT_FOUND, "form-unknown", "The procedure does not use that form", "Không có mẫu này"
    ),
    errors.ItemTaken: Problem(
        HTTPStatus.CONFLICT, "postal-item-taken", "The item was opened before", "Bưu gửi này đã mở"
    ),
    errors.HeldByAnother: Problem(
        HTTPStatus.CONFLICT, "held-by-another", "Another clerk has it in hand", "Người khác đang làm"
    ),
    errors.ErasureRefused: Problem(
        HTTPStatus.CONFLICT, "erasure-refused", "The data is still needed", "Chưa xóa được"
    ),
    errors.RequestUnreadable: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, "request-unreadable", "The request's number cannot be read",
        "Số yêu cầu chưa đúng",
    ),
    errors.SubmissionInvalid: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, "submission-invalid", "The dossier is not whole or not right",
        "Hồ sơ chưa đầy đủ hoặc chưa đúng",
    ),
    errors.UploadTooLarge: Problem(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "upload-too-large", "The file is larger than 20 MB", "Tệp quá lớn"
    ),
    errors.UploadBroken: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, "upload-broken", "The file cannot be taken", "Tệp không dùng được"
    ),
    UnknownFeeItem: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, "fee-item-unknown", "The fee table has no such item", "Không có mục phí này"
    ),
    ObjectMissing: Problem(
        HTTPStatus.INTERNAL_SERVER_ERROR, "document-missing", "The document is not where it was stored",
        "Không đọc được tài liệu", GONE,
    ),
    ObjectChanged: Problem(
        HTTPStatus.INTERNAL_SERVER_ERROR, "document-changed", "The document is not what was stored",
        "Tài liệu không còn nguyên vẹn", GONE,
    ),
}  # fmt: skip
