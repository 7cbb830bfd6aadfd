"""Where people prove who they are: Cognito or any other OIDC provider; the only room that speaks to it.

Nothing of an identity token is believed before its signature by one of the provider's own published keys: the token's `kid` only chooses
among those, and what else its header says of keys (`jwk`, `jku`, `x5u`, `x5c`) is never looked at.
"""

import functools
import hmac
import json
import logging
import time
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

import urllib3

from orrery.errors import NotServed, Unavailable
from orrery.settings import settings

ALGORITHMS = ("RS256", "PS256", "ES256")
"""Asymmetric ones alone: a secret that both sides know could be anybody's public key."""
LARGEST_TOKEN = 16 * 1024
_LARGEST_ANSWER = 256 * 1024
_LEEWAY = 60
"""Seconds that the provider's clock may be off."""
_REMEMBERED = 300
_ASKED_AGAIN = 10
"""Seconds before the provider's keys are asked for once more because of a `kid` that is not among them."""

log = logging.getLogger("orrery")


class Refused(Exception):
    """The provider, or what came in its name, does not say who somebody is. The words are for our log."""


def start(*, state: str, nonce: str, challenge: str, redirect_uri: str, **more: str) -> str:
    """The address at which somebody proves who they are; `more` is such as `prompt` and `login_hint`, where they are not empty."""
    asked = {
        "response_type": "code",
        "client_id": settings().sign_in_client_id,
        "redirect_uri": redirect_uri,
        "scope": "openid email profile",
        "state": state,
        "nonce": nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    try:
        address = _configuration()["authorization_endpoint"]
    except Refused as problem:
        raise Unavailable("the identity provider cannot be used as it is set up; ask whoever runs this installation") from problem
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(asked | {k: v for k, v in more.items() if v})}"


