"""Signing in by OpenID Connect: through a browser on this machine or on another, kept alive by refreshing, ended on the server.

A refresh token is good once, and a second use ends the sign-in: so whoever refreshes holds the lock of the credentials, and looks again
what lies there once it has it.
"""

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from orrery_cli import settings
from orrery_cli.failures import Failure
from orrery_cli.http import Api, form
from orrery_cli.output import note

SCOPE: Final = "openid profile email offline_access"
DEVICE_GRANT: Final = "urn:ietf:params:oauth:grant-type:device_code"
LONGEST_WAIT: Final = 300
"""Seconds that somebody may take in the browser."""
_EARLY: Final = 60
"""Seconds before its end at which an access token is refreshed: a request must not outlive it."""


@dataclass(frozen=True)
class SignIn:
    """What is kept of a sign-in."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: float
    domain_url: str
    client_id: str

    @property
    def is_fresh(self) -> bool:
        return time.time() < self.expires_at - _EARLY


@dataclass(frozen=True)
class Server:
    """Where a control plane has people sign in."""

    domain_url: str
    client_id: str
    audience: str


def server(api_url: str) -> Server:
    """Asked of the API; tokens are never fetched in the clear, except from this machine."""
    told = Api(api_url, None).get("/private/v1alpha1/cli/auth-config")
    try:
        found = Server(str(told["domainUrl"]), str(told["clientId"]), str(told["audience"]))
    except (KeyError, TypeError) as error:
        raise Failure(f"the API at {api_url} does not say where to sign in; use `--token`", kind="api_unavailable") from error
    parts = urlsplit(found.domain_url)
    host = parts.hostname or ""
    if parts.scheme != "https" and not (host in ("localhost", "127.0.0.1", "::1") or host.endswith(".localhost")):
        raise Failure(f"`{found.domain_url}` is no https:// address: nobody should sign in there", kind="api_unavailable")
    return found


def by_browser(at: Server, *, organization: str, open_page: Callable[[str], bool] | None, timeout: float = LONGEST_WAIT) -> SignIn:
    """Through this machine's browser; without `open_page` its user opens the address."""
    from orrery_cli import loopback  # a web server, which nothing else needs

    verifier, state, nonce = (secrets.token_urlsafe(48) for _ in range(3))
    asked = {
        "response_type": "code",
        "client_id": at.client_id,
        "audience": at.audience,
        "redirect_uri": loopback.redirect_uri(),
        "scope": SCOPE,
        "state": state,
        "nonce": nonce,
        "code_challenge": base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    } | ({"organization": organization} if organization else {})
    address = f"{at.domain_url}authorize?{urlencode(asked)}"
    with loopback.Loopback(state) as waiting:
        opened = open_page is not None and open_page(address)
        note(f"{'Your browser shows a page to sign in. If it does not, open' if opened else 'Open'} this address:\n\n  {address}\n")
        back = waiting.wait(timeout)
    if back.get("iss", _issuer(at)) != _issuer(at):
        raise Failure("the answer came from another server than the one that was asked", kind="unauthenticated")
    if "code" not in back:
        raise Failure(back.get("error_description") or back.get("error") or "nobody was signed in", kind="unauthenticated")
    grant = {"grant_type": "authorization_code", "code": back["code"], "code_verifier": verifier, "redirect_uri": loopback.redirect_uri()}
    told = form(f"{at.domain_url}oauth/token", {"client_id": at.client_id, **grant})
    tokens = _granted(told)
    _check(str(tokens.get("id_token", "")), at, nonce)
    return _kept(at.domain_url, at.client_id, tokens)


