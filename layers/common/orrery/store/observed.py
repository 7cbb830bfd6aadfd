"""What is really there, as the cluster's agent last told: rows of their own, so that watching never fights with wanting."""

from datetime import datetime

from orrery.model.deployment import Observed
from orrery.store import reads, writes
from orrery.store.tables import item


def load(deployment_id: str) -> Observed:
    """What was last seen of a Deployment; nothing seen yet is `UNKNOWN`."""
    return reads.get(Observed, f"DEP#{deployment_id}", "OBSERVED") or Observed()


def save(deployment_id: str, observed: Observed) -> None:
    """Written on change only: the caller has compared."""
    writes.commit(writes.put(item(f"DEP#{deployment_id}", "OBSERVED", observed)))


def heartbeat(cluster_id: str) -> datetime | None:
    """When a cluster's agent was last heard; None when it never was."""
    row = reads.row("HEARTBEATS", f"CLUSTER#{cluster_id}")
    return datetime.fromisoformat(row.body["heardAt"]) if row else None
