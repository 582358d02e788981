"""Puts the identity sandbox together and runs it: the only module that reads its settings."""

from fastapi import FastAPI

from sandbox import control, pages, serving
from sandbox.control import Control
from sandbox.identity import clients, endpoints, keys, people, signin
from sandbox.identity.codes import Codes
from sandbox.identity.moods import IdentityMoods
from sandbox.identity.settings import IdentitySettings
from sandbox.identity.tokens import Tokens
from sandbox.pages import Pages

NAME = "identity"


def build_app(settings: IdentitySettings) -> FastAPI:
    """Raises ValueError when clients or people are wrong, so that the program does not start half."""
    known, persons = clients.by_id(settings.clients), people.read(settings.people_file)
    signing = keys.load(settings.folder / "identity-keys.json")
    tokens, codes = Tokens(signing, settings.issuer, settings.token_seconds), Codes()
    orders = Control(settings.folder / "identity-control.json", IdentityMoods())
    shell = Pages(settings.path)
    shown = signin.SignIn(known, persons, tokens, codes, orders, shell, settings.issuer)
    asked = endpoints.Endpoints(known, persons, signing, tokens, codes, orders)

    app = FastAPI(title="Motcua sandbox: identity", docs_url=None, redoc_url=None, openapi_url=None)
    pages.show_errors(app, shell, orders.now)
    app.include_router(pages.router(settings.path))
    app.include_router(signin.router(settings.path, shown))
    app.include_router(endpoints.router(settings.path, settings.issuer, asked))
    app.include_router(control.router(NAME, orders, settings.control_token.get_secret_value(), dict))
    return app


def main() -> None:
    settings = IdentitySettings()
    serving.serve(build_app(settings), settings)
