"""What we sign: RS256 with this month's key, whose private part is sealed in the vault and opened in the one function that signs.

The period of a key follows from the clock, so nobody keeps a schedule: whoever first needs a key makes it. To stop using one at once,
delete its row (`SIGNINGKEYS`): within five minutes everybody signs with a new one, and no reader finds the old one any more.
"""

import functools
import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from orrery import names, vault
from orrery.model.signing_key import SigningKey, period_of, told
from orrery.store import signing_keys

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

ALGORITHM = "RS256"
_BITS = 2048
_MINUTES = 5
"""How long a process signs with a key before it looks whether that is still there."""
OWNER = {"organization": "platform", "purpose": "sign-in"}
"""The encryption context of the private keys; the function's role can open no other."""


def signed(claims: dict[str, Any], *, kind: str, now: datetime) -> str:
    """A JWT of these claims; `kind` is its `typ`, by which an identity token cannot pass for an access token."""
    import jwt  # most requests sign nothing, and importing it costs them

    id, private = _signer(period_of(now), int(now.timestamp()) // (60 * _MINUTES))
    return jwt.encode(claims, private, algorithm=ALGORITHM, headers={"kid": id, "typ": kind})


def verified(token: str, *, audience: str, issuer: str, now: datetime) -> dict[str, Any] | None:
    """The claims of an identity token of ours, even one that has ended: it only says who is meant. None if it is not ours."""
    import jwt

    keys = {key.id: key for key in _told(now)}
    try:
        key = keys[jwt.get_unverified_header(token)["kid"]]
        return jwt.decode(
            token, jwt.PyJWK(key.public), algorithms=[ALGORITHM], audience=audience, issuer=issuer, options={"verify_exp": False}
        )  # fmt: skip
    except (jwt.PyJWTError, KeyError, ValueError, TypeError):
        return None


def published(now: datetime) -> dict[str, Any]:
    """The public keys (RFC 7517) that anything of ours may be signed with, and the one that soon will."""
    return {"keys": [key.public for key in _told(now)]}


def _told(now: datetime) -> list[SigningKey]:
    found = signing_keys.several(told(now))
    for period in range(period_of(now), told(now)[-1] + 1):
        if period not in found:
            found[period] = signing_keys.create(_made(period))
    return [found[period] for period in sorted(found)]


@functools.lru_cache(maxsize=2)
def _signer(period: int, _: int) -> tuple[str, "RSAPrivateKey"]:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    key = signing_keys.several([period]).get(period) or signing_keys.create(_made(period))
    pem = vault.unseal({"key": key.sealed}, **OWNER)["key"]
    private: Any = load_pem_private_key(pem.encode(), None)
    return key.id, private


def _made(period: int) -> SigningKey:
    from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
    from jwt.algorithms import RSAAlgorithm

    private, id = generate_private_key(65537, _BITS), f"{period}-{names.new_secret()[:12]}"
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    public = json.loads(RSAAlgorithm.to_jwk(private.public_key()))
    told_as = {name: public[name] for name in ("kty", "n", "e")} | {"kid": id, "use": "sig", "alg": ALGORITHM}
    return SigningKey(period, id, vault.seal({"key": pem}, **OWNER)["key"], told_as)
