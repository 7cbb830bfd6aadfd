"""The data plane port, spoken to a process home over its socket; `connect` is what the setting DATA_PLANE names."""

import http.client
import json
import os
import socket
from dataclasses import asdict, dataclass
from typing import Any

from orrery import errors
from orrery.dataplane.port import DeploymentRef, DeploymentSpec, Incident, NodePoolSpec, NodeView, Observation
from orrery.model.incident import Severity

_SECONDS = 120.0


class _Connection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("home", timeout=_SECONDS)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(_SECONDS)
        self.sock.connect(self._path)


@dataclass(frozen=True)
class HomeClient:
    socket_path: str

    def ensure_namespace(self, spec: DeploymentSpec) -> None:
        self._ensure("namespace", spec)

    def ensure_database(self, spec: DeploymentSpec) -> None:
        self._ensure("database", spec)

    def ensure_broker(self, spec: DeploymentSpec) -> None:
        self._ensure("broker", spec)

    def ensure_release(self, spec: DeploymentSpec) -> None:
        self._ensure("release", spec)

    def ensure_airflow(self, spec: DeploymentSpec) -> None:
        self._ensure("airflow", spec)

    def ensure_queues(self, spec: DeploymentSpec) -> None:
        self._ensure("queues", spec)

    def ensure_ingress(self, spec: DeploymentSpec) -> None:
        self._ensure("ingress", spec)

    def remove_ingress(self, ref: DeploymentRef) -> None:
        self._remove("ingress", ref)

    def remove_queues(self, ref: DeploymentRef) -> None:
        self._remove("queues", ref)

    def remove_airflow(self, ref: DeploymentRef) -> None:
        self._remove("airflow", ref)

    def remove_release(self, ref: DeploymentRef) -> None:
        self._remove("release", ref)

    def remove_broker(self, ref: DeploymentRef) -> None:
        self._remove("broker", ref)

    def remove_database(self, ref: DeploymentRef) -> None:
        self._remove("database", ref)

    def remove_namespace(self, ref: DeploymentRef) -> None:
        self._remove("namespace", ref)

    def publish_release(self, ref: DeploymentRef, *, version: str) -> None:
        """Tell the home that the Deployment's store points at `version` now; without this it finds out within seconds."""
        self.request("PUT", f"/deployments/{ref.id}/releases/current", {"version": version})

    def observe(self, ref: DeploymentRef) -> Observation:
        told = self.request("GET", f"/deployments/{ref.id}")
        incidents = tuple(Incident(**{**each, "severity": Severity(each["severity"])}) for each in told["incidents"])
        return Observation(**{**told, "incidents": incidents})

    def ensure_node_pools(self, cluster_id: str, pools: tuple[NodePoolSpec, ...]) -> None:
        self.request("PUT", f"/clusters/{cluster_id}/node-pools", {"pools": [asdict(pool) for pool in pools]})

    def node_pools(self, cluster_id: str) -> tuple[NodePoolSpec, ...]:
        return tuple(NodePoolSpec(**pool) for pool in self.request("GET", f"/clusters/{cluster_id}/node-pools")["pools"])

    def observe_nodes(self, cluster_id: str) -> tuple[NodeView, ...]:
        nodes = self.request("GET", f"/clusters/{cluster_id}/nodes")["nodes"]
        return tuple(NodeView(**{**node, "workers": tuple((d, w) for d, w in node["workers"])}) for node in nodes)

    def describe(self) -> dict[str, Any]:
        """The home itself; `isolated` says whether it can keep Organizations apart."""
        return self.request("GET", "/")

    def request(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """One request; what the home refuses is raised as the error of that name."""
        connection = _Connection(self.socket_path)
        try:
            payload = json.dumps(body).encode() if body is not None else None
            connection.request(method, path, body=payload, headers={"Content-Type": "application/json"})
            answer = connection.getresponse()
            decoded: dict[str, Any] = json.loads(answer.read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise errors.Unavailable("the process home does not answer") from error
        finally:
            connection.close()
        if answer.status != 200:
            raise _error(decoded)
        return decoded

    def _ensure(self, thing: str, spec: DeploymentSpec) -> None:
        plain = asdict(spec)
        self.request("PUT", f"/deployments/{spec.id}/{thing}", plain)

    def _remove(self, thing: str, ref: DeploymentRef) -> None:
        self.request("DELETE", f"/deployments/{ref.id}/{thing}")


def connect() -> HomeClient:
    """The home whose socket the environment names."""
    path = os.environ.get("ORRERY_HOME_SOCKET", "")
    if not path:
        raise errors.DataPlaneFailed("no process home is attached: ORRERY_HOME_SOCKET is not set")
    return HomeClient(path)


def _error(body: dict[str, Any]) -> errors.Error:
    kind = getattr(errors, str(body.get("error")), None)
    message = str(body.get("message", "the process home failed"))
    if isinstance(kind, type) and issubclass(kind, errors.Error):
        return kind(message)
    return errors.DataPlaneFailed(message)
