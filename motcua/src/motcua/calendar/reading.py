"""What the options of `motcua calendar draft` say, as the changes workflow takes."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from pydantic import ValidationError

from rules.errors import BadData
from rules.records.calendar import SpecialDay
from rules.source_yaml import parse
from workflow.domain.calendars import Changes


def changes_of(
    days: Sequence[tuple[str, str, str, str]],
    pairs: Sequence[tuple[datetime, datetime]],
    removed: Sequence[datetime],
    until: datetime | None,
) -> Changes:
    """Raises click.UsageError for a day or a kind that is none."""
    paired = {one.date(): other.date() for pair in pairs for one, other in (pair, pair[::-1])}
    found = tuple(_day(*said, paired) for said in days)
    lonely = sorted(set(paired) - {one.day for one in found})
    if lonely:
        raise click.UsageError(f"--pair names {lonely[0]}, which no --set gives")
    return Changes(found, tuple(one.date() for one in removed), until.date() if until else None)


def _day(on: str, kind: str, name: str, source: str, paired: Mapping[date, date]) -> SpecialDay:
    try:
        pair = paired.get(date.fromisoformat(on))
        facts: dict[str, Any] = {"day": on, "kind": kind, "name_vi": name, "name_en": name, "paired_with": pair}
        return SpecialDay.model_validate({**facts, "source": {"act": source}})
    except ValidationError as refused:
        raise click.UsageError(f"--set {on} {kind}: {_first(refused.errors())}") from refused
    except ValueError as refused:
        raise click.UsageError(f"--set {on}: {refused}") from refused


def _first(errors: Iterable[Any]) -> str:
    error = next(iter(errors))
    return f"{'.'.join(map(str, error['loc']))}: {error['msg']}"


def read_record(path: Path) -> dict[str, Any]:
    """A whole calendar record of a YAML or JSON file. Raises click.UsageError."""
    try:
        return dict(parse(path.read_bytes(), path.name).data)
    except (BadData, OSError) as broken:
        raise click.UsageError(str(broken)) from broken
