"""Runs the services of docker-compose.yml inside the built image, with their own commands, users and environments.

As an engine would: the root file system cannot be written, /tmp and /data are what the file says, no capability is left
and none can be gained, the order is that of `depends_on`, and readiness is what the health check says. Only where they
listen differs: all on this loopback, so each port becomes a free one. Limits of memory are not held to.
"""

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from tests.image import composing

from kit.embedded import free_port

READY_SECONDS = 120.0
LISTENS = ("MOTCUA_LISTEN_PORT", "MOTCUA_WORKER_PORT", "MOTCUA_SANDBOX_PORT", "MOTCUA_SANDBOX_SMTP_PORT")


@dataclass
class Image:
    """A root file system, and what its image says."""

    root: Path
    config: dict[str, Any]


@dataclass
class Place:
    """The server that Compose would make: one folder, the parts that others bring, and what runs."""

    folder: Path
    images: dict[str, Image]
    told: Mapping[str, str]
    elsewhere: dict[str, str]  # `kafka:9092` and the like: where it is here
    ports: dict[str, int] = field(default_factory=dict)
    running: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.parts = composing.interpolated(composing.read(), self.told)["services"]
        for name, part in self.parts.items():
            for setting in LISTENS:
                if part.get("environment", {}).get(setting):
                    self.ports.setdefault(f"{name}:{part['environment'][setting]}", free_port())
        for volume in ("objects", "sandbox"):
            (self.folder / volume).mkdir()
            os.chown(self.folder / volume, 10001, 10001)  # as an engine makes a volume: owned as /data is in the image
        names = " ".join(self.parts)
        (self.folder / "hosts").write_text(f"127.0.0.1 localhost {names}\n")

    def start(self, name: str) -> None:
        """Start a part after what it waits for; return when its health check is well, or when the job is done."""
        if name in self.running or name in self.done or name in ("postgres", "kafka"):
            return
        part = self.parts[name]
        for other in part.get("depends_on", {}):
            self.start(other)
        if part.get("restart") == "no":
            said = self.run(name, part["command"])
            assert said.returncode == 0, f"{name}: {said.stdout}{said.stderr}"
            self.done.add(name)
            return
        with (self.folder / f"{name}.log").open("wb") as log:
            words = self.inside(name, self.words_of(name, part["command"]))
            self.running[name] = subprocess.Popen(words, stdout=log, stderr=log)
        self.wait(name)

    def wait(self, name: str) -> None:
        until = time.monotonic() + READY_SECONDS
        while (said := self.health(name)).returncode:
            assert self.running[name].poll() is None, f"{name} ended: {self.log(name)}"
            assert time.monotonic() < until, f"{name} is not well: {said.stdout} {said.stderr} {self.log(name)}"
            time.sleep(0.2)

    def health(self, name: str) -> "subprocess.CompletedProcess[str]":
        """The part's own health check, run inside."""
        kind, *words = self.parts[name]["healthcheck"]["test"]
        assert kind == "CMD"
        words = [re.sub(r"127\.0\.0\.1:8000", f"127.0.0.1:{self.ports.get(f'{name}:8000')}", word) for word in words]
        return subprocess.run(self.inside(name, words), capture_output=True, text=True, timeout=30)

    def run(self, name: str, command: list[str]) -> "subprocess.CompletedProcess[str]":
        """`docker compose run`: another command of a part's image, with its environment."""
        words = self.inside(name, self.words_of(name, command))
        return subprocess.run(words, capture_output=True, text=True, timeout=120)

    def words_of(self, name: str, command: list[str]) -> list[str]:
        return [*(self.image_of(name).config["Entrypoint"] or []), *command]

    def image_of(self, name: str) -> Image:
        return self.images["sandbox" if "sandbox" in self.parts[name].get("profiles", []) else "motcua"]

    def inside(self, name: str, words: list[str]) -> list[str]:
        """A command line that runs `words` as the engine would run them."""
        part, image = self.parts[name], self.image_of(name)
        user, _, group = part["user"].partition(":")
        volume, _, target = part["volumes"][0].partition(":")
        (size,) = re.findall(r"^/tmp:size=(\d+)m", part["tmpfs"][0])
        root = ["--ro-bind" if part["read_only"] else "--bind", str(image.root), "/"]
        mounts = [
            "--proc",
            "/proc",
            "--dev",
            "/dev",
            "--perms",
            "1777",
            "--size",
            str(int(size) * 2**20),
            "--tmpfs",
            "/tmp",
        ]
        mounts += ["--bind", str(self.folder / volume), target, "--ro-bind", str(self.folder / "hosts"), "/etc/hosts"]
        told = dict(pair.split("=", 1) for pair in image.config["Env"]) | self.environment_of(name)
        environment = [word for key, value in told.items() for word in ("--setenv", key, value)]
        apart = ["--unshare-pid", "--unshare-ipc", "--unshare-uts", "--die-with-parent", "--clearenv"]
        apart += ["--chdir", image.config["WorkingDir"]]
        drops = "-all" if part["cap_drop"] == ["ALL"] else "+all"
        account = ["setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups", f"--bounding-set={drops}"]
        account += ["--inh-caps=-all"]
        return ["bwrap", *root, *mounts, *apart, *environment, "--", *account, *words]

    def environment_of(self, name: str) -> dict[str, str]:
        """What the file says, with each port that stands in it as it is here."""
        said = composing.environment_of(self.parts[name], self.told)
        found = {key: self.moved(value) for key, value in said.items()}
        for setting in LISTENS:
            if setting in said:
                found[setting] = str(self.ports[f"{name}:{said[setting]}"])
        if smtp := said.get("MOTCUA_SMTP_PORT"):
            found["MOTCUA_SMTP_PORT"] = str(self.ports[f"{said['MOTCUA_SMTP_HOST']}:{smtp}"])
        return {key: "127.0.0.1" if value == "0.0.0.0" else value for key, value in found.items()}

    def moved(self, value: str) -> str:
        known = self.elsewhere | {key: f"{key.split(':')[0]}:{port}" for key, port in self.ports.items()}
        return re.sub(r"(?<![\w.-])[a-z][a-z-]*:\d+", lambda place: known.get(place[0], place[0]), value)

    def process(self, name: str) -> psutil.Process:
        """The part's own process, in the midst of those that put it where it is."""
        below = psutil.Process(self.running[name].pid).children(recursive=True)
        return max(below, key=lambda process: process.pid)

    def stop(self, name: str) -> int:
        """SIGTERM, as `docker stop` says it; the exit code."""
        self.process(name).send_signal(signal.SIGTERM)
        status = self.running[name].wait(30)
        del self.running[name]
        return status

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()[-3000:]

    @contextmanager
    def front_door(self, caddy: str) -> Iterator[None]:
        """Caddy from its wheel, in place of its image, with the file and the environment of the part `front`."""
        part, names = self.parts["front"], self.folder / "hosts"
        mounted, _, target = part["volumes"][0].removesuffix(":ro").partition(":")
        assert target in part["command"]
        command = [str(composing.ROOT / mounted) if word == target else word for word in part["command"][1:]]
        given = self.environment_of("front") | {"PATH": os.defpath}
        environment = [word for key, value in given.items() for word in ("--setenv", key, value)]
        seen = ["--ro-bind", "/", "/", "--dev", "/dev", "--tmpfs", "/tmp", "--ro-bind", str(names), "/etc/hosts"]
        words = [
            "bwrap",
            *seen,
            "--die-with-parent",
            "--unshare-pid",
            "--clearenv",
            *environment,
            "--",
            caddy,
            *command,
        ]
        with (self.folder / "front.log").open("wb") as log:
            door = subprocess.Popen(words, stdout=log, stderr=log)
        try:
            yield
        finally:
            door.kill()
            door.wait()

    def close(self) -> None:
        with ExitStack() as stack:
            for process in self.running.values():
                stack.callback(process.wait)
                stack.callback(process.kill)
