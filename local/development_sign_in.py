"""The identity provider of one machine: stands where Cognito or another OIDC provider stands in AWS, and knows nobody's password.

The plane signs people in through it exactly as through any other; only its address is special, and that the template's parameter
`SignInIssuer` refuses (it takes `https://` alone). Tenants' code runs on this machine and can reach this port, so a page is not enough:
a browser must first show the code that lies in `.orrery/sign-in/code`, which only whoever runs the platform can read.
"""

import hmac
import json
import secrets
import time
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import parse_qs, urlencode

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm
from orrery.api.sign_in.pages import STYLE
from orrery.model.sign_in import proves

PATH = "/development-sign-in"
CLIENT = "orrery-local"
COOKIE = "orrery_development"
_CODE_SECONDS = 60
_LARGEST = 64 * 1024

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


@dataclass(frozen=True)
class Answer:
    status: int
    body: str = ""
    kind: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class _Grant:
    email: str
    nonce: str
    challenge: str
    ends_at: float


class DevelopmentSignIn:
    """An ASGI application in front of another: what is not its own goes on to that."""

    def __init__(self, onward: App, url: str, code: str, known: Callable[[], Iterable[str]]) -> None:
        self._onward, self._url, self._code, self._known = onward, url, code, known
        self.issuer = f"{url}{PATH}"
        self._grants: dict[str, _Grant] = {}
        self._key: RSAPrivateKey | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(f"{PATH}/"):
            return await self._onward(scope, receive, send)
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        query = _fields(scope["query_string"].decode("latin-1"))
        body, more = b"", True
        while more:
            message = await receive()
            body, more = (body + message.get("body", b""))[:_LARGEST], message.get("more_body", False)
        answer = self._answer(scope["method"], scope["path"].removeprefix(PATH), query, _fields(body.decode("latin-1")), headers)
        raw = [("content-type", answer.kind), ("cache-control", "no-store"), *answer.headers]
        await send({"type": "http.response.start", "status": answer.status, "headers": [(n.encode(), v.encode()) for n, v in raw]})
        return await send({"type": "http.response.body", "body": answer.body.encode()})

    def _answer(self, method: str, path: str, query: dict[str, str], form: dict[str, str], headers: dict[str, str]) -> Answer:
        if (method, path) == ("GET", "/.well-known/openid-configuration"):
            places = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
            return _document({"issuer": self.issuer, **{name: f"{self.issuer}/{place}" for name, place in places.items()}})
        if (method, path) == ("GET", "/keys"):
            return _document({"keys": [{**json.loads(RSAAlgorithm.to_jwk(self._private.public_key())), "kid": "1", "use": "sig"}]})
        if (method, path) == ("POST", "/token"):
            return self._token(form)
        if path == "/authorize" and method in ("GET", "POST"):
            return self._authorize(method, query, form, headers)
        return _page("There is nothing here", "", status=404)

    def _authorize(self, method: str, query: dict[str, str], form: dict[str, str], headers: dict[str, str]) -> Answer:
        if (query.get("client_id"), query.get("redirect_uri")) != (CLIENT, f"{self._url}/sign-in/v1/callback"):
            return _page("This is for the plane of this machine alone", "", status=400)
        if method == "POST" and headers.get("origin") != self._url:
            return _page("This was sent from another site's page", "", status=403)
        if not self._is_admitted(headers.get("cookie", "")):
            return self._ask_for_code(form.get("code"), urlencode(query))
        email = form.get("email", "").strip()
        return self._signed_in(email, query) if "@" in email else self._ask_who()

    def _is_admitted(self, cookie: str) -> bool:
        shown = dict(each.strip().partition("=")[::2] for each in cookie.split(";"))
        return hmac.compare_digest(shown.get(COOKIE, "").encode(), self._code.encode())

    def _ask_for_code(self, typed: str | None, query: str) -> Answer:
        if typed is not None and hmac.compare_digest(typed.strip().encode(), self._code.encode()):
            cookie = f"{COOKIE}={self._code}; Path={PATH}; HttpOnly; SameSite=Lax; Max-Age=31536000"
            return Answer(303, headers=(("location", f"{PATH}/authorize?{query}"), ("set-cookie", cookie)))
        wrong = "<p>That is not it.</p>" if typed is not None else ""
        field = '<label>Code <input name="code" type="password" required autofocus></label><button>Continue</button>'
        return _page("Development sign-in", f"{wrong}<p>The code is in <b>.orrery/sign-in/code</b>.</p><form method=post>{field}</form>")

    def _ask_who(self) -> Answer:
        buttons = "".join(f'<p><button name="email" value="{escape(each)}">{escape(each)}</button></p>' for each in self._known())
        other = '<form method=post><label>Somebody else <input name="email" type="email" required></label><button>Sign in</button></form>'
        return _page("Who are you?", f"<form method=post>{buttons}</form>{other}")

    def _signed_in(self, email: str, query: dict[str, str]) -> Answer:
        code, now = secrets.token_urlsafe(32), time.time()
        self._grants = {key: grant for key, grant in self._grants.items() if grant.ends_at > now}
        self._grants[code] = _Grant(email, query.get("nonce", ""), query.get("code_challenge", ""), now + _CODE_SECONDS)
        back = urlencode({"code": code, "state": query.get("state", ""), "iss": self.issuer})
        return Answer(303, headers=(("location", f"{query['redirect_uri']}?{back}"),))

    def _token(self, form: dict[str, str]) -> Answer:
        grant, now = self._grants.pop(form.get("code", ""), None), int(time.time())
        if grant is None or grant.ends_at < now or not proves(form.get("code_verifier", ""), grant.challenge):
            return _document({"error": "invalid_grant"}, status=400)
        claims = {"iss": self.issuer, "aud": CLIENT, "sub": grant.email, "iat": now, "exp": now + 300, "nonce": grant.nonce}
        token = jwt.encode(claims | {"email": grant.email, "email_verified": True}, self._private, "RS256", {"kid": "1"})
        return _document({"access_token": secrets.token_urlsafe(32), "token_type": "Bearer", "id_token": token})

    @property
    def _private(self) -> RSAPrivateKey:
        if self._key is None:
            self._key = generate_private_key(65537, 2048)
        return self._key


def _fields(text: str) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(text, keep_blank_values=True).items()}


def _document(body: dict[str, Any], status: int = 200) -> Answer:
    return Answer(status, json.dumps(body))


def _page(title: str, inside: str, status: int = 200) -> Answer:
    """Nothing of another site and no script; forms go on to whichever program of this machine waits for the sign-in."""
    policy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self' http://localhost:*; base-uri 'none'; frame-ancestors 'none'"
    head = f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>{title}</title>\n<style>{STYLE}</style>'
    headers = (("content-security-policy", policy), ("referrer-policy", "same-origin"), ("x-frame-options", "DENY"))
    return Answer(status, f"{head}\n<h1>{title}</h1>\n{inside}\n", "text/html; charset=utf-8", headers)
