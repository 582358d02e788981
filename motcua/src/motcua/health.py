"""`motcua health`: asks the process beside it, in the same environment, whether it can work. For health checks."""

import http.client
import json
import os
from typing import Any

import click

PATIENCE_SECONDS = 4.0  # the process answers within 2, also while a part hangs


@click.command("health")
def command() -> int:
    """Exit with 0 where the process of this environment is ready, with 1 and what is not well where it is not.

    Settings: MOTCUA_WORKER_PORT, or where a process has none (it serves requests) MOTCUA_LISTEN_PORT.
    """
    port = os.environ.get("MOTCUA_WORKER_PORT") or os.environ.get("MOTCUA_LISTEN_PORT")
    if not port:
        raise click.UsageError("MOTCUA_WORKER_PORT or MOTCUA_LISTEN_PORT must say where the process answers")
    try:
        status, told = ask(int(port))
        words = " ".join([told["state"], *not_well(told)])
    except (OSError, ValueError, http.client.HTTPException) as error:
        click.echo(f"no answer on port {port}: {type(error).__name__}")
        return 1
    except (AttributeError, KeyError, TypeError):
        click.echo(f"whoever answers on port {port} is not a process of ours")
        return 1
    click.echo(words)
    return 0 if status == http.client.OK else 1


def ask(port: int) -> tuple[int, dict[str, Any]]:
    """What the process says of itself: never through a proxy, for it is on this machine."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    try:
        line.request("GET", "/readyz")
        answer = line.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        line.close()


def not_well(told: dict[str, Any]) -> list[str]:
    """Each part that is not well, with its words."""
    return [f"{name}: {part['words']};" for name, part in told.get("parts", {}).items() if not part["well"]]
