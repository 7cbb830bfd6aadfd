"""Where the API server asks for the logs of a pretended node's pods: a kubelet's answers about them, and nothing else of a kubelet.

What a test writes is kept as a node keeps it: each line with the moment at which it came, one log for each start of a container, and of
those before only the last. The API server in front of it is the real one. What real nodes answer is seen by `tests/kubernetes/life.py`.
"""

import ssl
import threading
from collections import defaultdict
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.kubernetes.control_plane import ControlPlane

Place = tuple[str, str]
"""Namespace and pod."""
ADDRESS = "127.0.0.1"


class PretendKubelet:
    """Of the node with this name, once it is started."""

    def __init__(self, plane: ControlPlane, node: str) -> None:
        self._plane, self._node = plane, node
        self.now = datetime.now(UTC).replace(microsecond=0).timestamp()
        self._logs: dict[Place, list[list[tuple[float, str]]]] = defaultdict(lambda: [[]])
        self.mute: set[str] = set()
        """Pods of which it knows nothing."""
        self.asked: list[str] = []
        """Names of pods, each time that somebody wanted to read."""
        self._server = ThreadingHTTPServer((ADDRESS, 0), _Handler)
        self._server.daemon_threads = True
        self._server.kubelet = self  # type: ignore[attr-defined]

    def start(self) -> "PretendKubelet":
        certificate, key = self._plane.authority.server("pretend-kubelet", ADDRESS)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        self._tell({"addresses": [{"type": "InternalIP", "address": ADDRESS}], "port": self._server.server_address[1]})
        return self

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def write(self, namespace: str, pod: str, *lines: str, seconds: float = 0.25) -> None:
        """Each so long after the one before, whosever that was."""
        for line in lines:
            self.now += seconds
            self._logs[namespace, pod][-1].append((self.now, line))

    def start_again(self, namespace: str, pod: str) -> None:
        self._logs[namespace, pod] = [*self._logs[namespace, pod][-1:], []]

    def rotate(self, namespace: str, pod: str) -> None:
        """What was written so far is no longer shown."""
        self._logs[namespace, pod][-1].clear()

    def answer(self, namespace: str, pod: str, asked: dict[str, str]) -> tuple[int, bytes]:
        self.asked.append(pod)
        logs = self._logs[namespace, pod]
        if pod in self.mute or (asked.get("previous") == "true" and len(logs) < 2):
            return 404, b"there is no such container"
        since = datetime.fromisoformat(asked["sinceTime"]).timestamp() if "sinceTime" in asked else 0
        found = logs[-2 if asked.get("previous") == "true" else -1]
        lines = (f"{_stamp(at)} {line}\n" for at, line in found if at >= since)
        return 200, "".join(lines).encode()

    def _tell(self, told: dict[str, Any]) -> None:
        status = {"addresses": told["addresses"], "daemonEndpoints": {"kubeletEndpoint": {"Port": told["port"]}}}
        at = f"/api/v1/nodes/{self._node}/status"
        assert self._plane.api.send("PATCH", at, {"status": status}, kind="application/merge-patch+json").status == 200


def _stamp(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f000Z")


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        at = urlsplit(self.path)
        _, what, namespace, pod, _ = at.path.split("/")
        assert what == "containerLogs"
        asked = {name: values[0] for name, values in parse_qs(at.query).items()}
        status, body = self.server.kubelet.answer(namespace, pod, asked)  # type: ignore[attr-defined]
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""
