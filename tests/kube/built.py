"""What kustomize makes of deploy/k8s, and how one finds one's way in it."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
K8S = ROOT / "deploy/k8s"
OVERLAYS = ("small", "province")
Thing = dict[str, Any]
Things = list[Thing]


def build(folder: Path) -> Things:
    """All that `kubectl apply -k` would say of this folder."""
    kubectl = Path(sys.executable).with_name("kubectl")
    command = [str(kubectl) if kubectl.exists() else str(shutil.which("kubectl")), "kustomize", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return list(yaml.safe_load_all(done.stdout))


@cache
def overlay(name: str) -> Things:
    """One of ours, built once; whoever changes it takes a copy."""
    return build(K8S / "overlays" / name)


def of(things: Things, *kinds: str) -> Things:
    return [thing for thing in things if thing["kind"] in kinds]


def name_of(thing: Thing) -> str:
    return str(thing["metadata"]["name"])


def named(things: Things, kind: str, name: str) -> Thing:
    """The one of this name; a generated ConfigMap is also found without the hash behind its name."""
    (found,) = [thing for thing in of(things, kind) if re.fullmatch(rf"{name}(-[a-z0-9]{{10}})?", name_of(thing))]
    return found


def runs(things: Things) -> Iterator[tuple[str, Thing, Thing]]:
    """What starts a process of ours: its name, its pod and its one container."""
    for thing in of(things, "Deployment", "Job"):
        pod = thing["spec"]["template"]["spec"]
        (container,) = pod["containers"]
        yield name_of(thing), pod, container


def labels_of(thing: Thing) -> dict[str, str]:
    """The labels of the pods that something starts."""
    found: dict[str, str] = thing["spec"]["template"]["metadata"]["labels"]
    return found


def environment_of(things: Things, container: Thing) -> dict[str, str | None]:
    """What a process is told; None where a Secret says it."""
    said: dict[str, str | None] = {}
    for source in container.get("envFrom", []):
        (found,) = [one for one in of(things, "ConfigMap") if name_of(one) == source["configMapRef"]["name"]] or [{}]
        said |= found.get("data", {})
    for one in container.get("env") or []:
        said[one["name"]] = one.get("value")
    return said


def selects(selector: Thing, labels: dict[str, str]) -> bool:
    """Whether a label selector means a pod with these labels."""
    if any(labels.get(key) != value for key, value in selector.get("matchLabels", {}).items()):
        return False
    for term in selector.get("matchExpressions", []):
        assert term["operator"] == "In", "the only one we use"
        if labels.get(term["key"]) not in term["values"]:
            return False
    return True
