"""What the platform says became of a transaction, and what that means for us. Judges; changes nothing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from payments.domain.attempt import Attempt, AttemptState
from payments.domain.demand import Demand, DemandState
from payments.domain.digest import as_text
from rules.calendar import HANOI

PAID = "00"
LONGEST_WORD = 255
_TIME = re.compile(r"\d{14}")
_AMOUNT = re.compile(r"\d{1,15}")


class Verdict(StrEnum):
    """What a message was found to be; each is kept with its message."""

    PAID = "paid"
    REPEATED = "repeated"
    FAILURE_NOTED = "failure_noted"
    WRONG_AMOUNT = "wrong_amount"
    WRONG_TIME = "wrong_time"
    PAID_TWICE = "paid_twice"
    PAID_TOO_LATE = "paid_too_late"
    UNKNOWN_REFERENCE = "unknown_reference"
    FORGED = "forged"
    UNREADABLE = "unreadable"


FOR_A_PERSON = frozenset(Verdict) - {Verdict.PAID, Verdict.REPEATED, Verdict.FAILURE_NOTED}
NOT_TAKEN = {  # answered 99; everything else is durably recorded and answered 00, whatever its own code
    Verdict.FORGED: "Sai ma xac thuc",
    Verdict.UNREADABLE: "Khong doc duoc ban tin",
    Verdict.UNKNOWN_REFERENCE: "Khong tim thay ma tham chieu",
}


@dataclass(frozen=True)
class Result:
    """A result message as read. `amount_vnd` and `paid_at` are None where they cannot be read."""

    code: str
    reference: str
    dossier_code: str
    amount_vnd: int | None
    currency: str
    transaction_code: str
    time: str
    paid_at: datetime | None


def read_result(message: Mapping[str, Any]) -> Result:
    """The result in a notification or in the answer to a query."""

    def word(name: str) -> str:
        return as_text(message.get(name)).replace("\x00", "")[:LONGEST_WORD]

    time, amount = word("ThoiGianGD"), word("SoTien")
    return Result(
        code=word("MaLoi"),
        reference=word("MaThamChieu"),
        dossier_code=word("MaHoSo"),
        amount_vnd=int(amount) if _AMOUNT.fullmatch(amount) else None,
        currency=word("MaTienTe"),
        transaction_code=word("MaGiaoDich"),
        time=time,
        paid_at=read_time(time),
    )


def read_time(text: str) -> datetime | None:
    """`yyyyMMddHHmmss` on Vietnam's wall clock."""
    if not _TIME.fullmatch(text):
        return None
    try:
        return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=HANOI)
    except ValueError:
        return None


def write_time(moment: datetime) -> str:
    """The same format, for what we send."""
    return moment.astimezone(HANOI).strftime("%Y%m%d%H%M%S")


def judge(result: Result, attempt: Attempt, demand: Demand, *, currency: str) -> Verdict:
    """What a genuine result means: the amount first, then the state it meets."""
    if result.code != PAID:
        return Verdict.FAILURE_NOTED if attempt.state is not AttemptState.PAID else Verdict.REPEATED
    if result.amount_vnd != attempt.amount_vnd or result.currency != currency:
        return Verdict.WRONG_AMOUNT
    if attempt.state is AttemptState.PAID:
        same = result.transaction_code == attempt.transaction_code
        return Verdict.REPEATED if same else Verdict.PAID_TWICE
    if result.paid_at is None:
        return Verdict.WRONG_TIME
    return {
        DemandState.OPEN: Verdict.PAID,
        DemandState.PAID: Verdict.PAID_TWICE,
        DemandState.REPLACED: Verdict.PAID_TOO_LATE,
        DemandState.CANCELLED: Verdict.PAID_TOO_LATE,
    }[demand.state]


def reply(verdict: Verdict, message: Mapping[str, Any], *, partner_code: str) -> dict[str, str]:
    """Our answer to a notification, with the digest as it came."""
    said = NOT_TAKEN.get(verdict)
    return {
        "MaLoi": "99" if said else "00",
        "MoTaLoi": said or "Thanh cong",
        "MaDoiTac": partner_code,
        "MaThamChieu": as_text(message.get("MaThamChieu")),
        "ThoiGianGD": as_text(message.get("ThoiGianGD")),
        "MaXacThuc": as_text(message.get("MaXacThuc")),
    }
