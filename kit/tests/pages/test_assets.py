"""What the pages load: from us, kept for ever, small."""

import gzip
import hashlib
import re
from importlib.resources import files

import httpx
import pytest

from kit.pages import Pages

BUDGET_BYTES = 150_000  # first load over the wire: page, style sheets, scripts, icons
STATIC = files("kit.pages").joinpath("static")


async def loaded(client: httpx.AsyncClient, path: str) -> dict[str, int]:
    """Every address the page at `path` makes a browser load, with its bytes on the wire."""
    page = (await client.get(path)).text
    found = {path: len(gzip.compress(page.encode(), 6))}
    addresses = re.findall(r'<(?:link|script|use|img)[^>]* (?:href|src)="([^"#]+)', page)
    for address in dict.fromkeys(addresses):
        async with client.stream("GET", address) as answer:
            found[address] = len(b"".join([part async for part in answer.aiter_raw()]))
            assert answer.status_code == 200, address
    return found


@pytest.mark.parametrize("path", ["/", "/form", "/track", "/officer/", "/officer/case"])
async def test_a_first_load_is_small(client: httpx.AsyncClient, path: str) -> None:
    found = await loaded(client, path)
    assert len(found) >= 6
    assert sum(found.values()) < BUDGET_BYTES, found


async def test_assets_are_kept_for_ever_under_a_name_that_follows_their_content(
    client: httpx.AsyncClient, pages: Pages
) -> None:
    answer = await client.get(pages.assets.href("motcua.css"))
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"].startswith("text/css")
    assert answer.headers["x-content-type-options"] == "nosniff"
    plain = await client.get(pages.assets.href("motcua.css"), headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == answer.content == STATIC.joinpath("motcua.css").read_bytes()


async def test_a_page_of_another_version_still_finds_its_style_but_does_not_keep_it(client: httpx.AsyncClient) -> None:
    answer = await client.get("/static/000000000000/motcua.css")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")


@pytest.mark.parametrize("name", ["none.css", "%2e%2e/shell.py", "vendor/README.md"])
async def test_nothing_else_is_served(client: httpx.AsyncClient, pages: Pages, name: str) -> None:
    assert (await client.get(f"/static/{pages.assets.version}/{name}")).status_code == 404


def test_a_misspelt_asset_or_icon_is_an_error_not_a_hole_in_the_page(pages: Pages) -> None:
    with pytest.raises(LookupError, match=r"motcua\.cs'"):
        pages.assets.href("motcua.cs")
    with pytest.raises(LookupError, match="no icon"):
        pages.assets.icon_href("unicorn")


def test_every_icon_the_states_name_is_drawn(pages: Pages) -> None:
    states = "inbox check x clock hand coin arrow-back pause file-check home-check hourglass alert alert-octagon"
    assert all(pages.assets.icon_href(icon) for icon in states.split())


def test_vendored_files_are_the_ones_the_readme_names() -> None:
    told = re.findall(r"\| `([^`]+)` \| `([0-9a-f]{64})` \|", STATIC.joinpath("vendor/README.md").read_text())
    assert len(told) == 3
    for name, digest in told:
        assert hashlib.sha256(STATIC.joinpath(name).read_bytes()).hexdigest() == digest, name


@pytest.mark.parametrize("name", ["vendor/tabler.min.css", "motcua.css"])
def test_style_sheets_load_nothing_from_elsewhere(name: str) -> None:
    style = STATIC.joinpath(name).read_text()
    assert re.findall(r"@import|url\((?![\"']?(?:data:|#))[^)]*\)|sourceMappingURL", style) == []
