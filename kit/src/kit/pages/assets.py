"""Style sheets, scripts and icons, served from memory under a name that changes with their content."""

import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from importlib.resources.abc import Traversable

from starlette.requests import Request
from starlette.responses import Response

_FOR_EVER = "public, max-age=31536000, immutable"
_COMPRESSED = ("text/", "image/svg", "application/javascript")
_SERVED = {".css", ".js", ".svg", ".png", ".ico", ".woff2", ".txt", ".webmanifest"}
_ICON = re.compile(rb'<symbol id="([a-z0-9-]+)"')


@dataclass(frozen=True)
class Asset:
    """One file, as it is and compressed (None where that gains nothing)."""

    body: bytes
    gzipped: bytes | None
    media_type: str


def _asset(name: str, body: bytes) -> Asset:
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    small = gzip.compress(body, 9, mtime=0) if media_type.startswith(_COMPRESSED) else None
    return Asset(body, small, media_type)


def _files(folder: Traversable, inside: str = "") -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for entry in folder.iterdir():
        name = f"{inside}{entry.name}"
        if entry.is_dir():
            found |= _files(entry, f"{name}/")
        elif f".{entry.name.rpartition('.')[2]}" in _SERVED:
            found[name] = entry.read_bytes()
    return found


class Assets:
    """The files of several folders; a later folder's file takes an earlier one's place."""

    def __init__(self, folders: list[Traversable], prefix: str) -> None:
        files: dict[str, bytes] = {}
        for folder in folders:
            files |= _files(folder)
        self.files = {name: _asset(name, body) for name, body in sorted(files.items())}
        self.version = hashlib.sha256(
            b"".join(b"%s\0%s" % (n.encode(), b) for n, b in sorted(files.items()))
        ).hexdigest()[:12]
        self.prefix = f"{prefix}/static"
        self._icons = frozenset(icon.decode() for icon in _ICON.findall(files["icons.svg"]))

    def href(self, name: str) -> str:
        """Where a file is served. Raises LookupError for one that is not there."""
        if name not in self.files:
            raise LookupError(f"no asset is called {name!r}")
        return f"{self.prefix}/{self.version}/{name}"

    def icon_href(self, name: str) -> str:
        """Where an icon's drawing is. Raises LookupError for one that is not drawn."""
        if name not in self._icons:
            raise LookupError(f"no icon is called {name!r}")
        return f"{self.href('icons.svg')}#{name}"

    async def serve(self, request: Request) -> Response:
        """Answer `{prefix}/{version}/{name}`. Under another version's address (a roll-out) today's file, not kept."""
        asset = self.files.get(request.path_params["name"])
        if asset is None:
            return Response("Không có tệp này.", 404, media_type="text/plain")
        current = request.path_params["version"] == self.version
        headers = {
            "Cache-Control": _FOR_EVER if current else "no-cache",
            "Vary": "Accept-Encoding",
            "X-Content-Type-Options": "nosniff",
        }
        if asset.gzipped is not None and "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
            return Response(asset.gzipped, headers=headers, media_type=asset.media_type)
        return Response(asset.body, headers=headers, media_type=asset.media_type)
