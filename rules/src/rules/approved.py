"""Which calendar versions were approved since this package shipped its own. Holds what its caller read; reads nothing.

A service keeps the approved versions in its database and says, where a transaction begins, which one counts for each
office; from there on `Catalogue.calendar` answers with it, in this task and in no other. The arithmetic itself takes
its calendar as an argument.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType

from rules.calendar import Calendar

_NOTHING: Mapping[str, Calendar] = MappingProxyType({})
_newest: ContextVar[Mapping[str, Calendar]] = ContextVar("newest approved calendars", default=_NOTHING)


def count_by(newest: Mapping[str, Calendar]) -> None:
    """From here on, in this task, these offices count by these versions; all others by the one that ships."""
    _newest.set(newest)


@contextmanager
def counting_by(calendar: Calendar) -> Iterator[None]:
    """Inside, its office counts by this version: an older one, or a draft, to see what it would come to."""
    before = _newest.get()
    _newest.set({**before, calendar.record.office_id: calendar})
    try:
        yield
    finally:
        _newest.set(before)


def calendar_of(office_id: str) -> Calendar | None:
    """The newest version approved at run time; none where the shipped one still counts."""
    return _newest.get().get(office_id)
