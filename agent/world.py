"""What the agent sees at one moment, as frozen values, and how it is told to the plane."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from orrery.hypervisor.fleet import START
from orrery.hypervisor.forecast import Curve

import agent
from agent.foresight import NextRun

STARTING, RUNNING, CORDONED, DRAINING = "STARTING", "RUNNING", "CORDONED", "DRAINING"

_MOST = 1_000_000
"""Tasks that are foretold of one queue: the plane refuses a cluster's whole snapshot for one absurd number in it."""
_MOST_INCIDENTS = 500
"""In one snapshot: a cluster that is ill as a whole must still be able to say so. Each Deployment's health is told in any case."""


@dataclass(frozen=True)
class Member:
    """One worker: the home's word on its state, and what its Airflow's database says of its tasks."""

    id: str
    state: str
    """STARTING, RUNNING, CORDONED (takes nothing new) or DRAINING (told to end after its last task)."""
    is_current: bool
    """Whether it runs what its Deployment is configured to run now."""
    busy: int
    idle_since: datetime | None
    """Since when it is known to run nothing; None when it is not known to."""
    quiet: int
    """How often in a row, in its present state, it was seen to run nothing."""
    age: float
    """Seconds since the agent first saw it."""
    frees_in: float | None = None
    """Seconds until its last running task is expected to end; None when nobody knows."""

    @property
    def is_serving(self) -> bool:
        return self.state in (STARTING, RUNNING)


@dataclass(frozen=True)
class QueueView:
    name: str
    queued: int
    running: int
    floor: int
    ceiling: int
    concurrency: int
    members: tuple[Member, ...]
    cpu: float = 0
    """vCPU of a worker, `memory` GiB; 0 when the home does not tell."""
    memory: float = 0
    ahead: Curve | None = None
    """Tasks that will be active, in each grain of the forecast from now on; None when nobody can tell."""
    start: float = START
    """Seconds that its workers take to start."""
    span: float = 0.0
    """Seconds that the shortest of the runs ahead usually takes."""
    next: NextRun | None = None

    @property
    def serving(self) -> tuple[Member, ...]:
        return tuple(member for member in self.members if member.is_serving)

    @property
    def needed(self) -> int:
        """Workers that its floor and its tasks ask for."""
        return max(self.floor, -(-(self.queued + self.running) // self.concurrency))


@dataclass(frozen=True)
class DeploymentView:
    id: str
    organization_id: str
    generation: int
    observed_generation: int
    healthy: bool
    reason: str
    address: str
    components: tuple[Mapping[str, str], ...]
    queues: tuple[QueueView, ...]
    incidents: tuple[Mapping[str, str], ...] = ()
    """What is wrong with it, the most telling first: `code`, `severity`, `subject` and `description` of each."""
    style: str = ""
    """How its workers are scaled, as the home was told; `shadow_style` is one to compare with."""
    shadow_style: str = ""
    high_availability: bool = False
    is_seen: bool = True
    """Whether this is how it is now; if not, it is how it was when the home last told."""
    next_run_at: datetime | None = None
    """When the soonest run of any DAG is due."""
    idle_since: datetime | None = None
    """Since when no run has been active and no task queued or running; None when one is, and when nobody can tell."""


@dataclass(frozen=True)
class World:
    taken_at: datetime
    deployments: tuple[DeploymentView, ...]

    def snapshot(self) -> dict[str, Any]:
        """As it goes over the wire."""
        deployments, room = [], _MOST_INCIDENTS
        for deployment in self.deployments:
            incidents = [dict(each) for each in deployment.incidents[:room]]
            room -= len(incidents)
            deployments.append(_deployment(deployment) | ({"incidents": incidents} if incidents else {}))
        return {"takenAt": self.taken_at.isoformat(), "agent": {"version": agent.VERSION}, "deployments": deployments}


def _deployment(deployment: DeploymentView) -> dict[str, Any]:
    return {
        "id": deployment.id,
        "organizationId": deployment.organization_id,
        "generation": deployment.generation,
        "observedGeneration": deployment.observed_generation,
        "healthy": deployment.healthy,
        "reason": deployment.reason,
        "address": deployment.address,
        "style": deployment.style or None,
        "shadowStyle": deployment.shadow_style or None,
        "highAvailability": deployment.high_availability,
        "components": [dict(component) for component in deployment.components],
        "queues": [_queue(queue) for queue in deployment.queues],
        "nextRunAt": _time(deployment.next_run_at),
        "idleSince": _time(deployment.idle_since),
    }


def _queue(queue: QueueView) -> dict[str, Any]:
    return {
        "name": queue.name,
        "queued": queue.queued,
        "running": queue.running,
        "min": queue.floor,
        "max": queue.ceiling,
        "concurrency": queue.concurrency,
        "cpu": queue.cpu,
        "memory": queue.memory,
        "workers": [_worker(member) for member in queue.members],
        "ahead": None if queue.ahead is None else run_lengths(queue.ahead),
        "startSeconds": queue.start,
        "spanSeconds": round(min(queue.span, 1e9), 1),
        "next": _next(queue.next) if queue.next else None,
    }


def run_lengths(curve: Curve) -> list[list[float]]:
    """A curve as pairs of a value and how often it comes in a row."""
    return [[value, len(list(alike))] for value, alike in groupby(min(round(value, 2), _MOST) for value in curve)]


def _next(run: NextRun) -> dict[str, Any]:
    return {"dag": run.dag, "at": datetime.fromtimestamp(run.at, UTC).isoformat(), "tasks": min(run.tasks, _MOST)}


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _worker(member: Member) -> dict[str, Any]:
    return {
        "id": member.id,
        "state": member.state if member.is_serving else DRAINING,
        "busy": member.busy,
        "idleSince": member.idle_since.isoformat() if member.idle_since and member.state == RUNNING else None,
        "freesIn": None if member.frees_in is None else round(member.frees_in, 1),
    }
