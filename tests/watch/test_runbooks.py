"""A page per alert, with commands that exist, metrics that exist, and words that a log really says."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest
from tests.watch.asked import ON_A_MACHINE, ROOT, RUNBOOKS, alerts, boards, names, panels
from tests.watch.test_rules import known

from motcua.cli import cli
from motcua.programs import SERVICES
from motcua.stack import Stack

PAGES = sorted(path for path in RUNBOOKS.glob("*.md") if path.stem != "README")
HEADINGS = ["What people feel", "Look here", "Do this", "It is over when"]
NOTHING_TO_DO = (  # what a sound machine answers to a command that names a number, a dossier or a stopped service
    r"motcua: nothing with the number 7 is parked\n",
    r"motcua: not refused: 42\n",
    r"motcua: no dossier is called 000\.00\.15\.H00-250304-0001\n",
    r"motcua: somebody reads in motcua\.(notify|workflow): stop the service's workers first\n",
)
LOG = re.compile(r"^- Log[^:]*:(.*)$", re.MULTILINE)
QUOTED = re.compile(r"`([^`\n]+)`")
DASHBOARD = re.compile(r"Dashboard \*([^*]+)\*")


def commands(text: str) -> list[str]:
    """Each line of a shell block, and each command named in a sentence."""
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    lines = [line.strip() for block in blocks for line in block.splitlines() if line.strip()]
    return lines + [quoted for quoted in QUOTED.findall(text) if quoted.startswith("motcua ")]


def refused(words: list[str]) -> str:
    """Why the command line would refuse it; empty where it would run. Nothing is run."""
    command: click.Command = cli
    context = click.Context(cli, info_name="motcua")
    while isinstance(command, click.Group):
        if not words:
            return "no command"
        found = command.get_command(context, words[0])
        if found is None:
            return f"no such command: {words[0]}"
        command, context = found, click.Context(found, parent=context, info_name=words[0])
        words = words[1:]
    if words == ["--help"]:
        return ""
    try:
        command.make_context(context.info_name, list(words), parent=context.parent)
    except click.ClickException as error:
        return error.format_message()
    return ""


def queries(text: str) -> list[str]:
    """What is quoted and reads like a query."""
    return [quoted for quoted in QUOTED.findall(text) if names(quoted)]


SOURCES = "\n".join(path.read_text() for folder in ("kit/src", "services") for path in (ROOT / folder).rglob("*.py"))


def test_there_is_a_page_for_each_alert_and_no_other() -> None:
    assert [page.stem for page in PAGES] == sorted(alerts())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_answers_the_same_questions(page: Path) -> None:
    text = page.read_text()
    assert text.startswith(f"# {page.stem}\n")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == HEADINGS
    assert len(text.split()) < 400


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_of_a_page_would_run(page: Path) -> None:
    for line in commands(page.read_text()):
        program, *words = shlex.split(line)
        assert (program, refused(words)) == ("motcua", ""), line


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_metric_of_a_page_exists(page: Path) -> None:
    asked = queries(page.read_text())
    assert asked
    assert {name for query in asked for name in names(query)} - known() == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_dashboards_and_panels_of_a_page_exist(page: Path) -> None:
    titles = {board["title"]: {panel["title"] for panel in panels(board)} for board in boards().values()}
    first = next(line for line in page.read_text().splitlines() if line.startswith("- Dashboard"))
    starred = re.findall(r"\*([^*]+)\*", first)
    rows = {panel["title"] for board in boards().values() for panel in board["panels"] if panel["type"] == "row"}
    assert DASHBOARD.findall(first)[0] in titles
    assert [name for name in starred if name not in titles.keys() | rows | set().union(*titles.values())] == []


@pytest.mark.parametrize("page", [page for page in PAGES if LOG.search(page.read_text())], ids=lambda page: page.stem)
def test_the_words_of_a_log_are_really_said(page: Path) -> None:
    words = [word for line in LOG.findall(page.read_text()) for word in QUOTED.findall(line)]
    assert [word for word in words if "_" not in word and word not in SOURCES] == []


def answer_on(machine: Stack, command: str) -> tuple[int, str]:
    """Exit code and complaint of a page's command, in a shell that read the settings of the service it is about."""
    service = next((word for word in shlex.split(command) if word in SERVICES), "workflow")
    script = f". {shlex.quote(str(machine.settings_file(service)))} && exec {shlex.quote(sys.executable)} -m {command}"
    done = subprocess.run(["sh", "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stderr


class TestOnAMachine:
    pytestmark = ON_A_MACHINE

    def test_every_command_does_its_work_or_says_what_is_not_there(self, machine: Stack) -> None:
        found = {command: answer_on(machine, command) for page in PAGES for command in commands(page.read_text())}
        wrong = {
            command: answer
            for command, answer in found.items()
            if answer != (0, "") and not any(re.fullmatch(one, answer[1]) for one in NOTHING_TO_DO)
        }
        assert wrong == {}
        assert len([answer for answer in found.values() if answer == (0, "")]) > len(found) / 2

    def test_settings_are_for_their_owners_eyes(self, machine: Stack) -> None:
        assert {machine.settings_file(name).stat().st_mode & 0o777 for name in SERVICES} == {0o600}


def test_a_command_that_does_not_exist_would_be_seen() -> None:
    assert refused(["parked", "list", "workflow", "--failed"]) == ""
    assert refused(["parked", "lost", "workflow"]) == "no such command: lost"
    assert "No such option" in refused(["parked", "list", "workflow", "--broken"])
    assert "is not one of" in refused(["parked", "list", "nobody"])
    assert "Missing" in refused(["parked", "drop", "workflow", "7"])
