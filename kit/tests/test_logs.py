"""A line of the log is JSON and names no value; what a library says a hundred times a second is said now and then."""

import asyncio
import io
import json
import logging
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from aiokafka.errors import KafkaConnectionError
from pydantic import BaseModel
from sqlalchemy.exc import IntegrityError

from kit import logs
from kit.errors import Refused, TryAgain
from kit.logs import Careful, Sparing
from kit.outbox import EventTooLarge
from kit.testing.databases import fresh_database
from kit.tx import DatabaseAway, run_sql

NAME, IDENTITY, MAIL = "Trịnh Bịlộ Thử", "001199555777", "bilo@xoahetthu.example"
PLANTED = (NAME, "Bịlộ", IDENTITY, "bilo@")


class Sheet(BaseModel):
    born_on: date
    level: int


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """What this process logs, as a service would write it, line by line."""
    hooks = [(sys, "excepthook"), (sys, "unraisablehook"), (threading, "excepthook"), (warnings, "showwarning")]
    for place, hook in hooks:
        monkeypatch.setattr(place, hook, getattr(place, hook))  # put back afterwards
    root, before = logging.getLogger(), logging.getLogger().handlers[:]
    level, levels = root.level, {name: logging.getLogger(name).level for name in logs.QUIET}
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    root.handlers = []
    logs.start("intake", "worker")
    try:
        yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    finally:
        root.handlers = before
        root.setLevel(level)
        for name, was in levels.items():
            logging.getLogger(name).setLevel(was)


def is_silent_on_values(lines: list[dict[str, Any]]) -> bool:
    said = json.dumps(lines, ensure_ascii=False)
    return bool(lines) and not any(value in said for value in PLANTED)


def malformed() -> None:
    Sheet.model_validate({"born_on": NAME, "level": IDENTITY + "x"})


def not_a_number() -> None:
    int(IDENTITY + NAME)


def of_a_chain() -> None:
    try:
        not_a_number()
    except ValueError as error:
        raise KeyError(MAIL) from error


def while_another() -> None:
    try:
        malformed()
    except ValueError:
        raise LookupError(NAME)  # noqa: B904 - as it happens by itself


def of_a_group() -> None:
    raise ExceptionGroup(NAME, [ValueError(IDENTITY), ExceptionGroup("inner", [KeyError(MAIL)])])


def with_a_note() -> None:
    error = RuntimeError("nothing")
    error.add_note(f"for {NAME}")
    raise error


def of_the_other_side() -> None:
    raise Refused(f"550 no such user {MAIL}")


FAULTS = [malformed, not_a_number, of_a_chain, while_another, of_a_group, with_a_note, of_the_other_side]


@pytest.mark.parametrize("fail", FAULTS, ids=lambda fail: fail.__name__)
def test_a_fault_is_written_with_its_place_and_without_its_values(
    written: Callable[[], list[dict[str, Any]]], fail: Callable[[], None]
) -> None:
    log = logging.getLogger("kit.worker")
    try:
        fail()
    except Exception as error:
        log.exception("a handler failed")
        log.warning("not yet: %s", error)
        log.error(error)
    lines = written()
    assert is_silent_on_values(lines), lines
    assert len(lines) == 3
    assert f"in {fail.__name__}" in lines[0]["exc_info"], "where it happened is told"


