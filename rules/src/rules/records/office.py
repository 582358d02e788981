"""An office (cơ quan), its units, its agency code through time, and the points at which dossiers may be filed."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field

from rules.readings import Readings
from rules.records.cited import Dated, Entry, Identifier, Record, Text
from rules.records.procedure import Channel, Procedure, Role

Origin = Literal["this_portal", "counter", "post_room", "national_portal", "national_single_window", "ministry_system"]
AGENCY_CODE = r"^[A-Y]\d{2}(\.\d{1,3}){1,3}$"


class Unit(Entry):
    """A unit of the office and the roles that work in it. A `branch` has its own queue and people for a whole field.

    `other_area` is no unit of the office, but a desk elsewhere that may receive for it (NĐ 118/2025/NĐ-CP, Điều 14).
    """

    id: Identifier
    kind: Literal["one_stop", "division", "branch", "leadership", "clerical", "accounting", "other_area"]
    name_vi: Text
    name_en: Text
    telephone: str | None = None
    roles: tuple[Role, ...] = ()


class AgencyCode(Dated):
    """The agency's electronic identifier, level 1 first, as it held in a span of time."""

    code: str = Field(pattern=AGENCY_CODE)


class Delegation(Dated):
    """Who signs (R22): the law's authority, or by a delegation the department's leader."""

    procedure_ids: Annotated[tuple[Identifier, ...], Field(min_length=1)]
    signer_role: Role
    signer_vi: Text
    act: str | None = None


class Resolves(Dated):
    """Which unit resolves what: named procedures, or whole fields. In an office's list the first match counts."""

    unit_id: Identifier
    procedure_ids: tuple[Identifier, ...] = ()
    field_ids: tuple[Identifier, ...] = ()

    def covers(self, procedure: Procedure, on: date) -> bool:
        named = procedure.id in self.procedure_ids or procedure.field_id in self.field_ids
        return named and self.is_in_force(on)


class ReadingsInForce(Dated):
    """This office's choice where the law is silent, for all procedures or for those that are named."""

    readings: Readings
    procedure_ids: tuple[Identifier, ...] = ()

    def is_for(self, procedure_id: str | None) -> bool:
        return not self.procedure_ids or procedure_id in self.procedure_ids

    def competes_with(self, other: Self) -> bool:
        """Whether both would hold for something on the same day, and neither goes before the other."""
        mine, theirs = set(self.procedure_ids), set(other.procedure_ids)
        return (bool(mine & theirs) or not (mine or theirs)) and self.overlaps(other)


class Office(Record):
    """An office with everything about it that its slips and pages print."""

    name_vi: Text
    name_en: Text
    parent_vi: Text
    province_vi: Text
    address_vi: Text
    telephone: Text
    email: Text
    website: str | None = None
    place_vi: Text
    agency_codes: Annotated[tuple[AgencyCode, ...], Field(min_length=1)]
    units: Annotated[tuple[Unit, ...], Field(min_length=1)]
    delegations: tuple[Delegation, ...] = ()
    resolves: tuple[Resolves, ...] = ()
    readings: tuple[ReadingsInForce, ...] = ()

    def resolving_unit(self, procedure: Procedure, on: date) -> str:
        """The unit that resolves a procedure on a date: as the office decided, else the first whose people appraise."""
        decided = next((one.unit_id for one in self.resolves if one.covers(procedure, on)), None)
        if decided:
            return decided
        appraiser = next((step.role for step in procedure.steps if step.kind == "appraise"), procedure.steps[0].role)
        return next((unit.id for unit in self.units if appraiser in unit.roles), self.units[0].id)

    def is_delegated(self, procedure: Procedure, on: date) -> bool:
        """Whether the department decides in the place of the province's committee (R22)."""
        return any(procedure.id in one.procedure_ids and one.is_in_force(on) for one in self.delegations)

    @property
    def desk(self) -> str:
        """The office's own one-stop unit."""
        return next((unit.id for unit in self.units if unit.kind == "one_stop"), self.units[0].id)

    def is_elsewhere(self, unit_id: str) -> bool:
        """Whether that desk receives for the office without being part of it: no limit starts there."""
        return any(unit.id == unit_id and unit.kind == "other_area" for unit in self.units)

    def unit(self, unit_id: str) -> Unit | None:
        return next((one for one in self.units if one.id == unit_id), None)


class FilingPoint(Dated):
    """Where dossiers may come in (R19): open in this span, closed outside it."""

    origin: Origin
    channel: Channel


class FilingPoints(Record):
    points: Annotated[tuple[FilingPoint, ...], Field(min_length=1)]
