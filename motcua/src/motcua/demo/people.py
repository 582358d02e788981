"""The demo's people: each signs in at the identity sandbox as a browser would, and calls the APIs with a token."""

import base64
import hashlib
import secrets
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx

from motcua.programs import PUBLIC_CLIENT, PUBLIC_CLIENT_RETURN


class SignInFailed(Exception):
    """The provider did not let this person in."""


class _Forms(HTMLParser):
    """Every form of a page: its action and its fields, buttons with names included."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, Any]] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag == "form":
            self.forms.append({"action": given.get("action") or "", "fields": {}, "choices": []})
        elif tag in ("input", "button") and given.get("name") and self.forms:
            name, value = str(given["name"]), given.get("value") or ""
            if tag == "button":
                self.forms[-1]["choices"].append((name, value))
            else:
                self.forms[-1]["fields"][name] = value


def forms_of(html: str) -> list[dict[str, Any]]:
    """The forms of a page."""
    reader = _Forms()
    reader.feed(html)
    return reader.forms


def sign_in(public_url: str, person_id: str) -> httpx.Client:
    """A client that calls the APIs as this person. Raises SignInFailed."""
    verifier = secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "client_id": PUBLIC_CLIENT,
        "redirect_uri": PUBLIC_CLIENT_RETURN,
        "scope": "openid profile email",
        "state": secrets.token_urlsafe(16),
        "nonce": secrets.token_urlsafe(16),
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    with httpx.Client(timeout=30) as browser:
        page = browser.get(f"{public_url}/id/authorize", params=asked)
        answer = choose(browser, page, person_id)
        code = parse_qs(urlsplit(answer.headers.get("location", "")).query).get("code")
        if not code:
            raise SignInFailed(f"{person_id}: {answer.status_code}")
        given = {"grant_type": "authorization_code", "code": code[0], "client_id": PUBLIC_CLIENT}
        given |= {"redirect_uri": PUBLIC_CLIENT_RETURN, "code_verifier": verifier}
        token = browser.post(f"{public_url}/id/token", data=given).raise_for_status().json()["access_token"]
    return httpx.Client(base_url=public_url, headers={"Authorization": f"Bearer {token}"}, timeout=60)


def choose(browser: httpx.Client, page: httpx.Response, person_id: str) -> httpx.Response:
    """Press the button of this person on the provider's page."""
    for form in forms_of(page.text):
        for name, value in form["choices"]:
            if value == person_id:
                return browser.post(urljoin(str(page.url), form["action"]), data=form["fields"] | {name: value})
        if person_id in form["fields"].values():
            return browser.post(urljoin(str(page.url), form["action"]), data=form["fields"])
    raise SignInFailed(f"{person_id} is not on the provider's page ({page.status_code})")
