"""The shapes of a dossier's road: what is asked, the moments on it, and the whole. No decisions."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Literal

from rules.days import Day
from rules.records.limit import Limit

Stage = Literal["check", "processing"]
Kind = Literal[
    "filed",
    "alert",
    "check_due",
    "paid",
    "supplement_asked",
    "answer_due",
    "closing_notice",
    "closes",
    "check_restarted",
    "clock_started",
    "hand_over_due",
    "ask_by",
    "clock_paused",
    "clock_restarted",
    "clock_resumed",
    "warning",
    "apology_draft",
    "apology_last",
    "due",
    "missed",
]
INSIDE = ("alert", "hand_over_due", "ask_by", "warning", "apology_draft")  # what only the office needs to know
LABELS: Mapping[Kind, tuple[str, str]] = {
    "filed": ("Nộp hồ sơ", "Filed"),
    "alert": ("Nhắc xem hồ sơ mới", "Reminder to look at the new dossier"),
    "check_due": ("Hạn kiểm tra hồ sơ", "Check to be done by"),
    "paid": ("Nộp phí", "Fee paid"),
    "supplement_asked": ("Yêu cầu bổ sung", "Supplement asked for"),
    "answer_due": ("Hạn bổ sung", "Supplement to be answered by"),
    "closing_notice": ("Báo trước việc dừng giải quyết", "Notice of the closing"),
    "closes": ("Dừng giải quyết nếu không bổ sung", "Closed if nobody answered"),
    "check_restarted": ("Nhận bổ sung, kiểm tra lại từ đầu thời hạn", "Supplement came, the check begins anew"),
    "clock_started": ("Bắt đầu tính thời hạn giải quyết", "The clock starts"),
    "hand_over_due": ("Hạn chuyển hồ sơ cho phòng chuyên môn", "To be handed over to the division by"),
    "ask_by": ("Hạn yêu cầu bổ sung sau thẩm định", "Last moment to ask for what lacks"),
    "clock_paused": ("Yêu cầu bổ sung, tạm dừng tính giờ", "Supplement asked for, the clock stops"),
    "clock_restarted": ("Nhận bổ sung, tính lại thời hạn từ đầu", "Supplement came, the whole limit begins anew"),
    "clock_resumed": ("Nhận bổ sung, tính tiếp thời hạn", "Supplement came, the limit goes on"),
    "warning": ("Cảnh báo sắp đến hạn", "Warning that the due time is near"),
    "apology_draft": ("Soạn sẵn thư xin lỗi nếu có thể trễ", "Draft of an apology, if it may be late"),
    "apology_last": ("Ngày cuối được hẹn lại", "Last day for a new date"),
    "due": ("Hẹn trả kết quả", "Due"),
    "missed": ("Bắt đầu quá hạn", "Late from"),
}


@dataclass(frozen=True)
class Round:
    """One request to supplement and its answer, if there was one. Without `stage` it is worked out from the dates."""

    asked_at: datetime
    answered_at: datetime | None = None
    stage: Stage | None = None


@dataclass(frozen=True)
class Question:
    """What happened, or might: all moments aware. `procedure` is an id or a national code."""

    procedure: str
    channel: str
    office_id: str
    filed_at: datetime
    paid_at: datetime | None = None
    rounds: tuple[Round, ...] = ()


@dataclass(frozen=True)
class Milestone:
    """One moment of the road and everything that explains it.

    `days` are the dates its limit counted or passed over. A limit that a request or its answer ended does not `hold`.
    `number` tells rounds and warnings apart.
    """

    kind: Kind
    at: datetime
    basis: tuple[str, ...]
    readings: tuple[str, ...] = ()
    limit: Limit | None = None
    starts_at: datetime | None = None
    days: tuple[Day, ...] = ()
    number: int = 1
    holds: bool = True

    @property
    def is_inside(self) -> bool:
        """Whether only the office needs to know of it."""
        return self.kind in INSIDE


@dataclass(frozen=True)
class Road:
    """The milestones in order. `waits_for` says what has to happen before more can be told.

    `unpublished` is what no act gives (R14). `readings` are all that took part, `first_due_at` and `due_at` the first
    promise and the one that holds now (R06).
    """

    procedure_id: str
    procedure_version: str
    channel: str
    office_id: str
    calendar_version: str
    milestones: tuple[Milestone, ...]
    starts_at: datetime | None = None
    first_due_at: datetime | None = None
    due_at: datetime | None = None
    waits_for: Literal["fee", "supplement"] | None = None
    unpublished: tuple[str, ...] = ()

    @property
    def readings(self) -> tuple[str, ...]:
        return tuple(sorted({name for one in self.milestones for name in one.readings}))

    def of(self, kind: Kind) -> list[Milestone]:
        return [one for one in self.milestones if one.kind == kind]

    def as_json(self) -> dict[str, Any]:
        """Everything as JSON can hold it: moments in ISO 8601 with offset, dates in ISO 8601."""
        whole: dict[str, Any] = _plain(asdict(self))
        return {**whole, "readings": list(self.readings)}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, (date, datetime)) else value
