"""What a cluster's queues take up: from what was seen and the targets in force to workers by size, for the packing of nodes. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from math import ceil
from typing import Any

from orrery.hypervisor.fleet import Fleet, Queue, WorkerState
from orrery.hypervisor.forecast import GRAIN
from orrery.hypervisor.lease import Target
from orrery.hypervisor.nodes import NODE_START, Demand, Placed, Size
from orrery.model.queue import Machine

UNKNOWN = Size(Machine.A5.size.cpu, Machine.A5.size.memory)
"""An agent that does not tell how large its workers are is taken to run the smallest ones."""


def demands(fleet: Fleet, snapshot: Mapping[str, Any], targets: Iterable[Target]) -> tuple[Demand, ...]:
    """Workers that are wanted now and soon, by size and by whether their Deployment is highly available."""
    sizes, available = _sizes(snapshot), _highly_available(snapshot)
    wanted = {(target.deployment_id, target.queue): target.workers for target in targets}
    now, soon = Counter[tuple[Size, bool]](), Counter[tuple[Size, bool]]()
    for queue in fleet.queues:
        target = wanted.get((queue.deployment, queue.name), queue.serving)
        kind = sizes[queue.deployment, queue.name], queue.deployment in available
        now[kind] += target + sum(worker.state is WorkerState.DRAINING for worker in queue.workers)
        soon[kind] += max(0, foreseen(queue) - target)
    return tuple(Demand(size, now[size, high], soon[size, high], high) for size, high in sorted(now))


def taking_room(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    """The snapshot without the Deployments that have no worker, no task and nothing ahead: most of them, and no node is there for them."""
    asking = [deployment for deployment in snapshot["deployments"] if any(map(_asks, deployment["queues"]))]
    return {**snapshot, "deployments": asking}


def _asks(queue: Mapping[str, Any]) -> bool:
    return bool(queue["workers"] or queue["queued"] or queue["running"] or queue["min"] or queue.get("ahead"))


def foreseen(queue: Queue) -> int:
    """Workers that the queue needs at most within the time a node takes to come, as far as is foreseen."""
    coming = max((queue.ahead or ())[: int(NODE_START / GRAIN)], default=0.0)
    needed = ceil(max(coming, queue.tasks) / queue.concurrency)
    return min(max(needed, queue.floor), queue.ceiling)


def placed(fleet: Fleet, snapshot: Mapping[str, Any]) -> dict[tuple[str, str], Placed]:
    """Every worker by Deployment and id, as one that takes room on a node; one that runs nothing and is above what is wanted is idle."""
    sizes = _sizes(snapshot)
    return {
        (queue.deployment, worker.id): Placed(
            queue.deployment, worker.id, sizes[queue.deployment, queue.name], worker.busy, worker.id in spare
        )
        for queue in fleet.queues
        for spare in [_spare(queue)]
        for worker in queue.workers
    }


def _spare(queue: Queue) -> set[str]:
    """Draining workers without a task, and as many idle ones as are more than the demand needs."""
    idle = [worker.id for worker in queue.workers if worker.state is WorkerState.RUNNING and worker.idle is not None]
    leaving = {worker.id for worker in queue.workers if worker.state is WorkerState.DRAINING and not worker.busy}
    return leaving | set(idle[: max(0, queue.serving - max(queue.wanted, foreseen(queue)))])


def _sizes(snapshot: Mapping[str, Any]) -> dict[tuple[str, str], Size]:
    return {
        (deployment["id"], queue["name"]): Size(queue["cpu"], queue["memory"]) if queue.get("cpu") and queue.get("memory") else UNKNOWN
        for deployment in snapshot["deployments"]
        for queue in deployment["queues"]
    }


def _highly_available(snapshot: Mapping[str, Any]) -> set[str]:
    return {deployment["id"] for deployment in snapshot["deployments"] if deployment.get("highAvailability")}
