"""Documents do not rot: decisions are numbered and name a test that is there, links lead somewhere, words stay ours."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DECISIONS = sorted((ROOT / "docs/adr").glob("[0-9]*.md"))
DECISION_HEADINGS = ["Context", "Decision", "Alternatives", "Consequences", "Enforced by"]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
IN_REPOSITORY = re.compile(r"`((?:contracts|rules|kit|services|sandbox|motcua|tests|tools|docs|deploy)/[\w./-]+)`")


def tracked(pattern: str) -> list[Path]:
    """The committed files whose names match."""
    found = subprocess.run(["git", "ls-files", "-z", pattern], cwd=ROOT, check=True, capture_output=True, text=True)
    return [ROOT / name for name in found.stdout.split("\0") if name and (ROOT / name).exists()]


DOCUMENTS = tracked("*.md")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def sections(path: Path) -> dict[str, str]:
    """Heading of the second level to the text below it."""
    parts = re.split(r"^## (.+)$", path.read_text(), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = [int(path.name[:4]) for path in DECISIONS]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= 7


@pytest.mark.parametrize("path", DECISIONS, ids=name_of)
def test_a_decision_is_one_page_with_the_same_headings(path: Path) -> None:
    assert list(sections(path)) == DECISION_HEADINGS
    assert path.read_text().startswith(f"# {path.name[:4]} ")
    assert len(path.read_text().split()) < 700


@pytest.mark.parametrize("path", DECISIONS, ids=name_of)
def test_a_decision_names_a_test_that_enforces_it(path: Path) -> None:
    named = IN_REPOSITORY.findall(sections(path)["Enforced by"])
    assert [name for name in named if "test" in name], "an ADR without a test is a wish"


@pytest.mark.parametrize("path", DECISIONS, ids=name_of)
def test_every_decision_is_in_the_index(path: Path) -> None:
    assert f"(adr/{path.name})" in (ROOT / "docs/README.md").read_text()


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_links_of_a_document_lead_somewhere(path: Path) -> None:
    local = [link.split("#")[0] for link in LINK.findall(path.read_text()) if "://" not in link]
    assert [link for link in local if link and not (path.parent / link).exists()] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_files_a_document_names_are_there(path: Path) -> None:
    named = IN_REPOSITORY.findall(path.read_text())
    assert [name for name in named if not any(ROOT.glob(name.rstrip("/")))] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_a_document_shows_no_machine_it_was_written_on(path: Path) -> None:
    assert re.findall(r"(?<![\w.])/(?:work|home|root|Users)/\S+|\.\./shared\S*", path.read_text()) == []
