"""Each package is whole by itself, and nothing is committed that must not be."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = sorted(path.parent for pattern in ("*", "services/*") for path in ROOT.glob(f"{pattern}/pyproject.toml"))
SERVICES = [package for package in PACKAGES if package.parent.name == "services"]
README_HEADINGS = ["Owns", "Events in", "Events out", "States", "Pages and API", "Run it", "Not yet"]


def name_of(package: Path) -> str:
    return package.name


def project_of(package: Path) -> dict[str, object]:
    found: dict[str, object] = tomllib.loads((package / "pyproject.toml").read_text())["project"]
    return found


def test_every_package_of_the_workspace_is_looked_at() -> None:
    members = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["uv"]["workspace"]["members"]
    assert {path for pattern in members for path in ROOT.glob(pattern)} == set(PACKAGES)
    assert len(PACKAGES) == 9


@pytest.mark.parametrize("package", PACKAGES, ids=name_of)
def test_a_package_ships_its_types(package: Path) -> None:
    assert (package / "src" / package.name / "py.typed").is_file()


@pytest.mark.parametrize("package", PACKAGES, ids=name_of)
def test_a_package_explains_itself_on_one_page(package: Path) -> None:
    words = (package / "README.md").read_text().split()
    assert 100 < len(words) < 1200


@pytest.mark.parametrize("package", PACKAGES, ids=name_of)
def test_a_package_is_named_licensed_and_described(package: Path) -> None:
    project = project_of(package)
    assert str(project["name"]).split("-")[0] == "motcua"
    assert project["license"] == "Apache-2.0"
    assert project["description"]


@pytest.mark.parametrize("service", SERVICES, ids=name_of)
def test_every_service_explains_itself_under_the_same_headings(service: Path) -> None:
    lines = (service / "README.md").read_text().splitlines()
    assert [line.removeprefix("## ") for line in lines if line.startswith("## ")] == README_HEADINGS


@pytest.mark.parametrize("package", PACKAGES, ids=name_of)
def test_every_module_says_what_it_is_for(package: Path) -> None:
    silent = [
        path.relative_to(ROOT)
        for path in (package / "src").rglob("*.py")
        if path.stat().st_size and not path.read_text().lstrip().startswith(('"""', "#!", 'r"""'))
    ]
    assert silent == []


def clean(repository: Path) -> subprocess.CompletedProcess[str]:
    """What `tools/clean` says of a repository; it looks at the one it lies in."""
    program = repository / "tools/clean"
    return subprocess.run([sys.executable, str(program)], cwd=repository, capture_output=True, text=True)


def test_nothing_is_committed_that_must_not_be() -> None:
    found = clean(ROOT)
    assert (found.returncode, found.stderr) == (0, "")


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("index-url = https://" + "pypi.example.net/simple\n", "names a package registry's address"),
        ("-----BEGIN RSA " + "PRIVATE KEY-----\n", "looks like a secret"),
        ("x" * 700_001, "larger than 700000 bytes"),
    ],
    ids=["registry", "secret", "large"],
)
def test_what_must_not_be_committed_would_be_seen(content: str, fault: str, tmp_path: Path) -> None:
    (tmp_path / "tools").mkdir()
    shutil.copy(ROOT / "tools/clean", tmp_path / "tools/clean")
    (tmp_path / "notes.txt").write_text(content)
    for words in (["init", "--quiet"], ["add", "."]):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    found = clean(tmp_path)
    assert (found.returncode, found.stderr.strip()) == (1, f"notes.txt: {fault}")
