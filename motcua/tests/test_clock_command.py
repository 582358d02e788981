"""`motcua clock explain` says from workflow's own database what the API says, and one line for what is not there."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner

from kit.now import TIME_ZONE
from kit.testing.databases import fresh_database, postgres, set_clock
from kit.testing.people import a_person, bearer, client_of, settings_of
from kit.tx import Database
from motcua import clock
from rules.catalogue import load
from rules.records.calendar import SpecialDay
from rules.records.cited import Source
from workflow import handlers, store
from workflow.domain import ledger
from workflow.domain.access import Staff
from workflow.domain.calendars import ADMIN, Changes
from workflow.domain.case import Case
from workflow.domain.status import Status
from workflow.main import build_app
from workflow.settings import WorkflowSettings

__all__ = ["postgres"]

OFFICE = load().offices[0]
PROCEDURE = load().procedure("xray-licence-new-2021")
CODE, ARRIVAL, ID = "000.00.15.H00-250313-0001", "T-H00.15-250303-0001", UUID(int=7)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TIME_ZONE)


def a_case(**more: Any) -> Case:
    """Filed on 3 March, not looked at yet."""
    received = at("2025-03-03 08:30")
    facts: dict[str, Any] = {
        "dossier_id": ID, "arrival_number": ARRIVAL, "procedure_id": PROCEDURE.id,
        "procedure_version": PROCEDURE.version, "channel": "online", "origin": "this_portal", "office": OFFICE.id,
        "receiving_unit": OFFICE.units[0].id, "resolving_unit": OFFICE.units[1].id, "applicant_id": "p",
        "applicant_name": "Phòng khám Mẫu", "contact_path": "contacts/x/1.json", "received_at": received,
        "last_piece_at": received, "status": Status.SUBMITTED, "since": received, "unit": OFFICE.units[1].id,
        "units": (OFFICE.units[1].id,), "fee_vnd": 1,
    }  # fmt: skip
    return Case(**{**facts, **more})


@asynccontextmanager
async def a_database(postgres: str, folder: Path) -> AsyncIterator[Database]:
    """One dossier that was accepted, waited for a supplement, and was given a new date."""
    async with fresh_database(postgres, "workflow", folder) as found:
        await set_clock(found, at("2025-04-10 09:00"))
        case, checked = ledger.check_begun(a_case(), at("2025-03-03 08:30"), "check_started", "Bắt đầu kiểm tra")
        case, started = ledger.started(case, at("2025-03-13 09:00"))
        case = case.changed(code=CODE, status=Status.IN_PROCESS, accepted_at=at("2025-03-13 09:00"), round=1)
        paused = ledger.paused(case, at("2025-03-14 10:00"))
        case, restarted = ledger.answered(case, paused.at, at("2025-03-24 14:00"))
        case, promised = ledger.re_appointed(case, at("2025-05-05 14:00"), at("2025-04-02 09:00"))
        async with found.transaction() as tx:
            await store.add_case(tx, case)
            for line in (checked, started, paused, restarted, promised):
                assert line
                await store.add_clock_entry(tx, ID, line)
        yield found


@pytest.fixture
async def database(postgres: str, tmp_path: Path) -> AsyncIterator[Database]:
    async with a_database(postgres, tmp_path) as found:
        yield found


def settings_for(database: Database) -> WorkflowSettings:
    post: dict[str, Any] = {"post_url": "http://127.0.0.1:9/api", "post_customer_code": "MOTCUA"}
    keys: dict[str, Any] = {"post_consumer_key": "key", "post_consumer_secret": "secret"}
    found: WorkflowSettings = settings_of(WorkflowSettings, database.url, "file:///nowhere", **post, **keys)
    return found


@pytest.mark.db
@pytest.mark.proves("D17", "R06")
@pytest.mark.parametrize("name", [CODE, ARRIVAL, str(ID), f" {CODE} "])
async def test_the_whole_road_of_a_due_time_is_told_in_words(database: Database, name: str) -> None:
    said = clock.said(await clock.read_clock(database.url, name))
    for words in (
        f"Hồ sơ {CODE} (số tiếp nhận tạm {ARRIVAL})",
        "Hạn: trước 14:00 Thứ Hai, 05/05/2025, còn",
        "Hẹn lần đầu: trước 17:30 Thứ Ba, 08/04/2025",
        "Thời hạn: 25 ngày, khi nhận đủ hồ sơ hợp lệ và phí",
        "Bắt đầu tính: 14:00 Thứ Hai, 24/03/2025",
        "Lịch làm việc: bản ",
        "R08  Bổ sung sau khi tiếp nhận",
        "Tạm dừng thời hạn, chờ người nộp bổ sung lần 1 (R08)",
        "Tính lại toàn bộ thời hạn 25 ngày từ khi nhận bổ sung lần 1 (R08)",
        "căn cứ: Nghị định 61/2018/NĐ-CP, Điều 19 khoản 9",
        "Thứ Hai, 07/04/2025   ngày thứ 14",
        "Nghỉ lễ: Giỗ Tổ Hùng Vương",
        "Ngày thêm, theo ngày hẹn lại (R07)",
        "Tính lại bây giờ: trước 14:00 Thứ Hai, 05/05/2025, khớp với hạn đã ghi",
    ):
        assert words in said, words


@pytest.mark.db
async def test_the_command_and_the_api_say_the_same_by_any_of_its_names(database: Database) -> None:
    leader = a_person("department_leader", id="p-leader", office=OFFICE.id, unit=OFFICE.units[3].id)
    by_command = json.loads(clock.said(await clock.read_clock(database.url, CODE), as_json=True))
    async with client_of(build_app(settings_for(database), database)) as client:
        for name in (CODE, ARRIVAL, str(ID)):
            answer = await client.get(f"/api/workflow/v1/cases/{name}/clock", headers=bearer(leader))
            assert answer.json() | {"left_working_minutes": 0} == by_command | {"left_working_minutes": 0}
        unknown = await client.get("/api/workflow/v1/cases/H99-1/clock", headers=bearer(leader))
        assert (unknown.status_code, unknown.json()["type"]) == (404, "urn:motcua:problem:case-not-found")
        other = a_person("case_officer", id="p-other", office=OFFICE.id, unit=OFFICE.units[2].id)
        hidden = await client.get(f"/api/workflow/v1/cases/{CODE}/clock", headers=bearer(other))
        assert (
            hidden.json() == unknown.json() | {"trace_id": hidden.json().get("trace_id")} or hidden.status_code == 404
        )
    assert by_command["agrees"] is True
    assert by_command["recomputed_due_at"] == by_command["due_at"] == "2025-05-05T14:00:00+07:00"
    assert [line["kind"] for line in by_command["ledger"]][-2:] == ["restarted", "re_appointed"]
    off = next(one for one in by_command["days"] if one["on"] == "2025-04-07")
    assert (off["working_minutes"], off["count"], bool(off["source"])) == (0, 14, True)


@pytest.fixture
def held(postgres: str, tmp_path: Path) -> Iterator[WorkflowSettings]:
    """The settings of a database that somebody outside any event loop may ask."""
    loop = asyncio.new_event_loop()
    opened = a_database(postgres, tmp_path)
    yield settings_for(loop.run_until_complete(opened.__aenter__()))
    loop.run_until_complete(opened.__aexit__(None, None, None))
    loop.close()


@pytest.mark.db
def test_an_unknown_code_is_one_line_and_exit_code_2(
    held: WorkflowSettings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from motcua import cli

    monkeypatch.setattr(clock, "read_settings", lambda service: held)
    monkeypatch.setattr("sys.argv", ["motcua", "clock", "explain", "H99-1"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    told = capsys.readouterr()
    assert (ended.value.code, told.out) == (2, "")
    assert told.err == "motcua: no dossier is called H99-1\n"
    found = CliRunner().invoke(clock.group, ["explain", CODE])
    assert (found.exit_code, found.output.splitlines()[0]) == (0, f"Hồ sơ {CODE} (số tiếp nhận tạm {ARRIVAL})")


@pytest.mark.db
@pytest.mark.proves("R01")
async def test_a_due_that_a_new_calendar_moved_is_found_again_by_that_calendar(postgres: str, tmp_path: Path) -> None:
    source = Source(act="Công văn thử nghiệm")
    holiday = SpecialDay(day=date(2025, 4, 8), kind="holiday", name_vi="Nghỉ", name_en="Off", source=source)
    async with fresh_database(postgres, "workflow", tmp_path) as database:
        await set_clock(database, at("2025-03-14 09:00"))
        case, started = ledger.started(a_case(), at("2025-03-13 09:00"))
        case = case.changed(code=CODE, status=Status.IN_PROCESS, accepted_at=at("2025-03-13 09:00"))
        async with database.transaction() as tx:
            await store.add_case(tx, case)
            await store.add_clock_entry(tx, ID, started)
            facts: dict[str, Any] = {"based_on": None, "now": at("2025-03-14 09:00")}
            draft = await handlers.draft_calendar(
                tx, Changes((holiday,)), "Theo công văn thử.", staff=somebody("p-one"), **facts
            )
            await handlers.approve_calendar(tx, draft.id or 0, staff=somebody("p-two"), now=facts["now"])
        while await handlers.apply_next(database):
            pass
        said = clock.said(await clock.read_clock(database.url, CODE))
    moved = "dời từ trước 17 giờ 30 phút, thứ Ba, ngày 08/04/2025"
    for words in (moved, "Lịch làm việc: bản 2025.1", "khớp với hạn đã ghi"):
        assert words in said, said


def somebody(id: str) -> Staff:
    """An administrator of the calendar."""
    return Staff(id, id, frozenset({ADMIN}), OFFICE.id, OFFICE.units[0].id)
