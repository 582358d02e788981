"""What machine a figure was measured on: without it no figure can be read. Reads, changes nothing."""

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path


def facts(packages: tuple[str, ...] = ()) -> dict[str, object]:
    """Processor, memory, system, Python, how busy it was, and the versions of what was measured with."""
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "processor": _field("/proc/cpuinfo", "model name") or platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "memory_kb": _field("/proc/meminfo", "MemTotal").removesuffix(" kB"),
        "system": platform.platform(),
        "python": platform.python_version(),
        "load_before": round(os.getloadavg()[0], 2),
        "packages": {name: version(name) for name in packages},
    }


def _field(path: str, name: str) -> str:
    file = Path(path)
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "")
