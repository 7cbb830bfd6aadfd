"""Making tokens: shaped as JWTs, because clients look inside for the Organization, but known here by the hash of the whole.

The signature is made with a key that is thrown away at once: nobody checks it, the hash over 256 bits of it is the proof.
"""

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from orrery import names
from orrery.settings import settings

LIFE = timedelta(days=3650)
"""Of a token that a machine holds and nobody would renew in time; registering a cluster anew replaces an agent's that was lost."""


@dataclass(frozen=True)
class Secret:
    """A token at the only moment when it is known: `value` goes to its owner, the rest is kept."""

    value: str = field(repr=False)
    hash: str
    short: str


def digest(token: str) -> str:
    """The hash by which a token is known: SHA-256, in hex."""
    return hashlib.sha256(token.encode()).hexdigest()


def api_token(id: str, start: datetime, end: datetime, **places: str) -> Secret:
    """An API token; `places` are the ids it is for, as in `organizationId`, `workspaceId` and `deploymentId`."""
    claims = {
        "iss": settings().api_url,
        "sub": id,
        "iat": int(start.timestamp()),
        "exp": int(end.timestamp()),
        "jti": names.new_id(),
        "org_id": places.get("organizationId", ""),
        "permissions": [f"apiTokenId:{id}", *(f"{name}:{place}" for name, place in places.items() if place)],
        "scope": "apiToken",
        "version": "1",
        "kid": names.new_id(),
        "apiTokenId": id,
        "isAstronomerGenerated": True,
    }
    return _signed(claims)


def agent_token(cluster_id: str, start: datetime, end: datetime) -> Secret:
    """The token of a cluster's agent."""
    claims = {"iss": settings().api_url, "sub": cluster_id, "iat": int(start.timestamp()), "exp": int(end.timestamp())}
    return _signed(claims | {"permissions": [f"clusterId:{cluster_id}"], "scope": "agent", "version": "1", "jti": names.new_id()})


def claimed_organization(token: str) -> str:
    """The Organization that a token says it is for, or nothing: a guess of what to read beside it, never a proof."""
    try:
        part = token.split(".")[1]
        claimed = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))["org_id"]
    except (IndexError, KeyError, TypeError, ValueError, RecursionError):
        return ""
    return claimed if isinstance(claimed, str) and names.is_id(claimed) else ""


def _signed(claims: dict[str, object]) -> Secret:
    header = {"alg": "HS256", "typ": "JWT", "kid": claims.get("kid", claims["jti"])}
    signed = f"{_base64(json.dumps(header).encode())}.{_base64(json.dumps(claims).encode())}"
    signature = hmac.new(secrets.token_bytes(32), signed.encode(), hashlib.sha256).digest()
    value = f"{signed}.{_base64(signature)}"
    return Secret(value, digest(value), f"…{value[-6:]}")


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
