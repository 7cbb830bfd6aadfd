"""Which Deployments lie on a cluster, and how many were let go of late: what the guard on destruction knows."""

from dataclasses import dataclass
from datetime import datetime

from orrery.errors import Error
from orrery.model.deployment import Deployment
from orrery.model.removals import Removals
from orrery.store import reads, writes
from orrery.store.tables import Item, item, table
from orrery.store.writes import Write


@dataclass(frozen=True)
class Placed:
    """A Deployment that has, or is about to have, a namespace on the cluster."""

    deployment_id: str
    let_go: datetime | None = None
    """When it was let go; it stays so until it is gone."""


def place(deployment: Deployment) -> None:
    """It lies on its cluster from now on; one that lies there already stays as it is."""
    if not _placed(deployment):
        writes.commit(writes.put(_place(deployment, Placed(deployment.id))))


def displaced(deployment: Deployment) -> Write:
    """It lies there no more, as one write among others."""
    return writes.delete_anyway(_place(deployment, Placed(deployment.id)))


def is_let_go(deployment: Deployment) -> bool:
    there = _placed(deployment)
    return there is not None and there.let_go is not None


def count(cluster_id: str) -> int:
    """How many lie on a cluster."""
    bound = table()
    with writes.speaking():
        return int(bound.count(f"CLUSTER#{cluster_id}", bound.sk.startswith("PLACED#"), consistent_read=True))


def load(cluster_id: str) -> Removals:
    return reads.get(Removals, f"CLUSTER#{cluster_id}", "REMOVALS") or Removals(cluster_id)


def let_go(deployment: Deployment, removals: Removals, now: datetime) -> None:
    """Both or neither; raises `StaleGeneration` when another was let go in the same moment."""
    writes.commit(_next(removals), writes.put(_place(deployment, Placed(deployment.id, now))))


def allow(removals: Removals) -> None:
    """Raises `StaleGeneration` when one was let go in the same moment."""
    writes.commit(_next(removals))


def _next(removals: Removals) -> Write:
    row = item(f"CLUSTER#{removals.cluster_id}", "REMOVALS", removals)
    return writes.put_next(row, _changed()) if removals.generation > 1 else writes.put_new(row, _changed())


def _changed() -> Error:
    return writes.changed("what was removed from the cluster")


def _placed(deployment: Deployment) -> Placed | None:
    return reads.get(Placed, f"CLUSTER#{deployment.cluster_id}", f"PLACED#{deployment.id}")


def _place(deployment: Deployment, placed: Placed) -> Item:
    return item(f"CLUSTER#{deployment.cluster_id}", f"PLACED#{deployment.id}", placed)
