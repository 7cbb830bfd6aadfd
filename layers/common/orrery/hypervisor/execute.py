"""One tick over one shard: what an agent saw becomes a plan, and a plan that passes the check becomes a lease and a record."""

from datetime import UTC, datetime

from orrery import names
from orrery.errors import StaleGeneration
from orrery.hypervisor import fleet as fleets
from orrery.hypervisor.check import check
from orrery.hypervisor.lease import Lease, news, renew
from orrery.hypervisor.plan import Decision, plan
from orrery.model.scaling import ScalingDecision
from orrery.store import fleets as store


def list_shards() -> list[str]:
    """The shards to plan: the clusters whose agents report."""
    return store.shards()


def plan_shard(cluster_id: str, *, now: datetime | None = None) -> dict[str, int | str]:
    """Plan one cluster; says which lease is in force and how many queues and decisions it was about.

    Two ticks may cross: the lease is conditional on the one that was read, so the second to write gives way and records nothing.
    """
    now = now or datetime.now(UTC)
    seen, last = store.seen(cluster_id), store.lease(cluster_id)
    if seen is None:
        return {"shard": cluster_id, "lease": last.generation if last else 0, "queues": 0, "recorded": 0}
    fleet = fleets.read(cluster_id, seen.snapshot, silence=max(0.0, (now - seen.heard_at).total_seconds()))
    planned = check(fleet, plan(fleet))
    lease = renew(last, planned, now)
    told = news(last, planned)
    if lease and not _published(cluster_id, lease):
        return {"shard": cluster_id, "lease": lease.generation, "queues": len(planned), "recorded": 0}
    generation = (lease or last or _none(now)).generation
    store.record((decision.deployment, _remember(decision, generation, now)) for decision in told)
    return {"shard": cluster_id, "lease": generation, "queues": len(planned), "recorded": len(told)}


def _published(cluster_id: str, lease: Lease) -> bool:
    try:
        store.publish(cluster_id, lease)
    except StaleGeneration:
        return False
    return True


def _none(now: datetime) -> Lease:
    return Lease(0, now, now, ())


def _remember(decision: Decision, lease_generation: int, now: datetime) -> ScalingDecision:
    return ScalingDecision(
        id=names.new_id(),
        decided_at=now,
        queue=decision.queue,
        action=decision.action.value,
        cause=decision.cause.value,
        current=decision.current,
        target=decision.target,
        queued=decision.queued,
        running=decision.running,
        reason=decision.reason,
        lease_generation=lease_generation,
    )
