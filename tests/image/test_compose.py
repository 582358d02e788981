"""docker-compose.yml against its schema and against the code: settings, ports, health checks, secrets, rights."""

import json
import re
import shutil
import subprocess
import sys
from copy import deepcopy
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from tests.image import composing
from tests.image.composing import EXAMPLE, ROOT, Missing, environment_of, interpolated, places, trial

from kit import health
from kit.embedded import kafka as embedded_kafka
from kit.service import read_settings
from kit.settings import KafkaSettings
from motcua.programs import SANDBOXES, SERVICES, service_of
from sandbox.identity.settings import IdentitySettings
from sandbox.mail.settings import MailSettings
from sandbox.payment_platform.settings import PaymentSettings
from sandbox.post.settings import PostSettings
from sandbox.settings import Settings

SCHEMA = json.loads(Path(__file__).with_name("compose-spec.json").read_text())
COMPOSE = composing.read()
PARTS = COMPOSE["services"]
PROCESSES = [f"{name}-{role}" for name in SERVICES for role in ("api", "worker")]
MIGRATIONS = [f"migrate-{name}" for name in SERVICES]
STAND_INS: dict[str, type[Settings]] = {
    "identity": IdentitySettings,
    "payment-platform": PaymentSettings,
    "mail": MailSettings,
    "post": PostSettings,
}
OURS = [*PROCESSES, *MIGRATIONS, "topics", *STAND_INS]
OF_OTHERS = sorted(set(PARTS) - set(OURS))
OF_THE_STORE = {"AWS_ENDPOINT", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ALLOW_HTTP"}
SECRET = re.compile(r"SECRET|PASSWORD|TOKEN|BEARER|API_KEY|CONSUMER_KEY")
ADDRESS = re.compile(r"(?:^|//|@)([a-z][a-z-]*):(\d+)(?=$|[/'])")  # and no password that begins with a digit


def faults(compose: Any) -> list[str]:
    validator = jsonschema.Draft202012Validator(SCHEMA)
    return [f"{'.'.join(map(str, error.absolute_path))}: {error.message}" for error in validator.iter_errors(compose)]


def test_the_file_keeps_to_the_schema_of_compose() -> None:
    assert faults(COMPOSE) == []
    assert faults(interpolated(COMPOSE, trial())) == []


def test_a_misspelled_word_would_be_seen() -> None:
    wrong = deepcopy(COMPOSE)
    wrong["services"]["intake-api"]["read_onyl"] = True
    assert "read_onyl" in str(faults(wrong))


# settings


def wrong_settings(part: dict[str, Any], settings: type[KafkaSettings], *, worker: bool) -> list[str]:
    """Settings that the code demands and the file does not give, and those that it gives and nothing knows."""
    given, fields = part["environment"], settings.model_fields
    known = {f"MOTCUA_{name.upper()}" for name in fields} - (set() if worker else {"MOTCUA_WORKER_PORT"})
    demanded = {f"MOTCUA_{name.upper()}" for name, field in fields.items() if field.is_required()}
    demanded |= {"MOTCUA_WORKER_PORT"} if worker else set()
    stores = OF_THE_STORE if "objects_url" in fields else set()
    return [
        *(f"{name} is not given" for name in sorted(demanded) if not given.get(name)),
        *(f"{name} cannot be set in .env" for name in sorted((known | stores) - set(given))),
        *(f"{name} is known to nobody" for name in sorted(set(given) - known - stores)),
    ]


@pytest.mark.parametrize("name", SERVICES)
def test_each_process_is_given_every_setting_it_knows_and_no_other(name: str) -> None:
    settings = service_of(name).settings
    for part in (f"{name}-api", f"migrate-{name}"):
        assert wrong_settings(PARTS[part], settings, worker=False) == []
    assert wrong_settings(PARTS[f"{name}-worker"], settings, worker=True) == []


def test_the_job_for_topics_is_told_about_brokers_and_topics_only() -> None:
    assert wrong_settings(PARTS["topics"], KafkaSettings, worker=False) == []


def test_wrong_settings_would_be_seen() -> None:
    wrong = deepcopy(PARTS["notify-api"])
    wrong["environment"] |= {"MOTCUA_SMPT_HOST": "mail"}
    del wrong["environment"]["MOTCUA_SMTP_HOST"], wrong["environment"]["MOTCUA_SMTP_TLS"]
    assert wrong_settings(wrong, service_of("notify").settings, worker=False) == [
        "MOTCUA_SMTP_HOST is not given",
        "MOTCUA_SMTP_HOST cannot be set in .env",
        "MOTCUA_SMTP_TLS cannot be set in .env",
        "MOTCUA_SMPT_HOST is known to nobody",
    ]


def say(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize("part", [*PROCESSES, *MIGRATIONS])
def test_the_code_reads_what_a_trial_is_told(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    say(environment_of(PARTS[part], trial()), monkeypatch)
    settings = read_settings(service_of(re.sub("migrate-|-api|-worker", "", part)))
    assert settings.environment == "demo"
    assert settings.topic_retention_days is None


@pytest.mark.parametrize("part", STAND_INS)
def test_a_stand_in_reads_what_a_trial_is_told_and_knows_all_of_it(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given = environment_of(PARTS[part], trial())
    say(given, monkeypatch)
    STAND_INS[part]()
    assert set(given) <= {f"MOTCUA_SANDBOX_{name.upper()}" for name in STAND_INS[part].model_fields}


def test_a_production_is_one_where_nothing_was_said() -> None:
    told = {**trial(), "MOTCUA_ENVIRONMENT": ""}
    assert environment_of(PARTS["intake-api"], told)["MOTCUA_ENVIRONMENT"] == "production"


# ports and health


def listening() -> set[tuple[str, int]]:
    """Every name and port where somebody answers."""
    told = trial()
    setting = {"api": "MOTCUA_LISTEN_PORT", "worker": "MOTCUA_WORKER_PORT"}
    ports = {(part, int(environment_of(PARTS[part], told)[setting[part.split("-")[1]]])) for part in PROCESSES}
    ports |= {(part, int(PARTS[part]["environment"]["MOTCUA_SANDBOX_PORT"])) for part in STAND_INS}
    return ports | {("postgres", 5432), ("kafka", 9092), ("kafka", 9093), ("prometheus", 9090)}


def wrong_addresses(parts: dict[str, Any]) -> list[str]:
    told = trial()
    said = [(part, str(value)) for part in parts for value in environment_of(parts[part], told).values()]
    found = [(part, name, int(port)) for part, value in said for name, port in ADDRESS.findall(value)]
    return [f"{part} is sent to {name}:{port}" for part, name, port in found if (name, port) not in listening()]


def test_every_address_is_one_where_somebody_answers() -> None:
    parts = {name: part for name, part in PARTS.items() if name != "grafana"}
    assert wrong_addresses(parts) == []
    assert len(ADDRESS.findall(str(environment_of(PARTS["front"], trial())).replace("'", "//"))) == 8


def test_a_wrong_port_would_be_seen() -> None:
    wrong = deepcopy({"front": PARTS["front"]})
    wrong["front"]["environment"]["MOTCUA_INTAKE"] = "intake-api:8080"
    assert wrong_addresses(wrong) == ["front is sent to intake-api:8080"]


def test_the_front_door_knows_every_service_and_stand_in() -> None:
    caddyfile = (ROOT / "motcua/src/motcua/Caddyfile").read_text()
    asked = set(re.findall(r"\{\$(MOTCUA_\w+)\}", caddyfile))
    given = {name for name in PARTS["front"]["environment"] if name.startswith("MOTCUA_")}
    assert asked == given
    assert {f"MOTCUA_{name.upper()}" for name in (*SERVICES, *SANDBOXES)} < given
    assert PARTS["front"]["volumes"] == ["./motcua/src/motcua/Caddyfile:/etc/caddy/Caddyfile:ro"]


def test_prometheus_asks_every_process_where_it_answers() -> None:
    config = yaml.safe_load((ROOT / "deploy/compose/prometheus.yml").read_text())
    (job,) = config["scrape_configs"]
    assert job["job_name"] == "motcua"
    asked = {(line["targets"][0], line["labels"]["app"], line["labels"]["role"]) for line in job["static_configs"]}
    answering = {(name, port) for name, port in listening() if name in PROCESSES}
    assert asked == {(f"{name}:{port}", *name.split("-")) for name, port in answering}


def test_every_process_is_asked_for_its_own_readiness() -> None:
    paths = {route.path for route in health.routes().routes}  # type: ignore[attr-defined]
    assert "/readyz" in paths
    for part in PROCESSES:
        assert PARTS[part]["healthcheck"]["test"] == ["CMD", "motcua", "health"]
    (line,) = [line for line in (ROOT / "Dockerfile").read_text().splitlines() if line.startswith("HEALTHCHECK")]
    assert line.endswith('CMD ["motcua", "health"]')


def test_each_process_runs_the_side_its_name_says() -> None:
    for part in PROCESSES:
        assert PARTS[part]["command"] == ["run", *part.split("-")]
    assert [PARTS[part]["command"] for part in MIGRATIONS] == [["migrate", name] for name in SERVICES]
    assert [PARTS[part]["command"][2] for part in STAND_INS] == [f"sandbox.{name}" for name in SANDBOXES]


# order


def test_what_is_waited_for_is_there_and_can_be_waited_for() -> None:
    jobs = {"topics", *MIGRATIONS}
    for name, part in PARTS.items():
        for other, how in part.get("depends_on", {}).items():
            ends = how["condition"] == "service_completed_successfully"
            assert ends == (other in jobs), f"{name} waits wrongly for {other}"
            assert ends or PARTS[other]["healthcheck"]["test"]
    for name in SERVICES:
        assert f"migrate-{name}" in PARTS[f"{name}-api"]["depends_on"]
        assert set(PARTS[f"{name}-worker"]["depends_on"]) == {f"migrate-{name}", "topics"}


# secrets and rights


def known_secrets(compose: Any) -> list[str]:
    """Secrets that the file knows by itself, or goes without."""
    asked = [place for place in places(compose) if SECRET.search(place["name"])]
    return [place[0] for place in asked if place["kind"] != "?" and place[0] not in ALLOWED]


ALLOWED = ("${MOTCUA_SMS_API_KEY:-}", "${MOTCUA_SMS_SECRET_KEY:-}")  # short messages are not a must


def test_no_secret_has_a_default_and_each_is_asked_for_with_a_sentence() -> None:
    assert known_secrets(COMPOSE) == []
    for place in places(COMPOSE):
        assert place["kind"] != "?" or len(place["words"].split()) > 1, place[0]
    for name, part in PARTS.items():
        for setting, value in part.get("environment", {}).items():
            assert not SECRET.search(setting) or value is None or "${" in value, f"{name} knows {setting}"


def test_a_secret_with_a_default_would_be_seen() -> None:
    wrong = {
        "services": {"intake-api": {"environment": {"MOTCUA_SESSION_SECRET": "${INTAKE_SESSION_SECRET:-changeme}"}}}
    }
    assert known_secrets(wrong) == ["${INTAKE_SESSION_SECRET:-changeme}"]


def too_many_rights(name: str, part: dict[str, Any]) -> list[str]:
    """What a process may that it need not."""
    wants = {
        "a writable root": part.get("read_only") is not True and name != "kafka",  # writes beside its program
        "capabilities": part.get("cap_drop") != ["ALL"] or part.get("cap_add", []) not in ([], ["NET_BIND_SERVICE"]),
        "new privileges": part.get("security_opt") != ["no-new-privileges:true"],
        "the rights of root": str(part.get("user", "0")).startswith("0") and name not in ("prometheus", "grafana"),
        "all memory": not part.get("mem_limit"),
        "more than it asked for": any(part.get(key) for key in ("privileged", "network_mode", "pid", "devices")),
    }
    return [what for what, is_so in wants.items() if is_so]


def test_no_process_has_rights_it_need_not_have() -> None:
    assert {name: found for name, part in PARTS.items() if (found := too_many_rights(name, part))} == {}
    assert too_many_rights("intake-api", {**PARTS["intake-api"], "user": "0:0", "cap_drop": []}) == [
        "capabilities",
        "the rights of root",
    ]


def test_only_the_front_door_and_grafana_are_published_and_on_loopback_unless_told_otherwise() -> None:
    told = trial()
    published = {name: interpolated(part["ports"], told) for name, part in PARTS.items() if "ports" in part}
    assert published == {"front": ["127.0.0.1:8080:8080"], "grafana": ["127.0.0.1:3000:3000"]}
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert [name for name in ("postgres", "kafka") if PARTS[name]["networks"] != ["inside"]] == []


def test_images_of_others_are_pinned_by_version() -> None:
    images = {name: PARTS[name]["image"] for name in OF_OTHERS}
    assert sorted(images) == ["front", "grafana", "kafka", "postgres", "prometheus"]
    assert [name for name, image in images.items() if not re.search(r":v?\d+\.\d+(\.\d+)?(-[a-z]+)?$", image)] == []


def test_stand_ins_start_only_when_asked_for() -> None:
    assert {name for name, part in PARTS.items() if part.get("profiles")} == set(STAND_INS)


def test_volumes_and_files_that_are_mounted_are_there() -> None:
    mounted = [volume.split(":")[0] for part in PARTS.values() for volume in part.get("volumes", [])]
    assert {name for name in mounted if not name.startswith(".")} == set(COMPOSE["volumes"])
    assert [name for name in mounted if name.startswith(".") and not (ROOT / name).exists()] == []


def test_the_broker_keeps_records_as_the_one_of_one_machine_does(tmp_path: Path) -> None:
    embedded_kafka._write_properties(tmp_path / "kafka.properties", tmp_path, [9092, 9093], None)
    lines = (tmp_path / "kafka.properties").read_text().splitlines()
    wanted = {
        f"KAFKA_{name.upper().replace('.', '_')}": value for name, _, value in (line.partition("=") for line in lines)
    }
    given = PARTS["kafka"]["environment"]
    elsewhere = {"KAFKA_LOG_DIRS", "KAFKA_LISTENERS", "KAFKA_ADVERTISED_LISTENERS", "KAFKA_CONTROLLER_QUORUM_VOTERS"}
    kept = {name: value for name, value in given.items() if name in wanted and name not in elsewhere}
    assert kept == {name: wanted[name] for name in kept}
    assert {"KAFKA_LOG_FLUSH_INTERVAL_MESSAGES", "KAFKA_LOG_RETENTION_MS", "KAFKA_AUTO_CREATE_TOPICS_ENABLE"} < set(
        kept
    )


# .env


def asked_in_compose() -> set[str]:
    passed = {name for part in PARTS.values() for name, value in part.get("environment", {}).items() if value is None}
    return passed | {place["name"] for place in places(COMPOSE)}


def test_the_example_names_and_explains_every_setting_once() -> None:
    names = composing.names_in(EXAMPLE.read_text())
    assert sorted(names) == sorted({*asked_in_compose(), "COMPOSE_PROFILES"})


def test_a_trial_lacks_nothing_and_an_installation_is_asked_for_what_only_it_knows() -> None:
    interpolated(COMPOSE, trial())
    told = composing.settings_in(composing.new_env().filled(EXAMPLE.read_text(), trial=False))
    asked = []
    for place in places(COMPOSE):
        try:
            composing.value_of(place, told)
        except Missing:
            asked.append(place["name"])
    assert set(asked) == {
        *("MOTCUA_PUBLIC_URL", "MOTCUA_ISSUER", "MOTCUA_OFFICE", "MOTCUA_SMTP_HOST", "MOTCUA_MAIL_FROM"),
        *("MOTCUA_PLATFORM_URL", "MOTCUA_PLATFORM_PARTNER_CODE", "MOTCUA_PLATFORM_SECRET"),
        *("MOTCUA_BENEFICIARY_ACCOUNT", "MOTCUA_BENEFICIARY_BANK", "MOTCUA_BENEFICIARY_NAME"),
        *("MOTCUA_POST_URL", "MOTCUA_POST_CONSUMER_KEY", "MOTCUA_POST_CONSUMER_SECRET", "MOTCUA_POST_CUSTOMER_CODE"),
    }


def test_secrets_are_fresh_each_time_and_an_env_that_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "tools").mkdir()
    shutil.copy(ROOT / "tools/new-env", tmp_path / "tools")
    shutil.copy(EXAMPLE, tmp_path)
    command = [sys.executable, str(tmp_path / "tools/new-env"), "--trial"]
    assert subprocess.run(command, capture_output=True).returncode == 0
    written = tmp_path / ".env"
    assert written.stat().st_mode & 0o777 == 0o600
    first = composing.settings_in(written.read_text())
    again = subprocess.run(command, capture_output=True, text=True)
    assert (again.returncode, again.stderr.split(":")[0]) == (1, "new-env")
    assert composing.settings_in(written.read_text()) == first
    both = [value for told in (first, trial()) for name, value in told.items() if SECRET.search(name)]
    long = [word for word in both if len(word) > 40]
    assert len(long) == len(set(long)) == 38
