"""Watches the disk: at every commit, each file of an object store and each folder above it must have been flushed."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from kit.tx import Database


@dataclass
class Watch:
    """What was seen: when each inode was last flushed, and what a commit found not flushed."""

    root: Path
    flushed: dict[int, int] = field(default_factory=dict)  # inode to real time in nanoseconds
    found: list[str] = field(default_factory=list)
    commits: int = 0
    files: int = 0

    def look(self, *_: Any) -> None:
        """Before a COMMIT goes out: everything that lies in the store, and every folder that names it."""
        self.commits += 1
        places = [self.root, *self.root.rglob("*")]
        self.files = sum(place.is_file() for place in places)
        self.found += [str(place.relative_to(self.root)) for place in places if not self.is_flushed(place)]

    def is_flushed(self, place: Path) -> bool:
        """Whether it was flushed after it was last changed: a file's bytes, a folder's names, if it names any."""
        if place.is_dir() and not any(place.iterdir()):
            return True
        seen = place.stat()
        return self.flushed.get(seen.st_ino, 0) >= seen.st_mtime_ns


@contextmanager
def watching(root: Path, databases: list[Database], patch: pytest.MonkeyPatch) -> Iterator[Watch]:
    """Listen to the system's own fsync and to the driver's COMMIT; nothing of ours is asked what it did."""
    watch, fsync = Watch(root), os.fsync

    def noting(handle: int) -> None:
        fsync(handle)
        watch.flushed[os.fstat(handle).st_ino] = time.time_ns()

    patch.setattr(os, "fsync", noting)
    engines = [one.engine.sync_engine for one in databases]
    for engine in engines:
        event.listen(engine, "commit", watch.look)
    try:
        yield watch
    finally:
        for engine in engines:
            event.remove(engine, "commit", watch.look)
