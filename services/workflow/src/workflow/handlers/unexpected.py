"""Events that come when their case does not wait for them: noted or kept for decision, never passed over."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.envelope import Event
from workflow import store
from workflow.domain.case import Case
from workflow.domain.unexpected_events import EFFECTS, NAMES_VI, Effect, Heard


def effect_of(heard: Heard, case: Case) -> Effect:
    """What the table says of this event in the case's status."""
    return EFFECTS[heard, case.status]


async def keep_for_decision(
    tx: AsyncSession, case: Case, heard: Heard, event: Event, reason_vi: str, now: datetime
) -> None:
    """Keep an event for a person to decide, and say so in the case's history."""
    await keep_facts(tx, case, heard, event.model_dump(mode="json"), reason_vi, now)


async def keep_facts(
    tx: AsyncSession, case: Case, heard: Heard, facts: Mapping[str, Any], reason_vi: str, now: datetime
) -> None:
    """The same for what no event of another service told: the postal service's word."""
    await store.add_undecided(tx, case, heard, dict(facts), reason_vi, now)
    await store.add_history(tx, case, f"Nhận {NAMES_VI[heard]} ngoài dự kiến, chờ quyết định: {reason_vi}", now)


async def note_again(tx: AsyncSession, case: Case, heard: Heard, now: datetime) -> None:
    """The same fact was known already."""
    await store.add_history(tx, case, f"Nhận lại {NAMES_VI[heard]}, không có gì thay đổi", now)
