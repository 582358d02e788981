"""What must hold of everything we give to a cluster. Each policy returns its complaints; none: all is well."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import jsonschema
import kubernetes_validate
from fastapi.routing import iter_route_contexts
from pydantic import SecretStr
from tests.kube.built import Thing, Things, environment_of, labels_of, name_of, named, of, runs, selects

from kit import health
from kit.draining import DRAIN_SECONDS
from kit.groups import group_of
from kit.settings import KafkaSettings
from motcua.programs import SERVICES, service_of

MINORS = ("1.36", "1.37")
SCHEMAS = Path(__file__).parent / "schemas"
OF_THE_STORE = {"AWS_ENDPOINT", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
SECRET = re.compile(r"SECRET|PASSWORD|TOKEN|BEARER|API_KEY|CONSUMER_KEY|ACCESS_KEY")
INSIDE = {"/metrics", *(str(route.path) for route in health.routes().routes)}  # type: ignore[attr-defined]
PROBES = {"startupProbe": "/startupz", "readinessProbe": "/readyz", "livenessProbe": "/healthz"}
CONNECTIONS = 12  # of one process: ten pooled, one that listens, one that leads
PROCESSES = [f"{name}-{role}" for name in SERVICES for role in ("api", "worker")]


# the shape


def keeps_to_the_schemas(things: Things) -> list[str]:
    """Kubernetes's own, strictly and for each minor version; for kinds of operators those beside this file."""
    found = []
    for thing in things:
        own = SCHEMAS / f"{thing['kind']}.json"
        for minor in () if own.exists() else MINORS:
            try:
                kubernetes_validate.validate(thing, minor, strict=True)
            except kubernetes_validate.ValidationError as error:
                found.append(f"{thing['kind']} {name_of(thing)}, {minor}: {error.message}")
            except kubernetes_validate.SchemaNotFoundError as error:
                found.append(error.message)
        if own.exists():
            validator = jsonschema.Draft202012Validator(json.loads(own.read_text()))
            found += [f"{thing['kind']} {name_of(thing)}: {error.message}" for error in validator.iter_errors(thing)]
    return found


def is_all_there(things: Things) -> list[str]:
    """Both sides of every service with what belongs to them, a migration for each, the topics."""
    wanted = {("Deployment", name) for name in PROCESSES}
    wanted |= {("PodDisruptionBudget", name) for name in PROCESSES}
    wanted |= {("Service", f"{name}-api") for name in SERVICES} | {("Job", f"{name}-migrate") for name in SERVICES}
    wanted |= {("Job", "topics"), ("Ingress", "motcua"), ("NetworkPolicy", "nothing"), ("Namespace", "motcua")}
    there = {(thing["kind"], name_of(thing)) for thing in things}
    lost = [
        thing for thing in things if thing["kind"] != "Namespace" and thing["metadata"].get("namespace") != "motcua"
    ]
    return [f"{kind} {name} is missing" for kind, name in sorted(wanted - there)] + [
        f"{thing['kind']} {name_of(thing)} is in no namespace of ours" for thing in lost
    ]


# rights


