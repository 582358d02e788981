"""What a fault means for the event that met it: whether it passes by itself, and how to name it without its values."""

from traceback import extract_tb

from asyncpg import InterfaceError as DriverFault
from asyncpg import InternalClientError as DriverLostCount
from asyncpg import PostgresError
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from kit.errors import TryAgain

PASSING = (TryAgain, OSError, TimeoutError, NoConnectionFree, DriverFault, DriverLostCount)
PASSING_SQLSTATES = (
    "08",  # connection
    "25006",  # the database is read-only now
    "25P03",  # cut off after standing idle in a transaction: this process was frozen
    "40",  # deadlock
    "53",  # disk, memory, connections
    "55",  # lock limit
    "57",  # shutdown, statement limit
    "58",  # the machine's own faults
)
OURS = ("kit", "contracts", "rules")  # whose errors carry facts, never a person's data; and each service's own
MOST_CHARACTERS = 500


def is_passing(error: BaseException) -> bool:
    """Whether the same event may succeed later without anybody mending anything."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    state = sqlstate_of(error)
    return state.startswith(PASSING_SQLSTATES) if state else isinstance(error, PASSING)


def reason_of(error: BaseException, service: str) -> str:
    """The fault in words that hold no value of anybody's: class, place, and the words where they are our own.

    A database's or a parser's message repeats what it was given, which may be a person's name.
    """
    name = type(error).__name__
    if isinstance(error, ValidationError):
        wrong = (f"{'.'.join(map(str, each['loc']))}: {each['type']}" for each in error.errors(include_input=False))
        return _short(f"{error.title} is not as its schema says: {'; '.join(wrong)}")
    if state := sqlstate_of(error):
        constraint = getattr(getattr(getattr(error, "orig", error), "__cause__", None), "constraint_name", None)
        return _short(f"{name} {state}{f' ({constraint})' if constraint else ''}{_place(error)}")
    if type(error).__module__.partition(".")[0] in (*OURS, service):
        return _short(f"{name}: {error}")
    return _short(f"{name}{_place(error)}")


def sqlstate_of(error: BaseException) -> str:
    """PostgreSQL's code of a fault, through SQLAlchemy or straight from the driver; empty where it has none."""
    found = getattr(error, "orig", error) if isinstance(error, DBAPIError) else error
    known = isinstance(error, DBAPIError | PostgresError)
    return str(getattr(found, "sqlstate", None) or "") if known else ""


def _place(error: BaseException) -> str:
    frames = extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "site-packages" not in frame.filename] or frames
    return f" in {ours[-1].name}, line {ours[-1].lineno}" if ours else ""


def _short(words: str) -> str:
    return words.replace("\x00", "")[:MOST_CHARACTERS]
