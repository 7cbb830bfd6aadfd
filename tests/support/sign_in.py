"""Signing in, in tests: an identity provider that says what it is told to say, and browsers that keep cookies as browsers do."""

import base64
import ipaddress
import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm
from orrery import identity_provider, signing
from orrery.model.sign_in import challenge_of
from orrery.settings import settings

from functions.sign_in.app import handler
from local.aws.engine import Engine
from tests.support.http import event
from tests.support.installation import Installation, a_table, another, begun
from tests.support.invitations import accept, invite, token_for

Json = dict[str, Any]
API = "http://127.0.0.1:8888"
ISSUER = f"{API}/sign-in/v1"
CONSOLE = "http://localhost:5000"
LOOPBACK = "http://localhost:12345/callback"
VERIFIER = "v" * 64
OWNER = "ada@example.com"
CLIENT_SECRET = "s3cret: with + and %"
_PLACES = map(ipaddress.ip_address, itertools.count(int(ipaddress.ip_address("10.0.0.1"))))


def public(key: RSAPrivateKey, kid: str) -> Json:
    """A public key as a JWK."""
    return {**json.loads(RSAAlgorithm.to_jwk(key.public_key())), "kid": kid, "use": "sig"}


@dataclass
class Provider:
    """An identity provider on a port of its own: it knows one person at a time, and can be made to lie."""

    key: RSAPrivateKey = field(default_factory=lambda: generate_private_key(65537, 2048))
    email: str = OWNER
    lie: Callable[[Json], str] | None = None
    """Writes the identity token out of its true claims; honest without."""
    methods: list[str] = field(default_factory=lambda: ["client_secret_basic"])
    proofs: list[tuple[str, str, str]] = field(default_factory=list)
    """How whoever fetched tokens said who they are: id and secret in the form, and the header."""
    address: str = ""
    nonces: dict[str, Json] = field(default_factory=dict)

    def tell_the_truth(self) -> None:
        self.email, self.lie = OWNER, None

    def signs_in(self, location: str, **changes: Any) -> str:
        """As its page does when somebody has signed in there: the query with which they go back."""
        asked = dict(parse_qsl(urlsplit(location).query))
        code = f"code-{len(self.nonces)}"
        now = int(time.time())
        claims = {"iss": self.address, "aud": "orrery", "sub": "1", "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        self.nonces[code] = claims | {"email": self.email, "email_verified": True} | changes | {"challenge": asked["code_challenge"]}
        return urlencode({"code": code, "state": asked["state"], "iss": self.address})

    def honest(self, claims: Json, headers: Json | None = None) -> str:
        return jwt.encode(claims, self.key, "RS256", {"kid": "theirs", **(headers or {})})

    def answer(self, path: str, form: Json, headers: Mapping[str, str]) -> tuple[int, Json]:
        if path == "/":
            return 200, {"SecretString": CLIENT_SECRET}  # as Secrets Manager, for whoever is sent here by AWS_ENDPOINT_URL_SECRETS_MANAGER
        if path == "/.well-known/openid-configuration":
            places = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
            told = {name: f"{self.address}/{place}" for name, place in places.items()}
            return 200, {"issuer": self.address, "token_endpoint_auth_methods_supported": self.methods, **told}
        if path == "/keys":
            return 200, {"keys": [public(self.key, "theirs")]}
        self.proofs.append((form.get("client_id", ""), form.get("client_secret", ""), headers.get("authorization", "")))
        claims = self.nonces.pop(form.get("code", ""), None)
        if claims is None or challenge_of(form.get("code_verifier", "")) != claims.pop("challenge"):
            return 400, {"error": "invalid_grant"}
        claims = {name: value for name, value in claims.items() if value is not None}
        return 200, {"access_token": "theirs", "id_token": (self.lie or self.honest)(claims)}


@dataclass(frozen=True)
class Reply:
    """What came back to a browser or a program."""

    status: int
    headers: Mapping[str, str]
    text: str
    cookies: tuple[str, ...]

    @property
    def json(self) -> Json:
        told: Json = json.loads(self.text)
        return told

    @property
    def location(self) -> str:
        return self.headers["location"]

    @property
    def ticket(self) -> str:
        """The secret of the form on a page of ours."""
        return self.text.partition('name="ticket" value="')[2].partition('"')[0]

    @property
    def sent_back(self) -> Json:
        """What a client is told at the address that people come back to."""
        return dict(parse_qsl(urlsplit(self.location).query))


@dataclass
class Browser:
    """Keeps cookies, says from which page a form was sent, and is in a network of its own, as starts are counted by network."""

    cookies: dict[str, str] = field(default_factory=dict)
    place: str = field(default_factory=lambda: str(next(_PLACES)))

    def get(self, path: str, **query: str) -> Reply:
        return self.send("GET", path, query=urlencode(query))

    def post(self, path: str, form: Mapping[str, str], *, origin: str | None = API, **headers: str) -> Reply:
        said = {"origin": origin} if origin is not None else {}
        return self.send("POST", path, form=urlencode(form), **said, **headers)

    def send(self, method: str, path: str, *, query: str = "", form: str = "", **headers: str) -> Reply:
        """Any request, byte for byte; a form comes in base64, as the gateway hands it over."""
        kind = {"content-type": "application/x-www-form-urlencoded"} if method == "POST" else {}
        made = event(method, path, query=query, headers=kind | headers)
        made["requestContext"]["http"]["sourceIp"] = self.place
        if form:
            made |= {"body": base64.b64encode(form.encode()).decode(), "isBase64Encoded": True}
        if self.cookies:
            made["cookies"] = [f"{name}={value}" for name, value in self.cookies.items()]
        raw = handler(made, None)
        for each in raw.get("cookies", []):
            name, _, value = each.partition(";")[0].partition("=")
            self.cookies[name] = value
        headers = {name.lower(): value for name, value in raw["headers"].items()}
        return Reply(raw["statusCode"], headers, raw["body"], tuple(raw.get("cookies", [])))


@dataclass(frozen=True)
class SignIn:
    """What a test of signing in holds: an installation, and the provider that it believes."""

    installation: Installation
    provider: Provider

    def asked(self, **changes: str | None) -> dict[str, str]:
        """What a command asks for, with other things said, or left out as None."""
        asked = {
            "client_id": "orrery-cli", "redirect_uri": LOOPBACK, "response_type": "code", "scope": "openid profile email offline_access",
            "state": "their-state", "nonce": "their-nonce", "code_challenge": challenge_of(VERIFIER), "code_challenge_method": "S256",
            "audience": API, "prompt": "login",
        } | changes  # fmt: skip
        return {name: value for name, value in asked.items() if value is not None}

    def authorize(self, browser: Browser, **changes: str | None) -> Reply:
        return browser.get("/sign-in/v1/authorize", **self.asked(**changes))

    def come_back(self, browser: Browser, away: Reply, **claims: Any) -> Reply:
        """Through the provider and back."""
        return browser.send("GET", "/sign-in/v1/callback", query=self.provider.signs_in(away.location, **claims))

    def code(self, **changes: str | None) -> str:
        browser = Browser()
        back = self.come_back(browser, self.authorize(browser, **changes))
        assert back.status == 303, back.text
        assert "code" in back.sent_back, back.location
        return str(back.sent_back["code"])

    def redeem(self, code: str, **changes: str) -> Reply:
        form = {"grant_type": "authorization_code", "client_id": "orrery-cli", "redirect_uri": LOOPBACK, "code_verifier": VERIFIER}
        said = {name: value for name, value in ({**form, "code": code} | changes).items() if value}
        return Browser().post("/sign-in/v1/oauth/token", said, origin=None)

    def tokens(self, **changes: str | None) -> Json:
        """As a command that has signed its user in."""
        told = self.redeem(self.code(**changes))
        assert told.status == 200, told.text
        return told.json

    def in_the_console(self, browser: "Browser") -> Reply:
        """What the console is answered for a code, in this browser."""
        back = f"{CONSOLE}/callback"
        form = {
            "client_id": "orrery-console",
            "grant_type": "authorization_code",
            "code": self.code(client_id="orrery-console", redirect_uri=back),
            "redirect_uri": back,
            "code_verifier": VERIFIER,
        }
        return browser.post("/sign-in/v1/oauth/token", form, origin=CONSOLE)

    def in_two_organizations(self) -> Installation:
        """The person is a member of a second Organization, too, which is returned: they are asked which one they mean."""
        other = another(self.installation)
        accept(token_for(other, invite(other, OWNER)))
        return other

    def refresh(self, token: str, client: str = "orrery-cli") -> Reply:
        form = {"grant_type": "refresh_token", "client_id": client, "refresh_token": token}
        return Browser().post("/sign-in/v1/oauth/token", form, origin=None)


@pytest.fixture(scope="session")
def provider_server() -> Iterator[Provider]:
    """The provider on its port, once for all tests: drawing its key takes longer than they do."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers["content-length"])).decode()
            self._answer(dict(parse_qsl(text)))

        def _answer(self, form: Json) -> None:
            status, body = provider.answer(self.path, form, {name.lower(): value for name, value in self.headers.items()})
            text = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield provider
    server.shutdown()


@pytest.fixture
def sign_in(installation: Installation, provider_server: Provider, monkeypatch: pytest.MonkeyPatch) -> Iterator[SignIn]:
    """An installation whose people sign in."""
    yield from _opened(installation, provider_server, monkeypatch)


@pytest.fixture(scope="module")
def standing_sign_in(aws_engine: Engine, provider_server: Provider) -> Iterator[SignIn]:
    with pytest.MonkeyPatch.context() as patch:
        for _ in a_table(aws_engine, patch):
            yield from _opened(begun(), provider_server, patch)


@pytest.fixture
def standing(standing_sign_in: SignIn) -> SignIn:
    """The same for a whole file of tests: for attacks that leave nothing behind when they fail."""
    standing_sign_in.provider.tell_the_truth()
    return standing_sign_in


def _opened(installation: Installation, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> Iterator[SignIn]:
    provider.tell_the_truth()
    monkeypatch.setenv("SIGN_IN_ISSUER", provider.address)
    monkeypatch.setenv("SIGN_IN_CLIENT_ID", "orrery")
    monkeypatch.setenv("CONSOLE_ORIGIN", CONSOLE)
    forget()
    yield SignIn(installation, provider)
    forget()


def forget() -> None:
    settings.cache_clear()
    for cached in (identity_provider._discovered, identity_provider._keys, identity_provider._secret, signing._signer):
        cached.cache_clear()
