"""The home's door: HTTP over a unix socket that only the plane's user may open."""

import json
import os
import socketserver
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from orrery.dataplane.port import DeploymentRef, NodePoolSpec
from orrery.errors import Error, Invalid, NotFound
from orrery.names import is_id

from local.home.home import Home
from local.home.records import spec_from

_THINGS = frozenset({"namespace", "database", "broker", "release", "airflow", "queues", "ingress"})
_LARGEST_BODY = 4_000_000
_LARGEST_READ = 1_000_000


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, path: Path, home: Home) -> None:
        self.home = home
        path.unlink(missing_ok=True)
        before = os.umask(0o177)
        try:
            super().__init__(str(path), Handler)
        finally:
            os.umask(before)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        self._answer("GET")

    def do_PUT(self) -> None:
        self._answer("PUT")

    def do_POST(self) -> None:
        self._answer("POST")

    def do_DELETE(self) -> None:
        self._answer("DELETE")

    def log_message(self, format: str, *args: Any) -> None:
        """Bodies hold secrets and paths say little; what matters is said by what happens."""

    def address_string(self) -> str:
        return "plane"

    def _answer(self, method: str) -> None:
        try:
            status, body = 200, route(self.server.home, method, self.path, self._body())
        except Error as error:
            status, body = error.status, {"error": type(error).__name__, "message": error.message}
        except Exception as error:
            print(f"home: {method} {self.path}: {type(error).__name__}: {error}", flush=True)
            status, body = 503, {"error": "Unavailable", "message": f"the process home failed: {type(error).__name__}"}
        encoded = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(encoded)))
        self.end_headers()
        self.wfile.write(encoded)

    def _body(self) -> dict[str, Any]:
        length = int(self.headers.get("Content-Length") or 0)
        if length > _LARGEST_BODY:
            raise Invalid("the request is too large for the process home")
        try:
            body = json.loads(self.rfile.read(length) or b"{}")
        except ValueError as error:
            raise Invalid("the request is not JSON") from error
        if not isinstance(body, dict):
            raise Invalid("the request is not a JSON object")
        return body


def route(home: Home, method: str, path: str, body: dict[str, Any]) -> Any:
    """What a request means; every id is checked before it can become part of a path or a name."""
    match (method, path.strip("/").split("/")):
        case ("GET", [""]):
            return home.describe()
        case ("GET", ["deployments"]):
            return {"deployments": home.inventory()}
        case ("GET", ["clusters", cluster_id, "nodes"]) if is_id(cluster_id):
            return {"nodes": [asdict(node) for node in home.nodes.observe(cluster_id)]}
        case ("GET", ["clusters", cluster_id, "node-pools"]) if is_id(cluster_id):
            return {"pools": [asdict(pool) for pool in home.nodes.wanted(cluster_id)]}
        case ("PUT", ["clusters", cluster_id, "node-pools"]) if is_id(cluster_id):
            home.nodes.want(cluster_id, _pools(body))
            return {}
        case (_, ["deployments", deployment_id, *rest]) if is_id(deployment_id):
            return _deployment(home, method, deployment_id, rest, body)
        case _:
            raise NotFound(f"the process home has no `{method} {path}`")


def _deployment(home: Home, method: str, deployment_id: str, rest: list[str], body: dict[str, Any]) -> Any:
    match (method, rest):
        case ("GET", []):
            return asdict(home.observe(deployment_id))
        case ("PUT", ["releases", "current"]):
            given = {name: str(body[name]) for name in ("version", "sha256", "path") if body.get(name)}
            home.publish_release(_ref(deployment_id), **given)
            return {}
        case ("PUT", [thing]) if thing in _THINGS:
            getattr(home, f"ensure_{thing}")(_spec(deployment_id, body))
            return {}
        case ("DELETE", [thing]) if thing in _THINGS:
            getattr(home, f"remove_{thing}")(_ref(deployment_id))
            return {}
        case ("POST", ["logs"]):
            return home.logs(deployment_id, _object(body.get("after")), most=_bytes(body.get("bytes")))
        case ("GET", ["workers"]):
            return {"workers": home.workers(deployment_id)}
        case ("POST", ["workers"]):
            return home.launch_worker(deployment_id, str(body.get("queue", "")))
        case ("POST", ["workers", worker_id, verb]):
            return home.tell_worker(deployment_id, worker_id, verb)
        case _:
            raise NotFound(f"the process home has no `{method} /deployments/{{id}}/{'/'.join(rest)}`")


def _pools(body: dict[str, Any]) -> list[NodePoolSpec]:
    try:
        return [NodePoolSpec(**pool) for pool in body["pools"]]
    except (TypeError, KeyError) as error:
        raise Invalid("the request names no node pools") from error


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _bytes(value: Any) -> int:
    if not isinstance(value, int) or not 0 < value <= _LARGEST_READ:
        raise Invalid(f"`bytes` must be a whole number up to {_LARGEST_READ}")
    return value


def _spec(deployment_id: str, body: dict[str, Any]) -> Any:
    try:
        spec = spec_from(body)
    except (TypeError, KeyError, ValueError) as error:
        raise Invalid("the request is not a Deployment's spec") from error
    if spec.id != deployment_id:
        raise Invalid("the spec is another Deployment's")
    return spec


def _ref(deployment_id: str) -> DeploymentRef:
    """The home finds everything by the id alone."""
    return DeploymentRef(id=deployment_id, organization_id="", cluster_id="", namespace="")
