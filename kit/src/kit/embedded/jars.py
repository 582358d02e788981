"""The jars of Apache Kafka: which, with which digest, and where they lie. Starts nothing.

`python -m kit.embedded.jars` writes the lock anew. Everywhere else the lock decides: nothing is resolved again, and
no jar is used whose bytes differ from it.
"""

import contextlib
import hashlib
import os
import shutil
import ssl
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kit.embedded.errors import EmbeddedError, writing_in
from kit.embedded.part import Say

if TYPE_CHECKING:
    from jgo.maven import Artifact, MavenContext

WANTED = "org.apache.kafka:kafka_2.13:4.1.0+org.slf4j:slf4j-simple:1.7.36"  # the second prints what the first logs
LOCK = Path(__file__).with_name("jars.lock")
_AT_ONCE = 6
_SYSTEM_STORES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")


@dataclass(frozen=True)
class Jar:
    """One line of the lock: `group:artifact:version` and the SHA-256 of the file."""

    coordinate: str
    digest: str

    @property
    def file_name(self) -> str:
        _, artifact, version = self.coordinate.split(":")
        return f"{artifact}-{version}.jar"


def locked() -> list[Jar]:
    """What the lock names, in its order, which is also the order of the class path."""
    lines = (line.split() for line in LOCK.read_text().splitlines() if line and not line.startswith("#"))
    return [Jar(coordinate, digest) for coordinate, digest in lines]


def default_folder() -> Path:
    """In the Python environment, so that it goes when that goes; in the user's cache where that cannot be."""
    inside = Path(sys.prefix) / "jars"
    if inside.is_dir() or (sys.prefix != sys.base_prefix and os.access(sys.prefix, os.W_OK)):
        return inside
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "motcua-jars"


def ready_jars(folder: Path, say: Say) -> list[Path]:
    """The paths of all jars in `folder`, each checked now; what is missing is downloaded first.

    Raises EmbeddedError naming the jar whose bytes are not the lock's, or what could not be downloaded.
    """
    jars = locked()
    missing = [jar for jar in jars if not (folder / jar.file_name).exists()]
    if missing:
        with writing_in(folder):
            _download(missing, len(jars), folder, say)
    for jar in jars:
        _check(folder / jar.file_name, jar)
    return [folder / jar.file_name for jar in jars]


def _check(path: Path, jar: Jar) -> None:
    if _digest(path) != jar.digest:
        raise EmbeddedError(
            f"The file {path} is not the {jar.coordinate} that the lock names (its SHA-256 differs), so Kafka is not "
            "started: delete that file and start again."
        )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _download(missing: list[Jar], total: int, folder: Path, say: Say) -> None:
    """Several at once into a folder of its own; only whole, right files move to where they are looked for."""
    folder.mkdir(parents=True, exist_ok=True)
    say(f"Kafka: downloading {len(missing)} of {total} jars, once")
    with (
        tempfile.TemporaryDirectory(dir=folder, prefix="incoming-") as incoming,
        _system_certificates(),
        ThreadPoolExecutor(_AT_ONCE) as threads,
    ):
        context = _maven(Path(incoming))
        waiting = [threads.submit(_fetch, context, jar, folder) for jar in missing]
        try:
            for done, future in enumerate(as_completed(waiting), total - len(missing) + 1):
                future.result()
                say(f"Kafka: {done}/{total} jars")
        finally:
            threads.shutdown(cancel_futures=True)


def _maven(cache: Path) -> "MavenContext":
    """Asks the repository that jgo asks by default; the user's own Maven and jgo settings play no part."""
    from jgo.maven import MavenContext  # half a second, and only needed where something is missing

    return MavenContext(repo_cache=cache, local_repos=[], timeout=30)


def _fetch(context: "MavenContext", jar: Jar, folder: Path) -> None:
    group, artifact, version = jar.coordinate.split(":")
    try:
        path = context.project(group, artifact).at_version(version).artifact().resolve()
    except (OSError, RuntimeError) as problem:  # the HTTP client's own errors are OSErrors
        raise EmbeddedError(f"{jar.coordinate} could not be downloaded for Kafka: {_last_cause(problem)}.") from problem
    _check(path, jar)
    path.replace(folder / jar.file_name)


def _last_cause(problem: BaseException) -> str:
    """The innermost reason: what HTTP libraries wrap around it says less to a person."""
    while (inner := problem.__cause__ or problem.__context__) is not None:
        problem = inner
    return str(problem).rstrip(".")


@contextlib.contextmanager
def _system_certificates() -> Iterator[None]:
    """Let the downloads trust what the system trusts: behind an inspecting proxy a bundled store does not know it."""
    store = next((p for p in (ssl.get_default_verify_paths().cafile, *_SYSTEM_STORES) if p and Path(p).is_file()), None)
    if store is None or "REQUESTS_CA_BUNDLE" in os.environ:
        yield
        return
    os.environ["REQUESTS_CA_BUNDLE"] = store
    try:
        yield
    finally:
        del os.environ["REQUESTS_CA_BUNDLE"]


def write_lock() -> None:
    """Resolve what Kafka needs, download it and write names and digests."""
    from jgo.parse import Endpoint

    with tempfile.TemporaryDirectory() as cache, _system_certificates():
        context = _maven(Path(cache))
        wanted = [context.create_dependency(part) for part in Endpoint.parse(WANTED).coordinates]
        named, needed = context.resolver.resolve(wanted)
        lines = [_lock_line(dependency.artifact) for dependency in [*named, *needed]]
    title = "# Written by `python -m kit.embedded.jars`: what Kafka needs, with SHA-256.\n"
    LOCK.write_text(title + "".join(sorted(lines)))


def _lock_line(artifact: "Artifact") -> str:
    assert not artifact.classifier, "the lock has no place for classifiers yet"
    return f"{artifact.groupId}:{artifact.artifactId}:{artifact.version} {_digest(artifact.resolve())}\n"


if __name__ == "__main__":
    write_lock()
    shutil.copyfileobj(LOCK.open(), sys.stdout)
