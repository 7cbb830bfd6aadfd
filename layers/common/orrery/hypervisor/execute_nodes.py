"""One tick over one cluster's nodes: what its queues take up becomes a plan, and the data plane is told when it is another than before."""

from dataclasses import replace
from datetime import UTC, datetime

from orrery import dataplane
from orrery.dataplane.port import NodePoolSpec, NodeView
from orrery.errors import DataPlaneFailed
from orrery.hypervisor import fleet as fleets
from orrery.hypervisor import footprint, nodes
from orrery.hypervisor.nodes import Node, NodePlan, Placed, Planned, Pool, Size
from orrery.model.node_pool import STANDARD
from orrery.store import fleets as store
from orrery.store import node_plans


def list_clusters(*, now: datetime | None = None) -> list[str]:
    """The clusters whose nodes to plan: those that were just heard, because of no other is known what they need."""
    now = now or datetime.now(UTC)
    return [beat.cluster_id for beat in store.heartbeats() if store.is_fresh(beat.heard_at, now)]


def plan_nodes(cluster_id: str, *, now: datetime | None = None) -> dict[str, int | str]:
    """Plan one cluster's nodes; says how many are wanted, how many could go, and whether the data plane was told something new."""
    now = now or datetime.now(UTC)
    snapshot = store.snapshot(cluster_id, consistent=False)
    if snapshot is None:
        return {"cluster": cluster_id, "nodes": 0, "proposals": 0, "told": "no"}
    snapshot = footprint.taking_room(snapshot)
    fleet = fleets.read(cluster_id, snapshot)
    there, absent = _observe(cluster_id)
    pools = _pools(there)
    workers = footprint.placed(fleet, snapshot)
    lease = store.lease(cluster_id)
    demands = footprint.demands(fleet, snapshot, lease.targets if lease else ())
    plan = nodes.plan(pools, demands, [_node(view, workers) for view in there])
    wanted, planned, before = _wanted(plan), Planned(plan, now, absent), node_plans.load(cluster_id)
    is_news = not absent and (before is None or bool(before.untold) or _wanted(before.plan) != wanted)
    if is_news:
        dataplane.connect().ensure_node_pools(cluster_id, wanted)
    if before is None or replace(before, decided_at=now) != planned:
        node_plans.save(cluster_id, planned)
    count = sum(decision.target for decision in plan.pools)
    return {"cluster": cluster_id, "nodes": count, "proposals": len(plan.proposals), "told": "yes" if is_news else "no"}


def _observe(cluster_id: str) -> tuple[tuple[NodeView, ...], str]:
    """The nodes, or why none can be seen: an installation without a data plane still says what it would want."""
    try:
        return dataplane.connect().observe_nodes(cluster_id), ""
    except DataPlaneFailed as problem:
        return (), problem.message


def _pools(there: tuple[NodeView, ...]) -> tuple[Pool, ...]:
    """What the cluster is made of: its pools, or the nodes that are there where there can be no others."""
    fixed = [view for view in there if view.is_fixed]
    if fixed:
        kinds = {view.pool: view for view in fixed}
        count = {name: sum(view.pool == name for view in fixed) for name in kinds}
        return tuple(Pool(n, view.instance_type, Size(view.cpu, view.memory), count[n], count[n]) for n, view in kinds.items())
    return tuple(Pool(pool.name, pool.instance_type, Size(pool.cpu, pool.memory), pool.min_nodes, pool.max_nodes) for pool in STANDARD)


def _node(view: NodeView, workers: dict[tuple[str, str], Placed]) -> Node:
    return Node(view.name, view.pool, tuple(workers[worker] for worker in view.workers if worker in workers))


def _wanted(plan: NodePlan) -> tuple[NodePoolSpec, ...]:
    decided = zip(plan.kinds, plan.pools, strict=True)
    return tuple(NodePoolSpec(kind.name, kind.instance_type, each.target, kind.low, kind.high) for kind, each in decided)
