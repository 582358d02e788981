"""All transactions with their notifications and tries, for tests that count and operators who wonder."""

from typing import Any

from fastapi import APIRouter, Depends

from sandbox.control import Guard
from sandbox.payment_platform.messages import Transaction
from sandbox.payment_platform.store import Store


def described(payment: Transaction, notifications: list[dict[str, Any]], public_url: str) -> dict[str, Any]:
    return {
        "reference": payment.reference,
        "dossier_code": payment.dossier_code,
        "amount_vnd": payment.amount_vnd,
        "state": payment.state,
        "code": payment.code,
        "platform_code": payment.platform_code,
        "bank": payment.bank,
        "made_at": payment.made_at,
        "settled_at": payment.settled_at or None,
        "pay_url": f"{public_url}/sandbox/pay/p/{payment.token}",
        "notifications": notifications,
    }


def router(store: Store, guard: Guard, public_url: str) -> APIRouter:
    routes = APIRouter(prefix="/sandbox/pay/control", dependencies=[Depends(guard)], tags=["control"])

    @routes.get("/transactions")
    async def transactions() -> list[dict[str, Any]]:
        """Newest first."""
        return [described(payment, store.notifications(payment), public_url) for payment in store.everything()]

    return routes


def facts(store: Store) -> dict[str, Any]:
    """Counts for the state."""
    payments = store.everything()
    return {"transactions": {state: sum(p.state == state for p in payments) for state in ("open", "paid", "failed")}}
