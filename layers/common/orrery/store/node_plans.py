"""What was last planned for a cluster's nodes: written on change only."""

from orrery.hypervisor.nodes import Planned
from orrery.store import reads, writes
from orrery.store.tables import item


def load(cluster_id: str) -> Planned | None:
    """The newest plan; None before the first."""
    return reads.get(Planned, f"CLUSTER#{cluster_id}", "NODES")


def save(cluster_id: str, planned: Planned) -> None:
    """Replaces the plan before: whoever plans next sees the same nodes."""
    writes.commit(writes.put(item(f"CLUSTER#{cluster_id}", "NODES", planned)))
