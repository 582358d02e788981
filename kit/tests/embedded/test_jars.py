"""Kafka's jars: the lock decides, and nothing runs that differs from it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kit.embedded import EmbeddedError, Kafka
from kit.embedded.jars import default_folder, locked, ready_jars

pytestmark = pytest.mark.kafka


@pytest.fixture
def jars(tmp_path: Path) -> Path:
    """All jars, right, in a folder of the test's own."""
    for jar in ready_jars(default_folder(), lambda _: None):
        (tmp_path / "jars").mkdir(exist_ok=True)
        shutil.copyfile(jar, tmp_path / "jars" / jar.name)
    return tmp_path / "jars"


def test_the_lock_names_every_jar_with_its_digest_and_no_address() -> None:
    jars = locked()
    assert "org.apache.kafka:kafka_2.13:4.1.0" in [jar.coordinate for jar in jars]
    assert all(len(jar.digest) == 64 and "/" not in jar.coordinate for jar in jars)
    assert len({jar.file_name for jar in jars}) == len(jars) == 46


def test_a_changed_jar_is_refused_by_name_and_nothing_starts(jars: Path, tmp_path: Path) -> None:
    with (jars / "kafka-raft-4.1.0.jar").open("ab") as jar:
        jar.write(b"!")
    kafka = Kafka(tmp_path / "kafka", jars=jars)
    with pytest.raises(EmbeddedError) as caught:
        kafka.start()
    assert str(caught.value) == (
        f"The file {jars / 'kafka-raft-4.1.0.jar'} is not the org.apache.kafka:kafka-raft:4.1.0 that the lock names "
        "(its SHA-256 differs), so Kafka is not started: delete that file and start again."
    )
    assert not kafka.is_running
    assert not (tmp_path / "kafka" / "data").exists()


def test_a_missing_jar_is_downloaded_with_an_empty_environment_and_home(jars: Path, tmp_path: Path) -> None:
    (jars / "slf4j-simple-1.7.36.jar").unlink()
    program = "import sys; from pathlib import Path; from kit.embedded.jars import ready_jars\n"
    program += "ready_jars(Path(sys.argv[1]), print)"
    command = [sys.executable, "-c", program, str(jars)]
    env = {"HOME": str(tmp_path / "home"), "PATH": os.defpath}
    result = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert result.stdout == "Kafka: downloading 1 of 46 jars, once\nKafka: 46/46 jars\n", result.stderr
    assert len(list(jars.iterdir())) == 46
    assert not (tmp_path / "home").exists()


def test_a_jar_that_cannot_be_had_is_a_sentence(jars: Path, tmp_path: Path) -> None:
    (jars / "slf4j-simple-1.7.36.jar").unlink()
    program = "import sys; from pathlib import Path; from kit.embedded import EmbeddedError, jars\n"
    program += "try: jars.ready_jars(Path(sys.argv[1]), str)\nexcept EmbeddedError as problem: print(problem)"
    env = {"HTTPS_PROXY": "http://127.0.0.1:9", "PATH": os.defpath}
    command = [sys.executable, "-c", program, str(jars)]
    result = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert result.stdout.startswith("org.slf4j:slf4j-simple:1.7.36 could not be downloaded for Kafka: "), result.stderr
    assert result.stdout.count("\n") == 1
