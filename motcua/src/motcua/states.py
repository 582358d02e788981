"""Draws docs/states.md and its picture from workflow's two tables. Knows nothing else of the services; pure text."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from rules.records.status import ENDED, LOOKS, Status
from workflow.domain.actions import WORDS_VI
from workflow.domain.moves import MOVES, STEP_ROLE, Move, Need
from workflow.domain.status import Action
from workflow.domain.unexpected_events import EFFECTS, NAMES_VI, Effect, Heard

DOCUMENT, PICTURE = "docs/states.md", "docs/images/states.svg"
NEEDS = {
    Need.ON_ITS_WAY: "another area's desk took it in",
    Need.ARRIVED: "the office has it",
    Need.NOT_ACCEPTED: "not accepted yet",
    Need.ACCEPTED: "accepted",
    Need.STEP_ENDS_SO: "the present step ends by this",
    Need.APPRAISING: "at the appraisal",
    Need.CAN_GO_BACK: "the step names one to go back to",
    Need.NOT_SIGNED: "the result is not signed",
    Need.SIGNED: "the result is signed",
    Need.STOP_ASKED: "the applicant asked to stop",
    Need.ANSWER_LIMIT: "an act gives a limit, and it has passed",
    Need.OPINION_OPEN: "an opinion is awaited",
    Need.APOLOGY_DRAFTED: "a letter is drafted",
    Need.CORRECTION_DRAWN_UP: "a further result is drawn up",
    Need.NOT_POSTED: "the result is not on its way by post",
}
EFFECT_WORDS = {Effect.APPLY: "**applies**", Effect.NOTE: "noted", Effect.DECIDE: "a person decides"}
_OPENING = """\
# The statuses of a dossier, and every move between them

