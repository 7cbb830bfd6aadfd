"""What was seen of a cluster: its queues with their tasks and workers, as one frozen value that a plan can be made from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import ceil
from operator import attrgetter
from typing import Any, NamedTuple

from orrery.hypervisor.forecast import GRAIN, Curve
from orrery.hypervisor.once import once
from orrery.model.scaling import Style

TICK = 12.0
"""Seconds until a worker that is asked for by the next plan is asked for at the latest: a plan each 10 s, an agent's round each 2 s."""

START = 30.0
"""Seconds that a worker is taken to need from its launch until it takes tasks, as long as nobody has measured it."""


MOST_PATIENCE = 400.0
"""Seconds that demand is evened out over at most: a forecast reaches no further."""


class Manner(NamedTuple):
    """How a style weighs waiting against workers. The figures are tuned in the simulator (docs/hypervisor.md), not derived."""

    least: float
    """Seconds that a task may always wait, and `share` of what its run takes: so much is hardly noticed."""
    share: float
    lead: float
    """Seconds, beside a start-up, by which a worker is asked for before it is needed: whoever may wait asks when the time has come."""
    spare: float
    """The share of a worker's slots for whose sake alone no further worker is had: the tasks wait until a slot is free."""

    def patience(self, span: float) -> float:
        """Seconds that demand may be evened out over, where the shortest run ahead takes `span` seconds."""
        return min(max(self.least, self.share * span), MOST_PATIENCE)


MANNERS = {Style.BALANCED: Manner(10.0, 0.05, TICK, 0.1), Style.ECONOMY: Manner(40.0, 0.3, 0.0, 0.4)}


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
    frees: float | None = None
    """Seconds until its last running task is expected to end; None when nobody knows."""


