"""Looks for values in every table of a database, every object of a store and every record of a log.

Without diacritics and capitals, as a search key would keep them. A place is named by what holds it: `intake.draft`.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from kit.inbox import Record
from kit.tx import Database, run_sql
from rules.plain import fold

_TABLES = "select tablename from pg_tables where schemaname = 'public' order by tablename"
Places = dict[str, set[str]]  # where, and which of the values


def seen_in(text: object, values: Mapping[str, str]) -> set[str]:
    """The values that this says."""
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
    folded = fold(said)
    return {kind for kind, value in values.items() if fold(value) in folded}


async def in_tables(databases: Mapping[str, Database], values: Mapping[str, str]) -> Places:
    """Every column of every row of every table, whatever its type."""
    found: Places = {}
    for service, database in databases.items():
        async with database.transaction() as tx:
            for (table,) in (await run_sql(tx, _TABLES)).all():
                for row in (await run_sql(tx, f'select * from "{table}"')).all():
                    for value in row:
                        _note(found, f"{service}.{table}", seen_in(value, values))
    return found


def in_objects(folder: Path, values: Mapping[str, str]) -> Places:
    """Every object, its path and its bytes."""
    found: Places = {}
    for path in folder.rglob("*"):
        if path.is_file():
            name = str(path.relative_to(folder))
            _note(found, name.split("/")[0], seen_in(name, values) | seen_in(path.read_bytes(), values))
    return found


def in_records(records: Iterable[Record], values: Mapping[str, str]) -> Places:
    """Every record: key, headers, body."""
    found: Places = {}
    for record in records:
        for part in (record.key, record.headers, record.body):
            _note(found, record.topic, seen_in(part, values))
    return found


def _note(found: Places, place: str, kinds: set[str]) -> None:
    if kinds:
        found.setdefault(place, set()).update(kinds)
