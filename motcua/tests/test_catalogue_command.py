"""`motcua catalogue`: says what the facts say, nothing more; bad input is 2, bad data is 1, each in one line."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import click
import pytest
from click.testing import CliRunner, Result

from motcua.catalogue.command import group
from motcua.catalogue.document import with_tables
from motcua.cli import one_line
from rules.catalogue import DATA, load

ROOT = Path(__file__).resolve().parents[2]
INVENTORY: list[dict[str, Any]] = json.loads((ROOT / "rules/tests/data/inventory.json").read_text(encoding="utf-8"))
IDS = sorted({one.id for one in load().procedures})
SVG = "{http://www.w3.org/2000/svg}"


def run(*words: str) -> Result:
    return CliRunner().invoke(group, words, standalone_mode=False)


def said(*words: str) -> str:
    result = run(*words)
    assert result.exception is None
    assert result.return_value == 0
    return result.stdout


def as_a_program(*words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "motcua", "catalogue", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture(scope="module")
def listed() -> dict[str, dict[str, Any]]:
    return {one["record_id"]: one for one in json.loads(said("list", "--json")) if one["record_id"]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DATA, tmp_path / "data"))


def plant(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


# --- list ---


def test_the_inventory_holds_every_record_of_the_facts(listed: dict[str, dict[str, Any]]) -> None:
    assert len(INVENTORY) == 37
    assert {one["record_id"] for one in INVENTORY} <= set(listed)


@pytest.mark.proves("B02")
@pytest.mark.parametrize("fact", INVENTORY, ids=lambda fact: str(fact["record_id"]))
@pytest.mark.parametrize(
    "key", ["national_code", "name_vi", "field_vi", "limit", "start_rule", "fee", "online_level", "effective_to"]
)
def test_what_the_facts_give_is_listed_as_it_is(
    listed: dict[str, dict[str, Any]], fact: dict[str, Any], key: str
) -> None:
    found = listed[fact["record_id"]]
    if fact[key] is not None:
        assert _plain(found[key]) == _plain(fact[key])


def _plain(value: Any) -> Any:
    """A name as it is compared: without the word that some lists set before it, and its first letter small."""
    if not isinstance(value, str):
        return value
    name = value.removeprefix("Thủ tục ")
    return name[:1].lower() + name[1:]


@pytest.mark.proves("R14")
@pytest.mark.parametrize("fact", INVENTORY, ids=lambda fact: str(fact["record_id"]))
def test_what_the_facts_leave_open_has_no_value_here(listed: dict[str, dict[str, Any]], fact: dict[str, Any]) -> None:
    found = listed[fact["record_id"]]
    for key in ("national_code", "limit", "fee", "online_level"):
        if fact[key] is None:
            assert found[key] is None
    for key in ("channels", "components", "effective_from"):
        if fact[key] is None and found[key] is not None:
            assert key in found["unconfirmed_fields"]
    if found["limit"] is None or found["components"] is None:
        assert found["can_be_accepted"] is False
        assert found["why_not_accepted"]["vi"]


@pytest.mark.parametrize("fact", INVENTORY, ids=lambda fact: str(fact["record_id"]))
def test_what_the_facts_do_not_confirm_is_marked(listed: dict[str, dict[str, Any]], fact: dict[str, Any]) -> None:
    found = listed[fact["record_id"]]
    marked = {name.split(".")[0].removesuffix("_by_channel") for name in found["unconfirmed_fields"]}
    assert set(fact["unconfirmed_fields"]) <= marked
    assert found["unconfirmed"] or not fact["unconfirmed"]


@pytest.mark.parametrize("fact", INVENTORY, ids=lambda fact: str(fact["record_id"]))
def test_dates_and_channels_of_the_facts_are_kept(listed: dict[str, dict[str, Any]], fact: dict[str, Any]) -> None:
    found = listed[fact["record_id"]]
    if fact["effective_from"]:
        assert found["effective_from"] == fact["effective_from"]
    if fact["channels"]:
        assert sorted(found["channels"]) == sorted(fact["channels"])


def test_a_provinces_promise_stands_beside_the_nations_limit(listed: dict[str, dict[str, Any]]) -> None:
    amendment = listed["RAD21-04"]
    assert amendment["statutory_limit"] == {"value": 10, "unit": "working_days"}
    (promise,) = amendment["promised_limits"]
    assert (promise["value"], promise["unit"], promise["invented"]) == (7, "working_days", True)
    assert promise["source"]


def test_every_listed_record_has_a_source_and_the_mark_of_its_process(listed: dict[str, dict[str, Any]]) -> None:
    assert all(one["sources"] for one in listed.values())
    assert all(one["process_invented"] for one in listed.values())


def test_a_list_can_be_of_one_day_in_either_language() -> None:
    before, after = (json.loads(said("list", "--json", "--on", day)) for day in ("2025-12-31", "2026-01-01"))
    assert "xray-licence-new-2021" in {one["id"] for one in before} - {one["id"] for one in after}
    assert "chưa được công bố" in said("list")
    assert "not yet published" in said("list", "--language", "en")


def test_the_document_of_the_catalogue_is_fresh() -> None:
    text = (ROOT / "docs/catalogue.md").read_text(encoding="utf-8")
    assert with_tables(text) == text, "run `make schemas`"
    with pytest.raises(ValueError, match="marks"):
        with_tables("no marks")


# --- show and draw ---


@pytest.mark.proves("B02")
@pytest.mark.parametrize("name", IDS)
def test_each_procedure_is_shown_whole_in_both_languages(name: str) -> None:
    one = load().procedure(name)
    vietnamese, english = said("show", name), said("show", name, "--language", "en")
    for text, title in ((vietnamese, one.name_vi), (english, one.name_en)):
        assert text.startswith(title)
        assert str(one.sources[0])[:60] in text
    assert ("[chưa xác nhận]" in vietnamese) == ("[unconfirmed]" in english)
    assert "[minh họa]" in vietnamese  # no process of ours is backed by a decision
    assert "None" not in vietnamese + english


def test_a_procedure_is_found_by_its_id_its_record_and_its_code() -> None:
    shown = {said("show", name) for name in ("xray-licence-new-2021", "RAD21-02", "2.002380")}
    assert len(shown) == 1
    found = json.loads(said("show", "OTH-14", "--json"))
    assert found["record"]["fee"]["item"] == "first_registration"


@pytest.mark.proves("B07")
def test_each_paper_is_shown_with_its_copies_its_case_and_the_database_that_replaces_it() -> None:
    declaration = " ".join(said("show", "OTH-01").split())
    assert "nộp tệp; 1 bản chính, 0 bản sao; Mẫu 2. CBHC/HQ" in declaration
    assert "đăng ký doanh nghiệp: tra cứu thay cho giấy, từ 01/01/2026 đến 28/02/2027" in declaration
    assert "Khi có hệ thống quản lý được chứng nhận" in " ".join(said("show", "OTH-02").split())


@pytest.mark.proves("R14")
def test_what_is_not_published_is_said_in_words() -> None:
    text = said("show", "OTH-22")
    assert "Chưa văn bản nào công bố thời hạn" in text
    assert text.count("chưa được công bố") >= 3  # limit, fee, papers
    assert "công bố [chưa xác nhận]" not in text
    assert "0,1 % tổng giá trị hợp đồng" in said("show", "OTH-14")
    assert "tra cứu thay cho giấy" in said("show", "OTH-01")


@pytest.mark.proves("B10")
@pytest.mark.parametrize("name", [*IDS, "five-steps", "committee", "committee-office"])
def test_each_process_is_drawn_with_its_steps_shares_and_ways_back(name: str) -> None:
    picture = Xml.fromstring(said("draw", name))
    words = [text.text or "" for text in picture.iter(f"{SVG}text")]
    process = json.loads(said("draw", name, "--json"))
    for number, step in enumerate(process["steps"], 1):
        assert f"{number}. {step['name_vi']}" in words
        ids = [one["id"] for one in process["steps"]]
        without = f"bước {ids.index(step['shares_with']) + 1}" if step["shares_with"] else "không tính riêng"
        share = f"{step['share']} %" if step["share"] else without
        assert any(share in word for word in words)
    back = [step for step in process["steps"] if step["sends_back_to"]]
    assert sum(word.startswith("trả lại") for word in words) == len(back)
    assert picture.find(f"{SVG}title") is not None
    text = said("draw", name, "--format", "text")
    assert text.count("<-- trả lại bước") == len(back)
    assert "[minh họa]" in text


def test_a_picture_holds_names_that_would_break_it(folder: Path) -> None:
    plant(folder, "processes/five-steps.yaml", "name_vi: Phân công thụ lý", 'name_vi: Phân công <b> & "giao" ]]>')
    picture = Xml.fromstring(said("draw", "OTH-14", "--folder", str(folder)))
    assert any('<b> & "giao" ]]>' in (text.text or "") for text in picture.iter(f"{SVG}text"))


# --- check ---


def test_the_data_that_ships_is_sound() -> None:
    assert said("check").startswith("sound: ")
    assert json.loads(said("check", "--json"))["sound"] is True


@pytest.mark.parametrize(
    ("name", "old", "new", "reason"),
    [
        ("processes/five-steps.yaml", "share: 65", "share: 60", "steps: shares sum to 95, not to 100"),
        ("processes/five-steps.yaml", "role: clerk", "role: king", "role: Input should be"),
        ("processes/five-steps.yaml", "sends_back_to: appraise", "sends_back_to: heaven", "no earlier step heaven"),
        ("procedures/quantity-mark-change.yaml", "fee_id: FEE-NONE", "fee_id: FEE-X", "unknown fee FEE-X"),
        ("procedures/quantity-mark-change.yaml", "process_id: five-steps", "process_id: none", "unknown process none"),
        ("procedures/quantity-mark-change.yaml", "accepts: upload", "accepts: magic", "accepts: Input should be"),
        ("procedures/science-organisation-change.yaml", "unpriced: [change]", "unpriced: []", "must name change"),
        ("procedures/technology-transfer-registration.yaml", "field: value_vnd", "field: value", "no field value"),
        ("forms/transfer-value-sheet.yaml", "type: integer", "type: number", "type: Input should be"),
        ("fees/none.yaml", "id: FEE-NONE", "\tid: FEE-NONE", "not YAML"),
    ],
)
def test_a_fault_is_one_line_with_file_and_line(folder: Path, name: str, old: str, new: str, reason: str) -> None:
    plant(folder, name, old, new)
    result = run("check", "--folder", str(folder))
    assert result.return_value == 1
    (line,) = result.stderr.splitlines()
    place, _, told = line.partition(": ")
    file, _, number = place.rpartition(":")
    assert file == name
    assert number.isdigit()
    assert reason in told
    as_json = run("check", "--json", "--folder", str(folder))
    assert json.loads(as_json.stdout) == {"sound": False, "file": name, "line": int(number), "reason": told}


def test_two_versions_on_one_day_are_a_fault(folder: Path) -> None:
    first = folder / "procedures/quantity-mark-change.yaml"
    text = first.read_text(encoding="utf-8").replace("effective_from: 2015-01-01", "effective_from: 2020-01-01")
    first.with_name("quantity-mark-change-2.yaml").write_text(text.replace('version: "1"', 'version: "2"'), "utf-8")
    result = run("check", "--folder", str(folder))
    assert "overlaps quantity-mark-change" in result.stderr


def test_a_file_that_is_no_text_is_a_fault_too(folder: Path) -> None:
    for content in (b"id: \xff\xfe", b"id: \x00"):
        (folder / "fees/none.yaml").write_bytes(content)
        result = run("check", "--folder", str(folder))
        assert result.return_value == 1
        assert result.stderr.startswith("fees/none.yaml:1: not text in UTF-8: ")


# --- the program ---


@pytest.mark.parametrize(
    "words",
    [
        ("show", "no-such"),
        ("show", "OTH-14", "--version", "9"),
        ("draw", "no-such"),
        ("list", "--json", "--markdown"),
        ("list", "--on", "yesterday"),
        ("check", "--folder", "/no/such/folder"),
        ("check", "--folder", str(ROOT / "docs")),
        ("sing",),
    ],
)
def test_what_is_asked_wrongly_is_refused_in_one_line(words: tuple[str, ...]) -> None:
    refused = run(*words).exception
    assert isinstance(refused, click.ClickException)
    assert one_line(refused)


def test_what_is_asked_wrongly_ends_with_two() -> None:
    done = as_a_program("show", "no-such")
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line == "motcua: Invalid value for ID: no-such: no such procedure"


def test_bad_data_is_one_line_and_one_whatever_is_asked(folder: Path) -> None:
    plant(folder, "processes/five-steps.yaml", "share: 65", "share: 60")
    for words in (("check",), ("list", "--json")):
        done = as_a_program(*words, "--folder", str(folder))
        assert (done.returncode, done.stdout) == (1, "")
        assert "processes/five-steps.yaml:" in done.stderr
        assert len(done.stderr.splitlines()) == 1