Drawn by `make states` from two tables of `workflow/domain`: `moves.py` (who may do what, and where it leads) and
`unexpected_events.py` (what another service's event does in each status). Nothing else decides what may follow what.
The numbers are the national status codes.

![Every status and the moves that change it](images/states.svg)
"""


def states() -> dict[str, str]:
    """The document and its picture, by their paths in the repository."""
    return {DOCUMENT: document(), PICTURE: picture()}


def document() -> str:
    """docs/states.md."""
    parts = (_OPENING, _mermaid(), _moves_table(), _events_table())
    return "\n".join(parts)


def name_of(status: Status) -> str:
    """`5 Chờ bổ sung`."""
    return f"{int(status)} {LOOKS[status][0]}"


def english(word: str) -> str:
    """`request_supplement` as it is read."""
    return word.replace("_", " ")


def changes() -> dict[tuple[Status, Status], list[Action]]:
    """The moves that change the status, by where from and where to."""
    found: dict[tuple[Status, Status], list[Action]] = {}
    for (status, action), move in MOVES.items():
        if move.to is not status:
            found.setdefault((status, move.to), []).append(action)
    return found


def _mermaid() -> str:
    lines = [f"    s{int(one)} : {name_of(one)} ({english(one.name.lower())})" for one in Status]
    lines += ["    [*] --> s1"]
    lines += [
        f"    s{int(start)} --> s{int(to)} : {', '.join(map(english, actions))}"
        for (start, to), actions in changes().items()
    ]
    lines += [f"    s{int(one)} --> [*]" for one in ENDED]
    drawn = "\n".join(lines)
    fold = "<details><summary>The same as a Mermaid diagram</summary>"
    return f"{fold}\n\n```mermaid\nstateDiagram-v2\n    direction LR\n{drawn}\n```\n\n</details>\n"


def _table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = list(headings)
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in lines) + "\n"


def _moves_table() -> str:
    rows = [_move_row(status, action, move) for (status, action), move in MOVES.items()]
    about = """\
## Moves

Whatever is not a line here is refused. *The step's role* is the role that the procedure's data gives the present step;
*system* is no person: an event, or what follows from a person's decision in the same transaction.
"""
    headings = ("From", "Action", "To", "Who", "Needs besides", "Says", "Slip")
    return f"{about}\n{_table(headings, rows)}"


def _move_row(status: Status, action: Action, move: Move) -> list[str]:
    words = WORDS_VI.get(action)
    return [
        name_of(status),
        f"{english(action)}<br>{words}" if words else english(action),
        "stays" if move.to is status else name_of(move.to),
        ", ".join("the step's role" if role == STEP_ROLE else english(role) for role in move.who),
        ", ".join(NEEDS.get(need, english(need)) for need in move.needs) or "–",
        ", ".join(f"`{event}`" for event in move.says) or "–",
        move.slip or "–",
    ]


def _events_table() -> str:
    rows = [
        [f"`{heard}`<br>{NAMES_VI[heard]}", *(EFFECT_WORDS[EFFECTS[heard, status]] for status in Status)]
        for heard in Heard
    ]
    about = """\
## Events of other services

Nothing that arrives is passed over in silence. Where an event applies, what the move needs besides (above) must be so
too; otherwise it is kept for a person, like one that came when the case did not wait for it. *Noted*: the same fact is
known already, and the history says that it came again.
"""
    return f"{about}\n{_table(('Event', *map(name_of, Status)), rows)}"


@dataclass(frozen=True)
class Line:
    """How a move is drawn: how far its middle bends to the left of its way, and where along it the words stand."""

    bend: int = 0
    at: float = 0.5


WIDE, HIGH = 150, 60
PLACES = {
    Status.SUBMITTED: (100, 290),
    Status.WAITING_FOR_FEE: (350, 290),
    Status.ACCEPTED: (590, 290),
    Status.IN_PROCESS: (890, 290),
    Status.FINISHED: (1130, 290),
    Status.RETURNED: (1130, 90),
    Status.WAITING_FOR_SUPPLEMENT: (470, 70),
    Status.REFUSED_AT_RECEPTION: (100, 520),
    Status.WITHDRAWN: (470, 520),
    Status.STOPPED: (790, 520),
}
LINES = {
    (Status.SUBMITTED, Status.WAITING_FOR_SUPPLEMENT): Line(30, 0.5),
    (Status.WAITING_FOR_SUPPLEMENT, Status.SUBMITTED): Line(30, 0.3),
    (Status.SUBMITTED, Status.ACCEPTED): Line(75, 0.7),
    (Status.IN_PROCESS, Status.WAITING_FOR_SUPPLEMENT): Line(30, 0.72),
    (Status.WAITING_FOR_SUPPLEMENT, Status.IN_PROCESS): Line(45, 0.55),
    (Status.WAITING_FOR_SUPPLEMENT, Status.STOPPED): Line(75, 0.78),
    (Status.WAITING_FOR_SUPPLEMENT, Status.WITHDRAWN): Line(0, 0.8),
    (Status.SUBMITTED, Status.WITHDRAWN): Line(0, 0.45),
    (Status.ACCEPTED, Status.IN_PROCESS): Line(0, 0.3),
    (Status.WAITING_FOR_FEE, Status.STOPPED): Line(0, 0.5),
    (Status.IN_PROCESS, Status.WITHDRAWN): Line(0, 0.6),
    (Status.IN_PROCESS, Status.STOPPED): Line(0, 0.35),
}
COLOURS = {
    "blue": ("#e8f0fb", "#1d4f91"),
    "amber": ("#fdf3dc", "#8a5a00"),
    "grey": ("#eef0f2", "#4b5560"),
    "green": ("#e5f4e9", "#1f6b36"),
}


def picture() -> str:
    """docs/images/states.svg: the statuses where PLACES puts them, a line for each pair that a move joins."""
    drawn = [*(_arrow(*pair, actions) for pair, actions in changes().items()), *map(_box, Status)]
    return "\n".join((_HEAD, *drawn, "</svg>")) + "\n"


_HEAD = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1230 590" font-family="sans-serif" role="img" \
aria-labelledby="title">
<title id="title">Every status of a dossier and the moves that change it</title>
<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">\
<path d="M0 0 8 4 0 8z" fill="#4b5560"/></marker></defs>
<rect width="1230" height="590" fill="#ffffff"/>"""


def _box(status: Status) -> str:
    x, y = PLACES[status]
    ground, ink = COLOURS[LOOKS[status][1]]
    left, top = x - WIDE // 2, y - HIGH // 2
    frame = f'<rect x="{left}" y="{top}" width="{WIDE}" height="{HIGH}" rx="8" fill="{ground}" stroke="{ink}"/>'
    if status in ENDED:
        frame += (
            f'<rect x="{left + 4}" y="{top + 4}" width="{WIDE - 8}" height="{HIGH - 8}" rx="5" fill="none" '
            f'stroke="{ink}"/>'
        )
    words = _text(x, y - 3, name_of(status), ink, 'font-size="15" font-weight="bold"')
    return frame + words + _text(x, y + 16, english(status.name.lower()), ink, 'font-size="11"')


def _text(x: float, y: float, words: str, ink: str, look: str) -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="middle" fill="{ink}" {look}>{escape(words)}</text>'


def _arrow(start: Status, to: Status, actions: list[Action]) -> str:
    line = LINES.get((start, to), Line())
    (ax, ay), (bx, by) = PLACES[start], PLACES[to]
    length = ((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5
    middle = ((ax + bx) / 2 + 2 * line.bend * (by - ay) / length, (ay + by) / 2 - 2 * line.bend * (bx - ax) / length)
    first = _edge(PLACES[start], middle)
    last = _edge(PLACES[to], middle)
    way = f"M{first[0]:.0f} {first[1]:.0f}Q{middle[0]:.0f} {middle[1]:.0f} {last[0]:.0f} {last[1]:.0f}"
    drawn = f'<path d="{way}" fill="none" stroke="#4b5560" marker-end="url(#tip)"/>'
    return drawn + "".join(_label(_on_way(first, middle, last, line.at), list(map(english, actions))))


Point = tuple[float, float]


def _edge(place: Point, towards: Point) -> Point:
    """Where the way to `towards` leaves the box at `place`."""
    dx, dy = towards[0] - place[0], towards[1] - place[1]
    share = min(
        (WIDE / 2 + 3) / abs(dx) if dx else float("inf"),
        (HIGH / 2 + 3) / abs(dy) if dy else float("inf"),
    )
    return place[0] + dx * share, place[1] + dy * share


def _on_way(first: Point, middle: Point, last: Point, at: float) -> Point:
    """The point of a quadratic curve."""
    weights = ((1 - at) ** 2, 2 * at * (1 - at), at**2)
    x, y = (sum(w * p[axis] for w, p in zip(weights, (first, middle, last), strict=True)) for axis in (0, 1))
    return x, y


def _label(where: Point, lines: list[str]) -> Iterator[str]:
    x, y = where
    wide, high = 6.1 * max(map(len, lines)) + 8, 15 * len(lines)
    yield (
        f'<rect x="{x - wide / 2:.0f}" y="{y - high / 2:.0f}" width="{wide:.0f}" height="{high}" fill="#ffffff" '
        'fill-opacity="0.9"/>'
    )
    for number, words in enumerate(lines):
        yield _text(x, y - high / 2 + 11 + 15 * number, words, "#1b1f24", 'font-size="11"')


def main() -> None:
    """Write both files into the repository one stands in."""
    for name, text in states().items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
