"""The one address that a sign-in comes back to, `localhost:12345/callback`: listened to while somebody signs in, and for no longer."""

import hmac
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from orrery_cli.failures import Failure

PORT = 12345
_PAGE: Final = '<!doctype html><html lang="en"><meta charset="utf-8"><title>Orrery</title><h1>{}</h1><p>{}</p></html>'


def redirect_uri() -> str:
    return f"http://localhost:{PORT}/callback"


class Loopback(HTTPServer):
    """Waits for the browser; what does not bring our own `state` is turned away and changes nothing."""

    allow_reuse_address = True

    def __init__(self, state: str) -> None:
        self.state, self.answer = state, dict[str, str]()
        try:
            super().__init__(("127.0.0.1", PORT), _Handler)
        except OSError as error:
            message = f"port {PORT} cannot be used ({error.strerror}): end what listens there, or sign in with `--device`"
            raise Failure(message, kind="not_running") from error

    def wait(self, seconds: float) -> dict[str, str]:
        """What the sign-in came back with."""
        end = time.monotonic() + seconds
        while not self.answer:
            self.timeout = end - time.monotonic()
            if self.timeout <= 0:
                raise Failure(f"nobody signed in within {seconds:.0f} s; run `orrery login` again", kind="unauthenticated")
            self.handle_request()
        return self.answer

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that hangs up is no news."""


class _Handler(BaseHTTPRequestHandler):
    server: Loopback
    timeout = 5  # a connection that is opened ahead and says nothing must not keep the real one waiting

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        told = dict(parse_qsl(parts.query, keep_blank_values=True))
        # another site can make a browser ask for this address, under a name of its own even: neither knows the state
        if parts.path != "/callback" or self.headers.get("Host") != urlsplit(redirect_uri()).netloc:
            return self._say(404, "There is nothing here", "")
        if not hmac.compare_digest(told.get("state", "").encode(), self.server.state.encode()):
            return self._say(400, "This is not the sign-in that waits", "Go back to the terminal and start again.")
        self.server.answer = told
        if "code" in told:
            return self._say(200, "Signed in", "You can close this page and go back to the terminal.")
        return self._say(403, "Not signed in", "The terminal says why.")

    def _say(self, status: int, title: str, words: str) -> None:
        body = _PAGE.format(title, words).encode()
        self.send_response(status)
        for name, value in {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Length": str(len(body)),
            "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
            "Referrer-Policy": "no-referrer",
            "Cache-Control": "no-store",
            "Connection": "close",
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """The code is in the address, and belongs in no log."""
