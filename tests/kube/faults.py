"""What could go wrong in deploy/k8s, each fault beside the policy that sees it and what it says."""

from collections.abc import Callable
from typing import Any

from tests.kube import policies
from tests.kube.built import Things, named, runs

Policy = Callable[[Things], list[str]]


def container(things: Things, name: str) -> Any:
    (found,) = [container for process, _, container in runs(things) if process == name]
    return found


def pod(things: Things, name: str) -> Any:
    (found,) = [pod for process, pod, _ in runs(things) if process == name]
    return found


def no_probe(things: Things) -> None:
    del container(things, "payments-worker")["readinessProbe"]


def a_probe_nobody_answers(things: Things) -> None:
    container(things, "intake-api")["livenessProbe"]["httpGet"]["path"] = "/health"


def root_user(things: Things) -> None:
    pod(things, "workflow-api")["securityContext"] |= {"runAsNonRoot": False, "runAsUser": 0}


def root_container(things: Things) -> None:
    container(things, "topics")["securityContext"]["runAsUser"] = 0


def a_writable_root(things: Things) -> None:
    del container(things, "intake-migrate")["securityContext"]["readOnlyRootFilesystem"]


def a_token(things: Things) -> None:
    del named(things, "ServiceAccount", "notify-account")["automountServiceAccountToken"]


def no_limits(things: Things) -> None:
    del container(things, "notify-api")["resources"]["limits"]


def unknown_setting(things: Things) -> None:
    named(things, "ConfigMap", "notify-own")["data"]["MOTCUA_SMPT_HOST"] = "mail"


def missing_setting(things: Things) -> None:
    del named(things, "ConfigMap", "payments-own")["data"]["MOTCUA_PLATFORM_URL"]


def missing_secret(things: Things) -> None:
    said = container(things, "workflow-worker")["env"]
    said[:] = [one for one in said if one["name"] != "MOTCUA_SESSION_SECRET"]


def wrong_port(things: Things) -> None:
    container(things, "intake-worker")["ports"][0]["containerPort"] = 8000


def wrong_setting_of_a_port(things: Things) -> None:
    named(things, "ConfigMap", "shared")["data"]["MOTCUA_LISTEN_PORT"] = "8080"


def wrong_port_of_a_service(things: Things) -> None:
    named(things, "Service", "payments-api")["spec"]["ports"][0]["targetPort"] = "web"


def service_of_nobody(things: Things) -> None:
    named(things, "Service", "notify-api")["spec"]["selector"]["app.kubernetes.io/component"] = "web"


def latest_tag(things: Things) -> None:
    container(things, "notify-worker")["image"] = "registry.example/motcua:latest"


def no_tag(things: Things) -> None:
    container(things, "notify-worker")["image"] = "registry.example:5000/motcua"


def secret_in_clear(things: Things) -> None:
    things.append({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "intake"}, "stringData": {"a": "b"}})


def secret_setting_in_clear(things: Things) -> None:
    container(things, "intake-api")["env"][0] = {"name": "MOTCUA_DATABASE_URL", "value": "postgresql://a:b@c/d"}


def secret_among_settings(things: Things) -> None:
    named(things, "ConfigMap", "payments-own")["data"]["MOTCUA_PLATFORM_SECRET"] = "word"


def wrong_command(things: Things) -> None:
    container(things, "payments-worker")["args"] = ["run", "payments", "api"]


def misspelt_key(things: Things) -> None:
    named(things, "Deployment", "intake-api")["spec"]["replica"] = 2


def misspelt_key_of_strimzi(things: Things) -> None:
    named(things, "Kafka", "motcua")["spec"]["kafka"]["listener"] = []


def misspelt_key_of_postgres(things: Things) -> None:
    named(things, "Cluster", "postgres")["spec"]["instance"] = 3


def killed_while_draining(things: Things) -> None:
    pod(things, "workflow-worker")["terminationGracePeriodSeconds"] = 10


def missed_while_replaced(things: Things) -> None:
    named(things, "Deployment", "intake-api")["spec"]["strategy"] = {"type": "Recreate"}


def a_budget_that_blocks(things: Things) -> None:
    spec = named(things, "PodDisruptionBudget", "intake-api")["spec"]
    del spec["maxUnavailable"]
    spec["minAvailable"] = 2


def a_scaler_of_nobody(things: Things) -> None:
    named(things, "HorizontalPodAutoscaler", "intake-api")["spec"]["scaleTargetRef"]["name"] = "intake"


def a_number_beside_a_scaler(things: Things) -> None:
    named(things, "Deployment", "intake-worker")["spec"]["replicas"] = 2


def a_group_nobody_reads_in(things: Things) -> None:
    named(things, "ScaledObject", "notify-worker")["spec"]["triggers"][0]["metadata"]["consumerGroup"] = "notify"