def has_no_rights_it_need_not_have(things: Things) -> list[str]:
    """What Pod Security calls restricted, a root file system that cannot be written, no token, bounded resources."""
    found = []
    for name, pod, container in runs(things):
        mine, its = pod.get("securityContext", {}), container.get("securityContext", {})
        account = [one for one in of(things, "ServiceAccount") if name_of(one) == pod.get("serviceAccountName")]
        wrong = {
            "may run as root": not (mine.get("runAsNonRoot") is True and mine.get("runAsUser", 0) > 0)
            or its.get("runAsUser", 1) == 0
            or its.get("runAsNonRoot") is False,
            "has no seccomp profile": mine.get("seccompProfile") != {"type": "RuntimeDefault"},
            "can write its root": its.get("readOnlyRootFilesystem") is not True,
            "keeps capabilities": its.get("capabilities") != {"drop": ["ALL"]},
            "may gain privileges": its.get("allowPrivilegeEscalation") is not False or "privileged" in its,
            "shares the machine's": any(pod.get(key) for key in ("hostNetwork", "hostPID", "hostIPC")),
            "mounts what is not its own": any("emptyDir" not in volume for volume in pod.get("volumes", [])),
            "has a token": pod.get("automountServiceAccountToken") is not False
            or [one.get("automountServiceAccountToken") for one in account] != [False],
            "has no requests or no limits": set(container.get("resources", {})) != {"requests", "limits"}
            or any(set(one) != {"cpu", "memory"} for one in container["resources"].values()),
        }
        found += [f"{name} {words}" for words, is_so in wrong.items() if is_so]
    space = named(things, "Namespace", "motcua")["metadata"].get("labels", {})
    if space.get("pod-security.kubernetes.io/enforce") != "restricted":
        found.append("the namespace does not enforce restricted")
    return found


def images_are_pinned(things: Things) -> list[str]:
    said = [(name, container.get("image", "")) for name, _, container in runs(things)]
    said += [(name_of(thing), thing["spec"]["imageName"]) for thing in of(things, "Cluster")]
    return [
        f"{name}: {image} is not pinned"
        for name, image in said
        if not re.search(r":[^:/]*\d[^:/]*$|@sha256:[0-9a-f]{64}$", image) or image.endswith(":latest")
    ]


def knows_no_secret(things: Things) -> list[str]:
    """No Secret is in the repository, and nothing secret stands where a reference to one should."""
    found = [f"Secret {name_of(thing)} is given in clear" for thing in of(things, "Secret")]
    for thing in of(things, "ConfigMap"):
        found += [f"{key} is given in clear" for key in thing.get("data", {}) if SECRET.search(key) or key in HIDDEN]
    for name, _, container in runs(things):
        for one in container.get("env") or []:
            if "value" in one and (SECRET.search(one["name"]) or one["name"] in HIDDEN):
                found.append(f"{name}: {one['name']} is given in clear")
    return found


def hidden(settings: type[KafkaSettings]) -> set[str]:
    """The settings that the code itself hides."""
    fields = settings.model_fields.items()
    return {f"MOTCUA_{n.upper()}" for n, f in fields if SecretStr in (f.annotation, *get_args(f.annotation))}


HIDDEN = {name for service in SERVICES for name in hidden(service_of(service).settings)}


# settings


def says_every_setting_and_no_other(things: Things) -> list[str]:
    """What the code demands is given, and nothing that it does not know; the job for topics knows of brokers only."""
    found = []
    for name, _, container in runs(things):
        settings = KafkaSettings if name == "topics" else service_of(name.split("-")[0]).settings
        known = {f"MOTCUA_{field.upper()}" for field in settings.model_fields}
        demanded = {f"MOTCUA_{key.upper()}" for key, field in settings.model_fields.items() if field.is_required()}
        demanded |= {"MOTCUA_WORKER_PORT"} if name.endswith("-worker") else set()
        stores = set() if name == "topics" else OF_THE_STORE
        given = environment_of(things, container)
        found += [f"{name}: {one} is not given" for one in sorted((demanded | stores) - set(given))]
        found += [f"{name}: {one} is known to nobody" for one in sorted(set(given) - known - stores)]
    return found


def runs_what_its_name_says(things: Things) -> list[str]:
    wanted = {f"{name}-{role}": ["run", name, role] for name in SERVICES for role in ("api", "worker")}
    wanted |= {f"{name}-migrate": ["migrate", name] for name in SERVICES} | {"topics": ["topics", "apply"]}
    return [
        f"{name} runs {container.get('args')}"
        for name, _, container in runs(things)
        if container.get("args") != wanted.get(name) or "command" in container  # the image's entry point is motcua
    ]


# ports and health


