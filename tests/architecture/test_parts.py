"""One SQL dialect and one bus: nothing of ours speaks to another database or broker (ADR 0001)."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = [
    "contracts",
    "rules",
    "kit",
    "motcua",
    *(f"services/{name}" for name in ("intake", "workflow", "payments", "notify")),
]
OTHER_DATABASES = {"sqlite3", "aiosqlite", "psycopg", "psycopg2", "mysql", "pymysql", "aiomysql", "oracledb", "pymongo"}
OTHER_BUSES = {
    "redis",
    "pika",
    "aio_pika",
    "nats",
    "kombu",
    "celery",
    "faststream",
    "confluent_kafka",
    "kafka",
    "stomp",
}
OTHERS = OTHER_DATABASES | OTHER_BUSES
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


def imports(module: ast.Module) -> set[str]:
    """The dotted names of everything a module imports."""
    nodes = list(ast.walk(module))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return plain | {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}


def strange(found: set[str]) -> set[str]:
    """Those that belong to another database or broker."""
    dialects = {name for name in found if re.match(r"sqlalchemy\.dialects\.(?!postgresql)", name)}
    return dialects | {name for name in found if name.split(".")[0] in OTHERS}


@pytest.mark.parametrize("package", OURS)
def test_no_package_speaks_to_another_database_or_broker(package: str) -> None:
    modules = [ast.parse(path.read_text()) for path in (ROOT / package).rglob("*.py")]
    assert strange({name for module in modules for name in imports(module)}) == set()


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.stem)
def test_no_lock_brings_another_driver(lock: Path) -> None:
    names = re.findall(r"^([a-z0-9._-]+)==", lock.read_text(), re.MULTILINE)
    needs_none = lock.stem in ("bench", "build", "sandbox")  # what is beside the services, and no part of them
    assert {"asyncpg", "aiokafka"} <= set(names) or needs_none
    assert {name.replace("-", "_") for name in names} & OTHERS == set()


def test_another_driver_would_be_seen() -> None:
    fine, planted = "import asyncpg, aiokafka\n", "import sqlite3\nfrom redis.asyncio import Redis\n"
    dialect = "from sqlalchemy.dialects.mysql import JSON\n"
    found = strange(imports(ast.parse(fine + planted + dialect)))
    assert found == {"sqlite3", "sqlalchemy.dialects.mysql", "redis.asyncio"}
