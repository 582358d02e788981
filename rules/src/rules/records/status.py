"""The national status codes of a dossier, and how each looks wherever it is shown: word, colour and icon together."""

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType


class Status(IntEnum):
    """The national codes; the contracts keep an enum of their own, and a test says that both are the same."""

    SUBMITTED = 1
    ACCEPTED = 2
    REFUSED_AT_RECEPTION = 3
    IN_PROCESS = 4
    WAITING_FOR_SUPPLEMENT = 5
    WAITING_FOR_FEE = 6
    WITHDRAWN = 7
    STOPPED = 8
    FINISHED = 9
    RETURNED = 10


WAITING_FOR_APPLICANT = (Status.WAITING_FOR_SUPPLEMENT, Status.WAITING_FOR_FEE, Status.FINISHED)
ENDED = (Status.REFUSED_AT_RECEPTION, Status.WITHDRAWN, Status.STOPPED, Status.RETURNED)

LOOKS: Mapping[Status, tuple[str, str, str]] = MappingProxyType(
    {
        Status.SUBMITTED: ("Mới nộp", "blue", "inbox"),
        Status.ACCEPTED: ("Đã tiếp nhận", "blue", "check"),
        Status.REFUSED_AT_RECEPTION: ("Không tiếp nhận", "grey", "x"),
        Status.IN_PROCESS: ("Đang xử lý", "blue", "clock"),
        Status.WAITING_FOR_SUPPLEMENT: ("Chờ bổ sung", "amber", "hand"),
        Status.WAITING_FOR_FEE: ("Chờ nộp phí", "amber", "coin"),
        Status.WITHDRAWN: ("Đã rút", "grey", "arrow-back"),
        Status.STOPPED: ("Dừng xử lý", "grey", "pause"),
        Status.FINISHED: ("Có kết quả", "green", "file-check"),
        Status.RETURNED: ("Đã trả kết quả", "green", "home-check"),
    }
)
