"""What the agent is told by its environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


class Unset(Exception):
    """A setting without which there is nothing to do."""


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


def read(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings; `Unset` names the first variable that is missing."""
    state = Path(environment.get("ORRERY_STATE", ".orrery"))
    return Settings(
        cluster_id=_must(environment, "ORRERY_CLUSTER_ID"),
        plane_url=_must(environment, "ORRERY_API_URL").rstrip("/"),
        token_file=Path(_must(environment, "ORRERY_AGENT_TOKEN_FILE")),
        home_socket=Path(environment.get("ORRERY_HOME_SOCKET") or state / "home" / "home.sock"),
        state=Path(environment.get("ORRERY_AGENT_STATE") or state / "agent"),
    )


def _must(environment: Mapping[str, str], name: str) -> str:
    if value := environment.get(name):
        return value
    raise Unset(f"the agent needs the environment variable {name}")
