"""One endpoint that metrics are written to, with a thread of its own: one that is slow or dead delays nobody else.

Nothing here says what an export holds but its name: its address, headers and credentials are the customer's.
"""

from __future__ import annotations

import base64
import http.client
import threading
import time
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from orrery_metrics import remote_write

_MOST_BATCHES = 20
"""Batches that wait for an endpoint that is away: ten minutes of them; then the oldest is given up."""
_ANSWER_SECONDS = 10.0
_LONGEST_PAUSE = 60.0
_PASSING = {408, 425, 429}

Export = Mapping[str, Any]


class Exporter:
    def __init__(self, name: str, export: Export, *, say: Callable[[str], None], pause: float = 1.0) -> None:
        self.export = export
        self._name, self._say, self._first_pause = name, say, pause
        self._waiting: deque[bytes] = deque(maxlen=_MOST_BATCHES)
        self._changed = threading.Condition()
        self._ending = threading.Event()
        self._trouble = ""
        threading.Thread(target=self._run, name=f"export {name}", daemon=True).start()

    def offer(self, values: Mapping[str, float], labels: Mapping[str, str], *, milliseconds: int) -> None:
        """Have this written as soon as the endpoint takes it; returns at once. The platform's labels win over the export's."""
        body = remote_write.encode(values, {**self.export.get("labels", {}), **labels}, milliseconds=milliseconds)
        with self._changed:
            self._waiting.append(body)
            self._changed.notify()

    def end(self) -> None:
        with self._changed:
            self._ending.set()
            self._changed.notify()

    def _run(self) -> None:
        pause = self._first_pause
        while body := self._next():
            trouble, again = self._send(body)
            self._tell(trouble)
            if trouble and again:
                self._keep(body)
                self._ending.wait(pause)
                pause = min(_LONGEST_PAUSE, pause * 2)
            else:
                pause = self._first_pause

    def _next(self) -> bytes | None:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._ending.is_set())
            return None if self._ending.is_set() else self._waiting.popleft()

    def _keep(self, body: bytes) -> None:
        """Back to the front, unless newer ones have filled its place."""
        with self._changed:
            if len(self._waiting) < _MOST_BATCHES:
                self._waiting.appendleft(body)

    def _send(self, body: bytes) -> tuple[str, bool]:
        """What went wrong, if anything did, and whether it may pass."""
        try:
            request = urllib.request.Request(self.export["endpoint"], data=body, headers=headers(self.export))  # noqa: S310 http(s) by the API
            with _OPENER.open(request, timeout=_ANSWER_SECONDS):
                return "", False
        except urllib.error.HTTPError as error:
            error.close()
            return f"the endpoint answered {error.code}", error.code >= 500 or error.code in _PASSING
        except (OSError, http.client.HTTPException) as error:
            return f"the endpoint cannot be reached ({type(getattr(error, 'reason', error)).__name__})", True
        except Exception as error:  # its words may hold what the export holds
            return f"nothing can be sent ({type(error).__name__})", False

    def _tell(self, trouble: str) -> None:
        """Trouble is said once, and so is its end."""
        if trouble != self._trouble:
            self._say(f"metrics export `{self._name}`: {trouble or 'the endpoint takes metrics again'}")
        self._trouble = trouble


def headers(export: Export) -> dict[str, str]:
    """The export's own headers, its authentication, and what remote write asks for."""
    return {**export.get("headers", {}), **_authorization(export), **remote_write.CONTENT}


def now() -> int:
    """Milliseconds since the epoch, as samples have them."""
    return int(time.time() * 1000)


def _authorization(export: Export) -> dict[str, str]:
    if export.get("authType") == "BASIC":
        pair = f"{export['username']}:{export['password']}".encode()
        return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
    if export.get("authType") == "AUTH_TOKEN":
        return {"Authorization": f"Bearer {export['basicToken']}"}
    return {}


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Credentials are for the endpoint that was named and for no other."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoRedirect)
