"""`motcua outbox` shows what the brokers refused, lets it go again or gives it up; and shows no content."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner, Result

from kit.testing.databases import fresh_database, postgres
from kit.testing.logs import put
from kit.testing.people import settings_of
from kit.tx import Database, run_sql
from motcua import outbox

__all__ = ["postgres"]
pytestmark = pytest.mark.db


@pytest.fixture
async def database(postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Database]:
    """Two dossiers, the first event of each refused."""
    async with fresh_database(postgres, "kit", tmp_path) as found:
        one, two = uuid4(), uuid4()
        await put(found, "intake.events", [(one, 1, 10), (two, 1, 10), (one, 2, 10)])
        async with found.transaction() as tx:
            await run_sql(tx, "update kit_outbox set refused = 'MessageSizeTooLargeError: 10' where id < 3")
        monkeypatch.setattr(
            outbox, "read_settings", lambda service: settings_of(service.settings, found.url, "memory:///")
        )
        yield found


async def told(*words: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, outbox.group, list(words))


async def left(database: Database) -> list[tuple[int, str, str | None]]:
    async with database.transaction() as tx:
        return [tuple(row) for row in await run_sql(tx, "select id, type, refused from kit_outbox order by id")]


async def test_the_list_says_what_waits_and_why(database: Database) -> None:
    shown = await told("list", "intake")
    first, second = shown.stdout.splitlines()
    assert "intake.dossier_rated.v1" in first
    assert "1 behind  MessageSizeTooLargeError: 10" in first
    assert "0 behind" in second
    assert "score" not in shown.stdout


async def test_refused_events_are_let_go_by_number_or_all(database: Database) -> None:
    assert (await told("retry", "intake", "2")).stdout == "intake: 1 to be sent again\n"
    assert [refused for _, _, refused in await left(database)] == ["MessageSizeTooLargeError: 10", None, None]
    assert (await told("retry", "intake", "--all")).stdout == "intake: 1 to be sent again\n"
    assert (await told("list", "intake")).stdout == "intake: no event is refused\n"


async def test_one_that_is_dropped_leaves_its_number_and_no_content(database: Database) -> None:
    assert (await told("drop", "intake", "1")).stdout == "intake: 1 is given up, its dossier goes on\n"
    assert (await left(database))[0] == (1, "intake.event_given_up.v1", None)


@pytest.mark.parametrize("words", [("retry", "intake"), ("retry", "intake", "9"), ("drop", "intake", "3")])
async def test_what_is_asked_wrongly_ends_with_2(database: Database, words: tuple[str, ...]) -> None:
    assert (await told(*words)).exit_code == 2
