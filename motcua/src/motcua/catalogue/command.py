"""`motcua catalogue list|show|check|draw`. A fault in the data is one line `file:line: reason` and exit code 1."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from motcua.catalogue import drawing, listing, rendering, showing
from motcua.catalogue.words import Words
from rules import catalogue
from rules.catalogue import Catalogue
from rules.errors import BadData
from rules.records.procedure import Procedure
from rules.records.process import ProcessRecord

AnyCommand = TypeVar("AnyCommand", bound=Callable[..., Any])
json_option = click.option("--json", "as_json", is_flag=True, help="for machines")


def folder_option(command: AnyCommand) -> AnyCommand:
    kind = click.Path(path_type=Path, exists=True, file_okay=False)
    return click.option("--folder", type=kind, default=None, help="data in another folder")(command)


def language_option(command: AnyCommand) -> AnyCommand:
    kind = click.Choice(["vi", "en"])
    return click.option("--language", type=kind, default="vi", help="vi (as published) or en")(command)


@click.group("catalogue")
def group() -> None:
    """The procedures, forms, fees and processes that this installation knows."""


@group.command("list")
@json_option
@click.option("--markdown", is_flag=True, help="as tables for a document")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), default=None, help="only what is in force on this day")
@language_option
@folder_option
def list_procedures(as_json: bool, markdown: bool, on: datetime | None, language: str, folder: Path | None) -> int:
    """Every version of every procedure."""
    if as_json and markdown:
        raise click.UsageError("choose --json or --markdown, not both")
    law, words = law_of(folder), words_in(language)
    found = listing.in_force(listing.sorted_procedures(law), on.date() if on else None)
    if as_json:
        echo_json([listing.entry(law, one) for one in found])
    else:
        click.echo(listing.as_markdown(found, words) if markdown else listing.as_text(found, words), nl=False)
    return 0


@group.command()
@click.argument("name", metavar="ID")
@click.option("--version", default=None, help="of several versions; the newest if not given")
@json_option
@language_option
@folder_option
def show(name: str, version: str | None, as_json: bool, language: str, folder: Path | None) -> int:
    """One procedure in full. ID is its id, its record id or its national code."""
    law = law_of(folder)
    one = procedure_of(law, name, version)
    if as_json:
        echo_json(listing.entry(law, one) | {"record": one.model_dump(mode="json", by_alias=True)})
    else:
        click.echo(showing.as_text(law, one, words_in(language)), nl=False)
    return 0


@group.command()
@json_option
@folder_option
def check(as_json: bool, folder: Path | None) -> int:
    """Whether the data is sound: shapes, sources, dates, shares, references, and that every form can be drawn."""
    try:
        law = law_of(folder)
        rendering.check(law, folder or catalogue.DATA)
    except BadData as bad:
        if as_json:
            echo_json({"sound": False, "file": bad.file, "line": bad.line, "reason": bad.reason})
        click.echo(str(bad), err=True)
        return 1
    counts = {"procedures": len(law.procedures), "forms": len(law.forms), "fees": len(law.fees)}
    counts |= {"processes": len(law.processes), "overlays": len(law.overlays)}
    if as_json:
        echo_json({"sound": True, **counts})
    else:
        click.echo("sound: " + ", ".join(f"{number} {name}" for name, number in counts.items()))
    return 0


@group.command()
@click.argument("name", metavar="ID")
@click.option("--version", default=None, help="of several versions; the newest if not given")
@click.option("--format", "kind", type=click.Choice(["svg", "text"]), default="svg")
@json_option
@language_option
@folder_option
def draw(name: str, version: str | None, kind: str, as_json: bool, language: str, folder: Path | None) -> int:
    """The internal process of a procedure, or a process by its own id, as a picture."""
    law, words = law_of(folder), words_in(language)
    process = next((one for one in law.processes if one.id == name), None)
    one = None if process else procedure_of(law, name, version)
    drawn = process or process_of(one)
    if as_json:
        echo_json(drawn.model_dump(mode="json"))
    elif kind == "text":
        click.echo(drawing.as_text(drawn, words, one), nl=False)
    else:
        click.echo(drawing.as_svg(drawn, words, one), nl=False)
    return 0


def law_of(folder: Path | None) -> Catalogue:
    """The data that ships with the rules, or a folder's. Raises BadData."""
    if folder is None:
        return catalogue.load()
    if not (folder / "procedures").is_dir():
        raise click.BadParameter(f"{folder} has no folder procedures in it", param_hint="--folder")
    return Catalogue.from_folder(folder)


def procedure_of(law: Catalogue, name: str, version: str | None) -> Procedure:
    """By id, record id or national code: the version asked for, or the newest."""
    named = [one for one in law.procedures if name in (one.id, one.record_id, one.national_code)]
    found = [one for one in named if version in (None, one.version)]
    if not found:
        versions = ", ".join(sorted(one.version for one in named))
        known = f"no version {version}; there is {versions}" if named else "no such procedure"
        raise click.BadParameter(f"{name}: {known}", param_hint="ID")
    return max(found, key=lambda one: one.effective_from)


def process_of(one: Procedure | None) -> ProcessRecord:
    assert one is not None, "procedure_of gives one or raises"
    return one.process


def words_in(language: str) -> Words:
    return Words("en" if language == "en" else "vi")


def echo_json(found: Any) -> None:
    click.echo(json.dumps(found, ensure_ascii=False, indent=2))
