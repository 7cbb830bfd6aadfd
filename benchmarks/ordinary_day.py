"""A shard on an ordinary day, for counting what its planning costs: Deployments that have runs of tasks, workers that come and go.

The workers follow the lease as an agent would have them do; nothing here decides anything.
"""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from orrery.hypervisor.lease import Lease

TASKS = (1, 20)
"""In one spell."""
SECONDS = (20, 120)
"""That a task takes."""
START_SECONDS = 30
CONCURRENCY, CEILING = 5, 10
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


@dataclass
class _Worker:
    id: str
    up_at: datetime
    tasks: list[datetime] = field(default_factory=list)
    """When each of its tasks ends."""
    idle_since: datetime | None = None


@dataclass
class _Deployment:
    id: str
    organization: str
    waiting: list[int] = field(default_factory=list)
    workers: list[_Worker] = field(default_factory=list)


class Day:
    """`spells`: how often a day a Deployment goes from rest to work and back, on average."""

    def __init__(self, deployments: int, *, spells: int, chance: random.Random) -> None:
        self._chance, self._spells = chance, spells
        organizations = [self._id() for _ in range(max(1, deployments // 20))]
        self._deployments = [_Deployment(self._id(), chance.choice(organizations)) for _ in range(deployments)]

    def advance(self, now: datetime, seconds: int, lease: Lease | None) -> dict[str, Any]:
        """So many seconds later: the snapshot that the cluster's agent would send."""
        targets = {target.deployment_id: target.workers for target in lease.targets} if lease else {}
        for deployment in self._deployments:
            if self._chance.random() < self._spells * seconds / 86_400:
                deployment.waiting += [self._chance.randint(*SECONDS) for _ in range(self._chance.randint(*TASKS))]
            self._scale(deployment, targets.get(deployment.id, len(deployment.workers)), now)
            self._work(deployment, now)
        return {"takenAt": now.isoformat(), "agent": {"version": "1"}, "deployments": [_told(each, now) for each in self._deployments]}

    def _scale(self, deployment: _Deployment, target: int, now: datetime) -> None:
        while len(deployment.workers) < target:
            deployment.workers.append(_Worker(self._id(), now + timedelta(seconds=START_SECONDS)))
        surplus = len(deployment.workers) - target
        gone = [worker for worker in deployment.workers if worker.idle_since][:surplus]
        deployment.workers = [worker for worker in deployment.workers if worker not in gone]

    def _work(self, deployment: _Deployment, now: datetime) -> None:
        for worker in deployment.workers:
            worker.tasks = [end for end in worker.tasks if end > now]
            while worker.up_at <= now and deployment.waiting and len(worker.tasks) < CONCURRENCY:
                worker.tasks.append(now + timedelta(seconds=deployment.waiting.pop()))
            worker.idle_since = None if worker.tasks or worker.up_at > now else worker.idle_since or now

    def _id(self) -> str:
        return "c" + "".join(self._chance.choices(_LETTERS, k=24))


def _told(deployment: _Deployment, now: datetime) -> dict[str, Any]:
    queue = {
        "name": "default",
        "queued": len(deployment.waiting),
        "running": sum(len(worker.tasks) for worker in deployment.workers),
        "min": 0,
        "max": CEILING,
        "concurrency": CONCURRENCY,
        "cpu": 1,
        "memory": 2,
        "workers": [_worker(worker, now) for worker in deployment.workers],
    }
    return {
        "id": deployment.id,
        "organizationId": deployment.organization,
        "generation": 3,
        "observedGeneration": 3,
        "healthy": True,
        "reason": "",
        "address": f"https://{deployment.id[1:12]}.airflow.example.com",
        "components": [{"name": name, "state": "RUNNING", "reason": ""} for name in ("api-server", "scheduler", "dag-processor")],
        "highAvailability": False,
        "queues": [queue],
    }


def _worker(worker: _Worker, now: datetime) -> dict[str, Any]:
    since = worker.idle_since.isoformat() if worker.idle_since else None
    return {"id": worker.id, "state": "STARTING" if worker.up_at > now else "RUNNING", "busy": len(worker.tasks), "idleSince": since}
