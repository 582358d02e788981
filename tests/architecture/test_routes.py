"""Every route of every service declares who may call it: roles that exist, or that it is open to all."""

import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from fastapi import APIRouter, Depends, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import RouteContext, iter_route_contexts

from kit import parked_pages
from kit.signin import MaybePerson, allow, anyone, open_to_all
from motcua.documents import application
from motcua.programs import PAGES_BASE, SERVICES

PEOPLE = yaml.safe_load(files("sandbox.identity").joinpath("people.yaml").read_text())
ROLES = {role for person in PEOPLE for role in person["roles"]}
PLAIN = {  # not FastAPI's routes, so they can declare nothing; each is open to all for the reason beside it
    "assets": (r"{base}/static/\{{version\}}/\{{name:path\}}", "style sheets and icons; no data"),
    "look": (r"{base}/look", "keeps a choice of text size and contrast in a cookie; no data"),
    "document": (r"/api/{service}/v1/openapi\.json", "the interface's own description"),
}


def routes_of(app: FastAPI) -> list[RouteContext]:
    """Every route, those of included routers too, with the dependencies that their routers add."""
    return list(iter_route_contexts(app.routes))


def calls(dependant: Dependant) -> Iterator[Any]:
    """Whatever a route depends on, at any depth."""
    for inner in dependant.dependencies:
        yield inner.call
        yield from calls(inner)


def declared(route: RouteContext) -> list[Any]:
    """What a route says of who may call it."""
    return [call for call in calls(route.dependant) if call is anyone or hasattr(call, "allows")]


def undeclared(app: FastAPI, service: str) -> list[str]:
    """The routes that say nothing of who may call them."""
    plain = [pattern.format(base=PAGES_BASE[service], service=service) for pattern, _ in PLAIN.values()]
    return [
        f"{sorted(route.methods or [])} {route.path}"
        for route in routes_of(app)
        if not (
            declared(route) if hasattr(route, "dependant") else any(re.fullmatch(p, route.path or "") for p in plain)
        )
    ]


def both_open_and_closed(app: FastAPI) -> list[str | None]:
    """The routes that say they are open to all and also name roles."""
    found = [route for route in routes_of(app) if hasattr(route, "dependant")]
    return [r.path for r in found if anyone in declared(r) and any(hasattr(call, "allows") for call in declared(r))]


@pytest.mark.parametrize("service", SERVICES)
def test_every_route_declares_who_may_call_it(service: str, tmp_path: Path) -> None:
    app = application(service, tmp_path)
    assert len(routes_of(app)) > 10
    assert undeclared(app, service) == []
    assert both_open_and_closed(app) == []


@pytest.mark.parametrize("service", SERVICES)
def test_every_role_a_route_names_is_one_that_people_have(service: str, tmp_path: Path) -> None:
    routes = [route for route in routes_of(application(service, tmp_path)) if hasattr(route, "dependant")]
    named = {role for route in routes for call in declared(route) for role in getattr(call, "allows", ())}
    assert named - ROLES == set()


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_stays_on_its_own_paths(service: str, tmp_path: Path) -> None:
    """The front door sends each path to one service: what lies elsewhere is never reached, or is somebody else's."""
    operators = ("/healthz", "/readyz", "/startupz", "/metrics")
    others = tuple(f"{base}/" for name, base in PAGES_BASE.items() if base and name != service)
    for route in routes_of(application(service, tmp_path)):
        path = route.path or ""
        own_api, own_page = path.startswith(f"/api/{service}/v1/"), path.startswith(f"{PAGES_BASE[service]}/")
        is_page = (own_page and not path.startswith(("/api/", *others))) or path == PAGES_BASE[service]
        assert own_api or is_page or path in operators, path


def test_the_operators_pages_lead_to_those_of_every_service() -> None:
    assert [base for _, base in parked_pages.SERVICES] == [PAGES_BASE[service] for service in SERVICES]


async def nothing() -> None:
    """A route's work in the tests below."""


async def looks_who_it_is(person: MaybePerson) -> None:
    """Knows the person, but asks nothing of them."""


@pytest.fixture
def planted() -> FastAPI:
    """An application whose every route is in order."""
    app, inner = FastAPI(openapi_url=None, docs_url=None, redoc_url=None), APIRouter(dependencies=[open_to_all])
    inner.add_api_route("/open", nothing)
    app.include_router(inner, prefix="/inner")
    app.add_api_route("/closed", nothing, dependencies=[Depends(allow("clerk"))])
    return app


def test_routes_in_order_are_not_blamed(planted: FastAPI) -> None:
    assert undeclared(planted, "intake") == []
    assert both_open_and_closed(planted) == []


def test_a_route_that_declares_nothing_would_be_seen(planted: FastAPI) -> None:
    forgotten = APIRouter()
    forgotten.add_api_route("/forgotten", nothing, methods=["POST"])
    forgotten.add_api_route("/known", looks_who_it_is)
    planted.include_router(forgotten, prefix="/inner")
    planted.add_route("/plain", nothing)  # type: ignore[arg-type]
    found = sorted(undeclared(planted, "intake"))
    assert found == ["['GET', 'HEAD'] /plain", "['GET'] /inner/known", "['POST'] /inner/forgotten"]


def test_a_route_both_open_and_closed_would_be_seen(planted: FastAPI) -> None:
    planted.add_api_route("/muddled", nothing, dependencies=[open_to_all, Depends(allow("clerk"))])
    assert both_open_and_closed(planted) == ["/muddled"]
