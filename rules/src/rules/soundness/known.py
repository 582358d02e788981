"""What the checks share: every record by kind and id, where a fault lies, and small questions."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import TypeVar

from rules.records.cited import Dated, Record
from rules.records.component import FieldRef
from rules.records.fee import FeeTable
from rules.records.form import Form, FormField
from rules.source_yaml import Document, Location

Held = tuple[Document, Record]
Fault = tuple[Location, str]
Some = TypeVar("Some", bound=Record)


class Known:
    """Every record by kind and id, for the checks that look across."""

    def __init__(self, held: Iterable[Held]) -> None:
        self._records = sorted((one for _, one in held), key=lambda one: one.effective_from)
        self._by_id: dict[tuple[type[Record], str], Record] = {(type(one), one.id): one for one in self._records}

    def has(self, kind: type[Record], record_id: str) -> bool:
        return (kind, record_id) in self._by_id

    def all(self, kind: type[Some]) -> list[Some]:
        """Every record of a kind, oldest first."""
        return [one for one in self._records if isinstance(one, kind)]

    def named(self, kind: type[Some], record_id: str) -> list[Some]:
        """Every version of a record."""
        return [one for one in self.all(kind) if one.id == record_id]

    def form(self, form_id: str) -> Form | None:
        found = self._by_id.get((Form, form_id))
        return found if isinstance(found, Form) else None

    def fee(self, fee_id: str) -> FeeTable | None:
        found = self._by_id.get((FeeTable, fee_id))
        return found if isinstance(found, FeeTable) else None

    def field(self, ref: FieldRef) -> FormField | None:
        form = self.form(ref.form_id)
        return form.field(ref.field) if form else None


def no_overlap(spans: Sequence[Dated], location: Location) -> Iterator[Fault]:
    for (_, one), (index, other) in combinations(enumerate(spans), 2):
        if one.overlaps(other):
            yield (*location, index, "effective_from"), f"overlaps the one from {one.effective_from}"


def unique(names: Iterable[str], location: Location, what: str) -> Iterator[Fault]:
    seen: set[str] = set()
    for index, name in enumerate(names):
        if name in seen:
            yield (*location, index), f"{what} {name} stands twice"
        seen.add(name)


def reference(ref: FieldRef, at: Location, known: Known) -> Iterator[Fault]:
    form = known.form(ref.form_id)
    if form is None:
        yield (*at, "form_id"), f"unknown form {ref.form_id}"
    elif form.field(ref.field) is None:
        yield (*at, "field"), f"form {ref.form_id} has no field {ref.field}"


def only_values(field: FormField | None, values: Iterable[str], location: Location) -> Iterator[Fault]:
    """Every value is one that the field offers; a field that offers none takes any."""
    offered = {choice.value for choice in field.values} if field else set()
    for value in values:
        if offered and field and value not in offered:
            yield location, f"field {field.key} has no value {value}"
