"""`motcua due`: the moment alone on the first line; a file in, a moment a line out; one line names what is wrong."""

import io
import json
import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from motcua.cli import main

FIVE_DAYS = ("--limit", "5 working days", "--from", "2026-01-06T09:00")
LINE = '{"limit": "5 working days", "from": "2026-01-06T09:00"}'
ROAD = ("--procedure", "2.002380", "--channel", "online", "--filed", "2025-03-03T20:00")


@dataclass(frozen=True)
class Done:
    """What a program left behind."""

    returncode: int
    stdout: bytes
    stderr: bytes


def run(*words: str, given: bytes | str = b"") -> Done:
    """The program in this process, which spares a hundred starts; what it prints and reads are real byte streams."""
    streams = [io.TextIOWrapper(io.BytesIO(one), encoding="utf-8") for one in (as_bytes(given), b"", b"")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["motcua", "due", *words])
        for name, stream in zip(("stdin", "stdout", "stderr"), streams, strict=True):
            patch.setattr(sys, name, stream)
        with pytest.raises(SystemExit) as left:
            main()
    printed = [stream.detach().getvalue() for stream in map(flushed, streams[1:])]  # type: ignore[attr-defined]
    assert isinstance(left.value.code, int)
    return Done(left.value.code, *printed)


def flushed(stream: io.TextIOWrapper) -> io.TextIOWrapper:
    stream.flush()
    return stream


def as_bytes(given: bytes | str) -> bytes:
    return given.encode() if isinstance(given, str) else given


def as_a_program(*words: str, given: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    command = [sys.executable, "-m", "motcua", "due", *words]
    return subprocess.run(command, input=given, capture_output=True, timeout=120, check=False)


def said(*words: str, given: bytes | str = b"") -> list[str]:
    done = run(*words, given=given)
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout.decode().splitlines()


def refused(*words: str, given: bytes | str = b"") -> tuple[str, list[str]]:
    """The one line on standard error, and what was printed before."""
    done = run(*words, given=given)
    assert done.returncode == 2
    (line,) = done.stderr.decode().splitlines()
    assert line.startswith("motcua: ")
    return line, done.stdout.decode().splitlines()


@pytest.mark.proves("R04")
@pytest.mark.parametrize(
    ("limit", "begins", "due"),
    [
        ("3 working days", "2025-12-31T09:00", "2026-01-07T09:00:00+07:00"),
        ("5 working days", "2026-01-06T09:00", "2026-01-12T09:00:00+07:00"),
        ("25 calendar days", "2026-01-24T09:00", "2026-02-23T17:30:00+07:00"),
        ("8 working hours", "2026-02-13T16:30", "2026-02-23T16:30:00+07:00"),
        ("480 working minutes", "2026-02-13 16:30", "2026-02-23T16:30:00+07:00"),
        ("1 working hour", "2026-02-13T09:30Z", "2026-02-13T17:30:00+07:00"),
        ("1 working minute", "2026-02-13T10:30:59.5+01:00", "2026-02-13T16:31:00+07:00"),
        (" 1  Working  Day ", "2026-02-13T16:30+07:00", "2026-02-23T16:30:00+07:00"),
        ("1 month", "2025-01-31T09:00", "2025-02-28T09:00:00+07:00"),
        ("2 years", "2024-02-29T09:00", "2026-03-02T17:30:00+07:00"),
    ],
)
def test_the_due_moment_stands_alone_on_the_first_line(limit: str, begins: str, due: str) -> None:
    lines = said("--limit", limit, "--from", begins)
    assert lines[:2] == [due, ""]
    assert len(lines) > 5


def test_the_program_itself_prints_and_refuses_as_its_parts_do() -> None:
    done = as_a_program(*FIVE_DAYS)
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, b"2026-01-12T09:00:00+07:00")
    done = as_a_program("--batch", "-", given=f"{LINE}\nnonsense\n{LINE}\n".encode())
    assert (done.returncode, done.stdout) == (2, b"2026-01-12T09:00:00+07:00\n")
    assert done.stderr.startswith(b"motcua: line 2: not JSON")
    assert done.stderr.count(b"\n") == 1


