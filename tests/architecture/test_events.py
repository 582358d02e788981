"""What is heard is said by somebody, what is said is heard or silent on purpose, and nobody speaks for others."""

import ast
from importlib import import_module
from pathlib import Path

import pytest

from contracts.catalogue import EVENTS
from contracts.envelope import Event
from motcua.programs import SERVICES, service_of

SILENT = {  # an event that nobody hears: why it is said all the same
    "intake.dossier_rated.v1": "topics are kept for ever: the statistics of satisfaction, not there yet, begin with it",
    "workflow.deadline_approaching.v1": "for operators' dashboards and outside readers; lists reckon the same",
}


def heard() -> dict[type[Event], list[str]]:
    """Every event on somebody's boards, with who listens."""
    found: dict[type[Event], list[str]] = {}
    for name in SERVICES:
        consumer = service_of(name).build_consumer()
        for cls in dict.fromkeys((*consumer.keeps, *consumer.reacts)):  # in order: test processes compare their lists
            found.setdefault(cls, []).append(name)
    return found


def source_of(service: str) -> list[ast.Module]:
    """Every module of a service, as Python reads it."""
    folder = Path(import_module(service).__file__ or "").parent
    return [ast.parse(path.read_text()) for path in sorted(folder.rglob("*.py"))]


def used_names(modules: list[ast.Module]) -> set[str]:
    """Every name a service's code uses, import lines aside."""
    nodes = [node for module in modules for node in ast.walk(module)]
    plain = {node.id for node in nodes if isinstance(node, ast.Name)}
    return plain | {node.attr for node in nodes if isinstance(node, ast.Attribute)}


def made_names(modules: list[ast.Module]) -> set[str]:
    """The names of whatever a service calls: classes it makes objects of among them."""
    calls = [node.func for module in modules for node in ast.walk(module) if isinstance(node, ast.Call)]
    plain = {call.id for call in calls if isinstance(call, ast.Name)}
    return plain | {call.attr for call in calls if isinstance(call, ast.Attribute)}


@pytest.mark.parametrize("cls", heard(), ids=lambda cls: cls.type)
def test_what_is_heard_is_said_by_a_service(cls: type[Event]) -> None:
    owner = cls.topic().removesuffix(".events")
    assert owner in SERVICES
    assert owner not in heard()[cls], "a service does not hear itself"
    assert cls.__name__ in used_names(source_of(owner)), f"{owner} never says it"


def test_what_is_said_is_heard_or_silent_for_a_reason() -> None:
    ears = {cls.type for cls in heard()}
    assert set(EVENTS) - ears == set(SILENT), "heard by nobody: drop it, hear it, or give the reason in SILENT"


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_in_the_catalogue_is_said(name: str) -> None:
    owner = name.split(".")[0]
    assert EVENTS[name].__name__ in used_names(source_of(owner)), f"{owner} never says it"


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_says_only_its_own_events(service: str) -> None:
    others = {cls.__name__ for cls in EVENTS.values() if cls.topic() != f"{service}.events"}
    assert made_names(source_of(service)) & others == set()


def test_an_event_made_for_another_service_would_be_seen() -> None:
    module = ast.parse("from contracts import payments\nevent = payments.FeePaid(amount_vnd=1)\nother = DossierRated()")
    assert made_names([module]) == {"FeePaid", "DossierRated"}
