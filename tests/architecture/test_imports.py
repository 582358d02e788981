"""The import contracts hold, and each can fail: a violation planted in a copy of the tree is seen and named."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = [*sorted(ROOT.glob("*/src")), *sorted(ROOT.glob("services/*/src"))]
CONTRACTS = [
    one["name"] for one in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
]

DIRECTION = "Services know the kit, the kit knows contracts; nobody knows the launcher"
INDEPENDENCE = "Services never call each other"
ROOMS = "Rooms point inwards"
PURITY = "Rules and domains are pure"
THROUGH_HANDLERS = "Pages and API write through handlers"
SETTINGS = "Only main reads the settings"
STRANGER = "The sandbox is a stranger: it knows nothing of ours"
TESTING = "Only tests and the demo import the testing helpers"
EMBEDDED = "Only the launcher starts the embedded parts"


class Plant(NamedTuple):
    """A line put into a module, and the contract it breaks."""

    contract: str
    module: str
    line: str


PLANTS = [
    Plant(DIRECTION, "kit.outbox", "import intake.main"),
    Plant(DIRECTION, "kit.tx", "import rules.due; import motcua.programs"),
    Plant(DIRECTION, "contracts.facts", "import kit.tx"),
    Plant(DIRECTION, "rules.fees", "import contracts.facts"),
    Plant(DIRECTION, "workflow.handlers", "import motcua.programs"),
    Plant(INDEPENDENCE, "intake.handlers", "import workflow.domain"),
    Plant(INDEPENDENCE, "payments.reads", "import notify.store"),
    Plant(INDEPENDENCE, "notify.main", "import sandbox.clock"),
    Plant(ROOMS, "intake.domain", "import intake.store"),
    Plant(ROOMS, "workflow.store", "import workflow.handlers"),
    Plant(ROOMS, "payments.handlers", "import payments.api"),
    Plant(ROOMS, "notify.api", "import notify.web"),
    Plant(ROOMS, "notify.handlers", "import notify.reads"),
    Plant(ROOMS, "intake.consumer", "import intake.main"),
    Plant(ROOMS, "workflow.utils", "A_ROOM_NOBODY_PLANNED = True"),
    Plant(PURITY, "rules.due", "import httpx"),
    Plant(PURITY, "rules.fees", "import sqlalchemy"),
    Plant(PURITY, "intake.domain", "from sqlmodel import Field"),
    Plant(PURITY, "workflow.domain", "from kit.now import TIME_ZONE"),
    Plant(PURITY, "payments.domain", "import contracts.payments"),
    Plant(PURITY, "notify.domain", "import fastapi"),
    Plant(THROUGH_HANDLERS, "intake.api", "import intake.store"),
    Plant(THROUGH_HANDLERS, "workflow.web", "import workflow.store"),
    Plant(THROUGH_HANDLERS, "payments.web", "import payments.store"),
    Plant(THROUGH_HANDLERS, "notify.api", "import notify.store"),
    Plant(SETTINGS, "intake.handlers", "import intake.settings"),
    Plant(SETTINGS, "workflow.api", "import workflow.settings"),
    Plant(SETTINGS, "payments.gateways", "import payments.settings"),
    Plant(SETTINGS, "notify.consumer", "import notify.settings"),
    Plant(STRANGER, "sandbox.clock", "import kit.now"),
    Plant(STRANGER, "sandbox.pages", "import contracts.facts"),
    Plant(STRANGER, "sandbox.durable", "import rules.due"),
    Plant(TESTING, "workflow.handlers", "import kit.testing.people"),
    Plant(TESTING, "kit.app", "import kit.testing.people"),
    Plant(TESTING, "intake.reads", "import rules.testing"),
    Plant(EMBEDDED, "kit.service", "import kit.embedded"),
    Plant(EMBEDDED, "notify.main", "import kit.embedded.postgres"),
]


def copy_tree(to: Path) -> Path:
    """Every package's code side by side, with the tool settings."""
    for source in SOURCES:
        shutil.copytree(source, to, dirs_exist_ok=True, ignore=only_python)
    shutil.copy(ROOT / "pyproject.toml", to)
    return to


def only_python(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if not name.endswith(".py") and not (Path(folder) / name).is_dir()]


def file_of(tree: Path, module: str) -> Path:
    """The file of a module: a room may be one file or a folder."""
    path = tree.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def broken(tree: Path) -> tuple[list[str], str]:
    """The contracts that import-linter finds broken in the tree, and all it said."""
    program = Path(sys.executable).with_name("lint-imports")
    environment = {"PATH": os.defpath, "COLUMNS": "200", "PYTHONPATH": str(tree)}
    words = [str(program), "--no-cache", "--no-logo"]
    done = subprocess.run(words, cwd=tree, env=environment, capture_output=True, text=True)
    said = done.stdout + done.stderr
    found = re.findall(r"^(.+) BROKEN$", said, re.MULTILINE)
    assert (done.returncode == 0) == (not found), said
    assert re.search(r"^Contracts: \d+ kept, \d+ broken", said, re.MULTILINE), said
    return found, said


@pytest.mark.proves("K03")
def test_every_import_contract_is_kept(tmp_path: Path) -> None:
    found, said = broken(copy_tree(tmp_path))
    assert found == [], said
    assert f"Contracts: {len(CONTRACTS)} kept, 0 broken" in said


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: f"{plant.module}: {plant.line}")
def test_a_planted_import_breaks_its_contract(plant: Plant, tmp_path: Path) -> None:
    file = file_of(copy_tree(tmp_path), plant.module)
    file.write_text((file.read_text() if file.exists() else '"""A room."""\n') + f"\n{plant.line}\n")
    found, said = broken(tmp_path)
    assert plant.contract in found, said


def test_every_import_contract_was_seen_red() -> None:
    assert {plant.contract for plant in PLANTS} == set(CONTRACTS)
