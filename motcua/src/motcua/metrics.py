"""Lists every metric that any process says, with its meaning: for docs/metrics.md, and for the test of their names."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module

from prometheus_client import REGISTRY, Info
from prometheus_client.metrics import MetricWrapperBase

from kit.figures import Figure
from kit.measures import of_every_service
from motcua.programs import SERVICES

# Every label there is, and what its values are. Each set is small and ours: no id, no name of a person.
LABELS: Mapping[str, str] = {
    "channel": "how a dossier came in: `online`, `direct`, `postal`; of a message: `email`, `sms`",
    "field": "the procedure's field, an id of the catalogue",
    "kind": "of what is parked: `failed`, `held`; of what differs: what a person is asked about",
    "lateness": "`early`, `on_time`, `late`",
    "measure": "the part of the service index: `filed`, `filed_online`, `digitised`, `reused`, `paid`, `paid_online`",
    "method": "the request's method, `other` where it is none of the usual ones",
    "month": "of Vietnam's calendar, `2025-03`; thirteen at a time",
    "office": "an office of the catalogue",
    "outcome": "of a submission: `taken`, `refused`, `failed`; of a call: `done`, `try_again`, `refused`, `unknown`, "
    "`not_called`",
    "procedure": "a procedure of the catalogue",
    "rounds": "`0` to `5`",
    "route": "the template of the route, `none` where there is none; never a path",
    "state": "of a connection, a demand, a message: the words of its table of states",
    "status": "of a request: the status code; of a dossier: the national status, `1` to `10`",
    "step": "a step of the catalogue; `check` before acceptance, `none` where there is none",
    "system": "`mail`, `sms`, `payment_platform`, `postal_service`",
    "topic": "a topic of the services",
    "type": "a type of event, `unknown` where nobody catalogued it; of what is told on `.dead`: the topic",
    "version": "the release that runs",
    "way": "`payment_platform`, `cash`, `transfer`",
}
UNITS = ("seconds", "dong", "days", "records")
PARTS = ("kit", *SERVICES)
BEGINS, ENDS = "<!-- queries -->", "<!-- /queries -->"
HEAD = """# Metrics

Every process answers `/metrics` on the port of its health answers, in Prometheus's text format; the front door does not
pass it on. `make demo` prints where they are. This document is written by `make schemas`; never edit it by hand.

What is counted while it happens is said by **each process**: a sum over processes is right, and `increase` and `rate`
know that a process began anew. What a service's **database** knows (dossiers, money, messages, what waits) is said by
**one worker** of the service, whichever holds the lead for it, so that a plain sum is right with any number of
processes. It asks every 15 seconds (what waits to be sent or is parked: every 5), and more seldom where an answer takes
long: never more than a fiftieth of the time. When that worker is killed or frozen another one speaks within about five
seconds; a worker that is not sure to lead says nothing. Ages in a service's own time (timers, messages, money) go by
the database's clock, which demo and tests may move; the outbox, readers and calls go by real time.
"""
TABLE = "| name | kind | labels | unit | meaning | said by |\n|---|---|---|---|---|---|"
LAST = f"""
## Beside them

The Python client adds `process_*` (memory, processor, open files, when it started: Linux only) and `python_*` (the
collector of garbage, the interpreter's version).

## What dashboards and alerts ask

{BEGINS}
{ENDS}
"""


@dataclass(frozen=True)
class Entry:
    """One metric, as it is documented."""

    name: str
    kind: str
    labels: tuple[str, ...]
    meaning: str
    said_by: str

    @property
    def unit(self) -> str:
        """By its name: what it counts where that names no unit."""
        return next((unit for unit in UNITS if unit in self.name.split("_")), "")


def entries() -> list[Entry]:
    """Every metric, by name."""
    return sorted([*_of_processes(), *_of_databases()], key=lambda one: (one.name, one.said_by))


def _of_processes() -> Iterator[Entry]:
    """What is registered once every module of every service was imported."""
    for name in SERVICES:
        import_module(f"{name}.main")
    for collector in REGISTRY._collector_to_names:
        if isinstance(collector, MetricWrapperBase):
            yield _registered(collector)


def _registered(metric: MetricWrapperBase) -> Entry:
    (described,) = metric.describe()
    kind, name, labels = described.type, described.name, tuple(metric._labelnames)
    if isinstance(metric, Info):
        kind, name, labels = "gauge", f"{name}_info", ("version",)
    elif kind == "counter":
        name += "_total"
    part = next(part for part in PARTS if _is_defined_in(part, metric))
    return Entry(name, kind, labels, described.documentation, f"each process{'' if part == 'kit' else f' of {part}'}")


def _is_defined_in(part: str, metric: MetricWrapperBase) -> bool:
    ours = [module for name, module in sys.modules.items() if name.split(".")[0] == part]
    return any(value is metric for module in ours for value in vars(module).values())


def _of_databases() -> Iterator[Entry]:
    for measure in of_every_service():
        yield from _figures(measure.figures, "one worker of each service")
    for name in SERVICES:
        for measure in import_module(f"{name}.measures").MEASURES:
            yield from _figures(measure.figures, f"one worker of {name}")


def _figures(figures: Iterable[Figure], said_by: str) -> Iterator[Entry]:
    for one in figures:
        yield Entry(one.name, one.kind, one.labels, one.meaning, said_by)


def document(before: str) -> str:
    """docs/metrics.md, with the list of queries that it had before."""
    lines = [HEAD, "## All of them", "", TABLE, *map(_line, entries()), "", "## Labels", "", "| label | values |"]
    lines += ["|---|---|", *(f"| `{name}` | {values} |" for name, values in LABELS.items())]
    text = "\n".join(lines) + "\n" + LAST
    kept = before.partition(BEGINS)[2].partition(ENDS)[0] or "\n"
    return text.replace(f"{BEGINS}\n{ENDS}", f"{BEGINS}{kept}{ENDS}")


def _line(one: Entry) -> str:
    labels = ", ".join(f"`{label}`" for label in one.labels)
    return f"| `{one.name}` | {one.kind} | {labels} | {one.unit} | {one.meaning} | {one.said_by} |"
