"""The signed address of one deploy's upload: who holds it may send that deploy's code, for ten minutes, and nothing else."""

import hashlib
import hmac
from datetime import datetime, timedelta

from orrery.errors import Forbidden
from orrery.model.deploy import Deploy

LIFE = timedelta(minutes=10)


def address(api_url: str, deploy: Deploy, now: datetime) -> str:
    """The address as clients get it; they add the blob protocol's own parameters with `&`."""
    expires = int((now + LIFE).timestamp())
    return f"{api_url}{_path(deploy)}?expires={expires}&signature={_sign(deploy, expires)}"


def admit(deploy: Deploy, expires: int, signature: str, now: datetime) -> None:
    """Return if the address was signed for this deploy and its time is not over."""
    if not hmac.compare_digest(_sign(deploy, expires).encode(), signature.encode()):
        raise refusal()
    if expires <= now.timestamp():
        raise Forbidden("this upload address has expired; create a new deploy to get a fresh one")


def refusal() -> Forbidden:
    """The answer for a wrong signature and for a deploy that is not there; the two must look the same."""
    return Forbidden("this upload address is not one we gave out; use `dagsUploadUrl` of a new deploy, unchanged")


def _path(deploy: Deploy) -> str:
    return f"/uploads/v1/{deploy.organization_id}/{deploy.deployment_id}/{deploy.id}"


def _sign(deploy: Deploy, expires: int) -> str:
    if not deploy.upload_key:
        raise refusal()
    return hmac.new(deploy.upload_key.encode(), f"{_path(deploy)}?expires={expires}".encode(), hashlib.sha256).hexdigest()
