"""Shards: how a cluster's Deployments are shared out among plans, and which of them have anything to plan between two minutes. Pure.

A shard is planned every ten seconds while anything in it is queued, runs, starts or ends, or is about to; one at rest once a minute.
"""

import zlib
from collections.abc import Iterable, Mapping
from typing import Any

from orrery.hypervisor.fleet import Fleet, Queue, WorkerState

MOST = 1000
"""Deployments in a shard, on average at most: one plan of so many takes 25 ms of CPU, and its rows stay far below DynamoDB's 400 KB."""


def count(deployments: int, *, at_least: int = 1) -> int:
    """How many shards so many Deployments need: a power of two, and never fewer than there were, so that growing only splits shards."""
    shards = at_least
    while deployments > shards * MOST:
        shards *= 2
    return shards


def split(deployments: Iterable[Mapping[str, Any]], shards: int) -> tuple[dict[str, Mapping[str, Any]], ...]:
    """The Deployments of each shard by id; which shard one belongs to depends on its id and on how many there are, and on nothing else."""
    shares: tuple[dict[str, Mapping[str, Any]], ...] = tuple({} for _ in range(shards))
    for deployment in deployments:
        shares[_number(str(deployment["id"]), shards)][str(deployment["id"])] = deployment
    return shares


def homes(deployment_id: str, shards: int) -> list[int]:
    """The shards that a Deployment may have been in while its cluster grew to so many."""
    return sorted({_number(deployment_id, 2**doublings) for doublings in range(shards.bit_length())})


def _number(deployment_id: str, shards: int) -> int:
    return zlib.crc32(deployment_id.encode()) % shards


def resting(fleet: Fleet) -> frozenset[str]:
    """The Deployments all of whose queues are at rest."""
    moving = {queue.deployment for queue in fleet.queues if not is_at_rest(queue)}
    return frozenset(queue.deployment for queue in fleet.queues) - moving


def is_at_rest(queue: Queue) -> bool:
    """Whether a plan can only say that nothing is to do: no task, no worker but the idle ones of its floor, and nothing ahead."""
    calm = all(worker.state is WorkerState.RUNNING and not worker.busy for worker in queue.workers)
    return calm and not any(queue.ahead or ()) and queue.queued == queue.running == 0 and len(queue.workers) == queue.floor
