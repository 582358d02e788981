"""Every service reads what the others say: its boards name real events, and its handlers take those very events."""

import inspect
from collections.abc import Iterator
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest

from contracts.catalogue import EVENTS
from contracts.envelope import Event
from kit.consume import Consumer, Handler
from motcua.programs import SERVICES, service_of

CONSUMERS = {name: service_of(name).build_consumer() for name in SERVICES}


def entries(consumer: Consumer) -> Iterator[tuple[type[Event], Handler]]:
    """Every line of both boards."""
    yield from consumer.keeps.items()
    yield from consumer.reacts.items()


LINES = [
    pytest.param(cls, handler, id=f"{name}-{cls.type}")
    for name in CONSUMERS
    for cls, handler in entries(CONSUMERS[name])
]


def takes(annotation: Any, cls: type[Event]) -> bool:
    """Whether a parameter annotated so accepts this event."""
    if get_origin(annotation) in (Union, UnionType):
        return any(takes(part, cls) for part in get_args(annotation))
    return isinstance(annotation, type) and issubclass(cls, annotation)


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_listens_to_events_that_are_in_the_catalogue(name: str) -> None:
    heard = [cls for cls, _ in entries(CONSUMERS[name])]
    assert heard, f"{name} hears nothing"
    assert [cls.__name__ for cls in heard if EVENTS.get(cls.type) is not cls] == []


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_does_not_listen_to_itself(name: str) -> None:
    assert f"{name}.events" not in CONSUMERS[name].topics()


@pytest.mark.parametrize(("cls", "handler"), LINES)
def test_a_handler_takes_the_event_it_is_told(cls: type[Event], handler: Handler) -> None:
    _, event, *more = inspect.signature(handler).parameters.values()
    assert inspect.iscoroutinefunction(handler)
    assert [(p.name, p.kind) for p in more] == [("now", inspect.Parameter.KEYWORD_ONLY)]
    assert takes(get_type_hints(handler)[event.name], cls)


async def take_anything(tx: object, event: Event, *, now: object) -> None:
    """A handler for the tests below."""


def test_a_handler_of_another_event_would_be_seen() -> None:
    submitted, paid = EVENTS["intake.dossier_submitted.v1"], EVENTS["payments.fee_paid.v1"]
    assert takes(Event, paid)
    assert takes(submitted | paid, paid)
    assert not takes(submitted, paid)
    assert takes(get_type_hints(take_anything)["event"], submitted)
