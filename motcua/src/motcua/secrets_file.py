"""Secrets of a one-machine installation: made once, kept in one file only its owner can read."""

import json
import os
import secrets
from pathlib import Path


class Secrets:
    """Random words by name. The same name gives the same word at every start of the same folder."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._words: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}

    def word(self, name: str) -> str:
        """The secret of this name, made and kept when first asked for."""
        if name not in self._words:
            self._words[name] = secrets.token_urlsafe(32)
            self._keep()
        return self._words[name]

    def _keep(self) -> None:
        write_for_owner(self._file, json.dumps(self._words))


def write_for_owner(file: Path, text: str) -> None:
    """Write a file that only its owner reads, wholly or not at all."""
    fresh = file.with_name(f"{file.name}.new")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as out:
        out.write(text)
        out.flush()
        os.fsync(handle)
    fresh.replace(file)
