"""The papers the demo's hospital attaches: short PDFs, typeset once, that say plainly what they are."""

import json
import tempfile
from pathlib import Path

import typst

PAPER = """
#let paper = json(bytes(sys.inputs.paper))
#set page(paper: "a4", margin: 2.5cm)
#set text(lang: "vi", font: "Libertinus Serif", size: 12pt)
#align(center, text(weight: "bold")[BỆNH VIỆN ĐA KHOA MẪU])
#align(center, text(size: 10pt)[Tài liệu minh hoạ, không có giá trị pháp lý])
#v(2cm)
#align(center, text(size: 16pt, weight: "bold", paper.title))
#v(1cm)
#paper.text
"""


def make_paper(title: str, text: str) -> bytes:
    """A one-page PDF with this title and text."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "paper.typ"
        source.write_text(PAPER)
        inputs = {"paper": json.dumps({"title": title, "text": text})}
        return typst.compile(str(source), sys_inputs=inputs)
