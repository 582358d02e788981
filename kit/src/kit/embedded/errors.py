"""What embedded parts say when they cannot go on: one sentence for a person, then the part's own last lines."""

import errno
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

FULL_DISK = "No space left on device"  # how both PostgreSQL and Java name it in their logs
_REASONS = {
    errno.ENOSPC: "its disk is full",
    errno.EDQUOT: "its disk quota is used up",
    errno.EACCES: "it may not be written by this user",
    errno.EPERM: "it may not be written by this user",
    errno.EROFS: "it is on a read-only disk",
    errno.EEXIST: "a file stands where a folder is needed",
    errno.ENOTDIR: "a file stands where a folder is needed",
}


class EmbeddedError(Exception):
    """An embedded part cannot start or go on. `sentence` is meant for a person; `lines` end the part's own log."""

    def __init__(self, sentence: str, lines: Sequence[str] = ()) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.lines = list(lines)

    def __str__(self) -> str:
        return "\n".join([self.sentence, *(f"  | {line}" for line in self.lines)])


@contextmanager
def writing_in(folder: Path) -> Iterator[None]:
    """Turn a failed write below `folder` into a sentence that names the folder and the reason."""
    try:
        yield
    except OSError as problem:
        reason = _REASONS.get(problem.errno or 0, (problem.strerror or str(problem)).lower())
        raise EmbeddedError(f"The folder {folder} cannot be used: {reason}.") from problem
