"""What was told of a cluster when it was registered, in a row of its own: only whoever speaks to clusters reads it."""

from datetime import datetime

from orrery.model.cluster_facts import AgentKey, Registration
from orrery.store import principals, reads, writes
from orrery.store.tables import Item, item
from orrery.store.writes import Write

OWNER = {"organization": "clusters"}
"""Of what is sealed in it; beside this its encryption context names the cluster."""


def load(cluster_id: str) -> Registration | None:
    return reads.get(Registration, f"CLUSTER#{cluster_id}", "REGISTRATION")


def save(registration: Registration) -> Write:
    """Its first or its next generation, as one write among others; it raises `StaleGeneration` when somebody else wrote first."""
    row, otherwise = item(f"CLUSTER#{registration.cluster_id}", "REGISTRATION", registration), writes.changed("the cluster's registration")
    return writes.put_next(row, otherwise) if registration.generation > 1 else writes.put_new(row, otherwise)


def agent(cluster_id: str) -> AgentKey | None:
    """By which token the cluster's agent is known, if it was given one here."""
    return reads.get(AgentKey, f"CLUSTER#{cluster_id}", "AGENT")


def replace_agent(cluster_id: str, token_hash: str, end: datetime, *, before: AgentKey | None) -> None:
    """From now on this token is the agent's, and the one before it is worth nothing."""
    key = _key(cluster_id, AgentKey(token_hash, before.generation + 1 if before else 1))
    otherwise = writes.changed("the cluster's agent")
    kept = writes.put_next(key, otherwise) if before else writes.put_new(key, otherwise)
    forgotten = [principals.forget(before.hash)] if before else []
    writes.commit(kept, *forgotten, principals.remember_agent(cluster_id, token_hash, end))


def forget_agent(cluster_id: str) -> None:
    """Its token is worth nothing from now on."""
    if known := agent(cluster_id):
        writes.commit(writes.delete_anyway(_key(cluster_id, known)), principals.forget(known.hash))


def _key(cluster_id: str, key: AgentKey) -> Item:
    return item(f"CLUSTER#{cluster_id}", "AGENT", key)
