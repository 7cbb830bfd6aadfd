"""Whether an Airflow is well, asked over HTTP: a command of its own would cost seconds of CPU each time."""

import contextlib
import http.client
import json
import socket
import threading
from dataclasses import dataclass
from typing import Any

_PARTS = {"metadatabase": "its database", "scheduler": "its scheduler", "dag_processor": "its dag-processor"}
_SECONDS = 10.0
"""For one page, all of it: whoever answers is the Deployment's own, and one byte every few seconds would hold up all others for ever."""
_LARGEST = 256 * 1024


@dataclass(frozen=True)
class Health:
    healthy: bool
    reason: str = ""


def probe(port: int) -> Health:
    """One look at Airflow's own health page, and at the Execution API beside it, which a first task would otherwise have to warm."""
    try:
        report = _get(port, "/api/v2/monitor/health")
        _get(port, "/execution/health")
    except (OSError, http.client.HTTPException, ValueError):
        return Health(False, "Airflow's API does not answer yet")
    return judge(report)


def judge(report: dict[str, Any]) -> Health:
    for part, words in _PARTS.items():
        if (report.get(part) or {}).get("status") != "healthy":
            return Health(False, f"Airflow says that {words} is not well yet")
    return Health(True)


def _get(port: int, path: str) -> dict[str, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.connect()
    end = threading.Timer(_SECONDS, _hang_up, [connection.sock])
    end.start()
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        body = json.loads(answer.read(_LARGEST))
        if answer.status != 200 or not isinstance(body, dict):
            raise ValueError(f"{path} answered {answer.status}")
        return body
    finally:
        end.cancel()
        connection.close()


def _hang_up(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)
