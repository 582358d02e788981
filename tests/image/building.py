"""The image, really built by Debian's buildah where there is no container engine, on a base that mmdebstrap makes."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from tests.image.composing import ROOT

PROGRAMS = ("buildah", "bwrap", "mmdebstrap")
BASE = ROOT / "build/image-base"  # Debian 12 with its Python 3.11, made once
STORE = "/etc/ssl/certs/ca-certificates.crt"
PIP_WORDS = ("index-url", "extra-index-url", "trusted-host", "proxy", "timeout")
SPARE = ("var/cache/apt", "var/lib/apt/lists", "usr/share/doc", "usr/share/locale", "usr/share/man")
BUILD_SECONDS = 400


def needed_or_skip() -> None:
    """Root and three programs; where something lacks the test is skipped with the reason, and fails in CI."""
    missing = [name for name in PROGRAMS if not shutil.which(name)]
    reason = f"not installed: {', '.join(missing)}" if missing else "" if os.geteuid() == 0 else "only root may build"
    if reason and os.environ.get("CI"):
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)


def run(words: Sequence[str], seconds: float = BUILD_SECONDS) -> str:
    """What a program says on standard output; where it fails, all it said is in the failure."""
    done = subprocess.run(words, capture_output=True, text=True, timeout=seconds)
    assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done.stdout


def make_base() -> Path:
    """A root file system with Python and this machine's certificates, as any Python image has them."""
    if (BASE / ".ready").exists():
        return BASE
    shutil.rmtree(BASE, ignore_errors=True)
    BASE.parent.mkdir(exist_ok=True)
    wanted = ("--variant=minbase", "--include=python3,python3-venv,ca-certificates", "bookworm", str(BASE))
    run(["mmdebstrap", "--mode=root", *wanted])  # debootstrap wants device files, which not every machine lets one make
    for spare in SPARE:  # what `python:…-slim` has not either, and would be copied with each layer
        shutil.rmtree(BASE / spare, ignore_errors=True)
    if Path(STORE).exists():
        shutil.copy(STORE, BASE / STORE[1:])
    (BASE / ".ready").touch()
    return BASE


@lru_cache
def pip_configuration() -> str:
    """Where this machine's pip takes packages from, as a pip.conf for inside."""
    said = run([sys.executable, "-m", "pip", "config", "list"]).splitlines()
    pairs = [(key.rpartition(".")[2], value.strip("'")) for key, _, value in (line.partition("=") for line in said)]
    kept = {key: value for key, value in pairs if key in PIP_WORDS}
    return "\n".join(["[global]", f"cert = {STORE}", *(f"{key} = {value}" for key, value in kept.items())]) + "\n"


class Builder:
    """Buildah with a store of its own in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._words = ["buildah", "--storage-driver=vfs", f"--root={folder}/store", f"--runroot={folder}/run"]

    def build(self, target: str) -> tuple[Path, dict[str, Any]]:
        """Build a target of our Dockerfile: its root file system, and what the image says about running it."""
        self.take_base()
        (self.folder / "pip.conf").write_text(pip_configuration())
        given = [f"--secret=id=pip,src={self.folder}/pip.conf", "--build-arg=PYTHON=localhost/python"]
        how = [
            "--isolation=chroot",
            "--pull-never",
            "--format=docker",
            f"--target={target}",
            f"--tag=localhost/{target}",
        ]
        self.do("bud", *how, *given, "--build-arg=SOURCE_DATE_EPOCH=1735689600", str(ROOT))
        image = json.loads(self.do("inspect", "--type=image", f"localhost/{target}"))
        container = self.do("from", "--pull-never", f"localhost/{target}")
        return Path(self.do("mount", container)), image["Docker"]["config"]

    def take_base(self) -> None:
        """Make the base known under a name, once."""
        if "localhost/python" in self.do("images", "--format={{.Name}}").split():
            return
        container = self.do("from", "scratch")
        self.do("add", "--quiet", container, str(make_base()), "/")
        self.do("commit", "--quiet", "--rm", container, "localhost/python")

    def do(self, *words: str) -> str:
        return run([*self._words, *words]).strip()

    def close(self) -> None:
        """Let go of what is mounted; the folder is its owner's to delete."""
        with suppress(AssertionError):
            self.do("rm", "--all")