def test_our_own_words_are_written_and_why_a_group_failed(written: Callable[[], list[dict[str, Any]]]) -> None:
    log = logging.getLogger("kit.service")
    log.warning("not started yet: %s", DatabaseAway("no connection to the database: TimeoutError"))
    log.warning("again later: %s", TryAgain("what the other side said"))
    try:
        raise ExceptionGroup("several", [EventTooLarge("it is too large")])
    except ExceptionGroup:
        log.exception("failed")
    log.warning("the relay starts again: %s", KafkaConnectionError("Unable to bootstrap from [('127.0.0.1', 1)]"))
    log.warning("not yet: %s", ConnectionRefusedError(111, f"for {NAME}"))
    first, second, third, fourth, fifth = written()
    assert "127.0.0.1" in fourth["message"]
    assert fifth["message"] == "not yet: ConnectionRefusedError: Connection refused"
    assert first["message"] == "not started yet: DatabaseAway: no connection to the database: TimeoutError"
    assert second["message"] == "again later: TryAgain"
    assert "EventTooLarge: it is too large" in third["exc_info"]
    assert (first["service"], first["role"], first["levelname"]) == ("intake", "worker", "WARNING")
    assert {"asctime", "name", "trace_id", "span_id"} <= set(first)


async def test_a_task_nobody_waited_for_is_written_without_its_fault(
    written: Callable[[], list[dict[str, Any]]],
) -> None:
    loop = asyncio.get_running_loop()
    task = loop.create_task(asyncio.sleep(0), name="reading")
    await task
    context = {"message": "Task exception was never retrieved", "exception": KeyError(NAME), "future": KeyError(MAIL)}
    loop.default_exception_handler(context)
    lines = written()
    assert is_silent_on_values(lines), lines
    assert lines[0]["message"] == "Task exception was never retrieved"


def test_what_libraries_warn_of_and_what_ends_a_process_are_lines_too(
    written: Callable[[], list[dict[str, Any]]],
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = logs._warned  # what `catch_warnings` took away
        Sheet.model_construct(born_on=NAME, level=IDENTITY).model_dump_json()  # type: ignore[arg-type]
    error = KeyError(NAME)
    sys.excepthook(KeyError, error, None)
    lines = written()
    assert is_silent_on_values(lines), lines
    assert [line["levelname"] for line in lines] == ["WARNING", "CRITICAL"]


@pytest.mark.db
async def test_a_database_repeats_a_row_in_its_error_and_the_log_does_not(
    postgres: str, tmp_path: Path, written: Callable[[], list[dict[str, Any]]]
) -> None:
    put = "insert into kit_stream (topic, subject, last_sequence) values (:name, :name, 1)"
    async with fresh_database(postgres, "kit", tmp_path) as database, database.transaction() as tx:
        await run_sql(tx, put, name=NAME)
        with pytest.raises(IntegrityError) as met:
            await run_sql(tx, put, name=NAME)
        await tx.rollback()
    assert met.value.orig is not None
    assert NAME in str(getattr(met.value.orig.__cause__, "detail", "")), "else there is nothing to hide"
    logging.getLogger("kit.worker").error("reading failed", exc_info=met.value)
    (line,) = written()
    assert is_silent_on_values([line]), line
    assert "IntegrityError 23505" in line["exc_info"]


def test_another_handlers_full_text_of_a_fault_is_not_taken_over() -> None:
    try:
        of_a_chain()
    except KeyError:
        record = logging.LogRecord("kit", logging.ERROR, __file__, 1, "failed", (), sys.exc_info())
    logging.Formatter().format(record)  # keeps its text on the record
    assert is_silent_on_values([json.loads(Careful("intake", "api").format(record))])


def said(name: str, template: str, node: int, at: float) -> logging.LogRecord:
    record = logging.LogRecord(name, logging.ERROR, __file__, 1, template, (node,), None)
    record.created = at
    return record


def test_a_library_says_each_kind_of_thing_once_in_a_while() -> None:
    sparing = Sparing("aiokafka", seconds=10)
    lost, gone = "no connection to node %s", "node %s is gone"
    told = [sparing.filter(said("aiokafka.client", lost, node, at)) for node, at in ((1, 0), (2, 1), (1, 9), (1, 10))]
    assert told == [True, False, False, True]
    assert sparing.filter(said("aiokafka", gone, 1, 1))


def test_what_we_say_ourselves_is_always_written() -> None:
    sparing = Sparing("aiokafka")
    assert all(sparing.filter(said("kit.relay", "starts again %s", 1, 0)) for _ in range(3))
