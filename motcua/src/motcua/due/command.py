"""`motcua due`: reads the options, asks the rules, prints. What is wrong is one line and exit code 2."""

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import click

from motcua.catalogue.words import Words
from motcua.due.batch import due_moments
from motcua.due.reading import Refused, read_limit, read_moment, said, shown
from motcua.due.saying import Sayer, due_as_json
from rules.catalogue import Catalogue, load
from rules.due import due
from rules.errors import RulesError
from rules.milestones import Question, Round
from rules.road import road

OFFICE = "demo-dost"
ONE = ("limit", "begins")
ROAD = ("procedure", "channel", "filed", "paid", "asked", "answered")
OPTION = {"begins": "--from"}


@click.command("due")
@click.option("--limit", help='a number and a unit, as "5 working days"')
@click.option("--from", "begins", metavar="MOMENT", help="when the limit starts, as 2026-01-06T09:00")
@click.option("--batch", metavar="FILE", help='lines of {"limit": …, "from": …, "office"?: …}; - is standard input')
@click.option("--procedure", metavar="ID", help="the whole road of a dossier: its procedure, by id or national code")
@click.option("--channel", type=click.Choice(["online", "direct", "postal"]), help="how it is filed")
@click.option("--filed", metavar="MOMENT", help="when it is filed")
@click.option("--paid", metavar="MOMENT", help="when the fee is paid")
@click.option("--asked", metavar="MOMENT", multiple=True, help="when a supplement is asked for; may come again")
@click.option("--answered", metavar="MOMENT", multiple=True, help="when it is answered, in the same order")
@click.option("--office", default=OFFICE, help="whose calendar", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="for machines")
@click.option("--language", type=click.Choice(["vi", "en"]), default="vi", help="of the explanation")
def command(office: str, as_json: bool, language: str, **asked: Any) -> int:
    """When a limit ends: the moment on the first line, then why. Moments without an offset are Vietnam's time."""
    given = [name for name, value in asked.items() if value not in (None, ())]
    law = load()
    try:
        if "batch" in given:
            alone(given, ("batch",), as_json=as_json)
            answer_batch(asked["batch"], law, office)
        elif set(given) & {*ROAD}:
            alone(given, ROAD)
            click.echo(road_words(asked, given, law, office, language, as_json=as_json), nl=False)
        else:
            click.echo(due_words(asked, given, law, office, language, as_json=as_json), nl=False)
    except (Refused, RulesError) as wrong:
        raise click.UsageError(said(wrong) if isinstance(wrong, RulesError) else str(wrong)) from wrong
    return 0


def alone(given: list[str], allowed: Iterable[str], *, as_json: bool = False) -> None:
    """Raises Refused where options exclude one another."""
    others = [OPTION.get(name, f"--{name}") for name in given if name not in allowed] + ["--json"] * as_json
    if others:
        first = next(name for name in given if name in allowed)
        raise Refused(f"--{first} and {others[0]} exclude one another")


def needs(given: list[str], wanted: Iterable[str]) -> None:
    for name in wanted:
        if name not in given:
            raise Refused(f"{OPTION.get(name, f'--{name}')} is missing")


def due_words(
    asked: dict[str, Any], given: list[str], law: Catalogue, office: str, language: str, *, as_json: bool
) -> str:
    """One limit, explained. Raises Refused, RulesError."""
    needs(given, ONE)
    limit, begins = read_limit(asked["limit"]), read_moment(asked["begins"], "--from")
    calendar = law.calendar(office)
    found = due(limit, begins, calendar, readings=law.readings(office, begins.date()))
    return as_text(due_as_json(found, calendar, office)) if as_json else sayer(language).due(found, calendar, office)


def road_words(
    asked: dict[str, Any], given: list[str], law: Catalogue, office: str, language: str, *, as_json: bool
) -> str:
    """A whole road, explained. Raises Refused, RulesError."""
    needs(given, ("procedure", "channel", "filed"))
    found = road(question_of(asked, office), catalogue=law)
    return as_text(found.as_json()) if as_json else sayer(language).road(found, law.calendar(office))


def question_of(asked: dict[str, Any], office: str) -> Question:
    """Raises Refused."""
    if len(asked["answered"]) > len(asked["asked"]):
        raise Refused("--answered has no --asked before it")
    answers = [read_moment(one, "--answered") for one in asked["answered"]]
    rounds = [
        Round(read_moment(one, "--asked"), answers[number] if number < len(answers) else None)
        for number, one in enumerate(asked["asked"])
    ]
    paid = read_moment(asked["paid"], "--paid") if asked["paid"] else None
    filed = read_moment(asked["filed"], "--filed")
    return Question(asked["procedure"], asked["channel"], office, filed, paid, tuple(rounds))


def sayer(language: str) -> Sayer:
    return Sayer(Words("en" if language == "en" else "vi"))


def as_text(found: dict[str, Any]) -> str:
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def answer_batch(name: str, law: Catalogue, office: str) -> None:
    """A due moment a line. Raises Refused, UnknownOffice."""
    law.calendar(office)
    with opened(name) as lines:
        for answer in due_moments(read(lines, name), law, office):
            sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()


@contextmanager
def opened(name: str) -> Iterator[IO[bytes]]:
    """Raises Refused for what cannot be opened."""
    if name == "-":
        yield sys.stdin.buffer
        return
    try:
        lines = Path(name).open("rb")  # noqa: SIM115  # closed below; a fault while reading is none of opening
    except (OSError, ValueError) as wrong:
        raise unreadable(name, wrong) from wrong
    with lines:
        yield lines


def read(lines: IO[bytes], name: str) -> Iterator[bytes]:
    """Raises Refused for what cannot be read to its end."""
    try:
        yield from lines
    except OSError as wrong:
        raise unreadable(name, wrong) from wrong


def unreadable(name: str, wrong: Exception) -> Refused:
    return Refused(f"--batch {shown(name)}: {wrong.strerror if isinstance(wrong, OSError) else wrong}")
