"""Turns a slip's data into a PDF by Typst, off the event loop. Knows nothing of cases."""

import asyncio
import io
import json
from functools import cache
from importlib.resources import files
from pathlib import Path
from threading import Lock
from typing import Any

import segno
import typst

SLIPS = Path(str(files("workflow").joinpath("slips")))


class Layout:
    """One layout, kept compiled: the first slip of a process costs its fonts, the following ones milliseconds."""

    def __init__(self, name: str) -> None:
        self._compiler = typst.Compiler(input=SLIPS / f"{name}.typ", root=SLIPS, ignore_system_fonts=True)
        self._one_at_a_time = Lock()  # a compiler cannot be shared between threads

    def pdf(self, data: dict[str, Any]) -> bytes:
        """The slip with this data. Raises typst.TypstError for a layout that does not fit its data."""
        with self._one_at_a_time:
            made = self._compiler.compile(format="pdf", sys_inputs={"data": json.dumps(data, ensure_ascii=False)})
        assert isinstance(made, bytes)
        return made


@cache
def _layout(name: str) -> Layout:
    return Layout(name)


async def render(layout: str, data: dict[str, Any]) -> bytes:
    """The PDF of a slip. Its QR leads to where it is found genuine; another one to where the dossier is tracked."""
    return await asyncio.to_thread(_render, layout, data)


def _render(layout: str, data: dict[str, Any]) -> bytes:
    drawn = {"qr": data["verify_url"], "track_qr": data["track_url"]}
    return _layout(layout).pdf({**data, **{name: qr_svg(url) if url else "" for name, url in drawn.items()}})


def qr_svg(address: str) -> str:
    """A QR code as SVG; the mask is fixed because choosing one costs more than the whole slip."""
    drawn = io.BytesIO()
    segno.make(address, micro=False, mask=3, error="m").save(drawn, kind="svg", border=0, xmldecl=False)
    return drawn.getvalue().decode()
