"""The API server as the wire shows it: plain requests and answers, so that a test sees what any client would be told."""

import http.client
import json
import ssl
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MANAGER = "tests"
TIMEOUT = 30.0
IDLE = 20.0
"""Seconds after which a connection is not trusted to be open still."""


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any
    """Parsed JSON, or the text where it is none."""

    @property
    def reason(self) -> str:
        """The machine-readable word of a `Status`: `Conflict`, `Invalid`, `Forbidden` ..."""
        return str(self.body.get("reason", "")) if isinstance(self.body, dict) else ""

    @property
    def message(self) -> str:
        return str(self.body.get("message", "")) if isinstance(self.body, dict) else str(self.body)


class Api:
    """Requests of the user of one kubeconfig that `Authority` wrote, or of whoever holds `token` instead."""

    def __init__(self, kubeconfig: Path, *, token: str | None = None) -> None:
        config = json.loads(kubeconfig.read_text())
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        self._where = urllib.parse.urlsplit(cluster["server"])
        self._thread = threading.local()
        self._tls = ssl.create_default_context(cafile=cluster["certificate-authority"])
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        if not token:
            self._tls.load_cert_chain(user["client-certificate"], user["client-key"])

    def get(self, path: str) -> Answer:
        return self.send("GET", path)

    def create(self, path: str, body: Mapping[str, Any]) -> Answer:
        return self.send("POST", path, body)

    def delete(self, path: str) -> Answer:
        return self.send("DELETE", path)

    def apply(self, path: str, body: Mapping[str, Any], *, manager: str = MANAGER, force: bool = False) -> Answer:
        """Server-side apply: JSON is YAML, which is what this content type says."""
        query = urllib.parse.urlencode({"fieldManager": manager, "force": str(force).lower()})
        return self.send("PATCH", f"{path}?{query}", body, kind="application/apply-patch+yaml")

    def send(self, method: str, path: str, body: Mapping[str, Any] | None = None, *, kind: str = "application/json") -> Answer:
        content, headers = None if body is None else json.dumps(body), {"Content-Type": kind, "Accept": "application/json", **self._headers}
        connection = self._connection()
        try:
            connection.request(method, path, content, headers)
            answer = connection.getresponse()
            return Answer(answer.status, _parsed(answer.read()))
        except (OSError, http.client.HTTPException):
            connection.close()  # the next request opens it anew
            raise

    def _connection(self) -> http.client.HTTPSConnection:
        """This thread's, kept between requests: setting one up costs both sides more than most of what is asked."""
        now, idle_since = time.monotonic(), getattr(self._thread, "used", 0.0)
        if now - idle_since > IDLE:
            where = self._where.hostname or ""
            self._thread.connection = http.client.HTTPSConnection(where, self._where.port, context=self._tls, timeout=TIMEOUT)
        self._thread.used = now
        connection: http.client.HTTPSConnection = self._thread.connection
        return connection

    def watch(self, path: str, version: str, *, seconds: int) -> Iterator[Mapping[str, Any]]:
        """What changes after this resource version, as it changes, on a connection of its own; `path` has a query already."""
        connection = http.client.HTTPSConnection(self._where.hostname or "", self._where.port, context=self._tls, timeout=seconds + TIMEOUT)
        try:
            query = f"&watch=true&resourceVersion={version}&timeoutSeconds={seconds}"
            connection.request("GET", path + query, headers={"Accept": "application/json", **self._headers})
            for line in connection.getresponse():
                yield json.loads(line)
        finally:
            connection.close()

    def until(self, path: str, holds: Callable[[Answer], bool], *, patience: float = TIMEOUT) -> Answer:
        """The first answer of which it holds; fails with the last one after `patience` seconds."""
        end = time.monotonic() + patience
        while not holds(answer := self.get(path)):
            assert time.monotonic() < end, f"{path} is still {answer}"
            time.sleep(0.1)
        return answer


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return content.decode(errors="replace")
