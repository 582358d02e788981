"""`motcua calendar`: from draft to applied in the database of workflow, and one line for what is asked wrongly."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from kit.testing.databases import fresh_database, postgres, set_clock
from kit.testing.people import settings_of
from motcua.calendar.command import group
from rules.catalogue import load
from workflow.settings import WorkflowSettings

__all__ = ["postgres"]
pytestmark = pytest.mark.db
OFFICE = load().offices[0].id
ADMIN, SECOND = "p-calendar-admin", "p-another-admin"
SATURDAY = ("2025-04-12", "working_saturday", "Làm bù", "Công văn thử nghiệm")
WHY = "Theo công văn thử nghiệm."
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
async def both(postgres: str, tmp_path: Path) -> Any:
    """The command as a process, in the environment of a workflow of its own."""
    async with fresh_database(postgres, "workflow", tmp_path / "objects") as database:
        await set_clock(database, datetime(2025, 4, 1, 1, tzinfo=UTC))
        facts = {"post_url": "http://127.0.0.1:9", "post_consumer_key": "k", "post_consumer_secret": "s"}
        settings = settings_of(
            WorkflowSettings, database.url, f"file://{tmp_path}/objects", office=OFFICE, post_customer_code="M", **facts
        )
        environment = {f"MOTCUA_{name.upper()}": said(value) for name, value in settings if value is not None}

        def command(*words: str) -> subprocess.CompletedProcess[str]:
            whole = [sys.executable, "-m", "motcua", "calendar", *words]
            return subprocess.run(whole, env=environment, capture_output=True, text=True, timeout=120)

        yield command, environment


@pytest.fixture
def run(both: tuple[Run, dict[str, str]]) -> Run:
    return both[0]


def said(value: Any) -> str:
    if hasattr(value, "get_secret_value"):
        return str(value.get_secret_value())
    return json.dumps(value) if isinstance(value, dict) else str(value)


def answer(run: Run, *words: str) -> Any:
    found = run(*words, "--json")
    assert found.returncode == 0, found.stderr
    return json.loads(found.stdout)


@pytest.mark.proves("B12")
def test_a_calendar_by_command_from_draft_to_applied(run: Run, tmp_path: Path) -> None:
    draft = answer(run, "draft", "--by", ADMIN, "--why", WHY, "--set", *SATURDAY)
    assert (draft["version"], draft["state"], draft["based_on"]) == ("2025.1", "draft", "2026.1")
    number = str(draft["id"])
    assert answer(run, "preview", number) == {"lines": [], "looked_at": 0, "after": None}
    assert "0 hồ sơ dời hạn" in run("preview", number).stdout
    own = run("approve", number, "--by", ADMIN)
    assert (own.returncode, own.stdout) == (2, "")
    assert own.stderr == "motcua: who drafted a calendar may not approve it; a second person must\n"
    approved = run("approve", number, "--by", SECOND, "--apply")
    assert (approved.returncode, "Đã duyệt lịch 2025.1" in approved.stdout) == (0, True)
    assert "0 / 0 hồ sơ" in approved.stderr
    shown = answer(run, "show")
    assert SATURDAY[0] in [one["day"] for one in shown["record"]["special_days"]]
    record = tmp_path / "whole.json"
    record.write_text(json.dumps(shown["record"] | {"effective_to": "2027-12-31"}))
    assert answer(run, "draft", "--by", ADMIN, "--why", WHY, "--record", str(record))["version"] == "2025.2"
    assert [one["version"] for one in answer(run, "versions")["versions"]] == ["2025.1", "2026.1"]
    assert "bản thảo 2" in run("versions").stdout
    assert "Đã bỏ bản thảo 2" in run("drop", "2", "--by", SECOND).stdout
    text = run("show", "--year", "2025").stdout
    assert "Thứ Bảy, 12/04/2025  Thứ Bảy làm bù: Làm bù" in text
    assert "2024" not in text.split("Giờ làm việc")[1]


def test_what_is_asked_wrongly_is_one_line(both: tuple[Run, dict[str, str]], tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("a: [")
    draft = ("draft", "--by", ADMIN, "--why", WHY)
    for words, reason in (
        (draft, "không thay đổi gì"),
        ((*draft, "--set", "2025-02-30", *SATURDAY[1:]), "2025-02-30"),
        ((*draft, "--set", "2025-04-12", "party", "Lễ", "CV"), "kind"),
        ((*draft, "--set", *SATURDAY, "--pair", "2025-04-12", "2025-04-14"), "2025-04-14"),
        ((*draft, "--remove", "2025-04-13"), "13/04/2025"),
        ((*draft, "--set", *SATURDAY, "--based-on", "2024.1"), "2024.1"),
        ((*draft, "--season", "2025-05-05", "2025-05-01", "Hè", "07:00-11:00", "QĐ"), "Giờ theo mùa"),
        ((*draft, "--season", "x", "2025-05-01", "Hè", "07:00-11:00", "QĐ"), "'x'"),
        ((*draft, "--record", str(broken)), "not YAML"),
        ((*draft, "--record", str(broken), "--until", "2027-12-31"), "stands alone"),
        (("approve", "99", "--by", SECOND), "no such version or draft"),
        (("show", "--version", "1999.1"), "1999.1"),
        (("preview", "x"), "'x'"),
    ):
        found = CliRunner(env=both[1]).invoke(group, words)
        assert (found.exit_code, found.stdout) == (2, ""), (words, found)
        assert reason in one_line(found.output), (words, found.output)


def one_line(output: str) -> str:
    """What the command line says of it, without click's words around it."""
    return " ".join(output.partition("Error: ")[2].split())
