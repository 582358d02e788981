"""What every command of a person begins with: lock the case, see whether they may, and whether they saw it as it is."""

from dataclasses import asdict
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.facts import StaffCard
from contracts.package import staff_path
from kit.now import TIME_ZONE
from kit.signin import NotAllowed, Person
from kit.tx import objects_of
from workflow import store
from workflow.domain.access import Staff, check_acts, check_sees
from workflow.domain.case import Case
from workflow.domain.errors import ChangedMeanwhile
from workflow.domain.law import procedure_of
from workflow.domain.status import Action


def staff_of(person: Person) -> Staff:
    """A signed-in person as staff. Raises NotAllowed where the sign-in names no office and unit."""
    if person.office is None or person.unit is None:
        raise NotAllowed("the sign-in names no office and unit")
    title, phone = person.title or "", person.phone or ""
    return Staff(person.id, person.name, person.roles, person.office, person.unit, title, phone)


async def see(tx: AsyncSession, dossier_id: UUID, staff: Staff) -> Case:
    """The case, not locked, for somebody who may see it. Raises NoSuchCase."""
    return check_sees(staff, await store.find_case(tx, dossier_id))


async def take_up(
    tx: AsyncSession,
    dossier_id: UUID,
    action: Action,
    *,
    staff: Staff,
    seen_version: int | None,
    step_id: str | None = None,
) -> Case:
    """The case, locked, for somebody who may take this action now.

    `seen_version` is what the person looked at, `step_id` the step they mean to end, where they said so. Raises
    NoSuchCase, ChangedMeanwhile, NotAllowedNow, NotYours, in this order.
    """
    case = check_sees(staff, await store.lock_case(tx, dossier_id))
    await check_unchanged(tx, case, seen_version)
    check_acts(staff, case, action, procedure_of(case), step_id=step_id)
    await note_staff(tx, staff)
    return case


async def check_unchanged(tx: AsyncSession, case: Case, seen_version: int | None) -> None:
    """Raises ChangedMeanwhile, with who changed what, where the person saw another version."""
    if seen_version is None or seen_version == case.version:
        return
    last = await store.last_change(tx, case.dossier_id)
    by = await store.find_staff(tx, last.staff_id) if last and last.staff_id else None
    raise ChangedMeanwhile(
        seen=seen_version,
        version=case.version,
        who=by.name if by else "Hệ thống",
        what_vi=last.what_vi if last else "",
        at=last.at.astimezone(TIME_ZONE) if last else None,
    )


async def note_staff(tx: AsyncSession, staff: Staff) -> None:
    """Remember who works here and publish their card, so that others can show who handles a dossier."""
    if not await store.note_staff(tx, staff):
        return
    facts = asdict(staff)
    card = StaffCard(staff_id=staff.id, **{name: facts[name] for name in ("name", "title", "unit", "office", "phone")})
    await objects_of(tx).replace(staff_path(staff.id), card.model_dump_json().encode())
