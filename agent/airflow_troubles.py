"""What is wrong with a Deployment as its Airflow's own database tells it; the same beside every home."""

from collections.abc import Collection, Iterator
from dataclasses import asdict
from datetime import datetime

from orrery.dataplane import trouble
from orrery.dataplane.trouble import Kind, Trouble

from agent.demand import Counts
from agent.world import QueueView

SILENT = 600.0
"""Seconds after which a scheduler that notes no heartbeat is taken to hang."""
_Found = tuple[Kind, str]
"""What is wrong, and with which queue; of the scheduler, with none."""


class AirflowTroubles:
    """Remembers since when each is so; nothing is an incident before it has lasted."""

    def __init__(self) -> None:
        self._since: dict[str, dict[_Found, datetime]] = {}

    def incidents(self, deployment_id: str, queues: Collection[QueueView], counts: Counts, now: datetime) -> list[dict[str, str]]:
        before = self._since.get(deployment_id, {})
        since = self._since[deployment_id] = {found: before.get(found, now) for found in _found(queues, counts)}
        troubles = [Trouble(kind, "worker" if queue else "scheduler", queue, queue=queue, at=at) for (kind, queue), at in since.items()]
        return [asdict(each) for each in trouble.incidents(troubles, now)]

    def forget(self, there: Collection[str]) -> None:
        """All Deployments but these."""
        self._since = {id: since for id, since in self._since.items() if id in there}


def _found(queues: Collection[QueueView], counts: Counts) -> Iterator[_Found]:
    """A Deployment without queues has a pod for each task, or is being taken away: there a task's queue means nothing."""
    if counts.silence is not None and counts.silence > SILENT:
        yield Kind.SCHEDULER_HEARTBEAT_NOT_FOUND, ""
    for queue in queues:
        if queue.needed > queue.ceiling > 0:
            yield Kind.WORKER_QUEUE_AT_CAPACITY, queue.name
    for name, waiting in counts.queued.items():
        if queues and waiting and name not in {queue.name for queue in queues}:
            yield Kind.WORKER_QUEUE_MISSING, name
