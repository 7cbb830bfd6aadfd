"""The process home behind the agent's port: requests over its socket."""

import http.client
import json
import socket
from pathlib import Path
from typing import Any
from urllib.parse import quote

from agent.home import HomeTrouble, Verb

_SECONDS = 10.0
_GLANCE = 3.0
"""Seconds for the workers of one Deployment, while something larger may be going on with it."""
_LARGEST = 16_000_000


class _Connection(http.client.HTTPConnection):
    def __init__(self, path: Path, seconds: float) -> None:
        super().__init__("home", timeout=seconds)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


class ProcessHome:
    """One short connection for each request: a home that was restarted is simply met again."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def deployments(self) -> list[dict[str, Any]]:
        return list(self._ask("GET", "/deployments")["deployments"])

    def workers(self, deployment_id: str) -> list[dict[str, Any]]:
        return list(self._ask("GET", f"{_path(deployment_id)}/workers", seconds=_GLANCE)["workers"])

    def launch(self, deployment_id: str, queue: str, *, decision: dict[str, Any]) -> dict[str, Any]:
        return self._ask("POST", f"{_path(deployment_id)}/workers", {"queue": queue, "decision": decision})

    def tell(self, deployment_id: str, worker_id: str, verb: Verb) -> dict[str, Any]:
        return self._ask("POST", f"{_path(deployment_id)}/workers/{quote(worker_id, safe='')}/{verb}")

    def logs(self, deployment_id: str, after: dict[str, Any], *, most: int) -> dict[str, Any]:
        return self._ask("POST", f"{_path(deployment_id)}/logs", {"after": after, "bytes": most})

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None, *, seconds: float = _SECONDS) -> dict[str, Any]:
        connection = _Connection(self._path, seconds)
        try:
            connection.request(method, path, json.dumps(body or {}), {"Content-Type": "application/json"})
            answer = connection.getresponse()
            told = json.loads(answer.read(_LARGEST))
        except (OSError, http.client.HTTPException, ValueError) as problem:
            raise HomeTrouble(f"the process home does not answer: {problem or type(problem).__name__}") from problem
        finally:
            connection.close()
        if not isinstance(told, dict) or answer.status >= 400:
            raise HomeTrouble(told.get("message", f"status {answer.status}") if isinstance(told, dict) else "no object came back")
        return told


def _path(deployment_id: str) -> str:
    return f"/deployments/{quote(deployment_id, safe='')}"
