"""deploy/k8s as kustomize builds it: every policy holds, and each planted fault is seen by the policy that names it."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.kube import policies
from tests.kube.built import OVERLAYS, ROOT, Things, build, environment_of, name_of, named, of, overlay, runs
from tests.kube.faults import FAULTS
from tests.kube.policies import HIDDEN, INSIDE, POLICIES

from kit.service import read_settings, read_settings_of
from kit.settings import KafkaSettings
from motcua.documents import application
from motcua.programs import SERVICES, service_of

Policy = Callable[[Things], list[str]]


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Policy:
    folder = tmp_path_factory.mktemp("applications")
    applications = {name: application(name, folder) for name in SERVICES}
    return partial(policies.door_opens_to_pages_only, applications=applications)


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.__name__)
@pytest.mark.parametrize("name", OVERLAYS)
def test_every_policy_holds(name: str, policy: Policy) -> None:
    assert policy(overlay(name)) == []


@pytest.mark.parametrize("name", OVERLAYS)
def test_the_door_opens_to_every_page_and_to_nothing_inside(name: str, door: Policy) -> None:
    assert {"/metrics", "/healthz", "/startupz", "/readyz"} == INSIDE
    assert door(overlay(name)) == []


@pytest.mark.parametrize("name", OVERLAYS)
def test_the_code_reads_what_an_overlay_says(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for process, _, container in runs(overlay(name)):
        with monkeypatch.context() as told:
            for setting, value in environment_of(overlay(name), container).items():
                told.setenv(setting, value if value is not None else "from-a-secret")
            if process == "topics":
                read_settings_of(KafkaSettings)
            else:
                assert read_settings(service_of(process.split("-")[0])).environment == "production"


@pytest.mark.parametrize("name", OVERLAYS)
def test_every_secret_is_a_reference_that_the_document_tells_how_to_make(name: str) -> None:
    words = (ROOT / "docs/operations-kubernetes.md").read_text()
    for process, _, container in runs(overlay(name)):
        for one in container.get("env") or []:
            reference = one["valueFrom"]["secretKeyRef"]
            setting = one["name"].removeprefix("MOTCUA_").removeprefix("AWS_").lower().replace("_", "-")
            assert reference["key"] == setting, f"{process}: {one['name']} reads {reference}"
            assert reference["name"] in (process.split("-")[0], "objects")
            assert f"`{reference['key']}`" in words, f"{reference} is in no document"
        given = {one["name"] for one in container.get("env") or []}
        if process != "topics":
            settings = service_of(process.split("-")[0]).settings
            assert policies.hidden(settings) <= given, "each secret setting can be given, also one that has no must"
    assert "MOTCUA_PLATFORM_BEARER" in HIDDEN


def test_a_province_has_two_of_each_and_its_own_parts() -> None:
    things = overlay("province")
    assert all(policies.replicas_of(things, name)[0] >= 2 for name in policies.PROCESSES)
    assert named(things, "Kafka", "motcua")["spec"]["kafka"]["config"]["min.insync.replicas"] == 2
    assert named(things, "KafkaNodePool", "nodes")["spec"]["replicas"] == 3
    assert named(things, "ConfigMap", "brokers")["data"]["MOTCUA_TOPIC_COPIES"] == "3"
    (cluster,) = of(things, "Cluster")
    assert cluster["spec"]["instances"] == 3
    assert {one["spec"]["name"] for one in of(things, "Database")} == set(SERVICES)
    assert {one["name"]: one["passwordSecret"]["name"] for one in cluster["spec"]["managed"]["roles"]} == {
        name: name for name in SERVICES
    }
    (store,), (backup,) = of(things, "ObjectStore"), of(things, "ScheduledBackup")
    assert cluster["spec"]["plugins"][0]["parameters"]["barmanObjectName"] == name_of(store)
    assert backup["spec"]["cluster"]["name"] == name_of(cluster)
    small = overlay("small")
    assert all(policies.replicas_of(small, name) == (1, 1) for name in policies.PROCESSES)
    operators = {thing["apiVersion"].split("/")[0] for thing in small if "." in thing["apiVersion"].split("/")[0]}
    assert operators == {"networking.k8s.io"}, "a small site needs no operator"


def test_brokers_keep_what_the_code_relies_on() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["kafka"]["environment"]
    said = named(overlay("province"), "Kafka", "motcua")["spec"]["kafka"]["config"]
    for key in ("log.retention.ms", "log.retention.bytes", "offsets.retention.minutes", "group.min.session.timeout.ms"):
        assert str(said[key]) == compose["KAFKA_" + key.upper().replace(".", "_")], key
    assert said["auto.create.topics.enable"] is False


def test_the_log_of_postgres_repeats_no_value_of_a_row() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["postgres"]["command"]
    said = named(overlay("province"), "Cluster", "postgres")["spec"]["postgresql"]["parameters"]
    for key in ("log_error_verbosity", "log_min_error_statement", "timezone", "password_encryption"):
        assert f"{key}={said[key]}" in compose


def test_rules_and_boards_are_the_very_same() -> None:
    things = overlay("province")
    groups = named(things, "PrometheusRule", "motcua")["spec"]["groups"]
    files = [yaml.safe_load((ROOT / f"deploy/prometheus/{name}.yml").read_text()) for name in ("recording", "alerts")]
    assert groups == [group for file in files for group in file["groups"]]
    boards = {path.name: path.read_text() for path in (ROOT / "deploy/grafana/dashboards").glob("*.json")}
    maps = [one for one in of(things, "ConfigMap") if one["metadata"].get("labels", {}).get("grafana_dashboard") == "1"]
    assert {key: text for one in maps for key, text in one["data"].items()} == boards
    assert all(json.loads(text)["title"] for text in boards.values())


def test_rules_are_fresh() -> None:
    done = subprocess.run([sys.executable, ROOT / "tools/kube", "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_an_overlay_of_ones_own_is_a_copied_folder(tmp_path: Path) -> None:
    """The document says: copy the folder beside the others and change its files."""
    shutil.copytree(ROOT / "deploy", tmp_path / "deploy")
    overlays = tmp_path / "deploy/k8s/overlays"
    shutil.copytree(overlays / "province", overlays / "ours")
    for file in (overlays / "ours").iterdir():
        file.write_text(file.read_text().replace("motcua.example", "motcua.mau.gov.example"))
    things = build(overlays / "ours")
    assert named(things, "Ingress", "motcua")["spec"]["tls"][0]["hosts"] == ["motcua.mau.gov.example"]
    assert {policy.__name__: policy(things) for policy in POLICIES} == {policy.__name__: [] for policy in POLICIES}


# planted faults


@pytest.mark.parametrize(("fault", "policy", "words"), FAULTS, ids=[fault.__name__ for fault, _, _ in FAULTS])
def test_a_planted_fault_is_seen(fault: Callable[[Things], None], policy: Policy, words: str) -> None:
    things = deepcopy(overlay("province"))
    fault(things)
    assert words in "; ".join(policy(things))


def way(path: str, kind: str = "Prefix") -> Any:
    to = {"service": {"name": "intake-api", "port": {"name": "http"}}}
    return {"path": path, "pathType": kind, "backend": to}


@pytest.mark.parametrize(
    ("planted", "words"),
    [
        (way("/metrics"), "/metrics of intake goes to intake-api"),
        (way("/"), "/readyz of intake goes to intake-api"),
        (way("/officer/cases"), "/officer/cases/x of workflow goes to intake-api"),
    ],
    ids=["metrics_reachable", "everything_reachable", "somebody_elses_path"],
)
def test_a_way_in_that_should_not_be_is_seen(planted: Any, words: str, door: Policy) -> None:
    things = deepcopy(overlay("province"))
    named(things, "Ingress", "motcua")["spec"]["rules"][0]["http"]["paths"].append(planted)
    assert words in "; ".join(door(things))


def test_a_page_without_a_way_in_is_seen(door: Policy) -> None:
    things = deepcopy(overlay("small"))
    paths = named(things, "Ingress", "motcua")["spec"]["rules"][0]["http"]["paths"]
    paths[:] = [path for path in paths if path["path"] != "/lookup"]
    assert re.search(r"/lookup of intake goes to None", "; ".join(door(things)))


def test_every_policy_has_seen_a_fault() -> None:
    assert {policy for _, policy, _ in FAULTS} >= set(POLICIES) - {policies.is_all_there}
    assert policies.is_all_there(of(overlay("small"), "Namespace", "ConfigMap"))