def too_few_connections(things: Things) -> None:
    named(things, "Cluster", "postgres")["spec"]["postgresql"]["parameters"]["max_connections"] = "100"


def an_open_wall(things: Things) -> None:
    things.remove(named(things, "NetworkPolicy", "nothing"))
    nothing: Any = {"podSelector": {}, "policyTypes": ["Ingress"]}
    kind = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy"}
    things.append({**kind, "metadata": {"name": "nothing", "namespace": "motcua"}, "spec": nothing})


def brokers_for_everybody(things: Things) -> None:
    named(things, "NetworkPolicy", "to-kafka")["spec"]["egress"][0]["to"] = []


def no_way_to_mail(things: Things) -> None:
    named(things, "ConfigMap", "notify-own")["data"]["MOTCUA_SMTP_PORT"] = "465"


def a_process_unwatched(things: Things) -> None:
    named(things, "PodMonitor", "motcua")["spec"]["selector"]["matchLabels"]["app.kubernetes.io/name"] = "intake"


FAULTS: list[tuple[Callable[[Things], None], Policy, str]] = [
    (no_probe, policies.is_asked_where_it_answers, "payments-worker: its readinessProbe asks nothing"),
    (a_probe_nobody_answers, policies.is_asked_where_it_answers, "intake-api: its livenessProbe asks"),
    (root_user, policies.has_no_rights_it_need_not_have, "workflow-api may run as root"),
    (root_container, policies.has_no_rights_it_need_not_have, "topics may run as root"),
    (a_writable_root, policies.has_no_rights_it_need_not_have, "intake-migrate can write its root"),
    (a_token, policies.has_no_rights_it_need_not_have, "notify-api has a token"),
    (no_limits, policies.has_no_rights_it_need_not_have, "notify-api has no requests or no limits"),
    (unknown_setting, policies.says_every_setting_and_no_other, "notify-api: MOTCUA_SMPT_HOST is known to nobody"),
    (missing_setting, policies.says_every_setting_and_no_other, "payments-api: MOTCUA_PLATFORM_URL is not given"),
    (missing_secret, policies.says_every_setting_and_no_other, "workflow-worker: MOTCUA_SESSION_SECRET is not given"),
    (wrong_port, policies.is_asked_where_it_answers, "intake-worker listens at 9000 and says {'http': '8000'}"),
    (wrong_setting_of_a_port, policies.is_asked_where_it_answers, "intake-api listens at 8080"),
    (wrong_port_of_a_service, policies.services_reach_their_pods, "payments-api sends to web"),
    (service_of_nobody, policies.services_reach_their_pods, "notify-api is behind []"),
    (latest_tag, policies.images_are_pinned, "notify-worker: registry.example/motcua:latest is not pinned"),
    (no_tag, policies.images_are_pinned, "notify-worker: registry.example:5000/motcua is not pinned"),
    (secret_in_clear, policies.knows_no_secret, "Secret intake is given in clear"),
    (secret_setting_in_clear, policies.knows_no_secret, "intake-api: MOTCUA_DATABASE_URL is given in clear"),
    (secret_among_settings, policies.knows_no_secret, "MOTCUA_PLATFORM_SECRET is given in clear"),
    (wrong_command, policies.runs_what_its_name_says, "payments-worker runs ['run', 'payments', 'api']"),
    (misspelt_key, policies.keeps_to_the_schemas, "'replica' was unexpected"),
    (misspelt_key_of_strimzi, policies.keeps_to_the_schemas, "'listener' was unexpected"),
    (misspelt_key_of_postgres, policies.keeps_to_the_schemas, "'instance' was unexpected"),
    (killed_while_draining, policies.has_time_to_drain, "workflow-worker is killed while it drains"),
    (missed_while_replaced, policies.has_time_to_drain, "intake-api is missed while it is replaced"),
    (a_budget_that_blocks, policies.budgets_never_block, "intake-api blocks"),
    (a_scaler_of_nobody, policies.scales_what_is_there, "intake-api scales intake"),
    (a_number_beside_a_scaler, policies.scales_what_is_there, "intake-worker: 2 to 4"),
    (a_group_nobody_reads_in, policies.scales_what_is_there, "notify-worker looks at notify"),
    (too_few_connections, policies.scales_what_is_there, "PostgreSQL has no connections"),
    (an_open_wall, policies.walls_have_the_doors_they_need, "what no policy names is not refused"),
    (brokers_for_everybody, policies.walls_have_the_doors_they_need, "('everybody', '9092')"),
    (no_way_to_mail, policies.walls_have_the_doors_they_need, "notify-worker asks [('0.0.0.0/0', '587')] too much"),
    (a_process_unwatched, policies.prometheus_asks_every_process, "Prometheus asks ['intake-api', 'intake-worker']"),
]
