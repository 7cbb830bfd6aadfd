"""Which workers a Deployment has: its pods, and those that were asked for and have no pod yet. Pure.

A worker that was asked for is one at once: otherwise a pod that comes late would be asked for twice. One that nobody asked for is surplus:
the successor that a controller may start between the two writes that end a worker (`agent.kubernetes.ending`).
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from orrery.dataplane.kubernetes.workers import COMPONENT

from agent.kubernetes.seen import Bounds, Controlled, Pod
from agent.world import CORDONED, DRAINING, RUNNING, STARTING


@dataclass(frozen=True)
class Worker:
    id: str
    """Its pod's name; of one that has no pod yet, its Deployment's and a number."""
    queue: str
    state: str
    is_current: bool
    """Whether it runs the newest configuration of its queue."""
    deployment: str
    """Whose replica it is; empty for one whose Deployment is gone."""
    configuration: str
    pod: Pod | None = None
    is_surplus: bool = False
    """Whether it was never heard, and there are more than are wanted: it is about to go, so nobody welcomes it."""


def workers(pools: Iterable[Controlled], pods: Iterable[Pod], bounds: Bounds | None, closed: Collection[tuple[str, int]]) -> list[Worker]:
    """By Deployment, then by name. `closed` are those known to take nothing new: uid and number of starts."""
    current = {queue.deployment for queue in bounds.queues.values()} if bounds else set()
    left = [pod for pod in pods if pod.component == COMPONENT and not pod.is_over]
    found: list[Worker] = []
    for pool in sorted((pool for pool in pools if pool.component == COMPONENT), key=lambda pool: pool.name):
        own = sorted((pod for pod in left if pod.configuration == pool.configuration), key=lambda pod: pod.name)
        left = [pod for pod in left if pod not in own]
        more = sum(not pod.is_ending for pod in own) > pool.wanted
        of = [
            Worker(
                pod.name, pool.queue, _state(pod, closed), pool.name in current, pool.name, pool.configuration, pod, more and not pod.mark
            )
            for pod in own
        ]
        found += [*of, *_missing(pool, of, is_current=pool.name in current)]
    return found + [Worker(pod.name, pod.queue, _state(pod, closed), False, "", pod.configuration, pod) for pod in left]


def _missing(pool: Controlled, there: Collection[Worker], *, is_current: bool) -> Iterator[Worker]:
    count = pool.wanted - sum(worker.state != DRAINING for worker in there)
    return (
        Worker(f"{pool.name}-{number}", pool.queue, STARTING, is_current, pool.name, pool.configuration) for number in range(1, count + 1)
    )


def _state(pod: Pod, closed: Collection[tuple[str, int]]) -> str:
    """A container that was started again takes tasks again, whatever it was told before."""
    if pod.is_ending:
        return DRAINING
    if not pod.mark or not pod.is_up:
        return STARTING
    return CORDONED if pod.mark == CORDONED and (pod.uid, pod.starts) in closed else RUNNING
