"""What came in: one value a parameter, of a sensible size; and whether a browser sent it of its own accord or a foreign page made it."""

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from orrery.api.caller_address import address_of
from orrery.api.entrance import Event
from orrery.api.sign_in.answers import Refusal
from orrery.errors import TooLarge
from orrery.settings import settings

LONGEST = 2048
"""Characters of one parameter."""
LARGEST = 32 * 1024
"""Characters of all of them together."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True)
class Asked:
    """One request; secrets in it are shown in no log."""

    method: str
    path: str
    query: dict[str, str] = field(repr=False)
    form: dict[str, str] = field(repr=False)
    cookies: dict[str, str] = field(repr=False)
    headers: dict[str, str] = field(repr=False)
    id: str
    source_ip: str
    user_agent: str

    @property
    def bearer(self) -> str:
        return self.headers.get("authorization", "")


def read(event: Event, prefix: str) -> Asked:
    """The request behind an event; raises `Refusal` for one that nobody could answer without a guess."""
    http, headers = event["requestContext"]["http"], event.get("headers", {})
    return Asked(
        method=http["method"],
        path=event["rawPath"].removeprefix(prefix),
        query=_single(event.get("rawQueryString", "")),
        form=_single(_body(event)) if http["method"] == "POST" else {},
        cookies=_cookies(event.get("cookies", ())),
        headers=headers,
        id=str(event["requestContext"]["requestId"]),
        source_ip=address_of(event),
        user_agent=str(http.get("userAgent", ""))[:256],
    )


def from_our_pages(asked: Asked) -> None:
    """Refuses a form that another site's page sent: browsers say where a POST comes from, and none of ours says nothing."""
    _from(asked, settings().api_url)


def from_the_console(asked: Asked) -> None:
    """Refuses a request with a cookie that no page of the console made."""
    _from(asked, settings().console_origin)


def _from(asked: Asked, address: str) -> None:
    parts = urlsplit(address)
    if asked.headers.get("origin", "") != f"{parts.scheme}://{parts.netloc}":
        raise Refusal("invalid_request", "this was sent from another site's page", status=403)


def _single(text: str) -> dict[str, str]:
    """Parameters by name. One that comes twice would mean one thing here and another to the next reader (RFC 6749, 3.1)."""
    if len(text) > LARGEST:
        raise TooLarge(f"a request to sign in has at most {LARGEST // 1024} KiB")
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=50)
    except ValueError:
        raise Refusal("invalid_request", "the parameters are not UTF-8, or too many") from None
    for name, value in pairs:
        if len(value) > LONGEST or _CONTROL.search(value):
            raise Refusal("invalid_request", f"a parameter has at most {LONGEST} characters, none of them a control character")
        if [each for each, _ in pairs].count(name) > 1:
            raise Refusal("invalid_request", "a parameter came twice")
    return dict(pairs)


def _body(event: Event) -> str:
    raw = event.get("body") or ""
    if not raw:
        return ""
    if len(raw) > 2 * LARGEST:
        raise TooLarge(f"a request to sign in has at most {LARGEST // 1024} KiB")
    kind = event.get("headers", {}).get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise Refusal("invalid_request", "the body must be a form (`application/x-www-form-urlencoded`)")
    try:
        return base64.b64decode(raw, validate=True).decode() if event.get("isBase64Encoded") else raw
    except (binascii.Error, UnicodeDecodeError):
        raise Refusal("invalid_request", "the body is not text") from None


def _cookies(sent: Iterable[Any]) -> dict[str, str]:
    pairs = (str(each).partition("=") for each in sent)
    return {name.strip(): value.strip() for name, _, value in pairs}
