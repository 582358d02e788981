"""`make chaos [seed=N] [dossiers=N] [minutes=N]`: a run under faults; exit 1 on any difference."""

import argparse
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from chaos.run import Outcome, Wanted, run
from kit.embedded import EmbeddedError

MOST_TOLD = 50
BEGAN = time.monotonic()


def main(words: Sequence[str]) -> int:
    """Returns the exit code: 0 all is well, 1 something differs, 130 stopped by a person."""
    wanted = asked(words)
    for number in (signal.SIGINT, signal.SIGTERM):  # SIGINT too: a shell that starts us in the background ignores it
        signal.signal(number, interrupt)
    folder = Path(tempfile.mkdtemp(prefix="motcua-chaos-"))
    say(f"seed {wanted.seed}, {wanted.dossiers} dossiers, in {folder}")
    status = 1
    try:
        outcome = run(folder, wanted, say)
        print(table(outcome), flush=True)
        status = 0 if outcome.is_good else 1
    except KeyboardInterrupt:
        say("stopped")
        status = 130
    except EmbeddedError as error:
        say(f"chaos: {error}")
    finally:
        put_away(folder, is_kept=status == 1 or wanted.keeps_folder)
    return status


def asked(words: Sequence[str]) -> Wanted:
    """Exit 2 with a line for what makes no sense."""
    parser = argparse.ArgumentParser(prog="chaos", description=__doc__)
    parser.add_argument(
        "--seed", type=int, default=None, help="which faults and dossiers; a new one where none is given"
    )
    parser.add_argument("--dossiers", type=positive, default=300)
    parser.add_argument("--minutes", type=float, default=None, help="how long dossiers are filed and faults happen")
    parser.add_argument("--calm", action="store_true", help="without faults")
    parser.add_argument("--keep", action="store_true", help="leave the folder with its logs in any case")
    given = parser.parse_args(words)
    seed = random.SystemRandom().randrange(1_000_000) if given.seed is None else given.seed
    return Wanted(seed, given.dossiers, given.minutes, with_faults=not given.calm, keeps_folder=given.keep)


def positive(word: str) -> int:
    if not word.isdigit() or int(word) < 1:
        raise argparse.ArgumentTypeError(f"{word} is no number of dossiers")
    return int(word)


def table(outcome: Outcome) -> str:
    """What people read; its last line is what scripts read."""
    lines = [f"{count:>6}  {words}" for words, count in outcome.standing.items()]
    lines += ["faults:", *(f"{count:>6}  {kind}" for kind, count in sorted(outcome.faults.items()))]
    lines += [f"still moving: {words}" for words in outcome.moving]
    lines += [f"{one.kind}: {one.subject}: {one.words}" for one in outcome.differences[:MOST_TOLD]]
    lines += [f"seed {outcome.wanted.seed}, {outcome.seconds:.0f} seconds", outcome.last_line]
    return "\n".join(lines)


def put_away(folder: Path, *, is_kept: bool) -> None:
    """Thrown away, or kept with its logs where something was wrong."""
    if is_kept:
        say(f"kept with its logs: {folder}")
    else:
        shutil.rmtree(folder, ignore_errors=True)


def interrupt(_number: int, _frame: FrameType | None) -> None:
    """Either signal stops us as Ctrl-C does."""
    raise KeyboardInterrupt


def say(words: str) -> None:
    """One line with the seconds since the start, at once."""
    sys.stderr.write(f"{time.monotonic() - BEGAN:7.1f}  {words}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
