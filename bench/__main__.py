"""`make bench [only=NAME]`: runs the programs, prints their table, writes build/bench.json; exit 1 if one misses."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

from bench.frame import Line
from bench.machine import facts

PROGRAMS = ("arithmetic", "consumer", "timers", "relay", "rebuild")
PACKAGES = ("businesstimedelta", "holidays", "workalendar")
RESULTS = Path(__file__).resolve().parents[1] / "build" / "bench.json"


def main(words: Sequence[str]) -> int:
    """Run what is named, or everything. Returns the exit code."""
    names = words or PROGRAMS
    if unknown := [name for name in names if name not in PROGRAMS]:
        say(f"bench: no program {unknown[0]}; there are {', '.join(PROGRAMS)}")
        return 2
    machine = facts(PACKAGES)
    found = {name: run(name) for name in names}
    print(table(found))
    keep(machine, found)
    missed = [line.name for lines in found.values() for line in lines if not line.is_met]
    say(f"bench: missed: {'; '.join(missed)}" if missed else "bench: every figure that must be reached was reached")
    return 1 if missed else 0


def run(name: str) -> list[Line]:
    say(f"bench: {name}")
    lines: list[Line] = import_module(f"bench.{name}").measure(say)
    return lines


def keep(machine: dict[str, object], found: dict[str, list[Line]]) -> None:
    """Write the results; of programs that did not run this time the older ones stay, with the machine of their run."""
    kept = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    for name, lines in found.items():
        kept[name] = {"machine": machine, "lines": [asdict(line) | {"is_met": line.is_met} for line in lines]}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(kept, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def table(found: dict[str, list[Line]]) -> str:
    """What people read: one line a figure."""
    rows = [("", "ours", "limit", "ratio", "must", "")]
    for name, lines in found.items():
        rows += [(f"{name}: {line.name}", *_cells(line)) for line in lines]
    widths = [max(len(row[n]) for row in rows) for n in range(6)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)


def _cells(line: Line) -> tuple[str, str, str, str, str]:
    limit = f"{line.limit:.4g} {line.unit} {line.beside}" if line.limit is not None else ""
    ratio = f"{line.ratio:.3g}" if line.ratio is not None else ""
    verdict = line.lost or (("reached" if line.passes else "MISSED") if line.must else "")
    return f"{line.ours:.4g} {line.unit}", limit, ratio, line.must, verdict


def say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
