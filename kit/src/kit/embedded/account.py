"""Under which account PostgreSQL's programs run: they refuse to run as root, and a bare machine has no other user."""

import os
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kit.embedded.errors import EmbeddedError

NOBODY = 65534  # an account number that exists everywhere
_NAMESPACE = ("unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}")


@dataclass(frozen=True)
class Account:
    """How to run a program: words put before it, the user to become (None: stay), and who must own its files."""

    prefix: tuple[str, ...]
    user: int | None
    owner: int

    def take_over(self, folder: Path) -> None:
        """Make the files in `folder` this account's; they may be another's since the last start."""
        if folder.exists() and folder.stat().st_uid != self.owner:
            for path in [folder, *folder.rglob("*")]:
                os.chown(path, self.owner, self.owner, follow_symlinks=False)


def account_for(program: Path, folder: Path) -> Account:
    """The account for a program that refuses to be root and keeps its data in `folder`.

    An ordinary user stays what it is. Root takes a user namespace in which it looks like nobody; where namespaces
    are forbidden it becomes nobody, if nobody can reach both places. Raises EmbeddedError if not even that.
    """
    me = os.geteuid()
    if me != 0:
        return Account((), None, me)
    if _namespaces_work():
        return Account(_NAMESPACE, None, me)
    if _reaches(NOBODY, program, folder):
        return Account((), NOBODY, NOBODY)
    raise EmbeddedError(
        "PostgreSQL refuses to run as root, and this machine forbids user namespaces: start as an ordinary user, or "
        f"let everybody enter the folders that lead to {program.parent} and {folder}."
    )


@cache
def _namespaces_work() -> bool:
    try:
        probe = [*_NAMESPACE, "true"]
        return subprocess.run(probe, capture_output=True, check=False).returncode == 0  # noqa: S603 -- our own words
    except FileNotFoundError:
        return False


def _reaches(user: int, program: Path, folder: Path) -> bool:
    """Whether a user can run the program and enter the folder."""
    try:
        inside = subprocess.run(  # noqa: S603 -- our own words
            ["/bin/sh", "-c", 'cd "$0" && "$1" --version', str(folder), str(program)],
            capture_output=True,
            check=False,
            cwd="/",
            user=user,
            group=user,
            extra_groups=[],
        )
    except OSError:
        return False
    return inside.returncode == 0
