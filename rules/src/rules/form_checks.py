"""What must agree inside one sheet beyond its schema: rows, dates, sums, choices that go together. Pure.

Each check has a function; a check whose values are missing or unreadable says nothing, the schema has said it already.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from rules import wording
from rules.records.form import AnyCheck, DateOrder, Form, GoesWith, NotAfterFiling, RowsEqual, Sum
from rules.terms import corresponding_day

Data = Mapping[str, Any]
Found = tuple[str, wording.Both]


def failed(form: Form, check: AnyCheck, data: Data, on: date | None) -> Found | None:
    """The code and the sentences of a check that fails; `on` is the day of filing, without which none asks for it."""
    if isinstance(check, RowsEqual):
        return _rows_equal(form, check, data)
    if isinstance(check, GoesWith):
        return _goes_with(form, check, data)
    if isinstance(check, DateOrder):
        return _date_order(form, check, data)
    if isinstance(check, Sum):
        return _sum(form, check, data)
    return _not_after_filing(form, check, data, on) if on else None


def _rows_equal(form: Form, check: RowsEqual, data: Data) -> Found | None:
    rows, said = data.get(check.table, []), data.get(check.field)
    if not isinstance(rows, list) or not isinstance(said, int) or said == len(rows):
        return None
    return "rows_equal", wording.rows_equal(form, check, said, len(rows))


def _goes_with(form: Form, check: GoesWith, data: Data) -> Found | None:
    allowed = check.allowed.get(str(data.get(check.by)))
    if allowed is None or check.field not in data or data[check.field] in allowed:
        return None
    return "goes_with", wording.goes_with(form, check)


def _date_order(form: Form, check: DateOrder, data: Data) -> Found | None:
    earlier, later = _day(data.get(check.field)), _day(data.get(check.not_after))
    if earlier is None or later is None or earlier <= later:
        return None
    return "date_order", wording.date_order(form, check)


def _not_after_filing(form: Form, check: NotAfterFiling, data: Data, on: date) -> Found | None:
    day = _day(data.get(check.field))
    if day is not None and day > on:
        return "after_filing", wording.after_filing(form, check)
    if day is not None and check.within_months and day < corresponding_day(on, -check.within_months):
        return "too_old", wording.too_old(form, check)
    return None


def _sum(form: Form, check: Sum, data: Data) -> Found | None:
    said, parts = data.get(check.field), _parts(check, data)
    if not _is_number(said) or not all(_is_number(part) for part in parts) or said == sum(parts):
        return None
    return "sum", wording.sum_differs(form, check, sum(parts))


def _parts(check: Sum, data: Data) -> list[Any]:
    rows = data.get(check.table) if check.table else None
    if isinstance(rows, list) and check.column:
        return [row.get(check.column, 0) for row in rows if isinstance(row, Mapping)]
    return [data.get(key, 0) for key in check.of]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
