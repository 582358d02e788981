"""`motcua parked` and `motcua reader`: 1 for what is refused again, 2 and one line for what is asked wrongly."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from contracts.catalogue import EVENTS
from intake.main import SERVICE
from intake.settings import IntakeSettings
from kit.consume import deliver
from kit.groups import GroupIsReading
from kit.testing.databases import fresh_database, postgres
from kit.testing.events import a_record
from kit.testing.people import settings_of
from kit.tx import Database
from motcua import cli
from motcua.parked import command, reader

__all__ = ["postgres"]
pytestmark = pytest.mark.db
EXAMPLES = Path(__file__).parents[2] / "contracts/examples"
Ask = Callable[..., tuple[int, str, str]]


async def park_two(opened: AbstractAsyncContextManager[Database]) -> Database:
    """A check of a dossier that intake has never seen: refused; and what waits behind it."""
    database = await opened.__aenter__()
    type_ = "workflow.check_started.v1"
    event = EVENTS[type_].model_validate(json.loads((EXAMPLES / f"{type_}.json").read_bytes())["data"])
    records = [a_record(event, sequence=number, offset=number) for number in (1, 2)]
    await deliver(database, SERVICE.build_consumer(), records)
    await database.engine.dispose()
    return database


@pytest.fixture
def settings(postgres: str, tmp_path: Path) -> Iterator[IntakeSettings]:
    loop = asyncio.new_event_loop()
    opened = fresh_database(postgres, "intake", tmp_path)
    database = loop.run_until_complete(park_two(opened))
    yield settings_of(IntakeSettings, database.url, f"file://{tmp_path}")
    loop.run_until_complete(opened.__aexit__(None, None, None))
    loop.close()


@pytest.fixture
def ask(settings: IntakeSettings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ask:
    """The command line with these words: exit code, output, what stands on standard error."""

    def asked(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["motcua", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        told = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, told.out, told.err

    monkeypatch.setattr(command, "read_settings", lambda service: settings)
    monkeypatch.setattr(reader, "read_settings", lambda service: settings)
    return asked


def test_what_is_parked_is_listed_and_shown(ask: Ask) -> None:
    status, out, _ = ask("parked", "list", "intake", "--failed", "--json")
    (failed,) = json.loads(out)
    assert (status, failed["type"], failed["reason"]) == (0, "workflow.check_started.v1", "NotFound: no such dossier")
    status, out, _ = ask("parked", "list", "intake")
    assert (status, out.count("failed "), out.count("held ")) == (0, 1, 1)
    status, out, _ = ask("parked", "show", "intake", str(failed["id"]))
    assert (status, "workflow.events, partition 0, offset 1" in out) == (0, True)


def test_what_is_refused_again_is_exit_code_1_with_its_reason(ask: Ask) -> None:
    status, out, err = ask("parked", "replay", "intake", "--all", "--by", "an operator")
    assert (status, out) == (1, "")
    assert "1: refused again: NotFound: no such dossier" in err


def test_what_is_dropped_stands_among_the_decisions_and_the_next_one_is_tried(ask: Ask) -> None:
    assert ask("parked", "drop", "intake", "1", "--why", "another office's", "--by", "an operator")[:2] == (
        0,
        "1: dropped\n",
    )
    out = ask("parked", "decisions", "intake", "--json")[1]
    (decision,) = json.loads(out)
    assert (decision["decision"], decision["why"], decision["event"]["id"]) == ("dropped", "another office's", 1)
    out = ask("parked", "list", "intake", "--failed", "--json")[1]
    assert [found["id"] for found in json.loads(out)] == [2], "it was held, and its turn came"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["show", "intake", "99"], "nothing with the number 99 is parked"),
        (["replay", "intake", "99"], "nothing with the number 99 is parked"),
        (["replay", "intake"], "say which numbers, or --all"),
        (["replay", "intake", "1", "--all"], "say which numbers, or --all"),
        (["drop", "intake", "1"], "Missing option '--why'."),
        (["pass-over", "intake", "2", "--why", "x"], "decide on number 1 first"),
        (["list", "nobody"], "'nobody' is not one of"),
    ],
)
def test_what_is_asked_wrongly_is_one_line_and_exit_code_2(ask: Ask, words: list[str], why: str) -> None:
    status, out, err = ask("parked", *words)
    assert (status, out) == (2, "")
    assert why in err
    assert err.count("\n") == 1


def test_a_reader_is_not_set_back_while_its_workers_read(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refused(*words: object) -> int:
        raise GroupIsReading("somebody reads in motcua.intake: stop the service's workers first")

    monkeypatch.setattr("kit.groups.reset", refused)
    status, _, err = ask("reader", "reset", "intake")
    assert (status, err) == (2, "motcua: somebody reads in motcua.intake: stop the service's workers first\n")
