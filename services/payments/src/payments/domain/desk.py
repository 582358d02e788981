"""Money taken at the desk: cash, or a transfer that the accountant saw arrive. No I/O."""

from dataclasses import dataclass
from datetime import datetime

from payments.domain.demand import Demand
from payments.domain.errors import ReceptionIncomplete
from payments.domain.ledger import Way

SHORTEST_REFERENCE, LONGEST_REFERENCE = 3, 60


@dataclass(frozen=True)
class Reception:
    """What came in. `received_at` is when the money was there (R02); `reference` is the bank's, for a transfer."""

    way: Way
    amount_vnd: int | None
    received_at: datetime
    reference: str = ""


def check_reception(reception: Reception, demand: Demand, now: datetime) -> None:
    """Raises ReceptionIncomplete: the whole amount or nothing, and not before it was asked for nor in the future."""
    wrong = [*_amount(reception, demand), *_time(reception, demand, now), *_reference(reception)]
    if wrong:
        raise ReceptionIncomplete(wrong)


def _amount(reception: Reception, demand: Demand) -> list[tuple[str, str]]:
    if reception.amount_vnd == demand.amount_vnd:
        return []
    whole = f"{demand.amount_vnd:,}".replace(",", ".")
    return [("amount_vnd", f"Phải thu đúng {whole} ₫, không thu thiếu hoặc thừa.")]


def _time(reception: Reception, demand: Demand, now: datetime) -> list[tuple[str, str]]:
    if reception.received_at > now:
        return [("received_at", "Thời điểm nhận tiền không thể ở tương lai.")]
    if reception.received_at < demand.demanded_at:
        return [("received_at", "Thời điểm nhận tiền không thể trước khi có thông báo phí.")]
    return []


def _reference(reception: Reception) -> list[tuple[str, str]]:
    if reception.way is not Way.TRANSFER:
        return []
    if SHORTEST_REFERENCE <= len(reception.reference) <= LONGEST_REFERENCE:
        return []
    return [("reference", "Ghi mã giao dịch của ngân hàng, từ 3 đến 60 ký tự.")]


def receipt_code(number: int, year: int) -> str:
    """A receipt's number as people read it; the series is ours (invented), gap-free per office and year."""
    return f"BL-{year}-{number:05}"