def test_the_explanation_names_start_days_sources_readings_and_calendar() -> None:
    words = "\n".join(said(*FIVE_DAYS))
    assert "Bắt đầu: 09:00 Thứ Ba, 06/01/2026; ngày này không tính" in words
    assert "1–3  Thứ Tư, 07/01/2026 – Thứ Sáu, 09/01/2026: ngày làm việc" in words
    assert "4  Thứ Bảy, 10/01/2026: Làm bù thứ Bảy" in words
    assert "Công văn 12729/VPCP-KGVX" in words
    assert "–  Chủ Nhật, 11/01/2026: Nghỉ hằng tuần" in words
    assert "R03" in words
    assert "R04" in words
    assert "phiên bản 2026.1" in words
    assert "Working Saturday" in "\n".join(said(*FIVE_DAYS, "--language", "en"))


def test_a_limit_that_passes_no_day_over_says_so() -> None:
    assert "Không có ngày nào bị bỏ qua." in said("--limit", "1 working hour", "--from", "2026-01-06T09:00")


def test_machines_get_the_same_as_json() -> None:
    found = json.loads("\n".join(said(*FIVE_DAYS, "--json")))
    assert (found["due"], found["start"]) == ("2026-01-12T09:00:00+07:00", "2026-01-06T09:00:00+07:00")
    assert found["limit"] == {"value": 5, "unit": "working_days"}
    assert [day["count"] for day in found["days"]] == [1, 2, 3, 4, None, 5]
    assert (found["office"], found["calendar_version"], found["readings"]) == ("demo-dost", "2026.1", ["R03", "R04"])


def test_a_batch_answers_line_by_line_and_says_nothing_else(tmp_path: Path) -> None:
    lines = [LINE, '{"from": "2026-02-13T09:30Z", "limit": "1 working hour", "office": "demo-dost"}']
    wanted = ["2026-01-12T09:00:00+07:00", "2026-02-13T17:30:00+07:00"]
    assert said("--batch", "-", given="\n".join(lines)) == wanted
    (tmp_path / "asked.jsonl").write_text("\r\n".join([*lines, ""]), encoding="utf-8")
    assert said("--batch", str(tmp_path / "asked.jsonl")) == wanted


@pytest.mark.parametrize(
    ("line", "named"),
    [
        (b"", "empty"),
        (b"   ", "empty"),
        (b"{", "not JSON"),
        (b"nonsense", "not JSON"),
        (b'{"limit": "\xff"}', "not UTF-8"),
        (b"[" * 100_000, "nested"),
        (b'{"limit": ' + b"1" * 5000 + b"}", "number in it is too long"),
        (b"[]", "object"),
        (b"null", "object"),
        (b"5", "object"),
        (b"{}", "limit is missing"),
        (b'{"limit": "5 working days"}', "from is missing"),
        (b'{"from": "2026-01-06T09:00"}', "limit is missing"),
        (b'{"limit": "1 month", "limit": "1 month", "from": "2026-01-06T09:00"}', '"limit" stands there twice'),
        (b'{"limit": "1 month", "from": "2026-01-06T09:00", "of\\nfice": ""}', 'unknown key "of\\nfice"'),
        (b'{"limit": 5, "from": "2026-01-06T09:00"}', "limit must be a text"),
        (b'{"limit": 5.5, "from": "2026-01-06T09:00"}', "limit must be a text"),
        (b'{"limit": true, "from": "2026-01-06T09:00"}', "limit must be a text"),
        (b'{"limit": {"value": 5}, "from": "2026-01-06T09:00"}', "limit must be a text"),
        (b'{"limit": "1 month", "from": null}', "from must be a text"),
        (b'{"limit": "1 month", "from": "2026-01-06T09:00", "office": null}', "office must be a text"),
        (b'{"limit": "1 month", "from": "2026-01-06T09:00", "office": "x\\ud800"}', "no such office"),
        (b'{"limit": "1 fortnight", "from": "2026-01-06T09:00"}', "unknown unit"),
        (b'{"limit": "0 months", "from": "2026-01-06T09:00"}', "at least 1"),
        (b'{"limit": "1 month", "from": "2026-02-30T09:00"}', "2026-02-30"),
        (b'{"limit": "1 month", "from": "2026-12-30T09:00"}', "outside calendar"),
        (b'{"limit": "1 month", "from": "2027-01-06T09:00"}', "outside calendar"),
    ],
)
def test_a_wrong_line_is_named_by_its_number_and_ends_the_batch(line: bytes, named: str) -> None:
    words, printed = refused("--batch", "-", given=b"\n".join([LINE.encode(), line, LINE.encode()]))
    assert "line 2: " in words
    assert named in words
    assert printed in ([], ["2026-01-12T09:00:00+07:00"])


