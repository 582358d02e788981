"""The internal process of a procedure as a picture (SVG) or as text: steps, roles, shares, where it is sent back."""

import textwrap
from collections.abc import Sequence
from itertools import pairwise
from xml.etree import ElementTree as Xml

from motcua.catalogue.words import Words
from rules.records.procedure import Procedure
from rules.records.process import ProcessRecord, Step

WIDTH, BOX, LEFT, GAP, LINE, PAD, LANE = 760, 440, 40, 46, 20, 14, 30
_INK, _QUIET, _PAPER, _EDGE, _FILL, _BACK = "#1b1b1b", "#505a5f", "#ffffff", "#1d5aa6", "#eaf1fa", "#a33b00"
_TITLE_CHARACTERS = 74
_CHARACTERS = 50  # of the box at this size of type; Vietnamese letters are no wider than plain ones


def as_text(process: ProcessRecord, words: Words, one: Procedure | None = None) -> str:
    """One step under the other, each with who does it, its share, and the step a refusal goes back to."""
    lines = [*_title(process, words, one), "", f"( {words.said('received')} )"]
    for number, step in enumerate(process.steps, 1):
        lines += [
            "      |",
            f"[ {number}. {words.pick((step.name_vi, step.name_en))} ]",
            f"      {_doing(step, process, words)}",
        ]
        if step.sends_back_to:
            lines.append(f"      <-- {words.said('sends_back', _place(process.steps, step.sends_back_to) + 1)}")
    return "\n".join([*lines, "      |", f"( {words.said('handed_over')} )"]) + "\n"


def _title(process: ProcessRecord, words: Words, one: Procedure | None) -> list[str]:
    mark = f" {words.said('invented')}" if process.invented else ""
    name = words.pick((process.name_vi, process.name_en)) + mark
    return [words.name(one), name, f"{words.said('limit')}: {words.limit(one.limit)}"] if one else [name]


def _doing(step: Step, process: ProcessRecord, words: Words) -> str:
    """`Chuyên viên thụ lý (Phòng chuyên môn), 65 % thời hạn`; a role that is its own unit is named once."""
    role = words.role(step.role)
    share = words.share(step, process.steps)
    return f"{role}, {share}" if role == step.unit_vi else f"{role} ({step.unit_vi}), {share}"


def _place(steps: Sequence[Step], step_id: str) -> int:
    return [step.id for step in steps].index(step_id)


def as_svg(process: ProcessRecord, words: Words, one: Procedure | None = None) -> str:
    """A picture that needs nothing else: readable in grey, on paper and, by its title and description, aloud."""
    return _Picture(process, words, one).text()