def is_asked_where_it_answers(things: Things) -> list[str]:
    """Each process has its three probes on routes of the code, and its port is the one it is told to listen at."""
    found = []
    for thing in of(things, "Deployment"):
        name, container = name_of(thing), thing["spec"]["template"]["spec"]["containers"][0]
        said = environment_of(things, container)
        port = said.get("MOTCUA_WORKER_PORT" if name.endswith("-worker") else "MOTCUA_LISTEN_PORT")
        ports = {one["name"]: str(one["containerPort"]) for one in container.get("ports", [])}
        if ports != {"http": port}:
            found.append(f"{name} listens at {port} and says {ports}")
        if said.get("MOTCUA_LISTEN_HOST") != "0.0.0.0":
            found.append(f"{name} listens to itself only")
        for probe, path in PROBES.items():
            asked = container.get(probe, {}).get("httpGet", {})
            if path not in INSIDE or asked != {"path": path, "port": "http"}:
                found.append(f"{name}: its {probe} asks {asked or 'nothing'}")
            elif container[probe].get("timeoutSeconds", 1) <= health.CHECK_SECONDS:
                found.append(f"{name}: its {probe} gives up before the answer comes")
    return found


def has_time_to_drain(things: Things) -> list[str]:
    """Nobody is killed while it drains (an API waits before that until nobody sends), and none is missed meanwhile."""
    found = []
    for thing in of(things, "Deployment"):
        name, pod = name_of(thing), thing["spec"]["template"]["spec"]
        waits = pod["containers"][0].get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
        if pod.get("terminationGracePeriodSeconds", 0) < waits + 4 * DRAIN_SECONDS:
            found.append(f"{name} is killed while it drains")
        if name.endswith("-api") and not waits:
            found.append(f"{name} stops while requests still come")
        strategy = thing["spec"].get("strategy", {})
        if strategy.get("type") != "RollingUpdate" or strategy["rollingUpdate"].get("maxUnavailable") != 0:
            found.append(f"{name} is missed while it is replaced")
        spread = {one["topologyKey"] for one in pod.get("topologySpreadConstraints", [])}
        if spread != {"kubernetes.io/hostname", "topology.kubernetes.io/zone"}:
            found.append(f"{name} may stand on one machine")
    return found


def services_reach_their_pods(things: Things) -> list[str]:
    """Each web side is behind exactly its Service, by a port that it has."""
    found = []
    for thing in of(things, "Deployment"):
        pod = thing["spec"]["template"]
        ports = {port["name"] for port in pod["spec"]["containers"][0].get("ports", [])}
        behind = [
            one for one in of(things, "Service") if selects({"matchLabels": one["spec"]["selector"]}, labels_of(thing))
        ]
        wanted = [name_of(thing)] if name_of(thing).endswith("-api") else []
        if [name_of(one) for one in behind] != wanted:
            found.append(f"{name_of(thing)} is behind {[name_of(one) for one in behind]}")
        found += [
            f"{name_of(one)} sends to {port['targetPort']}"
            for one in behind
            for port in one["spec"]["ports"]
            if port["targetPort"] not in ports
        ]
    return found


# numbers


def replicas_of(things: Things, name: str) -> tuple[int, int]:
    """The fewest and the most that there are of a Deployment."""
    for thing in of(things, "HorizontalPodAutoscaler", "ScaledObject"):
        spec = thing["spec"]
        if spec["scaleTargetRef"]["name"] == name:
            return spec.get("minReplicas", spec.get("minReplicaCount")), spec.get(
                "maxReplicas", spec.get("maxReplicaCount")
            )
    always = named(things, "Deployment", name)["spec"].get("replicas", 1)
    return always, always


def budgets_never_block(things: Things) -> list[str]:
    """A machine can be emptied: each budget means one Deployment and lets at least one of its pods go."""
    found = []
    for budget in of(things, "PodDisruptionBudget"):
        meant = [one for one in of(things, "Deployment") if selects(budget["spec"]["selector"], labels_of(one))]
        if [name_of(one) for one in meant] != [name_of(budget)]:
            found.append(f"{name_of(budget)} protects {[name_of(one) for one in meant]}")
        for one in meant:
            fewest, _ = replicas_of(things, name_of(one))
            if budget["spec"].get("maxUnavailable", fewest - budget["spec"].get("minAvailable", 0)) < 1:
                found.append(f"{name_of(budget)} blocks")
    return found


