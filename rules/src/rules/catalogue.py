"""The whole of the law we hold, read once, checked, and asked by id or by date. Reads only its own folder."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from pydantic import ValidationError

from rules import approved, assembly, soundness
from rules.calendar import Calendar
from rules.errors import (
    BadData,
    NotInForce,
    UnknownCodeFormat,
    UnknownFee,
    UnknownForm,
    UnknownOffice,
    UnknownProcedure,
)
from rules.readings import DEFAULT, Readings
from rules.records.calendar import CalendarRecord
from rules.records.cited import Dated, Record
from rules.records.code import CodeFormat, CodeKind
from rules.records.fee import FeeTable
from rules.records.field import FieldOfWork
from rules.records.form import Form
from rules.records.limit import GeneralLimit, Limit, LimitKind
from rules.records.office import FilingPoints, Office
from rules.records.overlay import Overlay
from rules.records.procedure import Procedure, ProcedureRecord
from rules.records.process import ProcessRecord
from rules.records.slip import IssuedSlip, SlipKey, Slips
from rules.source_yaml import Document, read

DATA = Path(__file__).parent / "data"
FOLDERS: Mapping[str, type[Record]] = MappingProxyType(
    {
        "procedures": ProcedureRecord,
        "processes": ProcessRecord,
        "fields": FieldOfWork,
        "forms": Form,
        "fees": FeeTable,
        "calendars": CalendarRecord,
        "offices": Office,
        "codes": CodeFormat,
        "filing": FilingPoints,
        "limits": GeneralLimit,
        "overlays": Overlay,
        "slips": Slips,
    }
)

AnyRecord = TypeVar("AnyRecord", bound=Record)
AnyDated = TypeVar("AnyDated", bound=Dated)


@dataclass(frozen=True)
class Catalogue:
    """Every record of every kind. Built only by `load` and `from_folder`, which refuse unsound data."""

    procedures: tuple[Procedure, ...]
    processes: tuple[ProcessRecord, ...]
    fields: tuple[FieldOfWork, ...]
    forms: tuple[Form, ...]
    fees: tuple[FeeTable, ...]
    calendars: tuple[CalendarRecord, ...]
    offices: tuple[Office, ...]
    codes: tuple[CodeFormat, ...]
    filing: tuple[FilingPoints, ...]
    limits: tuple[GeneralLimit, ...]
    overlays: tuple[Overlay, ...]
    slips: tuple[Slips, ...]

    @classmethod
    def from_folder(cls, folder: Path) -> "Catalogue":
        """Read and check a folder of records. Raises BadData at the first thing that is wrong."""
        held = assembly.assemble([found for name, kind in FOLDERS.items() for found in _read(folder, name, kind)])
        soundness.check(held)
        records = [record for _, record in held]
        return cls(**{name: tuple(r for r in records if isinstance(r, kind)) for name, kind in FOLDERS.items()})  # type: ignore[arg-type]

    def in_force(self, on: date) -> list[Procedure]:
        return [one for one in self.procedures if one.is_in_force(on)]

    def procedure(self, procedure_id: str, version: str | None = None) -> Procedure:
        """That version of a procedure, or its newest. Raises UnknownProcedure."""
        found = [one for one in self.procedures if one.id == procedure_id and version in (None, one.version)]
        if not found:
            raise UnknownProcedure(procedure_id if version is None else f"{procedure_id}, version {version}")
        return max(found, key=lambda one: one.effective_from)

    def find(self, national_code: str, on: date) -> Procedure:
        """The version with that national code in force on a date (R01). Raises UnknownProcedure, NotInForce."""
        found = [one for one in self.procedures if one.national_code == national_code]
        if not found:
            raise UnknownProcedure(national_code)
        return _in_force(found, national_code, on)

    def version_on(self, name: str, on: date) -> Procedure:
        """The version in force on a date (R01) of a procedure known by id or national code.

        Raises UnknownProcedure, NotInForce.
        """
        found = [one for one in self.procedures if name in (one.id, one.national_code)]
        if not found:
            raise UnknownProcedure(name)
        return _in_force(found, name, on)

    def procedure_at(self, office_id: str, procedure_id: str, version: str | None, on: date) -> Procedure:
        """The procedure as an office had it on a date: with its province's overlay, without steps it delegates away.

        Raises UnknownOffice, UnknownProcedure.
        """
        office, procedure = self.office(office_id), self.procedure(procedure_id, version)
        overlay = next((one for one in self.overlays if one.covers(office_id, procedure) and one.is_in_force(on)), None)
        if overlay:
            procedure = assembly.overlaid(procedure, overlay, self._process(overlay.process_id))
        return assembly.delegated(procedure) if assembly.is_delegated(office, procedure, overlay, on) else procedure

    def _process(self, process_id: str | None) -> ProcessRecord | None:
        return next((one for one in self.processes if one.id == process_id), None)

    def form(self, form_id: str) -> Form:
        """Raises UnknownForm."""
        found = next((one for one in self.forms if one.id == form_id), None)
        if found is None:
            raise UnknownForm(form_id)
        return found

    def fee(self, fee_id: str, on: date | None = None) -> FeeTable:
        """The table in force on a date, or its newest version. Raises UnknownFee, NotInForce."""
        found = [one for one in self.fees if one.id == fee_id]
        if not found:
            raise UnknownFee(fee_id)
        return _in_force(found, fee_id, on) if on else max(found, key=lambda one: one.effective_from)

    def office(self, office_id: str) -> Office:
        """Raises UnknownOffice."""
        found = next((one for one in self.offices if one.id == office_id), None)
        if found is None:
            raise UnknownOffice(office_id)
        return found

    def calendar(self, office_id: str) -> Calendar:
        """The office's newest approved calendar (R01): one that was approved at run time goes before the shipped one.

        Raises UnknownOffice.
        """
        return approved.calendar_of(office_id) or self.shipped_calendar(office_id)

    def shipped_calendar(self, office_id: str) -> Calendar:
        """Version one, as this package brings it. Raises UnknownOffice."""
        if office_id not in self._calendars:
            raise UnknownOffice(office_id)
        return self._calendars[office_id]

    def agency_code(self, office_id: str, on: date) -> str:
        """The office's identifier on a date. Raises UnknownOffice, NotInForce."""
        return _in_force(self.office(office_id).agency_codes, office_id, on).code

    def readings(self, office_id: str, on: date, procedure_id: str | None = None) -> Readings:
        """How that office reads the law where it is silent; our defaults where it has decided nothing.

        What it decided for this procedure goes before what it decided for all.
        """
        chosen = [one for one in self.office(office_id).readings if one.is_in_force(on) and one.is_for(procedure_id)]
        return max(chosen, key=lambda one: bool(one.procedure_ids)).readings if chosen else DEFAULT

    def code_format(self, kind: CodeKind, on: date | None) -> CodeFormat:
        """The format in force on a date, or the newest. Raises UnknownCodeFormat, NotInForce."""
        found = [one for one in self.codes if one.kind == kind]
        if not found:
            raise UnknownCodeFormat(kind)
        return _in_force(found, kind, on) if on else max(found, key=lambda one: one.effective_from)

    def slip(self, key: SlipKey, on: date) -> IssuedSlip:
        """The form for this purpose as it is issued on a date (R01). Raises NotInForce."""
        generation = _in_force([one for one in self.slips if one.find(key)], key, on)
        slip = generation.find(key)
        assert slip is not None
        return IssuedSlip(slip=slip, act_vi=generation.act_vi)

    def general_check_limit(self, channel: str, on: date) -> Limit | None:
        """By when a dossier must be checked where no act of its sector says (T01, T02); None where none is in force."""
        found = self.general_limit("check", on, channel=channel)
        return found.limit if found else None

    def general_limit(
        self, kind: LimitKind, on: date, *, channel: str | None = None, office_id: str | None = None
    ) -> GeneralLimit | None:
        """The limit or setting of a kind in force on a date (T01 to T08): the office's own, else what holds everywhere.

        None where nothing of that kind holds then. Its `limit` may be empty: no act gives one nationally (T07, R14).
        """
        held = [one for one in self.limits if one.holds(kind, on, channel) and one.office_id in (None, office_id)]
        return max(held, key=lambda one: one.office_id is not None, default=None)

    def filing_open(self, procedure: Procedure, channel: str, origin: str, on: date) -> bool:
        """Whether a dossier of this procedure may come in this way on that date (R19)."""
        points = [point for record in self.filing for point in record.points]
        here = [one for one in points if one.origin == origin and one.channel == channel and one.is_in_force(on)]
        return bool(here) and channel in procedure.channels and procedure.is_in_force(on)

    @cached_property
    def _calendars(self) -> Mapping[str, Calendar]:
        newest = sorted(self.calendars, key=lambda one: (one.approved_on, one.version))
        return {one.office_id: Calendar(one) for one in newest}


@cache
def load() -> Catalogue:
    """The catalogue that ships with this package, read once per process."""
    return Catalogue.from_folder(DATA)


def _read(folder: Path, name: str, kind: type[AnyRecord]) -> Iterable[tuple[Document, AnyRecord]]:
    for path in sorted((folder / name).glob("*.yaml")):
        document = read(path, f"{name}/{path.name}")
        yield document, _record(document, kind)


def _record(document: Document, kind: type[AnyRecord]) -> AnyRecord:
    try:
        return kind.model_validate(document.data)
    except ValidationError as refused:
        # a key nobody knows explains better than the key that is then missing
        first = min(refused.errors(), key=lambda error: error["type"] != "extra_forbidden")
        raise document.refuse(tuple(first["loc"]), first["msg"]) from refused


def _in_force(records: Iterable[AnyDated], name: str, on: date) -> AnyDated:
    found = next((one for one in records if one.is_in_force(on)), None)
    if found is None:
        raise NotInForce(name, on)
    return found


__all__ = ["BadData", "Catalogue", "load"]
