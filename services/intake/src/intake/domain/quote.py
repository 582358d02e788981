"""What it would cost and when it would be done: the same functions of the rules that later decide, never a twin."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from intake.domain.filing import ONLINE
from intake.domain.flaws import Forms
from rules import due, fees, packages
from rules.calendar import HANOI
from rules.catalogue import Catalogue
from rules.due import Due
from rules.errors import NotInForce, NotPriced, OutsideCalendar
from rules.fees import FeeQuote
from rules.records.fee import NO_FEE
from rules.records.procedure import Procedure


@dataclass(frozen=True)
class Quote:
    """Fee and expected date, as if the dossier were found valid and the fee paid at `assumed_at`.

    `fee` is None where the procedure costs nothing (`is_free`), or where it cannot be told: no act has published it
    (R14), or the value it is a share of is not stated yet. `expected` is None where no limit is published (R14) or the
    calendar of that time is not approved yet.
    """

    assumed_at: datetime
    fee: FeeQuote | None
    expected: Due | None
    is_free: bool = False


def quote_of(
    procedure: Procedure,
    office_id: str,
    items: Mapping[str, int],
    now: datetime,
    catalogue: Catalogue,
    *,
    channel: str = ONLINE,
) -> Quote:
    """The quote for so many items of each kind, filed now. Raises UnknownFeeItem."""
    fee = fee_of(procedure, items, now, catalogue, channel=channel)
    return Quote(now, fee, expected_of(procedure, office_id, now, catalogue), procedure.fee_id == NO_FEE)


def quote_of_forms(
    procedure: Procedure, office_id: str, filed: Forms, now: datetime, catalogue: Catalogue, *, channel: str = ONLINE
) -> Quote:
    """The quote for what the sheets say; kinds the fee table does not know yet are left out, as none can be filed."""
    items = packages.fee_items(procedure, filed, catalogue)
    if procedure.fee and procedure.fee.counted_by:
        known = {*fee_kinds(procedure, catalogue), *procedure.fee.unpriced}
        items = {key: count for key, count in items.items() if key in known}
    return quote_of(procedure, office_id, items, now, catalogue, channel=channel)


def fee_kinds(procedure: Procedure, catalogue: Catalogue) -> dict[str, str]:
    """The kinds of items the fee is counted by, key to Vietnamese name; none where nothing is counted."""
    if procedure.fee is None or procedure.fee.counted_by is None:
        return {}
    return {item.key: item.name_vi for item in catalogue.fee(procedure.fee.fee_id).items}


def fee_of(
    procedure: Procedure, items: Mapping[str, int], now: datetime, catalogue: Catalogue, *, channel: str = ONLINE
) -> FeeQuote | None:
    """The fee if it were filed now; None where there is none, or its table has ended or names no amount."""
    try:
        return fees.quote_of_items(procedure, items, channel, now.astimezone(HANOI).date(), catalogue)
    except (NotInForce, NotPriced):
        return None


def expected_of(procedure: Procedure, office_id: str, now: datetime, catalogue: Catalogue) -> Due | None:
    begins = due.start(procedure.start_rule, received_at=now, valid_at=now, paid_at=now)
    if procedure.limit is None or begins is None:
        return None
    readings = catalogue.readings(office_id, now.astimezone(HANOI).date(), procedure.id)
    try:
        return due.due(procedure.limit, begins, catalogue.calendar(office_id), readings=readings)
    except OutsideCalendar:
        return None
