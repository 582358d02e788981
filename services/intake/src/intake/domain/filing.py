"""Where a dossier may be filed and who takes it: procedure in force, door open, units by their roles. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta

from intake.domain.errors import ComponentsUnpublished, FilingClosed, ProcedureNotInForce, ProcedureUnknown
from rules.catalogue import Catalogue
from rules.errors import UnknownProcedure
from rules.records.office import Office
from rules.records.procedure import Procedure

ONLINE = "online"
THIS_PORTAL = "this_portal"


@dataclass(frozen=True)
class Door:
    """How a dossier comes in and through which door: two facts (R19)."""

    channel: str
    origin: str


PORTAL = Door(ONLINE, THIS_PORTAL)
COUNTER = Door("direct", "counter")
POST_ROOM = Door("postal", "post_room")


@dataclass(frozen=True)
class Desk:
    """The units of an office that receive a dossier and decide on it; two facts (R19)."""

    receiving_unit: str
    resolving_unit: str


def procedure_in_force(catalogue: Catalogue, procedure_id: str, on: date) -> Procedure:
    """The version that holds on a date (R01). Raises ProcedureUnknown, ProcedureNotInForce."""
    found = next((one for one in catalogue.in_force(on) if one.id == procedure_id), None)
    if found is None:
        any_version(catalogue, procedure_id)
        raise ProcedureNotInForce(procedure_id, on)
    return found


def any_version(catalogue: Catalogue, procedure_id: str, version: str | None = None) -> Procedure:
    """A procedure whether in force or not. Raises ProcedureUnknown."""
    try:
        return catalogue.procedure(procedure_id, version)
    except UnknownProcedure as error:
        raise ProcedureUnknown(procedure_id) from error


def must_be_open(catalogue: Catalogue, procedure: Procedure, on: date, door: Door = PORTAL) -> None:
    """Raises FilingClosed where the procedure is not taken through this door on that date (R19)."""
    if not catalogue.filing_open(procedure, door.channel, door.origin, on):
        raise FilingClosed(on, *_closed_by(catalogue, on, door), channel=door.channel)


def must_have_components(procedure: Procedure) -> None:
    """Raises ComponentsUnpublished where no act says what a dossier holds: there is nothing to file yet (R14)."""
    if not procedure.components:
        raise ComponentsUnpublished(procedure.id)


def _closed_by(catalogue: Catalogue, on: date, door: Door) -> tuple[date | None, str | None]:
    """The first day on which this door was shut, and the act that shut it."""
    points = [point for record in catalogue.filing for point in record.points]
    ended = [
        (point.effective_to, str(point.sources[0]))
        for point in points
        if (point.origin, point.channel) == (door.origin, door.channel)
        and point.effective_to
        and point.effective_to < on
    ]
    if not ended:
        return None, None
    last, source = max(ended)
    return last + timedelta(days=1), source


def desk_of(office: Office, procedure: Procedure, on: date) -> Desk:
    """Who receives at the desk, and which unit resolves the procedure on that date."""
    receiving = next(unit.id for unit in office.units if unit.kind == "one_stop")
    return Desk(receiving, office.resolving_unit(procedure, on))