def test_a_batch_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    for name, why in ((tmp_path / "none", "No such file"), (tmp_path, "directory"), (tmp_path / "empty", "line 1")):
        words, printed = refused("--batch", str(name))
        assert why in words
        assert printed == []


def test_who_stops_reading_a_batch_ends_it_without_a_word() -> None:
    command = [sys.executable, "-m", "motcua", "due", "--batch", "-"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as program:
        assert program.stdin
        assert program.stdout
        assert program.stderr
        program.stdout.close()
        with suppress(BrokenPipeError):  # it may have gone before it heard everything
            program.stdin.write(f"{LINE}\n".encode() * 20_000)
            program.stdin.close()
        assert program.wait(timeout=120) == 1  # as click leaves
        assert program.stderr.read() == b""


@pytest.mark.parametrize(
    ("limit", "named"),
    [
        ("", "a number and a unit"),
        ("5", "a number and a unit"),
        ("working days", '"working" is no whole number'),
        ("five working days", '"five" is no whole number'),
        ("5.5 working days", '"5.5" is no whole number'),
        ("٥ working days", "is no whole number"),
        ("0 working days", "at least 1"),
        ("-5 working days", "at least 1"),
        ("100001 working minutes", "at most 100000"),
        ("9" * 5000 + " working days", "at most 100000"),
        ("5 days", 'unknown unit "days"'),
        ("5 hours", 'unknown unit "hours"'),
        ("5 working\ndayss", "unknown unit"),
        ("100000 years", "outside calendar"),
        ("100000 calendar days", "outside calendar"),
        ("100000 working days", "outside calendar"),
    ],
)
def test_a_limit_that_is_none_is_named(limit: str, named: str) -> None:
    words, printed = refused(f"--limit={limit}", "--from", "2026-01-06T09:00")
    assert named in words
    assert printed == []


@pytest.mark.parametrize(
    "begins",
    [
        "",
        "yesterday",
        "2026-01-06",
        "09:00",
        "2026-13-06T09:00",
        "2026-02-30T09:00",
        "2026-01-06T24:00",
        "2026-01-06T09:60",
        "2026-01-06T09",
        "20260106T0900",
        "2026-W02-2T09:00",
        "2026-01-06T09:00+25:00",
        "2026-01-06T09:00 ",
        "２０２６-01-06T09:00",
        "2023-12-31T23:59",
        "2027-01-01T00:00",
        "2026-12-31T18:00-05:00",
        "0001-01-01T00:00+14:00",
        "9999-12-31T23:59-14:00",
    ],
)
def test_a_moment_that_is_none_or_lies_outside_the_calendar_is_named(begins: str) -> None:
    words, printed = refused("--limit", "1 working hour", f"--from={begins}")
    assert begins.strip()[:10] in words.encode().decode("unicode_escape") or "calendar" in words
    assert printed == []


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ((), "--limit is missing"),
        (("--limit", "1 month"), "--from is missing"),
        (("--from", "2026-01-06T09:00"), "--limit is missing"),
        ((*FIVE_DAYS, "--office", "nowhere"), "no such office"),
        ((*FIVE_DAYS, "--office", ""), "no such office"),
        ((*FIVE_DAYS, "--batch", "-"), "--batch and --limit exclude"),
        (("--batch", "-", "--from", "2026-01-06T09:00"), "--batch and --from exclude"),
        (("--batch", "-", "--json"), "--batch and --json exclude"),
        (("--batch", ""), "--batch"),
        (("--batch", "-", "--office", "nowhere"), "no such office"),
        (("--batch", "-", "--filed", "2026-01-06T09:00"), "--batch and --filed exclude"),
        ((*FIVE_DAYS, "--filed", "2026-01-06T09:00"), "exclude"),
        ((*FIVE_DAYS, "--language", "fr"), "fr"),
        ((*FIVE_DAYS, "--nonsense"), "--nonsense"),
        ((*FIVE_DAYS, "nonsense"), "nonsense"),
        (("--procedure", "2.002380"), "--channel is missing"),
        ((*ROAD[:4],), "--filed is missing"),
        ((*ROAD[2:],), "--procedure is missing"),
        (("--procedure", "nothing", *ROAD[2:]), "no such procedure: nothing"),
        ((*ROAD, "--channel", "fax"), "fax"),
        ((*ROAD, "--paid", "soon"), '--paid "soon"'),
        ((*ROAD, "--paid", "2025-03-01T09:00"), "filed must not be after paid"),
        ((*ROAD, "--answered", "2025-03-04T09:00"), "--answered has no --asked"),
        ((*ROAD, "--asked", "2025-03-05T09:00", "--answered", "2025-03-04T09:00"), "asked must not be after answered"),
        ((*ROAD[:4], "--filed", "2026-03-03T20:00"), "not in force"),
        (("--procedure", "radiation-licence-new-2026", *ROAD[2:4], "--filed", "2026-03-03T20:00"), "not yet published"),
    ],
)
def test_options_that_do_not_fit_are_named(words: tuple[str, ...], named: str) -> None:
    line, printed = refused(*words)
    assert named in line
    assert printed == []


