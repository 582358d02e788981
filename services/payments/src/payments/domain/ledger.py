"""Double entry: every booking debits one account and credits another by the same amount. Only ever added to."""

from enum import StrEnum


class BookingKind(StrEnum):
    """Each happens at most once per demand: a unique key says so."""

    DEMANDED = "demanded"
    PAID = "paid"
    WITHDRAWN = "withdrawn"


class Account(StrEnum):
    """Where amounts stand."""

    OWED_BY_APPLICANTS = "owed_by_applicants"
    FEES = "fees"
    PAYMENT_PLATFORM = "payment_platform"


# kind: (debited, credited)
BOOKED_AS = {
    BookingKind.DEMANDED: (Account.OWED_BY_APPLICANTS, Account.FEES),
    BookingKind.PAID: (Account.PAYMENT_PLATFORM, Account.OWED_BY_APPLICANTS),
    BookingKind.WITHDRAWN: (Account.FEES, Account.OWED_BY_APPLICANTS),
}
