"""What a case says to the other services. Shared by the handlers."""

from datetime import datetime
from typing import Any, TypeVar

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.facts import Channel, Handler, Origin
from contracts.facts import Status as NationalStatus
from contracts.workflow import CaseEvent, CaseFacts
from kit import outbox
from workflow.domain.access import Staff
from workflow.domain.case import Case

AnyCaseEvent = TypeVar("AnyCaseEvent", bound=CaseEvent)


def facts_of(case: Case) -> CaseFacts:
    """What never changes in a case."""
    return CaseFacts(
        arrival_number=case.arrival_number,
        procedure_id=case.procedure_id,
        procedure_version=case.procedure_version,
        channel=Channel(case.channel),
        origin=Origin(case.origin),
        office=case.office,
        receiving_unit=case.receiving_unit,
        resolving_unit=case.resolving_unit,
    )


def made(
    cls: type[AnyCaseEvent], case: Case, *, now: datetime, staff: Staff | None = None, **more: Any
) -> AnyCaseEvent:
    """An event about the case; `staff` is who acted, none where the system did."""
    handler = Handler(staff_id=staff.id, unit=staff.unit) if staff else None
    return cls(
        dossier_id=case.dossier_id,
        case=facts_of(case),
        status=NationalStatus(case.status),
        moved_at=now,
        contact=case.contact_path,
        handler=handler,
        **more,
    )


async def say(
    tx: AsyncSession, cls: type[AnyCaseEvent], case: Case, *, now: datetime, staff: Staff | None = None, **more: Any
) -> None:
    """Announce a move of the case; `staff` is who acted, none where the system did."""
    await outbox.put(tx, made(cls, case, now=now, staff=staff, **more), time=now)
