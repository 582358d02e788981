"""Files as they go to a browser: shown where that is safe, else downloaded; never guessed at, never kept."""

from dataclasses import dataclass
from urllib.parse import quote

from fastapi.responses import Response

PDF = "application/pdf"
SHOWN = (PDF, "image/png", "image/jpeg")


@dataclass(frozen=True)
class Download:
    """Bytes with the name a person sees; `media_type` is what was found out about them, not what somebody said."""

    body: bytes
    name: str
    media_type: str = PDF

    @property
    def headers(self) -> dict[str, str]:
        is_shown = self.media_type in SHOWN
        way = "inline" if is_shown else "attachment"
        return {
            "Content-Type": self.media_type if is_shown else "application/octet-stream",
            "Content-Disposition": f"{way}; filename*=UTF-8''{quote(self.name, safe='')}",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        }

    def answer(self) -> Response:
        return Response(self.body, headers=self.headers)
