"""Where a request comes from: one word for whoever judges it, shows it or writes it down.

The gateway knows who connected to it, and behind the console's distribution that is CloudFront. So the distribution tells the viewer's
address, beside a secret that only it and the functions know; the same header without the secret is just something that somebody sent.
"""

import hmac
import ipaddress
from collections.abc import Mapping
from typing import Any

from orrery.settings import settings

ADDRESS, SECRET = "x-orrery-viewer-address", "x-orrery-origin-secret"


def address_of(event: Mapping[str, Any]) -> str:
    """The caller's IPv4 or IPv6 address: the viewer's for what came through the distribution, otherwise the gateway's own word."""
    headers = event.get("headers", {})
    connected = str(event["requestContext"]["http"].get("sourceIp", ""))
    return _address(headers.get(ADDRESS, "")) or connected if _is_ours(headers.get(SECRET, "")) else connected


def _is_ours(secret: str) -> bool:
    known = settings().origin_secret
    return bool(known) and hmac.compare_digest(secret.encode(), known.encode())


def _address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return ""
