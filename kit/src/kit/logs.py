"""Logs as JSON lines with service, role and trace. No personal data: of a fault only what names no value is written."""

import logging
import os
import sys
import threading
import traceback
import warnings
from typing import Any, TextIO

from aiokafka.errors import KafkaError
from opentelemetry import trace
from pythonjsonlogger.json import JsonFormatter

from kit import errors
from kit.faults import reason_of

FIELDS = "%(asctime)s %(levelname)s %(name)s %(message)s %(trace_id)s %(span_id)s"
QUIET = ("aiokafka", "httpx", "uvicorn.access", "alembic", "asyncio", "urllib3")
MOST_LINKS = 8  # of a chain of faults

log = logging.getLogger(__name__)


def start(service: str, role: str, *, level: str = "INFO") -> None:
    """Everything that this process says goes to standard error as lines of JSON: what libraries warn of, and the fault
    that ends it, too."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Careful(service, role))
    handler.addFilter(Sparing("aiokafka"))
    handler.addFilter(Sparing("opentelemetry", seconds=60.0))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in QUIET:
        logging.getLogger(noisy).setLevel(logging.WARNING)
    warnings.showwarning = _warned
    sys.excepthook = lambda cls, error, place: log.critical("ended by a fault", exc_info=error)
    sys.unraisablehook = lambda lost: log.error("a fault nobody could take", exc_info=lost.exc_value)
    threading.excepthook = lambda lost: log.error("a thread ended by a fault", exc_info=lost.exc_value)


class Careful(JsonFormatter):
    """Writes of every fault its class and place, and its words only where they are our own: a database, a parser or
    another server repeats what it was given, which may be a person's name."""

    def __init__(self, service: str, role: str) -> None:
        super().__init__(FIELDS, static_fields={"service": service, "role": role})
        self.service = service

    def format(self, record: logging.LogRecord) -> str:
        context = trace.get_current_span().get_span_context()
        record.trace_id = f"{context.trace_id:032x}" if context.is_valid else ""
        record.span_id = f"{context.span_id:016x}" if context.is_valid else ""
        args, message, words = record.args, record.msg, record.exc_text
        try:
            record.exc_text = None  # another handler may have written it in full
            record.msg, record.args = self._without_values(record)
            return super().format(record)
        finally:
            record.args, record.msg, record.exc_text = args, message, words

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's own name
        return "\n".join(self._told(ei[1], MOST_LINKS))

    def _without_values(self, record: logging.LogRecord) -> tuple[Any, Any]:
        """A message's template and arguments, each fault among them named without its words."""
        if record.name == "asyncio" and isinstance(record.msg, str):  # its later lines are the task, its fault in it
            return record.msg.partition("\n")[0], record.args
        message = self._named(record.msg) if isinstance(record.msg, BaseException) else record.msg
        if isinstance(record.args, tuple):
            return message, tuple(self._named(a) if isinstance(a, BaseException) else a for a in record.args)
        return message, record.args

    def _named(self, error: BaseException) -> str:
        if isinstance(error, errors.TryAgain | errors.Refused):  # their words are the other side's
            return type(error).__name__
        if isinstance(error, KafkaError):  # topics and brokers
            return f"{type(error).__name__}: {error}"
        if isinstance(error, OSError) and error.errno:
            return f"{type(error).__name__}: {os.strerror(error.errno)}"
        return reason_of(error, self.service)

    def _told(self, error: BaseException | None, links: int) -> list[str]:
        """A fault with the places it came through, after what caused it."""
        if error is None or not links:
            return []
        hidden = error.__cause__ is None and error.__suppress_context__
        told = self._told(error.__cause__ or (None if hidden else error.__context__), links - 1)
        told += [line.rstrip() for line in traceback.format_tb(error.__traceback__)]
        told.append(self._named(error))
        if isinstance(error, BaseExceptionGroup):
            for inner in error.exceptions[:links]:
                told += [f"  | {line}" for line in self._told(inner, links - 1)]
        return told


class Sparing(logging.Filter):
    """Lets a library say the same kind of thing once in a while: without brokers aiokafka says it a hundred times a
    second, and ten minutes of that filled logs with 45,000 lines a process (tried)."""

    def __init__(self, library: str, seconds: float = 10.0) -> None:
        super().__init__()
        self.library, self.seconds = library, seconds
        self._said: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.partition(".")[0] != self.library:
            return True
        if record.created - self._said.get(str(record.msg), float("-inf")) < self.seconds:
            return False
        self._said[str(record.msg)] = record.created
        return True


def _warned(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """A library's warning by its kind and place; its words may hold what somebody typed."""
    log.warning("a library warns: %s in %s, line %s", category.__name__, filename, lineno)
