"""The database of one service is away: its pages say so, the others work on, and afterwards everything is made up."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from datetime import time as clock
from http import HTTPStatus
from uuid import uuid4

import httpx
import pytest

from kit.now import TIME_ZONE
from kit.testing.pages import read_page
from motcua.demo.people import choose, sign_in
from motcua.demo.samples import a_dossier_of, day_of
from motcua.stack import Stack
from rules.catalogue import load

pytestmark = [pytest.mark.slow, pytest.mark.db, pytest.mark.kafka, pytest.mark.xdist_group("machine")]
HTML = {"accept": "text/html"}
PATIENCE_SECONDS = 60
PROCEDURE = "xray-declaration-2021"


@contextmanager
def away(machine: Stack, database: str) -> Iterator[None]:
    """Nobody is let into this database, and whoever was in it is thrown out."""
    machine.postgres.sql(f"alter database {database} allow_connections false")
    machine.postgres.sql(f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{database}'")
    try:
        yield
    finally:
        machine.postgres.sql(f"alter database {database} allow_connections true")


def health(machine: Stack, service: str) -> int:
    assert machine.site is not None
    return httpx.get(f"http://{machine.site.ports.address(service)}/readyz").status_code


def sign_in_as_officer(browser: httpx.Client) -> None:
    """To workflow's pages, as a browser does it."""
    answer = choose(browser, browser.get("/officer/sign-in"), "p-one-stop-officer")
    assert answer.status_code == HTTPStatus.OK, answer.url


def file_one(machine: Stack) -> str:
    """One dossier by intake's API; its id."""
    procedure = load().procedure(PROCEDURE)
    body = {
        "procedure_id": procedure.id,
        "forms": dict(a_dossier_of(procedure, day_of(procedure)).forms),
        "contact": {"name": "Người nộp thử", "email": "thu@mau.example", "phone": "0900000100"},
        "uploads": [],
    }
    with sign_in(machine.url, "p-applicant-hospital") as applicant:
        answer = applicant.post("/api/intake/v1/dossiers", json=body, headers={"Idempotency-Key": str(uuid4())})
    return str(answer.raise_for_status().json()["id"])


def wait_for_case(machine: Stack, dossier: str) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while machine.postgres.sql(f"select 1 from cases where dossier_id = '{dossier}'", "workflow") != "1":
        assert time.monotonic() < until, "the case did not come"
        time.sleep(0.2)


@pytest.mark.proves("J08")
def test_without_workflows_database_its_pages_say_so_and_the_others_work_on(machine: Stack) -> None:
    machine.move_clock(datetime.combine(day_of(load().procedure(PROCEDURE)), clock(9), TIME_ZONE))
    with httpx.Client(base_url=machine.url, follow_redirects=True, headers=HTML, timeout=30) as officer:
        sign_in_as_officer(officer)
        assert officer.get("/officer").status_code == HTTPStatus.OK
        with away(machine, "workflow"):
            answer = officer.get("/officer")
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
            page = read_page(answer.text)
            assert page.h1 == "Hệ thống tạm gián đoạn"
            assert re.search(r"cơ sở dữ liệu không trả lời.*thử lại", page.text)
            assert health(machine, "workflow") == HTTPStatus.SERVICE_UNAVAILABLE
            assert health(machine, "intake") == HTTPStatus.OK
            dossier = file_one(machine)
            assert read_page(officer.get("/lookup").text).h1
        wait_for_case(machine, dossier)
        assert officer.get("/officer").status_code == HTTPStatus.OK
    assert machine.postgres.sql("select count(*) from kit_parked", "workflow") == "0"
