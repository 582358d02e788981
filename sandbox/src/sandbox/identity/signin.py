"""The pages of a sign-in: who do you want to be, then back with a code. Redirects only where the client registered."""

import time
from dataclasses import asdict
from urllib.parse import urlencode, urlsplit, urlunsplit

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from sandbox.control import Control
from sandbox.identity import people as people_file
from sandbox.identity import requests
from sandbox.identity.clients import Client
from sandbox.identity.codes import Codes, Grant
from sandbox.identity.moods import IdentityMoods
from sandbox.identity.people import Person
from sandbox.identity.tokens import NotValid, Tokens
from sandbox.pages import Pages

REMEMBERED = "motcua_sandbox_person"
REMEMBER_SECONDS = 30 * 24 * 3600


def with_query(address: str, **said: str | None) -> str:
    """The address with more parameters; what it had stays."""
    parts = urlsplit(address)
    added = urlencode({name: value for name, value in said.items() if value is not None})
    return urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, added)))))


async def everything_said(request: Request) -> dict[str, str]:
    """Parameters of the query or, for a POST, of the form; a repeated one is not listened to twice (RFC 6749 §3.1)."""
    said = await request.form() if request.method == "POST" else request.query_params
    return {name: value for name, value in said.items() if isinstance(value, str)}


class SignIn:
    """Shows the people, takes the choice. Holds no state but the codes."""

    def __init__(
        self,
        clients: dict[str, Client],
        people: dict[str, Person],
        tokens: Tokens,
        codes: Codes,
        control: Control[IdentityMoods],
        pages: Pages,
        issuer: str,
    ) -> None:
        self._clients = clients
        self._people = people
        self._tokens = tokens
        self._codes = codes
        self._control = control
        self._pages = pages
        self._issuer = issuer

    async def authorize(self, request: Request) -> Response:
        await self._control.dawdle()
        said = await everything_said(request)
        try:
            client = requests.find_client(self._clients, said)
        except requests.NotForThem as error:
            return self._not_for_them(str(error))
        try:
            asked = requests.judge(client, said)
        except requests.Refused as refused:
            return self._back(said["redirect_uri"], said.get("state"), error=refused.error, why=refused.description)
        return self._pages.show(
            "identity/choose.html",
            now=self._control.now(),
            client=client,
            sealed=self._tokens.seal("choice", asdict(asked)),
            groups=people_file.grouped(self._people),
            last=self._remembered(request),
        )

    async def choose(self, request: Request) -> Response:
        said = await everything_said(request)
        try:
            asked = requests.Asked(**self._tokens.unseal("choice", said.get("request", "")))
            requests.find_client(self._clients, asdict(asked))
        except (NotValid, requests.NotForThem):
            return self._not_for_them("request")
        if "person" not in said:
            return self._back(asked.redirect_uri, asked.state, error="access_denied", why="the person turned back")
        person = self._people.get(said["person"])
        if person is None:
            return self._not_for_them("person")
        answer = self._back(asked.redirect_uri, asked.state, code=self._codes.make(_grant(asked, person)))
        self._remember(answer, person, secure=self._issuer.startswith("https:"))
        return answer

    async def end_session(self, request: Request) -> Response:
        """Forget who was last; go on only to an address the client registered for that."""
        said = await everything_said(request)
        answer = self._after_session(said)
        answer.delete_cookie(REMEMBERED, path=urlsplit(self._issuer).path or "/")
        return answer

    def _after_session(self, said: dict[str, str]) -> Response:
        address = said.get("post_logout_redirect_uri")
        if address is None:
            return self._pages.show("identity/signed_out.html", now=self._control.now())
        try:
            client_id = said.get("client_id") or self._tokens.client_of_hint(said.get("id_token_hint", ""))
        except NotValid:
            return self._not_for_them("id_token_hint")
        client = self._clients.get(client_id)
        if client is None or address not in client.post_logout_redirect_uris:
            return self._not_for_them("post_logout_redirect_uri")
        return RedirectResponse(with_query(address, state=said.get("state")), status_code=303)

    def _back(
        self, address: str, state: str | None, code: str | None = None, error: str | None = None, why: str | None = None
    ) -> Response:
        # `iss` lets the client see who answered (RFC 9207).
        said = {"code": code, "error": error, "error_description": why, "state": state, "iss": self._issuer}
        return RedirectResponse(with_query(address, **said), status_code=303, headers={"Cache-Control": "no-store"})

    def _not_for_them(self, what: str) -> Response:
        return self._pages.show("identity/refused.html", status_code=400, now=self._control.now(), what=what)

    def _remembered(self, request: Request) -> Person | None:
        try:
            kept = self._tokens.unseal("remembered", request.cookies.get(REMEMBERED, ""))
        except NotValid:
            return None
        return self._people.get(kept["person"])

    def _remember(self, answer: Response, person: Person, *, secure: bool) -> None:
        answer.set_cookie(
            REMEMBERED,
            self._tokens.seal("remembered", {"person": person.id}, REMEMBER_SECONDS),
            max_age=REMEMBER_SECONDS,
            path=urlsplit(self._issuer).path or "/",
            httponly=True,
            samesite="lax",
            secure=secure,
        )


def _grant(asked: requests.Asked, person: Person) -> Grant:
    return Grant(
        client_id=asked.client_id,
        redirect_uri=asked.redirect_uri,
        person_id=person.id,
        scope=asked.scope,
        nonce=asked.nonce,
        challenge=asked.challenge,
        auth_time=int(time.time()),
    )


def router(prefix: str, signin: SignIn) -> APIRouter:
    routes = APIRouter(prefix=prefix, tags=["sign-in"])
    routes.add_api_route("/authorize", signin.authorize, methods=["GET", "POST"], response_model=None)
    routes.add_api_route("/choice", signin.choose, methods=["POST"], response_model=None)
    routes.add_api_route("/end_session", signin.end_session, methods=["GET", "POST"], response_model=None)
    return routes
