"""docker-compose.yml as Compose would read it: what is interpolated, what is passed on from .env."""

import importlib.machinery
import importlib.util
import re
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docker-compose.yml"
EXAMPLE = ROOT / ".env.example"
PLACE = re.compile(r"\$(?:(?P<dollar>\$)|\{(?P<name>\w+)(?::(?P<kind>[?-])(?P<words>[^}]*))?\})")
LINE = re.compile(r"(?P<off># )?(?P<name>[A-Z_]+)=(?P<value>.*)")


class Missing(Exception):
    """Compose would stop with this sentence."""


def read() -> dict[str, Any]:
    """The file with its merges done and nothing interpolated."""
    found: dict[str, Any] = yaml.safe_load(FILE.read_text())
    return found


def interpolated(node: Any, told: Mapping[str, str]) -> Any:
    """The same with every ${…} replaced. Raises Missing."""
    if isinstance(node, dict):
        return {key: interpolated(value, told) for key, value in node.items()}
    if isinstance(node, list):
        return [interpolated(value, told) for value in node]
    return PLACE.sub(lambda place: value_of(place, told), node) if isinstance(node, str) else node


def value_of(place: re.Match[str], told: Mapping[str, str]) -> str:
    if place["dollar"]:
        return "$"
    if given := told.get(place["name"], ""):
        return given
    if place["kind"] == "?":
        raise Missing(f"{place['name']}: {place['words']}")
    return place["words"] or ""


def environment_of(service: Mapping[str, Any], told: Mapping[str, str]) -> dict[str, str]:
    """What a process is told: a setting without a value is passed on from .env, or not at all."""
    named = interpolated(service.get("environment", {}), told)
    return {name: value if value is not None else told[name] for name, value in named.items() if value or name in told}


def places(node: Any) -> list[re.Match[str]]:
    """Every ${…} of the file."""
    if isinstance(node, dict):
        return [place for value in node.values() for place in places(value)]
    if isinstance(node, list):
        return [place for value in node for place in places(value)]
    return [place for place in PLACE.finditer(node) if place["name"]] if isinstance(node, str) else []


def settings_in(env: str) -> dict[str, str]:
    """What an .env file says."""
    return {
        found["name"]: found["value"]
        for line in env.splitlines()
        if (found := LINE.fullmatch(line)) and not found["off"]
    }


def names_in(env: str) -> list[str]:
    """What an .env file names, also where it is commented out."""
    return [found["name"] for line in env.splitlines() if (found := LINE.fullmatch(line))]


def new_env() -> ModuleType:
    """The program tools/new-env as a module."""
    loader = importlib.machinery.SourceFileLoader("new_env", str(ROOT / "tools/new-env"))
    spec = importlib.util.spec_from_loader("new_env", loader)
    assert spec
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def trial() -> dict[str, str]:
    """The settings of a fresh trial."""
    return settings_in(new_env().filled(EXAMPLE.read_text(), trial=True))