def scales_what_is_there(things: Things) -> list[str]:
    """Each scaler has a Deployment of its own, which does not say a number too; readers are no more than partitions."""
    found, taken = [], set()
    partitions = int(named(things, "ConfigMap", "brokers")["data"]["MOTCUA_TOPIC_PARTITIONS"])
    there = {name_of(one): one for one in of(things, "Deployment")}
    for thing in of(things, "HorizontalPodAutoscaler", "ScaledObject"):
        name = thing["spec"]["scaleTargetRef"]["name"]
        if name not in there or name in taken:
            found.append(f"{name_of(thing)} scales {name}, which is not there or scaled twice")
            continue
        taken.add(name)
        fewest, most = replicas_of(things, name)
        if "replicas" in there[name]["spec"] or not 2 <= fewest <= most:
            found.append(f"{name_of(thing)}: {fewest} to {most}, and the Deployment says {there[name]['spec']}")
        for trigger in thing["spec"].get("triggers", []):
            group = trigger["metadata"]["consumerGroup"]
            if group != group_of(name.removesuffix("-worker")) or most > partitions:
                found.append(f"{name_of(thing)} looks at {group}, for up to {most} of {partitions}")
    for cluster in of(things, "Cluster"):
        most = sum(replicas_of(things, name)[1] + 1 for name in PROCESSES)  # one more while it is replaced
        if int(cluster["spec"]["postgresql"]["parameters"]["max_connections"]) < most * CONNECTIONS:
            found.append(f"PostgreSQL has no connections for {most} processes")
    return found


# ways


def ways_in(things: Things) -> list[tuple[str, str, str]]:
    """Kind, path and service of every rule of the ingress, the nearest first as the standard says."""
    (ingress,) = of(things, "Ingress")
    paths = [path for rule in ingress["spec"]["rules"] for path in rule["http"]["paths"]]
    found = [(path["pathType"], path["path"], path["backend"]["service"]["name"]) for path in paths]
    return sorted(found, key=lambda way: (way[0] != "Exact", -len(way[1])))


def goes_to(things: Things, path: str) -> str | None:
    """The Service that a request for this path reaches."""
    for kind, prefix, service in ways_in(things):
        whole = prefix.rstrip("/")
        if path == prefix or (kind == "Prefix" and (path == whole or path.startswith(whole + "/"))):
            return service
    return None


def door_opens_to_pages_only(things: Things, applications: dict[str, Any]) -> list[str]:
    """Every route of every service is reached, and those for operators' machines are not."""
    found = []
    for name, app in applications.items():
        for path in {re.sub(r"\{[^}]*\}", "x", route.path or "") for route in iter_route_contexts(app.routes)}:
            wanted = None if path in INSIDE else f"{name}-api"
            if goes_to(things, path) != wanted:
                found.append(f"{path} of {name} goes to {goes_to(things, path)}")
    for path in ("/sandbox/pay/control", "/metrics/", "/healthz/x", "/id/control"):
        if goes_to(things, path):
            found.append(f"{path} goes to {goes_to(things, path)}")
    (ingress,) = of(things, "Ingress")
    if "defaultBackend" in ingress["spec"] or not ingress["spec"].get("tls"):
        found.append("the ingress takes what it does not know, or speaks without TLS")
    ports = {name_of(one): [port["name"] for port in one["spec"]["ports"]] for one in of(things, "Service")}
    for rule in ingress["spec"]["rules"]:
        for path in rule["http"]["paths"]:
            to = path["backend"]["service"]
            if to["port"].get("name") not in ports.get(to["name"], []):
                found.append(f"{path['path']} is sent to a port that {to['name']} has not")
    return found


