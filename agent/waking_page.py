"""What a visitor of a sleeping Deployment is told: a small page for people, JSON for programs; always 503 with a time to come back.

The page has no words of the visitor's in it and loads nothing from anywhere: it asks its own address for the head until somebody other than
us answers, and then loads it, fragment and all. A load balancer that finds nobody behind it (502 to 504) is not somebody else.
"""

import base64
import hashlib
import html
import json
from http import HTTPStatus

RETRY_SECONDS = 3
"""When to come back while it wakes."""
_LATER_SECONDS = 60

_WORDS = {
    "WAKING": ("Airflow is waking up", "It was asleep to save money. This page opens it as soon as it answers."),
    "AWAKE": ("Airflow is waking up", "This page opens it as soon as it answers."),
    "AWAY": ("Airflow is asleep", "The control plane cannot be asked to wake it just now; this page keeps trying."),
    "ASLEEP": ("Airflow is asleep", "It stays asleep for now."),
}
_SCRIPT = """
const again = () => fetch(location.pathname + location.search, {method: "HEAD", cache: "no-store", redirect: "manual"})
  .then(answer => answer.headers.has("x-orrery-asleep") || answer.status >= 502 ? setTimeout(again, 1000) : location.reload(),
        () => setTimeout(again, 1000));
setTimeout(again, 1000);
setInterval(() => fetch(location.pathname + location.search, {headers: {accept: "application/json"}, cache: "no-store"})
  .catch(() => {}), 15000);
"""
_STYLE = "body{font:16px/1.5 system-ui,sans-serif;max-width:32em;margin:20vh auto;padding:0 1em}"


def answer(state: str, reason: str, *, as_page: bool, has_body: bool = True) -> bytes:
    """The whole answer, head and body."""
    title, words = _WORDS.get(state, _WORDS["ASLEEP"])
    later = _LATER_SECONDS if state == "ASLEEP" else RETRY_SECONDS
    if as_page:
        return _whole(503, "text/html; charset=utf-8", _page(title, words, reason if state == "ASLEEP" else ""), later, has_body)
    told = {"state": state, "detail": f"{title.lower()}: {reason}" if reason else title.lower()}
    return _whole(503, "application/json", json.dumps(told), later, has_body)


def plain(status: int, words: str) -> bytes:
    return _whole(status, "application/json", json.dumps({"detail": words}), None, True)


def _page(title: str, words: str, reason: str) -> str:
    why = f"<p>{html.escape(reason)}</p>" if reason else ""
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style>'
        f"<h1>{title}</h1><p>{words}</p>{why}<script>{_SCRIPT}</script>"
        f'<noscript><meta http-equiv="refresh" content="{RETRY_SECONDS}"></noscript></html>'
    )


def _digest(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


_POLICY = (
    f"default-src 'none'; script-src {_digest(_SCRIPT)}; style-src {_digest(_STYLE)}; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def _whole(status: int, kind: str, text: str, later: int | None, has_body: bool) -> bytes:
    body = text.encode()
    lines = [
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
        f"Content-Type: {kind}",
        f"Content-Length: {len(body)}",
        "Cache-Control: no-store",
        "Connection: close",
        f"Content-Security-Policy: {_POLICY}",
        "X-Content-Type-Options: nosniff",
        "X-Orrery-Asleep: true",
        *([f"Retry-After: {later}"] if later else []),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + (body if has_body else b"")
