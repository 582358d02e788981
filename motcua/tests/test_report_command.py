"""`motcua report` counts from workflow's own database what its API counts."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from click.testing import CliRunner

from kit.testing.databases import fresh_database, postgres, set_clock
from kit.testing.people import a_person, bearer, client_of, settings_of
from kit.tx import Database
from motcua.report import command, read_report, said
from rules.catalogue import load
from workflow import store
from workflow.domain.case import Case, StoredFile
from workflow.domain.period import a_month
from workflow.domain.status import Outcome, Status
from workflow.main import build_app
from workflow.settings import WorkflowSettings

__all__ = ["postgres"]

OFFICE = load().offices[0]
NOW = datetime(2025, 3, 24, 2, tzinfo=UTC)


@pytest.fixture
async def database(postgres: str, tmp_path: Path) -> AsyncIterator[Database]:
    async with fresh_database(postgres, "workflow", tmp_path / "objects") as found:
        await set_clock(found, NOW)
        yield found


@pytest.fixture
async def client(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    settings = settings_of(
        WorkflowSettings,
        database.url,
        "file:///nowhere",
        post_url="http://127.0.0.1:9/api",
        post_consumer_key="key",
        post_consumer_secret="secret",
        post_customer_code="MOTCUA",
    )
    async with client_of(build_app(settings, database)) as found:
        yield found


def a_case(number: int, **more: Any) -> Case:
    """An accepted case of March; what is not said is as at its first step."""
    procedure = next(one for one in load().procedures if one.limit and one.limit.is_in_days and one.steps)
    received, due = datetime(2025, 3, 3, 2, tzinfo=UTC), datetime(2025, 4, 8, 10, tzinfo=UTC)
    facts: dict[str, Any] = {
        "dossier_id": UUID(int=number),
        "arrival_number": f"T-{number}",
        "procedure_id": procedure.id,
        "procedure_version": procedure.version,
        "channel": "online",
        "origin": "this_portal",
        "office": OFFICE.id,
        "receiving_unit": OFFICE.units[0].id,
        "resolving_unit": OFFICE.units[1].id,
        "applicant_id": "p",
        "applicant_name": "Phòng khám Mẫu",
        "contact_path": "contacts/x/1.json",
        "received_at": received,
        "last_piece_at": received,
        "status": Status.IN_PROCESS,
        "since": received,
        "unit": OFFICE.units[1].id,
        "units": (OFFICE.units[1].id,),
        "code": f"H-{number}",
        "accepted_at": received,
        "started_at": received,
        "due_at": due,
        "first_due_at": due,
    }
    return Case(**{**facts, **more})


def finished(number: int) -> Case:
    at = datetime(2025, 3, 21, 1, tzinfo=UTC)
    judged = {"lateness": "early", "lateness_first": "early", "finished_at": at, "result_code": f"H-{number}-KQ"}
    file = StoredFile("results/x.pdf", "0" * 64, 1)
    return a_case(number, status=Status.FINISHED, outcome=Outcome.GRANTED, result=file, results=1, **judged)


@pytest.mark.db
@pytest.mark.proves("G03")
async def test_the_command_and_the_api_say_the_same(client: httpx.AsyncClient, database: Database) -> None:
    async with database.transaction() as tx:
        for case in (a_case(1), finished(2)):
            await store.add_case(tx, case)
    leader = a_person("department_leader", id="p-leader", office=OFFICE.id, unit=OFFICE.units[3].id)
    query = {"from": "2025-03-01", "to": "2025-03-31", "by": "procedure"}
    answer = await client.get("/api/workflow/v1/reports/ii-06", params=query, headers=bearer(leader))
    found = await read_report(database.url, OFFICE.id, a_month(2025, 3), "procedure")
    by_command = json.loads(said(found, "json"))
    assert {**by_command, "as_of": ""} == {**answer.json(), "as_of": ""}
    assert by_command["total"]["3"] == 2
    assert "cột 3 = cột 7 + cột 11: 2 = 1 + 1, khớp" in str(said(found, None))
    assert bytes(said(found, "csv")).startswith(b"\xef\xbb\xbf")  # type: ignore[arg-type]


def test_the_command_asks_for_its_period() -> None:
    assert CliRunner().invoke(command, ["II.06"]).exit_code == 2
    assert CliRunner().invoke(command, ["II.07", "--from", "2025-01-01", "--to", "2025-01-31"]).exit_code == 2
