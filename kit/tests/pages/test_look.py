"""Text size and contrast to choose, without JavaScript."""

import httpx
import pytest

from kit.testing.pages import read_page


@pytest.mark.proves("K07")
async def test_a_choice_is_kept_and_leads_back(client: httpx.AsyncClient) -> None:
    page = read_page((await client.get("/track?code=H1")).text)
    answer = await client.get(page.link("Rất lớn"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/track?code=H1")
    page = read_page((await client.get("/track?code=H1")).text)
    assert (page.root.get("data-size"), page.root.get("data-contrast")) == ("larger", "normal")
    await client.get(page.link("Cao"))
    page = read_page((await client.get("/")).text)
    assert (page.root.get("data-size"), page.root.get("data-contrast")) == ("larger", "high")


ELSEWHERE = ["https://evil.example/", "//evil.example", "/\\evil.example", "", "/\t/evil.example", "/\n/evil.example"]


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
async def test_a_choice_never_leads_to_another_site(client: httpx.AsyncClient, elsewhere: str) -> None:
    answer = await client.get("/look", params={"size": "large", "back": elsewhere})
    assert answer.headers["location"] == "/"


async def test_an_unknown_choice_is_the_usual_look(client: httpx.AsyncClient) -> None:
    client.cookies.set("motcua_look", 'huge."><script>')
    page = read_page((await client.get("/")).text)
    assert (page.root.get("data-size"), page.root.get("data-contrast")) == ("normal", "normal")


async def test_the_officer_s_choice_is_under_its_own_path(client: httpx.AsyncClient) -> None:
    page = read_page((await client.get("/officer/")).text)
    assert page.link("Rất lớn").startswith("/officer/look?")
    assert (await client.get(page.link("Rất lớn"))).headers["location"] == "/officer/"
