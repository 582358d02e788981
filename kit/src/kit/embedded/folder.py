"""A folder on disk that one living process owns, and the logs in it."""

import fcntl
import os
from pathlib import Path

from kit.embedded.errors import EmbeddedError, writing_in


class FolderLock:
    """Held by the process that uses the folder; the kernel lets go of it when that process ends, however it ends."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._handle: int | None = None

    def acquire(self) -> None:
        """Make the folder if needed and own it. Raises EmbeddedError if a living process does."""
        if self._handle is not None:
            return
        with writing_in(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(handle, 20).decode() or "unknown"
            os.close(handle)
            raise EmbeddedError(
                f"The folder {self.folder} is in use by another running process ({holder}): "
                "stop that one first, or choose another folder."
            ) from None
        self._handle = handle
        with writing_in(self.folder):
            os.ftruncate(handle, 0)
            os.pwrite(handle, str(os.getpid()).encode(), 0)

    def release(self) -> None:
        """Let another process have the folder. Releasing twice does nothing."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def rotate(log: Path) -> None:
    """Keep the log of the run before under `<name>.1`, so that every run begins with an empty file."""
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if log.exists():
        log.replace(log.with_name(f"{log.name}.1"))


def last_lines(log: Path, count: int = 8) -> list[str]:
    """The end of a log, at most `count` lines; empty where there is none."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - 16_384))
            return file.read().decode(errors="replace").splitlines()[-count:]
    except OSError:
        return []
