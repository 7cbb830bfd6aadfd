"""How somebody gets in: a one-time link whose code travels in the fragment, so no server, proxy or log between us ever sees it.

Airflow's own pages trade the code for a session, the web console trades it for a token of the API: neither shows us what they have at the
control plane, because whoever writes the plugins of this Airflow would see it too.
"""

from __future__ import annotations

import html
import secrets
from string import Template
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from airflow.api_fastapi.app import API_BASE_URL, get_cookie_path
from airflow.api_fastapi.auth.managers.base_auth_manager import COOKIE_NAME_JWT_TOKEN
from airflow.configuration import conf
from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import BaseModel, Field

from orrery_airflow.plane import PlaneAway, Refused, plane

if TYPE_CHECKING:
    from orrery_airflow.auth import OrreryAuthManager

_TOKEN_SECONDS = 900
"""What a token is good for; roles that were taken away end with it."""
_LONGEST = 4000
"""Bytes of a session or token: browsers drop a cookie of more than 4096 without a word, and proxies long headers."""

_PAGE = Template("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Sign in to Airflow</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style nonce="$nonce">body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1rem}code{font-size:1.05em}</style>
</head><body>
<h1>Sign in to Airflow</h1>
<p id="word" role="status">To get in, run <code>orrery deployment open $deployment</code> and follow the link it prints.</p>
<script nonce="$nonce">
const code = new URLSearchParams(location.hash.slice(1)).get("code");
const word = document.getElementById("word");
if (code) {
  history.replaceState(null, "", location.pathname + location.search);
  const how = word.innerHTML;
  word.textContent = "One moment ...";
  fetch(location.pathname, {
    method: "POST",
    headers: {"Content-Type": "application/json"},
    body: JSON.stringify({code: code, next: new URLSearchParams(location.search).get("next") || ""}),
  }).then(async (answer) => {
    const body = await answer.json();
    if (answer.ok) { location.replace(body.next); return; }
    word.textContent = body.detail + ". ";
    word.insertAdjacentHTML("beforeend", how);
  }).catch(() => { word.textContent = "Airflow does not answer; reload this page with a new link."; });
}
</script>
</body></html>
""")


class Code(BaseModel):
    code: str = Field(min_length=1, max_length=512)


class Handover(Code):
    next: str = Field(default="", max_length=2048)


def handover_app(auth_manager: OrreryAuthManager) -> FastAPI:
    """The doors under `/auth`: the page, and the exchange of a code for a session or for a token."""
    app = FastAPI(title="Orrery sign-in", openapi_url=None)

    @app.get("/handover")
    def page() -> HTMLResponse:
        nonce = secrets.token_urlsafe(16)
        body = _PAGE.substitute(nonce=nonce, deployment=html.escape(conf.get("orrery", "deployment_id")))
        return HTMLResponse(body, headers=_page_headers(nonce))

    @app.post("/handover")
    async def redeem(request: Request, handover: Handover) -> JSONResponse:
        _refuse_other_hosts(request)
        _refuse_other_origins(request)
        session = await _traded(auth_manager, handover.code, seconds=conf.getint("orrery", "session_seconds", fallback=14400))
        answer = JSONResponse({"next": safe_next(handover.next)}, headers={"Cache-Control": "no-store"})
        answer.set_cookie(
            COOKIE_NAME_JWT_TOKEN,
            session,
            path=get_cookie_path(),
            httponly=True,
            samesite="lax",
            secure=urlsplit(API_BASE_URL).scheme == "https",
        )
        return answer

    @app.post("/token")
    async def token(request: Request, given: Code) -> JSONResponse:
        _refuse_other_hosts(request)
        signed = await _traded(auth_manager, given.code, seconds=_TOKEN_SECONDS)
        body = {"access_token": signed, "token_type": "Bearer", "expires_in": _TOKEN_SECONDS}
        return JSONResponse(body, status_code=201, headers={"Cache-Control": "no-store"})

    return app


async def _traded(auth_manager: OrreryAuthManager, code: str, *, seconds: int) -> str:
    """What this Airflow signs for whoever was given the code; the control plane says who that is, once."""
    try:
        user = await plane().redeem(code)
    except Refused as no:
        raise HTTPException(401, "This link has been used or is too old") from no
    except PlaneAway as away:
        raise HTTPException(503, "The control plane does not answer, try again in a moment") from away
    signed = auth_manager.generate_jwt(user, expiration_time_in_seconds=seconds)
    if len(signed) > _LONGEST:
        raise HTTPException(403, "Your roles name more single DAGs than a session can carry, ask for roles on tags instead")
    return signed


def safe_next(wanted: str) -> str:
    """Where to go after signing in: a place on this Airflow, whatever was asked for."""
    root, home = get_cookie_path(), urlsplit(API_BASE_URL)
    if any(ord(character) < 33 or character == "\\" for character in wanted):
        return root
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return root
    here = (parts.scheme, parts.netloc) in (("", ""), (home.scheme, home.netloc))
    if not here or not parts.path.startswith(root) or parts.path.startswith("//"):
        return root
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _refuse_other_hosts(request: Request) -> None:
    """A session belongs to this Deployment's host name and no other: cookies of `127.0.0.1` are every port's."""
    if request.headers.get("host") != urlsplit(API_BASE_URL).netloc:
        raise HTTPException(403, f"Sign in at {API_BASE_URL}")


def _refuse_other_origins(request: Request) -> None:
    """No page of another origin signs anybody in here, the web console's neither: it may read the API, with a token."""
    home = urlsplit(API_BASE_URL)
    if request.headers.get("origin", f"{home.scheme}://{home.netloc}") != f"{home.scheme}://{home.netloc}":
        raise HTTPException(403, f"Sign in at {API_BASE_URL}")


def _page_headers(nonce: str) -> dict[str, Any]:
    policy = (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
