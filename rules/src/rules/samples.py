"""A whole sheet made from a form's own layout: proof that the form can be filled in. Invented values, for no real use.

What is drawn by chance follows from the seed alone, so the same seed gives the same sheet.
"""

import random
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from rules.records.form import (
    AnyCheck,
    Condition,
    DateOrder,
    Form,
    FormField,
    GoesWith,
    NotAfterFiling,
    RowsEqual,
    Sum,
)

FILED_ON = date(2025, 3, 3)
MOST_ROWS = 3
PLAIN: Mapping[str, Any] = {"phone": "0200 3 111 222", "email": "xquang@benhvien.example", "boolean": True}

Choices = Mapping[str, frozenset[str]]


def whole_sheet(
    form: Form,
    *,
    seed: int = 0,
    on: date = FILED_ON,
    choices: Choices | None = None,
    given: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """A valid sheet, filed `on` a day. `choices` narrows the values of a choice, `given` fixes values beforehand.

    Both also hold for columns of tables, written "table.column". Optional sections are filled in.
    """
    rng = random.Random(seed)  # noqa: S311  nothing secret is drawn
    return _Maker(form, rng, on, choices or {}, dict(given or {})).sheet()


class _Maker:
    def __init__(self, form: Form, rng: random.Random, on: date, choices: Choices, given: dict[str, Any]) -> None:
        self._form = form
        self._rng = rng
        self._on = on
        self._choices = choices
        self._given = given
        self._compared = {name for check in form.checks for name in compared(check)}

    def sheet(self) -> dict[str, Any]:
        fields = list(self._form.fields())
        made = {field.key: self._given.get(field.key, self._value(field, field.key)) for field in fields}
        for check in self._form.checks:
            self._settle(made, check)
        return {field.key: made[field.key] for field in fields if self._is_wanted(field, made)}

    def _is_wanted(self, field: FormField, made: Mapping[str, Any]) -> bool:
        """Conditions decide; what nothing asks for is filled in every other time, unless a check compares it."""
        if field.key in self._given:
            return True
        if field.component or (field.condition and not _holds(field.condition, made)):
            return False
        return field.required or field.key in self._compared or self._rng.random() < 0.5

    def _value(self, field: FormField, name: str) -> Any:
        if field.type == "table":
            return [self._row(field, name) for _ in range(self._rng.randint(int(field.required), MOST_ROWS))]
        if field.type == "enum":
            allowed = self._choices.get(name)
            return self._rng.choice([one.value for one in field.values if allowed is None or one.value in allowed])
        if field.type in ("integer", "decimal"):
            return self._number(field)
        if field.type == "date":
            return (self._on - timedelta(days=self._rng.randint(30, 900))).isoformat()
        if field.type == "file":
            return "anh-3x4.jpg"
        return PLAIN.get(field.type) or self._text(field)

    def _row(self, table: FormField, name: str) -> dict[str, Any]:
        wanted = [column for column in table.columns if column.required or self._rng.random() < 0.5]
        return {column.key: self._value(column, f"{name}.{column.key}") for column in wanted}

    def _number(self, field: FormField) -> int:
        least = field.minimum if field.minimum is not None else 1
        most = field.maximum if field.maximum is not None else least + 9
        return self._rng.randint(least, min(most, max(least + 9, 2022 if least >= 1900 else 0)))

    def _text(self, field: FormField) -> str:
        text = f"{field.label_vi} mẫu {self._rng.randint(1, 999)}"
        return text[: field.max_length] if field.max_length else text

    def _settle(self, made: dict[str, Any], check: AnyCheck) -> None:
        """Make what a check compares agree, without touching what was given."""
        if isinstance(check, RowsEqual):
            self._settle_rows(made, check)
        elif isinstance(check, GoesWith):
            self._settle_choice(made, check)
        elif isinstance(check, DateOrder):
            self._settle_order(made, check)
        elif isinstance(check, Sum):
            made[check.field] = sum(_parts(check, made))
        else:
            self._settle_filing(made, check)

    def _settle_rows(self, made: dict[str, Any], check: RowsEqual) -> None:
        table = self._form.field(check.table)
        assert table is not None
        if check.field in self._given and check.table not in self._given:
            made[check.table] = [self._row(table, table.key) for _ in range(made[check.field])]
        made[check.field] = len(made[check.table])

    def _settle_choice(self, made: dict[str, Any], check: GoesWith) -> None:
        """What stands by the field is chosen so that it goes with it; the field itself may have been narrowed."""
        other = self._form.field(check.by)
        assert other is not None
        chosen = made[check.field]
        fits = [one.value for one in other.values if chosen in check.allowed.get(one.value, (chosen,))]
        if check.by in self._given or not fits:
            made[check.field] = self._rng.choice(check.allowed.get(str(made[check.by]), (chosen,)))
        else:
            made[check.by] = self._rng.choice(fits)

    def _settle_order(self, made: dict[str, Any], check: DateOrder) -> None:
        earlier, later = made[check.field], made[check.not_after]
        if earlier > later and check.field not in self._given:
            made[check.field] = later
        elif earlier > later:
            made[check.not_after] = earlier

    def _settle_filing(self, made: dict[str, Any], check: NotAfterFiling) -> None:
        if check.within_months and check.field not in self._given:
            made[check.field] = (self._on - timedelta(days=self._rng.randint(0, 27))).isoformat()


def _holds(condition: Condition, made: Mapping[str, Any]) -> bool:
    return not condition.values or str(made.get(condition.field)) in condition.values


def _parts(check: Sum, made: Mapping[str, Any]) -> list[Any]:
    if check.table and check.column:
        return [row.get(check.column, 0) for row in made[check.table]]
    return [made[key] for key in check.of]


def compared(check: AnyCheck) -> Iterator[str]:
    """The fields of the sheet that a check compares."""
    yield check.field
    if isinstance(check, RowsEqual):
        yield check.table
    elif isinstance(check, GoesWith):
        yield check.by
    elif isinstance(check, DateOrder):
        yield check.not_after
    elif isinstance(check, Sum):
        yield from (*check.of, *((check.table,) if check.table else ()))
