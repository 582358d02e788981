"""What every event about a case changes here: the dossier's state, its history, its papers. Repeats are harmless."""

from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.facts import StoredObject
from contracts.workflow import CaseEvent
from intake.domain.dossier import Dossier, Stored
from intake.domain.road import Moment
from intake.store import dossiers
from rules.records.status import Status


async def move(tx: AsyncSession, event: CaseEvent, **changed: Any) -> Dossier:
    """The dossier after a move; raises NotFound for one that intake never saw, which parks the event."""
    dossier = await dossiers.load_dossier(tx, event.dossier_id)
    acted = {"handler_id": event.handler.staff_id, "handler_unit": event.handler.unit} if event.handler else {}
    dossier = replace(dossier, **{"status": Status(event.status)} | acted | changed)
    if dossier.waits_for_supplement and not await dossiers.waits_for_answer(tx, dossier.id):
        dossier = dossier.going_on()  # answered, and workflow has not heard of it yet; or this event is replayed
    await dossiers.save_dossier(tx, dossier)
    return dossier


async def note(tx: AsyncSession, event: CaseEvent, kind: str, *, about: str = "", **detail: Any) -> None:
    """Write down that it happened; a repeat changes nothing."""
    await dossiers.note(tx, event.dossier_id, Moment(kind, event.moved_at, about, detail))


async def keep_document(tx: AsyncSession, event: CaseEvent, stem: str, kind: str, stored: StoredObject) -> str:
    """A paper for the applicant; the name under which it may be opened."""
    name = f"{stem}{PurePosixPath(stored.path).suffix or '.pdf'}"
    await dossiers.keep_document(tx, event.dossier_id, name, kind, as_stored(stored), event.moved_at)
    return name


def as_stored(found: StoredObject) -> Stored:
    return Stored(found.path, found.sha256, found.size)
