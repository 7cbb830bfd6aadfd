"""What is really there, as the cluster's agent last told: rows of their own, so that watching never fights with wanting."""

from collections.abc import Iterable
from datetime import datetime

from orrery.model.deployment import Observed
from orrery.store import reads, writes
from orrery.store.documents import thaw
from orrery.store.tables import item


def load(deployment_id: str) -> Observed:
    """What was last seen of a Deployment; nothing seen yet is `UNKNOWN`."""
    return reads.get(Observed, f"DEP#{deployment_id}", "OBSERVED") or Observed()


def several(deployment_ids: Iterable[str]) -> dict[str, Observed]:
    """What was last seen of many, by their ids."""
    found = reads.rows((f"DEP#{id}", "OBSERVED") for id in deployment_ids)
    return {pk.removeprefix("DEP#"): thaw(Observed, row.body) for (pk, _), row in found.items()}


def save(deployment_id: str, observed: Observed) -> None:
    """Written on change only: the caller has compared."""
    writes.commit(writes.put(item(f"DEP#{deployment_id}", "OBSERVED", observed)))


def heard(cluster_ids: Iterable[str]) -> dict[str, datetime]:
    """When each of these clusters' agents was last heard; one that never was is not there."""
    found = reads.rows(("HEARTBEATS", f"CLUSTER#{id}") for id in cluster_ids)
    return {sk.removeprefix("CLUSTER#"): datetime.fromisoformat(row.body["heardAt"]) for (_, sk), row in found.items()}


def heartbeat(cluster_id: str) -> datetime | None:
    """When one cluster's agent was last heard; None when it never was."""
    return heard([cluster_id]).get(cluster_id)
