"""What every request leaves behind: a measurement by route template, and files that no cache keeps."""

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from prometheus_client import REGISTRY

from kit import telemetry
from kit.app import Observed
from kit.download import Download

DOSSIER = "0d3f7a52-0c8e-4a5f-9a43-3c1f4f6f1b11"


def an_app() -> FastAPI:
    inner, outer, app = APIRouter(prefix="/dossiers"), APIRouter(prefix="/api/thing/v1"), FastAPI()

    @inner.get("/{dossier_id}/documents/{name}")
    async def document(dossier_id: str, name: str) -> dict[str, str]:
        return {}

    outer.include_router(inner)
    app.include_router(outer)
    app.add_middleware(Observed)
    return app


def measured(route: str, status: int) -> float:
    labels = {"method": "GET", "route": route, "status": str(status)}
    return REGISTRY.get_sample_value("motcua_http_request_seconds_count", labels) or 0


@pytest.mark.proves("K08", "R18")
@pytest.mark.parametrize(
    ("path", "status", "route"),
    [
        (
            f"/api/thing/v1/dossiers/{DOSSIER}/documents/a.pdf",
            200,
            "/api/thing/v1/dossiers/{dossier_id}/documents/{name}",
        ),
        (f"/nowhere/{DOSSIER}", 404, "none"),
    ],
)
async def test_a_request_is_measured_by_its_whole_template_and_never_by_an_id(
    path: str, status: int, route: str
) -> None:
    before = measured(route, status)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=an_app()), base_url="http://localhost") as client:
        assert (await client.get(path)).status_code == status
    assert measured(route, status) == before + 1
    labels = [sample.labels for metric in REGISTRY.collect() for sample in metric.samples]
    assert not any(DOSSIER in value for one in labels for value in one.values())


async def test_a_method_that_nobody_knows_is_no_label_of_its_own() -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=an_app()), base_url="http://localhost") as client:
        await client.request("BREW", "/nowhere")
    methods = {one.labels["method"] for metric in telemetry.REQUESTS.collect() for one in metric.samples}
    assert "BREW" not in methods
    assert "other" in methods


def test_a_file_is_shown_only_where_that_is_safe_and_never_kept() -> None:
    shown, saved = Download(b"%PDF", "phiếu 01.pdf").headers, Download(b"<b>", "a.html", "text/html").headers
    assert shown["Content-Disposition"] == "inline; filename*=UTF-8''phi%E1%BA%BFu%2001.pdf"
    assert saved["Content-Disposition"].startswith("attachment;")
    assert saved["Content-Type"] == "application/octet-stream"
    assert {one["Cache-Control"] for one in (shown, saved)} == {"private, no-store"}
    assert {one["X-Content-Type-Options"] for one in (shown, saved)} == {"nosniff"}
