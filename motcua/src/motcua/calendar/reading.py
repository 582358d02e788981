"""What the options of `motcua calendar draft` say, as the changes workflow takes."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from pydantic import ValidationError

from rules.errors import BadData
from rules.records.calendar import CalendarRecord, Season, SpecialDay
from rules.source_yaml import parse
from workflow.domain.calendars import Changes, season_of


def changes_of(
    base: CalendarRecord,
    days: Sequence[tuple[str, str, str, str]],
    pairs: Sequence[tuple[datetime, datetime]],
    removed: Sequence[datetime],
    until: datetime | None,
    season: tuple[str, str, str, str, str] | None,
) -> Changes:
    """Raises click.UsageError for a day or a kind that is none; CalendarWrong for a season that is none."""
    paired = {one.date(): other.date() for pair in pairs for one, other in (pair, pair[::-1])}
    found = tuple(_day(*said, paired) for said in days)
    lonely = sorted(set(paired) - {one.day for one in found})
    if lonely:
        raise click.UsageError(f"--pair names {lonely[0]}, which no --set gives")
    ordinary, last = tuple(one.date() for one in removed), until.date() if until else None
    return Changes(found, ordinary, last, season=_season(base, *season) if season else None)


def _season(base: CalendarRecord, first: str, last: str, name: str, hours: str, source: str) -> Season:
    try:
        span = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError as refused:
        raise click.UsageError(f"--season {first} {last}: {refused}") from refused
    return season_of(base, *span, name, [part.strip() for part in hours.split(",")], source)


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
