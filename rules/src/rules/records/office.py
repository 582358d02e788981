"""An office (cơ quan), its units, its agency code through time, and the points at which dossiers may be filed."""

from typing import Annotated, Literal

from pydantic import Field

from rules.readings import Readings
from rules.records.cited import Dated, Entry, Identifier, Record, Text
from rules.records.procedure import Channel, Role

Origin = Literal["this_portal", "counter", "post_room", "national_portal", "national_single_window", "ministry_system"]
AGENCY_CODE = r"^[A-Y]\d{2}(\.\d{1,3}){1,3}$"


class Unit(Entry):
    """A unit of the office and the roles that work in it."""

    id: Identifier
    kind: Literal["one_stop", "division", "leadership", "clerical", "accounting"]
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


class ReadingsInForce(Dated):
    """This office's choice where the law is silent."""

    readings: Readings


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
    readings: tuple[ReadingsInForce, ...] = ()

    def unit(self, unit_id: str) -> Unit | None:
        return next((one for one in self.units if one.id == unit_id), None)


class FilingPoint(Dated):
    """Where dossiers may come in (R19): open in this span, closed outside it."""

    origin: Origin
    channel: Channel


class FilingPoints(Record):
    points: Annotated[tuple[FilingPoint, ...], Field(min_length=1)]
