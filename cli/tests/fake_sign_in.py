"""A small OpenID provider for the command's own tests: it insists on PKCE, gives each refresh token once, and can be made to lie."""

import base64
import hashlib
import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

Json = dict[str, Any]


@dataclass
class Provider:
    """`access` is what the control plane takes; each refresh makes the next one."""

    access: list[str] = field(default_factory=lambda: ["a.plane.token"])
    expires_in: int = 900
    nonce: str | None = None
    """Said in place of the one that was asked with."""
    answers: list[tuple[int, Json]] = field(default_factory=list)
    """What a device is told before anything else."""
    asked: list[Json] = field(default_factory=list)
    posted: list[tuple[str, Json]] = field(default_factory=list)
    refresh: str = "refresh-0"
    is_over: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"provider": self}))
        self.issuer = f"http://127.0.0.1:{self._server.server_port}/at"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def config(self) -> Json:
        return {"clientId": "orrery-cli", "audience": "http://plane", "domainUrl": f"{self.issuer}/"}

    def post(self, path: str, form: Json) -> tuple[int, Json]:
        with self.lock:
            self.posted.append((path, form))
            return self._post(path.removeprefix("/at/"), form)

    def _post(self, path: str, form: Json) -> tuple[int, Json]:
        if path == "oauth/device/code":
            page = f"{self.issuer}/device"
            return 200, {"device_code": "device", "user_code": "BCDF-GHJK", "verification_uri": page, "expires_in": 600, "interval": 0}
        if path in ("oauth/revoke", "sign-out-everywhere"):
            return 200, {}
        if form["grant_type"] == "refresh_token":
            return self._refreshed(form)
        if form["grant_type"] == "authorization_code" and not self._is_proven(form):
            return 400, {"error": "invalid_grant", "error_description": "the verifier is another"}
        return self.answers.pop(0) if self.answers else (200, self._tokens())

    def _is_proven(self, form: Json) -> bool:
        made = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        return bool(made == self.asked[-1]["code_challenge"] and form["redirect_uri"] == self.asked[-1]["redirect_uri"])

    def _refreshed(self, form: Json) -> tuple[int, Json]:
        if self.is_over or form["refresh_token"] != self.refresh:
            self.is_over = True
            return 400, {"error": "invalid_grant"}
        self.refresh = f"refresh-{int(self.refresh.partition('-')[2]) + 1}"
        return 200, self._tokens()

    def _tokens(self) -> Json:
        nonce = self.nonce or (self.asked[-1].get("nonce", "") if self.asked else "")
        claims = {"iss": self.issuer, "aud": "orrery-cli", "nonce": nonce, "exp": time.time() + 900}
        body = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
        access = self.access.pop(0) if len(self.access) > 1 else self.access[0]
        return {"access_token": access, "refresh_token": self.refresh, "expires_in": self.expires_in, "id_token": f"e30.{body}.x"}


class _Handler(BaseHTTPRequestHandler):
    provider: Provider

    def do_POST(self) -> None:
        text = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
        status, body = self.provider.post(urlsplit(self.path).path, dict(parse_qsl(text)))
        raw = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: object) -> None: ...
