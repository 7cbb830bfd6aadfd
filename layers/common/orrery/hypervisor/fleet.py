"""What was seen of a cluster: its queues with their tasks and workers, as one frozen value that a plan can be made from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple


class WorkerState(StrEnum):
    STARTING = "STARTING"
    RUNNING = "RUNNING"
    DRAINING = "DRAINING"
    """It takes no new task: cordoned, or already told to end after its last one."""


class Worker(NamedTuple):
    """One worker process; a named tuple because a tick makes hundreds of thousands of them."""

    id: str
    state: WorkerState
    busy: int
    """Tasks that run on it."""
    idle: float | None
    """For how many seconds it has been known to run nothing; None when it is busy, starting, or not known to be idle."""


@dataclass(frozen=True)
class Queue:
    """One worker queue of one Deployment: demand in tasks, bounds in workers, concurrency in tasks a worker.

    What follows is counted once.
    """

    deployment: str
    organization: str
    generation: int
    """Of the Deployment's desired state that the bounds come from; a decision made for another one is stale."""
    name: str
    queued: int
    running: int
    workers: tuple[Worker, ...]
    floor: int
    ceiling: int
    concurrency: int

    @cached_property
    def serving(self) -> int:
        """Workers that take tasks, or will as soon as they are up; draining ones do not count."""
        return sum(worker.state is not WorkerState.DRAINING for worker in self.workers)

    @cached_property
    def occupied(self) -> int:
        """Serving workers that run something."""
        return sum(worker.busy > 0 and worker.state is not WorkerState.DRAINING for worker in self.workers)

    @cached_property
    def leaving(self) -> int:
        """Running tasks that end on workers which are draining: nobody else has to take them."""
        return min(self.running, sum(worker.busy for worker in self.workers if worker.state is WorkerState.DRAINING))

    @cached_property
    def needed(self) -> int:
        """Workers that the demand needs, whatever the bounds: ceil((queued + running) / concurrency)."""
        return -(-(self.queued + self.running - self.leaving) // self.concurrency)

    @cached_property
    def wanted(self) -> int:
        """Workers that the demand needs, within the bounds."""
        return min(max(self.needed, self.floor), self.ceiling)


@dataclass(frozen=True, slots=True)
class Fleet:
    """A cluster's queues at one moment, in a fixed order."""

    cluster: str
    queues: tuple[Queue, ...]
    silence: float = 0.0
    """Seconds since the cluster was last heard of."""


def of(cluster: str, queues: Iterable[Queue], *, silence: float = 0.0) -> Fleet:
    """A fleet in its fixed order, so that the order of observation never matters."""
    return Fleet(cluster, tuple(sorted(queues, key=lambda queue: (queue.deployment, queue.name))), silence)


def read(cluster: str, snapshot: Mapping[str, Any], *, silence: float = 0.0) -> Fleet:
    """The fleet that an agent's snapshot tells of; spans of time are taken on the agent's own clock, so its skew is harmless."""
    taken = datetime.fromisoformat(snapshot["takenAt"])
    return of(
        cluster,
        (_queue(deployment, queue, taken) for deployment in snapshot["deployments"] for queue in deployment["queues"]),
        silence=silence,
    )


def _queue(deployment: Mapping[str, Any], queue: Mapping[str, Any], taken: datetime) -> Queue:
    return Queue(
        deployment=deployment["id"],
        organization=deployment["organizationId"],
        generation=deployment["generation"],
        name=queue["name"],
        queued=queue["queued"],
        running=queue["running"],
        workers=tuple(_worker(worker, taken) for worker in queue["workers"]),
        floor=min(queue["min"], queue["max"]),
        ceiling=queue["max"],
        concurrency=max(1, queue["concurrency"]),
    )


def _worker(worker: Mapping[str, Any], taken: datetime) -> Worker:
    since = worker.get("idleSince")
    idle = max(0.0, (taken - datetime.fromisoformat(since)).total_seconds()) if since else None
    return Worker(worker["id"], WorkerState(worker["state"]), worker["busy"], None if worker["busy"] else idle)
