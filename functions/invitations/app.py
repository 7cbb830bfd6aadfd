"""Accepting an invitation over HTTP: the only door for people whom nobody knows yet, so it is a function of its own.

The page behind an invitation's link reads the secret out of the link's fragment; it loads nothing and runs no script but its own.
"""

import base64
import functools
import hashlib
import re
from pathlib import Path

from aws_lambda_powertools.event_handler import Response
from orrery.api import accepting
from orrery.api.entrance import resolver, routes, serve

pages = routes()


@functools.cache
def page() -> str:
    return Path(__file__).with_name("accept.html").read_text()


@functools.cache
def headers() -> dict[str, str]:
    allowed = f"script-src {_hash('script')}; style-src {_hash('style')}; connect-src 'self'"
    policy = f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    return {"Content-Security-Policy": policy, "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}


def _hash(element: str) -> str:
    inside = "".join(re.findall(rf"<{element}>(.*?)</{element}>", page(), re.DOTALL))
    return f"'sha256-{base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()}'"


@pages.get("/accept", include_in_schema=False)
def get_page() -> Response[str]:
    return Response(status_code=200, content_type="text/html; charset=utf-8", body=page(), headers=headers())


app = resolver(accepting.router, pages, prefix="/invitations/v1")
handler = serve(app, authenticate=None)
