"""Who may speak to the engine: only a request signed (SigV4) with this machine's key.

Tenants' DAGs run on the same loopback, so "it came from 127.0.0.1" proves nothing. The key id alone proves nothing
either, because it is readable in every presigned URL: the signature is recomputed with the secret.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote

SERVICES = ("dynamodb", "kms", "s3", "ses")
ALGORITHM = "AWS4-HMAC-SHA256"
UNSIGNED = "UNSIGNED-PAYLOAD"
HEADER = re.compile(rf"{ALGORITHM}\s+Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]+)$")


class Refusal(Exception):
    """A request the engine does not answer: `code` as AWS spells it, the message for whoever called."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class AccessKey:
    id: str
    secret: str


@dataclass(frozen=True)
class Request:
    """What a signature covers; header names in lower case, path and query still percent-encoded as sent."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Claim:
    """What a request says about its own signature."""

    credential: str
    signed_headers: str
    signature: str
    moment: str
    presigned: bool

    @property
    def scope(self) -> str:
        return self.credential.partition("/")[2]

    @property
    def service(self) -> str:
        parts = self.scope.split("/")
        return parts[2] if len(parts) == 4 else ""


def claim(request: Request) -> Claim:
    """Read the claim from the Authorization header or from a presigned URL's query."""
    query = dict(_pairs(request.query))
    if "X-Amz-Signature" in query:
        credential, signed_headers = query.get("X-Amz-Credential", ""), query.get("X-Amz-SignedHeaders", "")
        return Claim(credential, signed_headers, query["X-Amz-Signature"], query.get("X-Amz-Date", ""), presigned=True)
    header = HEADER.match(request.headers.get("authorization", ""))
    if header is None:
        raise Refusal("MissingAuthenticationToken", "sign the request by Signature Version 4 with this machine's key")
    credential, signed_headers, signature = header.groups()
    return Claim(credential, signed_headers, signature, request.headers.get("x-amz-date", ""), presigned=False)


def recognize(claimed: Claim, key: AccessKey) -> None:
    """Refuse a stranger's key and a foreign service before a byte of the body is read."""
    if not hmac.compare_digest(claimed.credential.partition("/")[0].encode(), key.id.encode()):
        raise Refusal("UnrecognizedClientException", "the access key is not this machine's")
    if claimed.service not in SERVICES:
        raise Refusal("AccessDenied", f"the local engine serves {', '.join(SERVICES[:-1])} and {SERVICES[-1]}, not `{claimed.service}`")
    if claimed.presigned and claimed.service != "s3":
        raise Refusal("AccessDenied", "only s3 takes presigned requests")


def payload_hash(request: Request, claimed: Claim, body: bytes | None) -> str:
    """The hash a signature covers; S3 clients send it as a header, others leave it to be computed from the body."""
    if claimed.presigned:
        return UNSIGNED
    return request.headers.get("x-amz-content-sha256") or hashlib.sha256(body or b"").hexdigest()


def verify(request: Request, claimed: Claim, key: AccessKey, *, payload: str) -> None:
    """Recompute the signature; S3 itself refuses a presigned URL that has run out."""
    canonical = "\n".join(
        [
            request.method,
            request.path,
            _canonical_query(request.query),
            *(f"{name}:{' '.join(request.headers.get(name, '').split())}" for name in claimed.signed_headers.split(";")),
            "",
            claimed.signed_headers,
            payload,
        ]
    )
    text = "\n".join([ALGORITHM, claimed.moment, claimed.scope, hashlib.sha256(canonical.encode()).hexdigest()])
    signing = b"AWS4" + key.secret.encode()
    for part in claimed.scope.split("/"):
        signing = _hmac(signing, part)
    if not hmac.compare_digest(_hmac(signing, text).hex().encode(), claimed.signature.encode()):
        raise Refusal("SignatureDoesNotMatch", "the signature was not made with this machine's secret key")


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def _pairs(query: str) -> list[tuple[str, str]]:
    parts = (part.partition("=") for part in query.split("&") if part)
    return [(unquote(name), unquote(value)) for name, _, value in parts]


def _canonical_query(query: str) -> str:
    pairs = [(quote(n, safe="-_.~"), quote(v, safe="-_.~")) for n, v in _pairs(query) if n != "X-Amz-Signature"]
    return "&".join(f"{name}={value}" for name, value in sorted(pairs))
