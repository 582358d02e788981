"""A full disk under the database, or under the object store: a sentence, nothing lost, and it goes on after mending."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.db
PROGRAM = Path(__file__).with_name("small_disk.py")


def on_a_small_disk(which: str, megabytes: int, tmp_path: Path) -> dict[str, dict[str, Any]]:
    """What the program saw, with `which` of the two parts on a disk of so many megabytes."""
    small, roomy = tmp_path / "small", tmp_path / "roomy"
    small.mkdir()
    roomy.mkdir()
    mount = f'mount -t tmpfs -o size={megabytes}m none "$1" && exec "$2" "$3" "$4" "$1" "$5"'
    space = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mount, "sh", str(small)]
    words = [*space, sys.executable, str(PROGRAM), which, str(roomy)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == 0, done.stderr
    return {seen["what"]: seen for seen in map(json.loads, done.stdout.splitlines())}


def test_a_full_disk_of_the_database_is_said_and_what_was_accepted_is_there(tmp_path: Path) -> None:
    seen = on_a_small_disk("postgres", 160, tmp_path)
    assert (seen["full"]["status"], seen["full"]["type"]) == (503, "urn:motcua:problem:database-full")
    assert seen["full"]["retry"] == "10"
    assert (seen["mended"]["status"], seen["mended"]["owed"]) == (200, 0)


def test_a_full_object_store_is_said_and_no_row_refers_to_half_a_package(tmp_path: Path) -> None:
    seen = on_a_small_disk("store", 8, tmp_path)
    assert (seen["full"]["status"], seen["full"]["type"]) == (503, "urn:motcua:problem:object-store-away")
    assert (seen["full"]["first"], seen["full"]["rows"]) == (200, 1)
    assert (seen["mended"]["status"], seen["mended"]["rows"], seen["mended"]["whole"]) == (200, 2, True)
