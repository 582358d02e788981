"""A result on its way out: a parcel's states, whom it is addressed to, who took it at the counter. No I/O."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from workflow.domain.case import Case
from workflow.domain.errors import DecisionIncomplete

LONGEST_NAME, LONGEST_ADDRESS, LONGEST_PHONE = 200, 500, 20


class PostState(StrEnum):
    """Our own words for where an item is; which of the postal service's codes means which is a setting."""

    TO_ORDER = "to_order"
    ORDERED = "ordered"
    REFUSED = "refused"
    ACCEPTED = "accepted"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    FAILED_ATTEMPT = "failed_attempt"
    DELIVERED = "delivered"
    RETURNING = "returning"
    RETURNED = "returned"
    LOST = "lost"
    CANCELLED = "cancelled"


WORDS_VI = {
    PostState.TO_ORDER: "Đang gửi đơn tới bưu điện",
    PostState.ORDERED: "Chờ bưu điện nhận",
    PostState.REFUSED: "Bưu điện không nhận đơn",
    PostState.ACCEPTED: "Bưu điện đã nhận",
    PostState.IN_TRANSIT: "Đang vận chuyển",
    PostState.OUT_FOR_DELIVERY: "Đang đi phát",
    PostState.FAILED_ATTEMPT: "Phát không thành công",
    PostState.DELIVERED: "Đã phát",
    PostState.RETURNING: "Đang chuyển hoàn",
    PostState.RETURNED: "Đã chuyển hoàn",
    PostState.LOST: "Thất lạc",
    PostState.CANCELLED: "Đã huỷ",
}
PARCEL_ENDED = frozenset(
    {PostState.DELIVERED, PostState.REFUSED, PostState.RETURNED, PostState.LOST, PostState.CANCELLED}
)


@dataclass(frozen=True)
class Receiver:
    """To whom the result goes. Personal: lives in the object store, not in a table."""

    name: str
    address: str
    phone: str = ""


@dataclass(frozen=True)
class Dispatch:
    """One parcel of a case; `traceparent` is the trace of who gave it to the post."""

    order_number: str
    dossier_id: UUID
    result_code: str
    state: PostState
    item: str | None
    ordered_at: datetime
    ordered_by: str
    attempts: int = 0
    trouble: str = ""
    last_event_at: datetime | None = None
    delivered_at: datetime | None = None
    traceparent: str | None = None

    @property
    def words_vi(self) -> str:
        return WORDS_VI[self.state]

    @property
    def has_ended(self) -> bool:
        return self.state in PARCEL_ENDED


@dataclass(frozen=True)
class HandOver:
    """Who took the result at the counter, and what showed that they may. Personal: kept in the proof."""

    receiver: str
    shown: str
    is_authorised: bool = False


def order_number(case: Case, earlier: int) -> str:
    """The order's number: a parcel that came back may be sent again under the next one."""
    return f"{case.result_code}-BC{earlier + 1}"


def check_receiver(receiver: Receiver) -> Receiver:
    """Raises DecisionIncomplete."""
    wrong = []
    if not 2 <= len(receiver.name) <= LONGEST_NAME:
        wrong.append(("name", "Ghi tên người nhận."))
    if not 5 <= len(receiver.address) <= LONGEST_ADDRESS:
        wrong.append(("address", "Ghi địa chỉ nhận đầy đủ: số nhà, đường, xã hoặc phường, tỉnh."))
    if len(receiver.phone) > LONGEST_PHONE:
        wrong.append(("phone", "Số điện thoại quá dài."))
    if wrong:
        raise DecisionIncomplete(wrong)
    return receiver


def check_hand_over(said: HandOver) -> HandOver:
    """Raises DecisionIncomplete."""
    wrong = []
    if not 2 <= len(said.receiver) <= LONGEST_NAME:
        wrong.append(("receiver", "Ghi họ tên người nhận kết quả."))
    if not 3 <= len(said.shown) <= LONGEST_NAME:
        wrong.append(("shown", "Ghi giấy tờ đã đối chiếu, ví dụ căn cước, giấy giới thiệu."))
    if wrong:
        raise DecisionIncomplete(wrong)
    return said
