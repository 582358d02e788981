"""Double entry: every booking debits one account and credits another by the same amount. Only ever added to."""

from enum import StrEnum


class BookingKind(StrEnum):
    """Each happens at most once per demand: a unique key says so."""

    DEMANDED = "demanded"
    PAID = "paid"
    WITHDRAWN = "withdrawn"
    REFUNDED = "refunded"


class Account(StrEnum):
    """Where amounts stand."""

    OWED_BY_APPLICANTS = "owed_by_applicants"
    FEES = "fees"
    PAYMENT_PLATFORM = "payment_platform"
    CASH_DESK = "cash_desk"
    BANK = "bank"


class Way(StrEnum):
    """How money came in."""

    PAYMENT_PLATFORM = "payment_platform"
    CASH = "cash"
    TRANSFER = "transfer"


COMES_TO = {
    Way.PAYMENT_PLATFORM: Account.PAYMENT_PLATFORM,
    Way.CASH: Account.CASH_DESK,
    Way.TRANSFER: Account.BANK,
}


def sides(kind: BookingKind, way: Way | None) -> tuple[Account, Account]:
    """The account a booking debits and the one it credits; money that moves has a way."""
    if kind is BookingKind.DEMANDED:
        return Account.OWED_BY_APPLICANTS, Account.FEES
    if kind is BookingKind.WITHDRAWN:
        return Account.FEES, Account.OWED_BY_APPLICANTS
    if way is None:
        raise ValueError(f"{kind} moves money, so it has a way")
    if kind is BookingKind.PAID:
        return COMES_TO[way], Account.OWED_BY_APPLICANTS
    return Account.FEES, COMES_TO[way]
