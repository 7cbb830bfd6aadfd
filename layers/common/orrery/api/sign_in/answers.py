"""How these doors answer: a page, a document, a redirect, or a refusal in OAuth's own words (RFC 6749, 5.2)."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from orrery.api.sign_in import pages
from orrery.settings import settings

Answer = dict[str, Any]
_NOT_KEPT = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


class Refusal(Exception):
    """A request that is refused with one of OAuth's codes; the description tells the developer of a client what to mend."""

    def __init__(self, error: str, description: str, *, status: int = 400) -> None:
        super().__init__(description)
        self.error, self.description, self.status = error, description, status

    @property
    def answer(self) -> Answer:
        headers = {"WWW-Authenticate": f'Bearer error="{self.error}"'} if self.status == 401 else {}
        return document({"error": self.error, "error_description": self.description}, status=self.status, headers=headers)


def document(
    body: Mapping[str, Any], *, status: int = 200, headers: Mapping[str, str] | None = None, cookies: tuple[str, ...] = ()
) -> Answer:
    told = {"Content-Type": "application/json", **_NOT_KEPT, **(headers or {})}
    return {"statusCode": status, "headers": told, "body": json.dumps(body), "cookies": list(cookies), "isBase64Encoded": False}


def nothing(*cookies: str) -> Answer:
    return {"statusCode": 204, "headers": dict(_NOT_KEPT), "body": "", "cookies": list(cookies), "isBase64Encoded": False}


def page(page: pages.Page, *, status: int = 200, cookies: tuple[str, ...] = ()) -> Answer:
    headers = {"Content-Type": "text/html; charset=utf-8", **_NOT_KEPT, **pages.headers(page)}
    return {"statusCode": status, "headers": headers, "body": pages.render(page), "cookies": list(cookies), "isBase64Encoded": False}


def redirect(address: str, *cookies: str, **added: str) -> Answer:
    """On to another address, with what is `added` to its query; 303, so that what was posted is not posted again there."""
    joint = "&" if urlsplit(address).query else "?"
    target = f"{address}{joint}{urlencode(added)}" if added else address
    headers = {"Location": target, "Referrer-Policy": "no-referrer", **_NOT_KEPT}
    return {"statusCode": 303, "headers": headers, "body": "", "cookies": list(cookies), "isBase64Encoded": False}


def cookie(name: str, value: str, *, seconds: int, same_site: str) -> str:
    """A cookie that no script reads. With TLS it is `__Host-`: no other host, whichever it shares a domain with, can set or see it."""
    secure = "; Secure" if _has_tls() else ""
    return f"{cookie_name(name)}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite={same_site}{secure}"


def cookie_name(name: str) -> str:
    return f"__Host-orrery_{name}" if _has_tls() else f"orrery_{name}"


def _has_tls() -> bool:
    return settings().api_url.startswith("https://")