class Due(NamedTuple):
    """The next DAG run that will bring tasks to a queue."""

    dag: str
    at: datetime
    tasks: int


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
    ahead: Curve | None = None
    """Tasks that will be active, from now on, without those on draining workers; None when nobody can tell."""
    start: float = START
    """Seconds from a worker's launch until it takes tasks."""
    span: float = 0.0
    """Seconds that the shortest of the runs that lie ahead usually takes."""
    style: Style = Style.BALANCED
    due: Due | None = None

    @once
    def serving(self) -> int:
        """Workers that take tasks, or will as soon as they are up; draining ones do not count."""
        return sum(worker.state is not WorkerState.DRAINING for worker in self.workers)

    @once
    def occupied(self) -> int:
        """Serving workers that run something."""
        return sum(worker.busy > 0 and worker.state is not WorkerState.DRAINING for worker in self.workers)

    @once
    def is_foretold(self) -> bool:
        """Whether it is known what comes: there is a forecast, and no task at work of which nobody knows when it ends and what follows."""
        unknown = (worker.busy and worker.frees is None and worker.state is WorkerState.RUNNING for worker in self.workers)
        return self.ahead is not None and not any(unknown)

    @once
    def leaving(self) -> int:
        """Running tasks that end on workers which are draining: nobody else has to take them."""
        return min(self.running, sum(worker.busy for worker in self.workers if worker.state is WorkerState.DRAINING))

    @property
    def manner(self) -> Manner:
        return MANNERS[self.style]

    @property
    def patience(self) -> float:
        """Seconds that a task may wait for a worker."""
        return self.manner.patience(self.span)

    @once
    def tasks(self) -> int:
        """Tasks that wait or run and that workers have to be there for."""
        return self.queued + self.running - self.leaving

    @once
    def needs(self) -> tuple[int, ...]:
        """Workers that the demand needs, whatever the bounds, for each GRAIN until a worker that is not launched now could serve.

        Demand is evened out over the style's patience: work that can wait so long is no reason to start anybody. Without a forecast
        it is the reactive rule, ceil((queued + running) / concurrency).
        """
        if self.ahead is None:
            return (-(-self.tasks // self.concurrency),)
        span = int((self.start + self.manner.lead) / GRAIN) + 1
        least = min(1, self.tasks)
        if not self.ahead:
            return (least,)
        needs = _evened(self.ahead, self.patience, span, self.concurrency, self.manner.spare)
        return (max(least, needs[0]), *needs[1:])

    @once
    def needed(self) -> int:
        """Workers that are needed before the next plan can bring any."""
        return max(self.needs[: int(TICK / GRAIN) + 1])

    @once
    def peak(self) -> int:
        """Workers that are needed before one that is launched by the next plan could serve."""
        return max(self.needs)

    @property
    def peak_in(self) -> float:
        """Seconds until the tasks are there that the peak comes from; it shows in `needs` up to a GRAIN before them."""
        place = self.needs.index(self.peak)
        now, soon, *_ = (*(self.ahead or ())[place : place + 2], 0.0, 0.0)
        is_later = soon > now and now <= (self.peak - 1) * self.concurrency + 0.01
        return (place + is_later) * GRAIN

    @once
    def wanted(self) -> int:
        """Workers to have, within the bounds."""
        return min(max(self.peak, self.floor), self.ceiling)

    def idle(self, kept: float = 0.0) -> int:
        """Serving workers that have been idle for at least so many seconds."""
        return sum(worker.idle is not None and worker.idle >= kept and worker.state is WorkerState.RUNNING for worker in self.workers)


def _evened(curve: Curve, patience: float, span: int, concurrency: int, spare: float) -> list[int]:
    """Workers for each of `span` grains: the mean of the tasks from there on, for as long as they may wait; one while there is any.

    Never more than the tasks of that moment fill, so that nobody is had before there is something to do. The moment is two grains
    long: a wave that begins within one of them is whole only in the next.
    """
    width = max(1, int(patience / GRAIN))
    padded = (*curve[: span + width], *(0.0,) * max(0, span + width - len(curve)))
    together, left, needs = sum(padded[:width]), spare * concurrency + 0.01, []
    for place in range(span):
        there = ceil((max(padded[place], padded[place + 1]) - 0.01) / concurrency)
        needs.append(min(there, max(1, ceil((together / width - left) / concurrency))))
        together += padded[place + width] - padded[place]
    return needs


@dataclass(frozen=True, slots=True)
class Fleet:
    """A cluster's queues at one moment, in a fixed order."""

    cluster: str
    queues: tuple[Queue, ...]
    silence: float = 0.0
    """Seconds since the cluster was last heard of."""


def of(cluster: str, queues: Iterable[Queue], *, silence: float = 0.0) -> Fleet:
    """A fleet in its fixed order, so that the order of observation never matters."""
    return Fleet(cluster, tuple(sorted(queues, key=attrgetter("deployment", "name"))), silence)


def read(cluster: str, snapshot: Mapping[str, Any], *, silence: float = 0.0) -> Fleet:
    """The fleet that an agent's snapshot tells of; spans of time are taken on the agent's own clock, so its skew is harmless.

    What lies ahead has come nearer by as much as the snapshot has aged.
    """
    taken = datetime.fromisoformat(snapshot["takenAt"])
    return of(
        cluster,
        (_queue(deployment, queue, taken, silence) for deployment in snapshot["deployments"] for queue in deployment["queues"]),
        silence=silence,
    )


def curve(runs: Iterable[tuple[float, int]] | None, *, aged: float = 0.0) -> Curve | None:
    """A curve out of its run lengths (value, how often), without what has passed since it was drawn."""
    if runs is None:
        return None
    values = tuple(value for value, count in runs for _ in range(count))
    return values[int(aged / GRAIN) :]


def _queue(deployment: Mapping[str, Any], queue: Mapping[str, Any], taken: datetime, silence: float) -> Queue:
    """In the order of Queue's fields: what an agent tells is validated at the door, and this is done for each queue in each plan."""
    ceiling, ahead, due = queue["max"], queue.get("ahead"), queue.get("next")
    return Queue(
        deployment["id"],
        deployment["organizationId"],
        deployment["generation"],
        queue["name"],
        queue["queued"],
        queue["running"],
        tuple([_worker(worker, taken) for worker in queue["workers"]]),
        min(queue["min"], ceiling),
        ceiling,
        queue["concurrency"] or 1,
        None if ahead is None else curve(ahead, aged=silence),
        queue.get("startSeconds") or START,
        queue.get("spanSeconds") or 0.0,
        _STYLES[deployment.get("style")],
        _due(due) if due else None,
    )


def _due(told: Mapping[str, Any]) -> Due:
    return Due(told["dag"], datetime.fromisoformat(told["at"]), told["tasks"])


def _worker(worker: Mapping[str, Any], taken: datetime) -> Worker:
    busy, since = worker["busy"], worker.get("idleSince")
    idle = max(0.0, (taken - datetime.fromisoformat(since)).total_seconds()) if since and not busy else None
    return Worker(worker["id"], _STATES[worker["state"]], busy, idle, worker.get("freesIn"))


_STATES = {state.value: state for state in WorkerState}
_STYLES: Mapping[str | None, Style] = {None: Style.BALANCED} | {style.value: style for style in Style}