def by_device(at: Server) -> SignIn:
    """Through a browser anywhere, in which somebody types the code that is shown here."""
    told = _granted(form(f"{at.domain_url}oauth/device/code", {"client_id": at.client_id, "scope": SCOPE}))
    note(f"Open {told['verification_uri']} in any browser and type this code:\n\n  {told['user_code']}\n")
    pause, end = float(told.get("interval", 5)), time.monotonic() + float(told["expires_in"])
    while time.monotonic() < end:
        time.sleep(pause)
        status, answer = form(
            f"{at.domain_url}oauth/token", {"client_id": at.client_id, "grant_type": DEVICE_GRANT, "device_code": told["device_code"]}
        )
        if answer.get("error") == "slow_down":
            pause += 5
        elif answer.get("error") != "authorization_pending":
            return _kept(at.domain_url, at.client_id, _granted((status, answer)))
    raise Failure("nobody typed the code in time; run `orrery login --device` again", kind="unauthenticated")


def stored(context: str) -> SignIn | None:
    """The sign-in that is kept for a context, if there is one."""
    kept = settings.stored_sign_in(context)
    try:
        return SignIn(**{each.name: kept[each.name] for each in fields(SignIn)}) if kept else None
    except KeyError:
        return None


def store(context: str, sign_in: SignIn) -> None:
    settings.store_sign_in(context, asdict(sign_in))


def token(context: str, *, stale: str = "") -> str | None:
    """A fresh access token, or nothing where nobody is signed in; `stale` is one that the API has just refused."""
    kept = stored(context)
    if kept is None or (kept.is_fresh and kept.access_token != stale):
        return kept.access_token if kept else None
    with settings.lock():
        kept = stored(context)
        if kept is None or (kept.is_fresh and kept.access_token != stale):
            return kept.access_token if kept else None
        fresh = _refreshed(context, kept)
        settings.store_sign_in(context, asdict(fresh), locked=True)
    return fresh.access_token


def end(kept: SignIn, *, everywhere: bool) -> None:
    """Ends the sign-in on the server, or all of the person's."""
    if everywhere:
        Api(kept.domain_url.rstrip("/"), kept.access_token).post("/sign-out-everywhere", None)
    else:
        form(f"{kept.domain_url}oauth/revoke", {"client_id": kept.client_id, "token": kept.refresh_token or kept.access_token})


def _refreshed(context: str, kept: SignIn) -> SignIn:
    grant = {"grant_type": "refresh_token", "client_id": kept.client_id, "refresh_token": kept.refresh_token}
    status, told = form(f"{kept.domain_url}oauth/token", grant)
    if told.get("error") == "invalid_grant":
        settings.store_sign_in(context, None, locked=True)
        raise Failure("your sign-in is over; run `orrery login`", kind="unauthenticated")
    return _kept(kept.domain_url, kept.client_id, _granted((status, told)))


def _granted(answer: tuple[int, dict[str, Any]]) -> dict[str, Any]:
    status, told = answer
    if status == 200:
        return told
    words = told.get("error_description") or told.get("message") or told.get("error") or f"the server answered {status}"
    raise Failure(f"nobody was signed in: {words}", kind="unauthenticated" if status < 500 else "api_unavailable")


def _kept(domain_url: str, client_id: str, told: dict[str, Any]) -> SignIn:
    try:
        expires_at = time.time() + float(told["expires_in"])
        return SignIn(str(told["access_token"]), str(told.get("refresh_token", "")), expires_at, domain_url, client_id)
    except (KeyError, TypeError, ValueError) as error:
        raise Failure("the server's answer holds no token", kind="api_unavailable") from error


def _check(id_token: str, at: Server, nonce: str) -> None:
    """That the tokens are of this very sign-in; that they are the server's its certificate vouches for (OIDC Core, 3.1.3.7)."""
    try:
        part = id_token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        good = (claims["iss"], claims["aud"]) == (_issuer(at), at.client_id) and hmac.compare_digest(str(claims["nonce"]), nonce)
    except (IndexError, KeyError, TypeError, ValueError):
        good = False
    if not good:
        raise Failure("the server's answer belongs to another sign-in; run `orrery login` again", kind="unauthenticated")


def _issuer(at: Server) -> str:
    return at.domain_url.removesuffix("/")
