"""What was last planned for a cluster's nodes: written on change only."""

from dataclasses import dataclass
from datetime import datetime

from orrery.hypervisor.nodes import NodePlan
from orrery.store import reads, writes
from orrery.store.tables import item


@dataclass(frozen=True)
class Planned:
    """A plan, when it was made, and why the data plane was not told; empty when it was."""

    plan: NodePlan
    decided_at: datetime
    untold: str = ""


def load(cluster_id: str) -> Planned | None:
    """The newest plan; None before the first."""
    return reads.get(Planned, f"CLUSTER#{cluster_id}", "NODES")


def save(cluster_id: str, planned: Planned) -> None:
    """Replaces the plan before: whoever plans next sees the same nodes."""
    writes.commit(writes.put(item(f"CLUSTER#{cluster_id}", "NODES", planned)))
