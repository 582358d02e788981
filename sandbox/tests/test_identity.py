"""The sign-in as a client lives it, over real sockets."""

import base64
import hashlib
import secrets
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError
from joserfc.jwk import KeySet

from sandbox.identity.clients import Client
from sandbox.identity.codes import Codes, Grant
from sandbox.identity.people import GROUPS, Person, read
from sandbox.identity.program import build_app
from sandbox.identity.settings import IdentitySettings

# One client, because making one reads every certificate; no connection is kept, because servers come and go.
http = httpx.Client(verify=False, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0))
BACK = "http://localhost:8080/signin/callback"
BYE = "http://localhost:8080/"
OFFICIAL = Client(
    id="motcua-intake", secret="a secret/of+intake", redirect_uris=(BACK,), post_logout_redirect_uris=(BYE,)
)
PUBLIC = Client(id="motcua-cli", redirect_uris=("http://127.0.0.1/callback",))


class Provider:
    """What the tests do with a running provider."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.issuer = f"{base}/id"
        self.browser = httpx.Client(verify=False, trust_env=False)

    def authorize(self, **said: str | None) -> httpx.Response:
        asked = {"client_id": OFFICIAL.id, "redirect_uri": BACK, "response_type": "code", "scope": "openid", **said}
        return self.browser.get(f"{self.issuer}/authorize", params={k: v for k, v in asked.items() if v is not None})

    def choose(self, page: Any, person: str | None) -> httpx.Response:
        form = page.find(".//form")
        said = {"request": form.find("./input[@name='request']").get("value")}
        if person is not None:
            said["person"] = form.find(f".//button[@value='{person}']").get("value")
        return self.browser.post(self.base + form.get("action"), data=said)

    def token(self, **said: str | None) -> httpx.Response:
        form = {"grant_type": "authorization_code", "redirect_uri": BACK, **said}
        kept = {name: value for name, value in form.items() if value is not None}
        headers = {} if "client_id" in said else {"Authorization": basic(OFFICIAL.id, OFFICIAL.secret or "")}
        return http.post(f"{self.issuer}/token", data=kept, headers=headers)

    def read(self, token: str) -> dict[str, Any]:
        keys = KeySet.import_key_set(http.get(f"{self.issuer}/jwks").json())
        return dict(jwt.decode(token, keys, algorithms=["RS256"]).claims)


def basic(client_id: str, secret: str) -> str:
    from urllib.parse import quote_plus

    return "Basic " + base64.b64encode(f"{quote_plus(client_id)}:{quote_plus(secret)}".encode()).decode()


def answered(response: httpx.Response) -> dict[str, str]:
    """The parameters with which the browser is sent back."""
    assert response.status_code == 303
    return {name: values[0] for name, values in parse_qs(urlsplit(response.headers["location"]).query).items()}


def pkce() -> tuple[str, str]:
    verifier = secrets.token_urlsafe(32)
    return verifier, base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


@pytest.fixture
def provider(serve: Any, free_port: Any, tmp_path: Path) -> Iterator[Provider]:
    port = free_port()
    settings = IdentitySettings(
        port=port,
        folder=tmp_path,
        control_token="control-token-of-the-tests",
        issuer=f"http://127.0.0.1:{port}/id",
        clients=[OFFICIAL, PUBLIC],
    )
    serve(build_app(settings), port)
    running = Provider(f"http://127.0.0.1:{port}")
    yield running
    running.browser.close()


@pytest.fixture
def a_code(provider: Provider, read_page: Callable[[httpx.Response], Any]) -> Callable[..., str]:
    def get(person: str = "p-case-officer", **said: str | None) -> str:
        return answered(provider.choose(read_page(provider.authorize(**said)), person))["code"]

    return get


def test_discovery_names_addresses_under_the_issuer(provider: Provider) -> None:
    said = http.get(f"{provider.issuer}/.well-known/openid-configuration").json()
    assert said["issuer"] == provider.issuer
    assert said["token_endpoint"] == f"{provider.issuer}/token"
    keys = http.get(said["jwks_uri"]).json()["keys"]
    assert [sorted(key) for key in keys] == [["alg", "e", "kid", "kty", "n", "use"]]


def test_an_officer_signs_in_with_code_nonce_and_pkce(provider: Provider, read_page: Any) -> None:
    verifier, challenge = pkce()
    page = read_page(
        provider.authorize(state="s 1&x", nonce="n1", code_challenge=challenge, code_challenge_method="S256")
    )
    response = provider.choose(page, "p-case-officer")
    assert response.headers["location"].startswith(BACK + "?")
    back = answered(response)
    assert (back["state"], back["iss"]) == ("s 1&x", provider.issuer)

    got = provider.token(code=back["code"], code_verifier=verifier)
    assert (got.status_code, got.headers["cache-control"]) == (200, "no-store")
    said = provider.read(got.json()["id_token"])
    assert (said["iss"], said["aud"], said["sub"], said["nonce"]) == (
        provider.issuer,
        OFFICIAL.id,
        "p-case-officer",
        "n1",
    )
    assert (said["roles"], said["office"], said["unit"]) == (["case_officer"], "demo-dost", "radiation")
    assert said["title"]
    assert said["phone"]
    assert said["exp"] > time.time() > said["iat"] - 2

    access = provider.read(got.json()["access_token"])
    assert (access["aud"], access["client_id"]) == ("motcua-api", OFFICIAL.id)
    bearer = {"Authorization": f"Bearer {got.json()['access_token']}"}
    about = http.get(f"{provider.issuer}/userinfo", headers=bearer).json()
    assert (about["sub"], about["email"]) == ("p-case-officer", "quoc.dung@sokhcn.mau.example")


def test_an_applicant_says_for_whom_they_file(provider: Provider, a_code: Callable[..., str]) -> None:
    said = provider.read(provider.token(code=a_code("p-applicant-hospital")).json()["id_token"])
    assert (said["account_kind"], said["organisation"]) == ("organisation", "Bệnh viện Đa khoa Mẫu")
    assert said["email"] == "ky.thuat@benhvien-mau.example"
    assert "office" not in said
    citizen = provider.read(provider.token(code=a_code("p-applicant-dentist")).json()["id_token"])
    assert citizen["account_kind"] == "citizen"
    assert "organisation" not in citizen


def test_a_code_works_once(provider: Provider, a_code: Callable[..., str]) -> None:
    code = a_code()
    assert provider.token(code=code).status_code == 200
    again = provider.token(code=code)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


def test_a_code_dies_of_age() -> None:
    codes = Codes(seconds=0)
    code = codes.make(Grant("c", BACK, "p", "openid", None, None, 0))
    assert codes.spend(code) is None


WRONG_TOKEN_REQUESTS: dict[str, tuple[dict[str, str | None], int, str]] = {
    "another redirect_uri": ({"redirect_uri": BACK + "x"}, 400, "invalid_grant"),
    "no redirect_uri": ({"redirect_uri": None}, 400, "invalid_grant"),
    "an unknown code": ({"code": "made-up"}, 400, "invalid_grant"),
    "no code": ({"code": None}, 400, "invalid_request"),
    "no grant type": ({"grant_type": None}, 400, "invalid_request"),
    "another grant type": ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    "a wrong secret": ({"client_id": OFFICIAL.id, "client_secret": "x"}, 401, "invalid_client"),
    "no secret": ({"client_id": OFFICIAL.id}, 401, "invalid_client"),
    "an unknown client": ({"client_id": "nobody"}, 401, "invalid_client"),
    "a verifier without challenge": ({"code_verifier": "x" * 43}, 400, "invalid_grant"),
}


@pytest.mark.parametrize("case", WRONG_TOKEN_REQUESTS)
def test_a_wrong_token_request_gets_the_error_of_the_rfc(
    provider: Provider, a_code: Callable[..., str], case: str
) -> None:
    said, status, error = WRONG_TOKEN_REQUESTS[case]
    answer = provider.token(**{"code": a_code(), **said})
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_the_secret_may_also_stand_in_the_form(provider: Provider, a_code: Callable[..., str]) -> None:
    answer = provider.token(code=a_code(), client_id=OFFICIAL.id, client_secret=OFFICIAL.secret)
    assert answer.status_code == 200


def test_a_code_is_worth_nothing_to_another_client(provider: Provider, a_code: Callable[..., str]) -> None:
    answer = provider.token(code=a_code(), client_id=PUBLIC.id)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_a_wrong_verifier_spends_the_code(provider: Provider, a_code: Callable[..., str]) -> None:
    verifier, challenge = pkce()
    code = a_code(code_challenge=challenge, code_challenge_method="S256")
    assert provider.token(code=code, code_verifier="y" * 43).json()["error"] == "invalid_grant"
    assert provider.token(code=code, code_verifier=verifier).json()["error"] == "invalid_grant"


def test_a_public_client_uses_pkce_and_any_loopback_port(provider: Provider, read_page: Any) -> None:
    back = "http://127.0.0.1:54321/callback"
    verifier, challenge = pkce()
    asked = {"client_id": PUBLIC.id, "redirect_uri": back}
    without = answered(provider.authorize(**asked))
    assert without["error"] == "invalid_request"
    page = read_page(provider.authorize(**asked, code_challenge=challenge, code_challenge_method="S256"))
    code = answered(provider.choose(page, "p-operator"))["code"]
    got = provider.token(code=code, code_verifier=verifier, client_id=PUBLIC.id, redirect_uri=back)
    assert provider.read(got.json()["id_token"])["roles"] == ["operator"]


@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.example/",
        BACK + "/more",
        "http://localhost:8080@elsewhere.example/signin/callback",
        "//elsewhere.example",
        "",
    ],
)
def test_an_address_that_is_not_registered_is_never_redirected_to(
    provider: Provider, read_page: Any, address: str
) -> None:
    answer = provider.authorize(redirect_uri=address)
    assert answer.status_code == 400
    read_page(answer)


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1.elsewhere.example/callback",
        "https://127.0.0.1/callback",
        "http://127.0.0.1:99999/callback",
        "http://you@127.0.0.1/callback",
        "http://127.0.0.1/other",
        "http://localhost/callback",
    ],
)
def test_a_loopback_address_must_be_one(address: str) -> None:
    assert not PUBLIC.may_return_to(address)


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "email"}, "invalid_scope"),
        ({"prompt": "none"}, "login_required"),
        ({"code_challenge": "a" * 43, "code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "short", "code_challenge_method": "S256"}, "invalid_request"),
    ],
)
def test_a_wrong_request_goes_back_with_its_error_and_state(
    provider: Provider, said: dict[str, str], error: str
) -> None:
    back = answered(provider.authorize(state="s", **said))
    assert (back["error"], back["state"]) == (error, "s")


def test_turning_back_is_an_answer_too(provider: Provider, read_page: Any) -> None:
    assert answered(provider.choose(read_page(provider.authorize()), None))["error"] == "access_denied"


def test_a_changed_form_is_refused(provider: Provider, read_page: Any) -> None:
    sealed = read_page(provider.authorize()).find(".//input[@name='request']").get("value")
    head, body, seal = sealed.split(".")
    other = base64.urlsafe_b64encode(base64.urlsafe_b64decode(body + "==").replace(b"localhost", b"elsewhere"))
    forged = f"{head}.{other.decode().rstrip('=')}.{seal}"
    answer = http.post(f"{provider.issuer}/choice", data={"request": forged, "person": "p-operator"})
    assert answer.status_code == 400


def test_the_page_lists_everyone_and_remembers_the_last_one_first(provider: Provider, read_page: Any) -> None:
    people = set(read(None))
    assert {button.get("value") for button in read_page(provider.authorize()).iter("button")} == {*people, None}
    provider.choose(read_page(provider.authorize()), "p-accountant")
    first = next(read_page(provider.authorize()).iter("button"))
    assert first.get("value") == "p-accountant"
    read_page(provider.browser.get(f"{provider.issuer}/end_session"))
    assert next(read_page(provider.authorize()).iter("button")).get("value") == "p-applicant-hospital"


def test_every_role_has_a_person() -> None:
    assert {role for person in read(None).values() for role in person.roles} == {
        r for *_, roles in GROUPS for r in roles
    }


def test_a_person_is_staff_or_applicant_never_both() -> None:
    with pytest.raises(ValueError, match="either staff"):
        Person(id="p-x", name="X", title="", email="x@x.example", phone="1", roles=("clerk",), account_kind="citizen")


def test_sign_out_goes_on_only_to_a_registered_address(provider: Provider, a_code: Callable[..., str]) -> None:
    hint = provider.token(code=a_code()).json()["id_token"]
    end = f"{provider.issuer}/end_session"
    good = http.get(end, params={"id_token_hint": hint, "post_logout_redirect_uri": BYE, "state": "s"})
    assert (good.status_code, good.headers["location"]) == (303, BYE + "?state=s")
    assert http.get(end, params={"id_token_hint": hint, "post_logout_redirect_uri": BACK}).status_code == 400
    assert http.get(end, params={"id_token_hint": "x.y.z", "post_logout_redirect_uri": BYE}).status_code == 400


def test_userinfo_wants_an_access_token(provider: Provider, a_code: Callable[..., str]) -> None:
    address = f"{provider.issuer}/userinfo"
    assert http.get(address).status_code == 401
    id_token = provider.token(code=a_code()).json()["id_token"]
    answer = http.get(address, headers={"Authorization": f"Bearer {id_token}"})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Bearer error="invalid_token"')


def test_moods_make_it_fail_and_lie_as_often_as_told(
    provider: Provider, a_code: Callable[..., str], told: Callable[..., dict[str, Any]]
) -> None:
    told(provider.base, "identity", moods={"fail_token": 1, "wrong_nonce": 1})
    assert provider.token(code=a_code()).status_code == 503
    lied, honest = [provider.read(provider.token(code=a_code(nonce="n")).json()["id_token"]) for _ in range(2)]
    assert lied["nonce"] != "n"
    assert honest["nonce"] == "n"
    told(provider.base, "identity", moods={"foreign_signature": True})
    with pytest.raises((BadSignatureError, InvalidKeyIdError)):
        provider.read(provider.token(code=a_code()).json()["id_token"])


def test_a_restart_keeps_the_signing_key(run_program: Any, free_port: Any, tmp_path: Path) -> None:
    port = free_port()
    settings = {"ISSUER": f"http://127.0.0.1:{port}/id", "CLIENTS": f"[{OFFICIAL.model_dump_json()}]"}
    first = run_program("identity", tmp_path, port, **settings)
    keys = http.get(f"http://127.0.0.1:{port}/id/jwks").json()
    first.terminate()
    assert first.wait(timeout=10) == 0
    run_program("identity", tmp_path, port, **settings)
    assert http.get(f"http://127.0.0.1:{port}/id/jwks").json() == keys
    assert (tmp_path / "identity-keys.json").stat().st_mode & 0o077 == 0