class _Picture:
    def __init__(self, process: ProcessRecord, words: Words, one: Procedure | None) -> None:
        self.process, self.words = process, words
        self.title, *self.under = _title(process, words, one)
        self.spoken = as_text(process, words, one)
        self.y = PAD
        self.root = Xml.Element("svg", xmlns="http://www.w3.org/2000/svg", role="img")

    def text(self) -> str:
        self._head()
        boxes = [self._round("received"), *(self._step(n, one) for n, one in enumerate(self.process.steps, 1))]
        boxes.append(self._round("handed_over"))
        for upper, lower in pairwise(boxes):
            self._arrow(upper[1], lower[0])
        self._sent_back(boxes[1:-1])
        height = str(self.y + PAD - GAP)
        self.root.attrib |= {"width": str(WIDTH), "height": height, "viewBox": f"0 0 {WIDTH} {height}"}
        Xml.indent(self.root)
        return Xml.tostring(self.root, encoding="unicode") + "\n"

    def _head(self) -> None:
        self._add("title").text = self.title
        self._add("desc").text = self.spoken
        self._add("rect", width="100%", height="100%", fill=_PAPER)
        marker = Xml.SubElement(self._add("defs"), "marker", id="tip", orient="auto", refX="9", refY="5")
        marker.attrib |= {"viewBox": "0 0 10 10", "markerWidth": "6", "markerHeight": "6"}
        Xml.SubElement(marker, "path", d="M0 0L10 5L0 10z", fill="context-stroke")
        for line in textwrap.wrap(self.title, _TITLE_CHARACTERS):
            self.y += LINE
            self._write(line, LEFT, self.y, 16, weight="bold")
        for line in self.under:
            self.y += LINE
            self._write(line, LEFT, self.y, 14)
        self.y += GAP // 2

    def _add(self, tag: str, **attributes: str) -> Xml.Element:
        return Xml.SubElement(self.root, tag, attributes)

    def _write(self, text: str, x: int, y: int, size: int, *, weight: str = "normal", ink: str = _INK) -> None:
        font = {"font-family": "sans-serif", "font-size": str(size), "font-weight": weight, "fill": ink}
        self._add("text", x=str(x), y=str(y), **font).text = text

    def _round(self, key: str) -> tuple[int, int]:
        top, height = self.y, LINE + PAD
        self._box(top, height, radius=height // 2, fill=_PAPER)
        self._write(self.words.said(key), LEFT + PAD, top + LINE + 2, 15)
        self.y += height + GAP
        return top, top + height

    def _step(self, number: int, step: Step) -> tuple[int, int]:
        lines = textwrap.wrap(f"{number}. {self.words.pick((step.name_vi, step.name_en))}", _CHARACTERS)
        more = textwrap.wrap(_doing(step, self.process, self.words), _CHARACTERS + 14)
        top, height = self.y, LINE * (len(lines) + len(more)) + 2 * PAD
        self._box(top, height, radius=6, fill=_FILL)
        for place, line in enumerate(lines, 1):
            self._write(line, LEFT + PAD, top + LINE * place + 4, 15, weight="bold")
        for place, line in enumerate(more, len(lines) + 1):
            self._write(line, LEFT + PAD, top + LINE * place + 4, 13, ink=_QUIET)
        if step.share:  # a bar as long as the step's part of the whole
            bar = {"x": str(LEFT), "y": str(top + height - 6), "width": str(BOX * step.share // 100), "height": "6"}
            self._add("rect", fill=_EDGE, **bar)
        self.y += height + GAP
        return top, top + height

    def _box(self, top: int, height: int, *, radius: int, fill: str) -> None:
        place = {"x": str(LEFT), "y": str(top), "width": str(BOX), "height": str(height), "rx": str(radius)}
        self._add("rect", fill=fill, stroke=_EDGE, **place, **{"stroke-width": "2"})

    def _arrow(self, upper: int, lower: int) -> None:
        middle = LEFT + BOX // 2
        tip = {"stroke-width": "2", "marker-end": "url(#tip)"}
        self._add("path", d=f"M{middle} {upper}V{lower - 2}", stroke=_EDGE, fill="none", **tip)

    def _sent_back(self, boxes: Sequence[tuple[int, int]]) -> None:
        """Dashed lines at the right edge, a lane each, with what they mean to the right of all lanes."""
        steps = self.process.steps
        back = [(n, _place(steps, one.sends_back_to)) for n, one in enumerate(steps) if one.sends_back_to]
        beside = LEFT + BOX + LANE * (len(back) + 1)
        for lane, (here, there) in enumerate(back, 1):
            begins, ends = sum(boxes[here]) // 2 - 8, sum(boxes[there]) // 2 + 6 * lane
            line = f"M{LEFT + BOX} {begins}H{LEFT + BOX + LANE * lane}V{ends}H{LEFT + BOX + 3}"
            dashed = {"stroke-width": "2", "stroke-dasharray": "6 4", "marker-end": "url(#tip)"}
            self._add("path", d=line, stroke=_BACK, fill="none", **dashed)
            self._write(f"{self.words.said('send_back')} {here + 1} → {there + 1}", beside, begins + 4, 13, ink=_BACK)
