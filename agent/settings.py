"""What the agent is told by its environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


class Unset(Exception):
    """A setting without which there is nothing to do."""


@dataclass(frozen=True)
class Kubernetes:
    url: str
    """ORRERY_KUBERNETES_URL: the API server; as every pod is told it when unset."""
    account: Path
    """ORRERY_SERVICE_ACCOUNT: a directory with `token` and `ca.crt`, where every pod has its own when unset."""
    domain: str
    """ORRERY_DOMAIN: Deployments answer at `https://<namespace>.<domain>`."""
    door_port: int
    """ORRERY_DOOR_PORT: where the agent answers for Deployments that sleep."""


@dataclass(frozen=True)
class Settings:
    cluster_id: str
    """ORRERY_CLUSTER_ID"""
    plane_url: str
    """ORRERY_API_URL: where the control plane answers."""
    token_file: Path
    """ORRERY_AGENT_TOKEN_FILE: a file that only its owner can read; it is read again at each report, so a token may change."""
    home_socket: Path
    """ORRERY_HOME_SOCKET: the process home's door, `$ORRERY_STATE/home/home.sock` when unset."""
    state: Path
    """ORRERY_AGENT_STATE: a directory for the agent's log of decisions, `$ORRERY_STATE/agent` when unset."""
    kubernetes: Kubernetes | None = None
    """Given when ORRERY_HOME is `kubernetes`: the home is the cluster that the agent runs in. Otherwise it is the process home."""


def read(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings; `Unset` names the first variable that is missing."""
    state = Path(environment.get("ORRERY_STATE", ".orrery"))
    return Settings(
        cluster_id=_must(environment, "ORRERY_CLUSTER_ID"),
        plane_url=_must(environment, "ORRERY_API_URL").rstrip("/"),
        token_file=Path(_must(environment, "ORRERY_AGENT_TOKEN_FILE")),
        home_socket=Path(environment.get("ORRERY_HOME_SOCKET") or state / "home" / "home.sock"),
        kubernetes=_kubernetes(environment) if environment.get("ORRERY_HOME") == "kubernetes" else None,
        state=Path(environment.get("ORRERY_AGENT_STATE") or state / "agent"),
    )


def _kubernetes(environment: Mapping[str, str]) -> Kubernetes:
    told = environment.get("ORRERY_KUBERNETES_URL", "")
    url = told or f"https://{_must(environment, 'KUBERNETES_SERVICE_HOST')}:{environment.get('KUBERNETES_SERVICE_PORT', '443')}"
    return Kubernetes(
        url=url,
        account=Path(environment.get("ORRERY_SERVICE_ACCOUNT") or "/var/run/secrets/kubernetes.io/serviceaccount"),
        domain=_must(environment, "ORRERY_DOMAIN"),
        door_port=int(environment.get("ORRERY_DOOR_PORT", "8080")),
    )


def _must(environment: Mapping[str, str], name: str) -> str:
    if value := environment.get(name):
        return value
    raise Unset(f"the agent needs the environment variable {name}")
