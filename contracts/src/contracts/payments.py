"""What payments says."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from contracts.envelope import CopyErased, DossierEvent
from contracts.facts import Path


class FeeDemanded(DossierEvent):
    """A demand stands open; the applicant can pay it."""

    type: ClassVar[str] = "payments.fee_demanded.v1"
    demand_id: UUID
    amount_vnd: int = Field(ge=1)
    demanded_at: AwareDatetime
    contact: Path


class FeePaid(DossierEvent):
    """The whole amount of a demand was paid; `paid_at` is the moment the platform reports (reading R02)."""

    type: ClassVar[str] = "payments.fee_paid.v1"
    demand_id: UUID
    amount_vnd: int = Field(ge=1)
    paid_at: AwareDatetime
    way: Literal["payment_platform", "cash", "transfer"]
    transaction_code: str
    contact: Path


class DemandCancelled(DossierEvent):
    """An open demand is not to be paid any more: its dossier has ended, or another demand replaced it."""

    type: ClassVar[str] = "payments.demand_cancelled.v1"
    demand_id: UUID
    amount_vnd: int = Field(ge=1)
    ground: Literal["withdrawn", "stopped", "refused", "replaced"]


class RefundDecided(DossierEvent):
    """The accountant decided on money that came too late or twice."""

    type: ClassVar[str] = "payments.refund_decided.v1"
    demand_id: UUID
    amount_vnd: int = Field(ge=1)
    decision: Literal["refund", "keep"]
    decided_at: AwareDatetime
    contact: Path


class PayerErased(CopyErased):
    """Payments forgot the pay pages that name the dossier's payer; the ledger and its receipts stay."""

    type: ClassVar[str] = "payments.payer_erased.v1"
