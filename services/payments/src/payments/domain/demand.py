"""A fee demand: what is owed for which notice, and how it may move."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from payments.domain.errors import NotPayable


class DemandState(StrEnum):
    """`replaced`: a newer fee notice of the same dossier took its place; `cancelled`: the dossier ended unpaid."""

    OPEN = "open"
    PAID = "paid"
    REPLACED = "replaced"
    CANCELLED = "cancelled"


NEXT_STATE = {
    (DemandState.OPEN, "pay"): DemandState.PAID,
    (DemandState.OPEN, "replace"): DemandState.REPLACED,
    (DemandState.OPEN, "cancel"): DemandState.CANCELLED,
}


@dataclass(frozen=True)
class Line:
    """So many of a thing at an amount each, whole đồng, before the factor."""

    key: str
    name_vi: str
    quantity: int
    unit_vnd: int
    amount_vnd: int


@dataclass(frozen=True)
class Demand:
    """One fee notice's demand. Amounts in whole đồng; `factor` is a decimal in text, as the notice says it."""

    id: UUID
    dossier_id: UUID
    notice: str
    arrival_number: str
    procedure_id: str
    procedure_version: str
    office: str
    contact: str
    lines: tuple[Line, ...]
    factor: str
    amount_vnd: int
    legal_basis: tuple[str, ...]
    demanded_at: datetime
    state: DemandState = DemandState.OPEN
    paid_at: datetime | None = None

    def pay(self, *, paid_at: datetime) -> "Demand":
        """Paid in full at the moment the platform reports. Raises NotPayable."""
        return replace(self, state=self._next("pay"), paid_at=paid_at)

    def replaced(self) -> "Demand":
        """A newer notice took its place. Raises NotPayable."""
        return replace(self, state=self._next("replace"))

    def cancelled(self) -> "Demand":
        """Its dossier ended before it was paid. Raises NotPayable."""
        return replace(self, state=self._next("cancel"))

    def check_payable(self) -> None:
        """Raises NotPayable where no payment may begin."""
        self._next("pay")

    def _next(self, action: str) -> DemandState:
        found = NEXT_STATE.get((self.state, action))
        if found is None:
            raise NotPayable(self.state)
        return found
