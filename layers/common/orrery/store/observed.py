"""What is really there, as the cluster's agent last told: rows of their own, so that watching never fights with wanting."""

from collections.abc import Iterable
from datetime import datetime

from orrery.model.deployment import Observed
from orrery.store import reads, writes
from orrery.store.documents import thaw
from orrery.store.tables import item, table


def load(deployment_id: str) -> Observed:
    """What was last seen of a Deployment; nothing seen yet is `UNKNOWN`."""
    return reads.get(Observed, f"DEP#{deployment_id}", "OBSERVED") or Observed()


def several(deployment_ids: Iterable[str]) -> dict[str, Observed]:
    """What was last seen of many, by their ids."""
    wanted = {(f"DEP#{id}", "OBSERVED") for id in deployment_ids}
    with writes.speaking():
        rows = table().batch_get(wanted, consistent_read=True) if wanted else []
        return {row.pk.removeprefix("DEP#"): thaw(Observed, row.body) for row in rows}


def save(deployment_id: str, observed: Observed) -> None:
    """Written on change only: the caller has compared."""
    writes.commit(writes.put(item(f"DEP#{deployment_id}", "OBSERVED", observed)))


def heartbeat(cluster_id: str) -> datetime | None:
    """When the cluster's agent was last heard, by the plane's own clock; None when it never was."""
    heard = reads.row("HEARTBEATS", f"CLUSTER#{cluster_id}")
    return datetime.fromisoformat(heard.body["heardAt"]) if heard else None
