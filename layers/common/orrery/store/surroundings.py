"""What is shown beside a Deployment, read in one batch: a point read is one round trip for the token, one for the thing, one for this."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from orrery.model.cluster import Cluster
from orrery.model.deploy import Release
from orrery.model.deployment import Deployment, Observed
from orrery.model.workspace import Workspace
from orrery.store import reads
from orrery.store.documents import thaw
from orrery.store.tables import Item

T = TypeVar("T")
Key = tuple[str, str]
Rows = Mapping[Key, Item]


@dataclass(frozen=True)
class Surroundings:
    """What was last seen of a Deployment, which code it should run, and what it lies in."""

    observed: Observed
    release: Release
    heard: datetime | None
    """When its cluster's agent was last heard; None when it never was."""
    cluster: Cluster | None
    workspace_name: str


def around(found: Iterable[Deployment]) -> dict[str, Surroundings]:
    """The surroundings of many Deployments, by their ids, unguarded."""
    deployments = tuple(found)
    rows = reads.rows(key for each in deployments for key in _keys(each).values())
    return {each.id: _surroundings(each, rows) for each in deployments}


def _keys(deployment: Deployment) -> dict[str, Key]:
    home, cluster = f"ORG#{deployment.organization_id}", f"CLUSTER#{deployment.cluster_id}"
    return {
        "observed": (f"DEP#{deployment.id}", "OBSERVED"),
        "release": (f"DEP#{deployment.id}", "RELEASE"),
        "heartbeat": ("HEARTBEATS", cluster),
        "standard cluster": ("CLUSTERS", cluster),
        "own cluster": (home, cluster),
        "workspace": (home, f"WS#{deployment.workspace_id}"),
    }


def _surroundings(deployment: Deployment, rows: Rows) -> Surroundings:
    keys = _keys(deployment)
    beat, workspace = rows.get(keys["heartbeat"]), _thawed(Workspace, rows.get(keys["workspace"]))
    return Surroundings(
        observed=_thawed(Observed, rows.get(keys["observed"])) or Observed(),
        release=_thawed(Release, rows.get(keys["release"])) or Release(deployment.id),
        heard=datetime.fromisoformat(beat.body["heardAt"]) if beat else None,
        cluster=_thawed(Cluster, rows.get(keys["standard cluster"]) or rows.get(keys["own cluster"])),
        workspace_name=workspace.name if workspace else "",
    )


def _thawed(cls: type[T], row: Item | None) -> T | None:
    return thaw(cls, row.body) if row else None