def peers(rules: list[Thing], key: str) -> set[tuple[str, str]]:
    """What a policy's rules let through: (who, port). Nobody named means everybody."""
    found = set()
    for rule in rules:
        for peer in rule.get(key) or [{}]:
            inside = peer.get("podSelector", {}).get("matchLabels", {})
            space = peer.get("namespaceSelector", {}).get("matchLabels", {})
            who = peer.get("ipBlock", {}).get("cidr") or next(iter([*space.values(), *inside.values()]), "everybody")
            for port in rule.get("ports") or [{"port": "any"}]:
                found.add((who, str(port["port"])))
    return found


def edges_of(things: Things, labels: dict[str, str], way: str) -> set[tuple[str, str]]:
    """All that policies let a pod with these labels receive (Ingress) or ask (Egress)."""
    found = set()
    for policy in of(things, "NetworkPolicy"):
        spec = policy["spec"]
        if way in spec["policyTypes"] and selects(spec["podSelector"], labels):
            found |= peers(spec.get(way.lower(), []), "from" if way == "Ingress" else "to")
    return found


def walls_have_the_doors_they_need(things: Things) -> list[str]:
    """Nothing passes but what is listed here, and all of that does."""
    found = []
    nothing = named(things, "NetworkPolicy", "nothing")["spec"]
    if nothing != {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}:
        found.append("what no policy names is not refused")
    postgres, kafka = ("postgres", "motcua") if of(things, "Cluster") else ("192.0.2.0/24", "192.0.2.0/24")
    anywhere = "0.0.0.0/0"
    names = {("kube-system", "53")}
    for thing in of(things, "Deployment", "Job"):
        name, labels = name_of(thing), labels_of(thing)
        role = labels["app.kubernetes.io/component"]
        may_ask, may_hear = set(names), set()
        if role in ("api", "worker", "migrate"):
            may_ask.add((postgres, "5432"))
        if role in ("worker", "topics"):
            may_ask.add((kafka, "9092"))
        if role in ("api", "worker"):
            may_ask.add((anywhere, "443"))
            may_hear.add(("monitoring", "http"))
        if role == "api":
            may_hear.add(("ingress", "http"))
        if name == "notify-worker":
            may_ask.add((anywhere, str(named(things, "ConfigMap", "notify-own")["data"]["MOTCUA_SMTP_PORT"])))
        for words, is_so, wanted in (
            ("asks", edges_of(things, labels, "Egress"), may_ask),
            ("hears", edges_of(things, labels, "Ingress"), may_hear),
        ):
            if is_so != wanted:
                found.append(f"{name} {words} {sorted(is_so - wanted)} too much, {sorted(wanted - is_so)} too little")
    return found


def prometheus_asks_every_process(things: Things) -> list[str]:
    """Where there is a monitor, it means exactly the processes, at their port, with the labels that rules know."""
    found = []
    for monitor in of(things, "PodMonitor"):
        asked = {
            name_of(one)
            for one in of(things, "Deployment", "Job")
            if selects(monitor["spec"]["selector"], labels_of(one))
        }
        (end,) = monitor["spec"]["podMetricsEndpoints"]
        labels = {one["targetLabel"] for one in end["relabelings"]}
        if (
            asked != set(PROCESSES)
            or (end["port"], end["path"]) != ("http", "/metrics")
            or labels != {"job", "app", "role"}
        ):
            found.append(f"Prometheus asks {sorted(asked)} at {end['path']}, labels {sorted(labels)}")
    return found


POLICIES: tuple[Callable[[Things], list[str]], ...] = (
    keeps_to_the_schemas,
    is_all_there,
    has_no_rights_it_need_not_have,
    images_are_pinned,
    knows_no_secret,
    says_every_setting_and_no_other,
    runs_what_its_name_says,
    is_asked_where_it_answers,
    has_time_to_drain,
    services_reach_their_pods,
    budgets_never_block,
    scales_what_is_there,
    walls_have_the_doors_they_need,
    prometheus_asks_every_process,
)
