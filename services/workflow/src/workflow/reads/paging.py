"""Orders of the queue and pages by key: a page begins after a row, so it costs the same however far one has gone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, unquote
from uuid import UUID

from sqlalchemy import ColumnElement, SQLColumnExpression, Text, Uuid, cast, func, literal, literal_column, tuple_
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from workflow.domain.errors import NoSuchList
from workflow.store.tables import CaseRow, Moment


@dataclass(frozen=True)
class Part:
    """One column of an order: in SQL, as words for an address, and the type the words are read back as.

    What no address may say (R18) is `looked_up` by its name from the row itself, whose id ends every key.
    """

    sql: SQLColumnExpression[Any]
    said: Callable[[CaseRow], str]
    type: Any
    looked_up: str = ""


_NEVER = "infinity"
_ID = Part(col(CaseRow.dossier_id), lambda row: str(row.dossier_id), Uuid())
_DEADLINE = Part(
    # As the index has it, so that cases without a deadline come last and still have a key.
    func.coalesce(col(CaseRow.deadline_at), literal_column("'infinity'::timestamptz")),
    lambda row: _moment(row.deadline_at),
    Moment(),
)
_SINCE = Part(col(CaseRow.since), lambda row: _moment(row.since), Moment())
_RECEIVED = Part(col(CaseRow.received_at), lambda row: _moment(row.received_at), Moment())
_CODE = Part(
    func.coalesce(col(CaseRow.code), col(CaseRow.arrival_number)), lambda row: row.code or row.arrival_number, Text()
)
_APPLICANT = Part(col(CaseRow.applicant_key), lambda row: "", Text(), looked_up="applicant_key")
SORTS = MappingProxyType(
    {
        "urgent": (_DEADLINE, _SINCE, _ID),
        "code": (_CODE, _ID),
        "applicant": (_APPLICANT, _ID),
        "since": (_SINCE, _ID),
        "received": (_RECEIVED, _ID),
    }
)


def _moment(at: datetime | None) -> str:
    return at.isoformat() if at else _NEVER


@dataclass(frozen=True)
class Order:
    """An order of the queue; `-` before its name turns it round."""

    name: str

    @property
    def parts(self) -> Sequence[Part]:
        found = SORTS.get(self.name.removeprefix("-"))
        if found is None:
            raise NoSuchList(self.name)
        return found

    @property
    def is_down(self) -> bool:
        return self.name.startswith("-")

    def key_of(self, row: CaseRow) -> str:
        """Where this row stands, as an address can carry it."""
        return "~".join(quote(part.said(row), safe="") for part in self.parts)

    def beyond(self, key: str, *, backwards: bool) -> ColumnElement[bool]:
        """The rows after `key`, or before it. Raises NoSuchList for a key that is not one of this order."""
        row = tuple_(*(part.sql for part in self.parts))
        wanted = tuple_(*self._values(key))
        return row < wanted if backwards is not self.is_down else row > wanted

    def _values(self, key: str) -> list[ColumnElement[Any]]:
        said = [unquote(one) for one in key.split("~")]
        if len(said) != len(self.parts):
            raise NoSuchList(key)
        row_id = _value(_ID, said[-1])
        return [
            _looked_up(part, row_id) if part.looked_up else _value(part, text)
            for part, text in zip(self.parts, said, strict=True)
        ]

    def columns(self, *, backwards: bool) -> list[ColumnElement[Any]]:
        is_down = backwards is not self.is_down
        return [part.sql.desc() if is_down else part.sql.asc() for part in self.parts]


def _looked_up(part: Part, row_id: ColumnElement[Any]) -> ColumnElement[Any]:
    row = aliased(CaseRow)
    return select(getattr(row, part.looked_up)).where(col(row.dossier_id) == row_id).scalar_subquery()


def _value(part: Part, text: str) -> ColumnElement[Any]:
    """Words of an address as the part's own type. Raises NoSuchList where they are not."""
    try:
        if isinstance(part.type, Uuid):
            UUID(text)
        elif isinstance(part.type, Moment) and text != _NEVER:
            datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError) as wrong:
        raise NoSuchList(text) from wrong
    return cast(literal(text.replace("\0", ""), Text()), part.type)
