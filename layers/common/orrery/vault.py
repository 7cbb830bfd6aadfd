"""Envelope encryption of tenants' secrets; the only room that speaks to KMS.

A secret is sealed by AES-256-GCM under a data key of KMS, which seals the data key in turn under an encryption context: the Organization
and the Deployment or Workspace that the secret belongs to. A sealed text therefore opens only where it was sealed; copied into another
tenant's row, or to another place of the same tenant, it is refused. Secrets sealed in one breath share one data key, so a change of fifty
variables is one call of KMS, and a process asks for a data key that it has opened before only once.

    sealed text     v1.<data key as KMS sealed it>.<nonce and ciphertext>, both base64url
"""

import base64
import functools
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from orrery.errors import Unavailable
from orrery.settings import settings

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

VERSION = "v1"
_NONCE = 12
"""Bytes; what NIST SP 800-38D recommends for GCM, drawn anew for each secret."""
_REMEMBERED = 256
_REFUSED = {"InvalidCiphertextException", "IncorrectKeyException"}


class Unreadable(Exception):
    """A sealed text that was not sealed here: another place's, or damaged. Never a customer's doing."""


class Sealing:
    """One breath: everything that it seals shares a data key, which KMS is asked for when there is a first secret.

    `owner` is `deployment=<id>` or `workspace=<id>`.
    """

    def __init__(self, *, organization: str, **owner: str) -> None:
        self._context = _context(organization, owner)

    def __call__(self, secrets: Mapping[str, str]) -> dict[str, str]:
        """Each secret under its name, sealed."""
        if not secrets:
            return {}
        key, head = self._data_key
        return {name: f"{head}.{_text(_lock(key, secret))}" for name, secret in secrets.items()}

    @functools.cached_property
    def _data_key(self) -> tuple[bytes, str]:
        """The key, and how each text that it seals begins."""
        with _speaking():
            made = _kms().generate_data_key(KeyId=settings().secrets_key, KeySpec="AES_256", EncryptionContext=self._context)
        return made["Plaintext"], f"{VERSION}.{_text(made['CiphertextBlob'])}"


def seal(secrets: Mapping[str, str], *, organization: str, **owner: str) -> dict[str, str]:
    """Each secret under its name, sealed in one breath. Nothing to seal asks nobody."""
    return Sealing(organization=organization, **owner)(secrets)


def unseal(sealed: Mapping[str, str], *, organization: str, **owner: str) -> dict[str, str]:
    """The secrets behind sealed texts, for whom they were sealed for; raises `Unreadable` for anybody else's."""
    return {name: _opened(text, tuple(sorted(_context(organization, owner).items()))) for name, text in sealed.items()}


def _opened(text: str, context: tuple[tuple[str, str], ...]) -> str:
    version, _, rest = text.partition(".")
    key, _, locked = rest.partition(".")
    if version != VERSION or not locked:
        raise Unreadable("this was never sealed")
    return _unlock(_data_key(key, context), _bytes(locked))


@functools.lru_cache(maxsize=_REMEMBERED)
def _data_key(sealed: str, context: tuple[tuple[str, str], ...]) -> bytes:
    with _speaking():
        return _kms().decrypt(CiphertextBlob=_bytes(sealed), KeyId=settings().secrets_key, EncryptionContext=dict(context))["Plaintext"]


def _lock(key: bytes, secret: str) -> bytes:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # most requests seal nothing, and importing it costs them

    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, secret.encode(), None)


def _unlock(key: bytes, locked: bytes) -> str:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(key).decrypt(locked[:_NONCE], locked[_NONCE:], None).decode()
    except InvalidTag:
        raise Unreadable("this was changed after it was sealed") from None


def _context(organization: str, owner: Mapping[str, str]) -> dict[str, str]:
    return {"organization": organization, **owner}


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text)


@contextmanager
def _speaking() -> Iterator[None]:
    """Whatever KMS has to say is said as one of ours."""
    try:
        yield
    except ClientError as problem:
        if problem.response["Error"]["Code"] in _REFUSED:
            raise Unreadable("this was sealed for somebody else") from None
        raise _away() from problem
    except BotoCoreError as problem:
        raise _away() from problem


def _away() -> Unavailable:
    return Unavailable("the key that guards secrets is not answering; try again in a moment")


@functools.cache
def _kms() -> "KMSClient":
    patience = Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 3, "mode": "standard"})
    return boto3.client("kms", region_name=settings().region or None, config=patience)