def test_a_whole_road_begins_with_its_due_moment_and_tells_every_date() -> None:
    lines = said(*ROAD, "--paid", "2025-03-13T10:00")
    assert lines[:2] == ["2025-04-08T17:30:00+07:00", ""]
    words = "\n".join(lines)
    assert "07:30 Thứ Ba, 11/03/2025  Hạn kiểm tra hồ sơ (5 ngày làm việc; R03, R04, T03)" in words
    assert "Giỗ Tổ Hùng Vương" in words
    assert "23:59 Thứ Hai, 07/04/2025  Ngày cuối được hẹn lại" in words
    assert "00:00 Thứ Tư, 09/04/2025  Bắt đầu quá hạn" in words
    assert "Nghị định 142/2020/NĐ-CP" in words


def test_a_road_knows_supplements_and_what_it_waits_for() -> None:
    rounds = ("--asked", "2025-03-05T10:00", "--answered", "2025-03-10T09:00", "--asked", "2025-03-12T09:00")
    words = "\n".join(said(*ROAD, *rounds))
    assert "kiểm tra lại từ đầu thời hạn" in words
    assert "Đang chờ bổ sung" in words
    assert "Chưa nộp phí" in "\n".join(said(*ROAD))


def test_a_road_as_json_is_what_the_rules_say() -> None:
    found: dict[str, Any] = json.loads("\n".join(said(*ROAD, "--paid", "2025-03-13T10:00", "--json")))
    assert found["due_at"] == "2025-04-08T17:30:00+07:00"
    assert found["milestones"][-1]["kind"] == "missed"


def test_a_due_moment_needs_no_part_of_the_services() -> None:
    script = "import sys, motcua.due.command, motcua.cli; print([m for m in sys.modules if m.split('.')[0] in BAD])"
    script = f"BAD = ('kit', 'workflow', 'intake', 'sqlalchemy', 'fastapi', 'httpx'); {script}"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=120, check=True, env=os.environ)
    assert done.stdout.strip() == b"[]"
