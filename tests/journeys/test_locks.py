"""What an image or a bare machine installs is enough: nothing leans on the developers' tools by accident."""

import os
import subprocess
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ["contracts/src", "rules/src", "kit/src", "motcua/src", "sandbox/src"]
SOURCES += [f"services/{name}/src" for name in ("intake", "workflow", "payments", "notify")]
SERVICES = ["intake.main", "workflow.main", "payments.main", "notify.main"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("lock", "modules"),
    [("services", SERVICES), ("demo", [*SERVICES, "motcua.demo.command", "sandbox.identity", "sandbox.mail"])],
)
def test_a_lock_alone_is_enough_to_start(lock: str, modules: list[str], tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", with_pip=True, symlinks=True)
    python = str(tmp_path / "venv/bin/python")
    store = Path("/etc/ssl/certs/ca-certificates.crt")
    environment = {**os.environ, **({"PIP_CERT": str(store)} if store.exists() else {})}
    environment["PYTHONPATH"] = os.pathsep.join(str(ROOT / source) for source in SOURCES)
    needs = ["-m", "pip", "--quiet", "install", "--require-hashes", "--no-deps", "-r", f"requirements/{lock}.txt"]
    subprocess.run([python, *needs], cwd=ROOT, env=environment, check=True, timeout=240)
    imports = "; ".join(f"import {module}" for module in modules)
    done = subprocess.run([python, "-c", imports], env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