def proven_address(code: str, *, verifier: str, nonce: str, redirect_uri: str) -> str:
    """The e-mail address that somebody has proven, by the code they came back with; raises `Refused`."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri, "code_verifier": verifier}
    proof, headers = _client()
    answer = _spoken(_configuration()["token_endpoint"], form | proof, headers)
    claims = _claims(str(answer.get("id_token", "")))
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise Refused("the nonce is not the one that was sent")
    address = claims.get("email")
    if not isinstance(address, str) or "@" not in address or len(address) > 254:
        raise Refused("it tells no e-mail address")
    if claims.get("email_verified") not in (True, "true"):  # Cognito has been seen to write the word
        raise Refused("it does not say that the e-mail address is verified")
    return address


def issuer() -> str:
    """Who the provider is; a platform without one lets nobody sign in."""
    if not settings().sign_in_issuer:
        raise NotServed(
            "nobody can sign in here yet: this installation names no identity provider (parameter `SignInIssuer`); use an API token"
        )
    return settings().sign_in_issuer


def _claims(token: str) -> dict[str, Any]:
    import jwt  # only who comes back from the provider needs it

    if not token or len(token) > LARGEST_TOKEN:
        raise Refused("there is no identity token, or one larger than any we take")
    try:
        header = jwt.get_unverified_header(token)
        claims: dict[str, Any] = jwt.decode(
            token, _key(str(header.get("kid", ""))), algorithms=ALGORITHMS, audience=settings().sign_in_client_id, issuer=issuer(),
            leeway=_LEEWAY, options={"require": ["exp", "iat", "iss", "aud", "sub", "nonce"]},
        )  # fmt: skip
    except (jwt.PyJWTError, ValueError, TypeError) as problem:
        raise Refused(f"its identity token is not good: {type(problem).__name__}") from problem
    if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and claims.get("azp") != settings().sign_in_client_id:
        raise Refused("its identity token was made for somebody else, too")
    return claims


def _key(kid: str) -> Any:
    for when in (int(time.time()) // _REMEMBERED, int(time.time()) // _ASKED_AGAIN):
        keys = _keys(_configuration()["jwks_uri"], when)
        if kid in keys:
            return keys[kid]
    raise Refused("its identity token names a key that is not its own")


@functools.lru_cache(maxsize=4)
def _keys(address: str, _: int) -> dict[str, Any]:
    import jwt

    try:
        return {str(key.key_id or ""): key for key in jwt.PyJWKSet.from_dict(_spoken(address)).keys if key.public_key_use in (None, "sig")}
    except jwt.PyJWTError as problem:
        raise Refused("its keys cannot be read") from problem


def _configuration() -> dict[str, str]:
    return _discovered(issuer(), int(time.time()) // _REMEMBERED)


@functools.lru_cache(maxsize=2)
def _discovered(issuer: str, _: int) -> dict[str, str]:
    """What the provider says of itself (OpenID Connect Discovery, 4): it must be who we take it for, and speak TLS if we do."""
    told = _spoken(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if told.get("issuer") != issuer:
        raise Refused("it calls itself by another name")
    found = {name: told.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
    if not all(isinstance(each, str) and each.startswith(f"{urlsplit(issuer).scheme}://") for each in found.values()):
        raise Refused("it names no endpoints that we can speak to")
    methods = told.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return {name: str(each) for name, each in found.items()} | {"proof_in": "header" if "client_secret_basic" in methods else "body"}


def _client() -> tuple[dict[str, str], dict[str, str]]:
    """How we prove to the provider who we are, as fields and as headers; with PKCE a client without a secret is one, too."""
    id, name = settings().sign_in_client_id, settings().sign_in_client_secret
    if not name:
        return {"client_id": id}, {}
    secret = _secret(name)
    if _configuration()["proof_in"] == "body":
        return {"client_id": id, "client_secret": secret}, {}
    return {}, urllib3.make_headers(basic_auth=f"{quote_plus(id)}:{quote_plus(secret)}")  # encoded first: RFC 6749, 2.3.1


@functools.cache
def _secret(name: str) -> str:
    import boto3  # where the provider asks for no secret, nobody asks Secrets Manager
    from botocore.exceptions import BotoCoreError, ClientError

    vault: Any = boto3.client("secretsmanager", region_name=settings().region or None)
    try:
        return str(vault.get_secret_value(SecretId=name)["SecretString"])
    except (BotoCoreError, ClientError) as problem:
        raise Unavailable("the identity provider's client secret cannot be read; try again in a moment") from problem


def _spoken(address: str, form: dict[str, str] | None = None, headers: dict[str, str] | None = None) -> dict[str, Any]:
    """One request, GET or a form that is posted, and the object that is answered; raises `Unavailable` or `Refused`."""
    status, body = _sent(address, form, headers)
    if status >= 500 or status == 429:
        raise _away()
    try:
        told = json.loads(body) if status == 200 and len(body) <= _LARGEST_ANSWER else None
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise Refused(f"it answered {status} where it should have answered an object")
    return told


def _sent(address: str, form: dict[str, str] | None, headers: dict[str, str] | None) -> tuple[int, bytes]:
    """No redirects, since a secret may be in it, and never more than fits."""
    body = urlencode(form).encode() if form else None
    said = {**(headers or {}), **({"Content-Type": "application/x-www-form-urlencoded"} if form else {})}
    patience = urllib3.Timeout(connect=3, read=7)
    try:
        answer = _pool().urlopen(
            "POST" if form else "GET",
            address,
            body=body,
            headers=said,
            timeout=patience,
            redirect=False,
            retries=False,
            preload_content=False,
        )
        with answer:
            return answer.status, answer.read(_LARGEST_ANSWER + 1)
    except urllib3.exceptions.HTTPError as problem:
        raise _away() from problem


def _away() -> Unavailable:
    return Unavailable("the identity provider is not answering; try again in a moment")


@functools.cache
def _pool() -> urllib3.PoolManager:
    return urllib3.PoolManager(num_pools=4, maxsize=8)
