"""One queue of one Deployment, as events: Airflow queues tasks, workers take them, and a policy sees to the workers.

A worker costs from its launch to its end, start-up and drain included. Which of the open workers with a free slot takes a queued task
is left to chance, as it is with Celery. A worker that ends with tasks on it kills them, whoever ended it; Airflow queues them again.
"""

import heapq
import random
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, Protocol

from benchmarks.hypervisor.workload import GAP, Dag, Deployment, Planned

REMEMBERED = 7
"""The last durations of a task whose median is how long it usually takes."""

START, BUSY, FREE, PINNED, IDLE = PARTS = ("start", "busy", "free", "pinned", "idle")
"""What a worker-second goes into: starting; tasks (the share of its slots that are taken); the free slots beside them, on workers
that take tasks and on closed ones, which a last task pins; and workers that have no task at all."""


class Worker:
    """`is_open` while it takes new tasks."""

    __slots__ = ("accounted", "idle_since", "is_open", "launched", "number", "quiet_since", "ready", "tasks")

    def __init__(self, number: int, now: float, ready: float) -> None:
        self.number, self.launched, self.ready = number, now, ready
        self.is_open = True
        self.tasks: dict[tuple[Run, int], float] = {}
        """When each of its tasks started."""
        self.idle_since = self.accounted = ready
        self.quiet_since = ready
        """Since when it has been closed and idle, as far as it is both."""


class Run:
    """A run that has begun: what of it is queued, running and ended."""

    def __init__(self, planned: Planned) -> None:
        self.planned, self.dag, self.due = planned, planned.dag, planned.due
        self.waits_for = [len(parents) for parents in planned.dag.parents]
        self.queued: dict[int, float] = {}
        self.running: dict[int, Worker] = {}
        self.ended: set[int] = set()


class Told(NamedTuple):
    """What a schedule says of a run before it begins."""

    dag: Dag
    due: float


class Profile:
    """What Airflow has recorded of durations up to now, and what is usual by that."""

    def __init__(self, deployment: Deployment) -> None:
        self._bias = deployment.bias
        self._recorded = {task: deque(each, REMEMBERED) for task, each in deployment.recorded.items()}
        self._usual: dict[str, float] = {task: _median(each) for task, each in self._recorded.items()}
        self.version = 0
        """Another one whenever something new was recorded."""

    def usual(self, task: str) -> float | None:
        """Seconds; None for a task that has never ended."""
        seconds = self._usual.get(task)
        return None if seconds is None else seconds * self._bias

    def record(self, run: Run, took: Iterable[float]) -> None:
        for task, seconds in zip(run.dag.tasks, took, strict=True):
            each = self._recorded.setdefault(task, deque(maxlen=REMEMBERED))
            each.append(seconds)
            self._usual[task] = _median(each)
        self.version += 1


class Policy(Protocol):
    """Who decides on the workers."""

    def begin(self, world: "World") -> None:
        """Before anything has happened."""

    def arrived(self, world: "World") -> None:
        """A run has begun."""

    def emptied(self, world: "World", worker: Worker) -> None:
        """The last task on a worker has ended."""


class World:
    """Plays a Deployment's workload with a policy; what it counted is read when `play` is over."""

    def __init__(self, deployment: Deployment, policy: Policy, *, concurrency: int, start: float, seed: int) -> None:
        self.concurrency, self.start = concurrency, start
        self.chance = random.Random(seed)
        self.phase = self.chance.random()
        """Where in its own tick this Deployment stands, from 0 to 1."""
        self.now = 0.0
        self.profile = Profile(deployment)
        self.told = deque(Told(run.dag, run.due) for run in deployment.runs if run.is_announced)
        """What the schedules say of the future, the next first."""
        self.workers: list[Worker] = []
        self.active: dict[Run, None] = {}
        self.queue: deque[tuple[Run, int]] = deque()
        self.running = 0
        self.lifetimes: list[tuple[float, float]] = []
        """Launch and end of each worker that is no more."""
        self.spent = dict.fromkeys(PARTS, 0.0)
        """Their worker-seconds by what they went into."""
        self.launches = self.killed = self.ended = 0
        self.waits: list[float] = []
        self.slowdowns: list[float] = []
        self._policy, self._count = policy, 0
        self._events: list[tuple[float, int, Callable[..., None], tuple[Any, ...]]] = []
        for planned in deployment.runs:
            self.at(planned.due, self._due, planned)
        policy.begin(self)

    @property
    def cost(self) -> float:
        """Worker-seconds up to now."""
        gone = sum(end - launched for launched, end in self.lifetimes)
        return gone + sum(self.now - worker.launched for worker in self.workers)

    @property
    def is_quiet(self) -> bool:
        """Nothing runs, is queued, or is between two tasks, and no worker is left."""
        return not self.workers and not self.active

    def at(self, moment: float, what: Callable[..., None], *arguments: Any) -> None:
        """`what` is done at that moment; of two things at one moment the one that was asked for first goes first."""
        self._count += 1
        heapq.heappush(self._events, (moment, self._count, what, arguments))

    def play(self, until: float = float("inf")) -> "World":
        """On to that moment, or until nothing is left to happen."""
        while self._events and self._events[0][0] <= until:
            self.now, _, what, arguments = heapq.heappop(self._events)
            what(*arguments)
        return self

    def launch(self, count: int) -> None:
        for _ in range(count):
            self.launches += 1
            worker = Worker(self.launches, self.now, self.now + self.start)
            self.workers.append(worker)
            self.at(worker.ready, self.hand_out)

    def close(self, worker: Worker) -> None:
        """It takes nothing new."""
        self._account(worker)
        worker.is_open, worker.quiet_since = False, self.now

    def open(self, worker: Worker) -> None:
        self._account(worker)
        worker.is_open = True

    def end(self, worker: Worker) -> None:
        """It is gone now; tasks that it ran are killed, and Airflow queues them again."""
        self._account(worker)
        self.spent[START] += min(self.now, worker.ready) - worker.launched
        self.workers.remove(worker)
        self.lifetimes.append((worker.launched, self.now))
        for run, task in worker.tasks:
            self.killed += 1
            self.running -= 1
            del run.running[task]
            self.at(self.now + GAP, self._queued, run, task)
        worker.tasks = {}

    def hand_out(self) -> None:
        """Queued tasks go to open workers with a free slot, whichever of them is the first to ask."""
        while self.queue:
            able = [w for w in self.workers if w.is_open and len(w.tasks) < self.concurrency and w.ready <= self.now]
            if not able:
                return
            self._started(self.taker(able), *self.queue.popleft())

    def taker(self, able: list[Worker]) -> Worker:
        """Which of those with a free slot takes the next task."""
        return self.chance.choice(able)

    def _due(self, planned: Planned) -> None:
        if planned.is_announced:
            self.told.popleft()
        if not planned.comes:
            return
        run = Run(planned)
        self.active[run] = None
        for task, count in enumerate(run.waits_for):
            if count == 0:
                self.at(self.now + GAP, self._queued, run, task)
        self._policy.arrived(self)

    def _queued(self, run: Run, task: int) -> None:
        run.queued[task] = self.now
        self.queue.append((run, task))
        self.hand_out()

    def _started(self, worker: Worker, run: Run, task: int) -> None:
        self._account(worker)
        self.waits.append(self.now - run.queued.pop(task))
        worker.tasks[run, task] = self.now
        run.running[task] = worker
        self.running += 1
        self.at(self.now + run.planned.durations[task], self._ended, run, task, worker)

    def _ended(self, run: Run, task: int, worker: Worker) -> None:
        if run.running.get(task) is not worker:
            return  # it was killed before
        self._account(worker)
        del worker.tasks[run, task], run.running[task]
        run.ended.add(task)
        self.running -= 1
        self.ended += 1
        for child in run.dag.children[task]:
            run.waits_for[child] -= 1
            if run.waits_for[child] == 0:
                self.at(self.now + GAP, self._queued, run, child)
        if len(run.ended) == len(run.dag.tasks):
            self._finished(run)
        if not worker.tasks:
            worker.idle_since = worker.quiet_since = self.now
            self._policy.emptied(self, worker)
        self.hand_out()

    def _account(self, worker: Worker) -> None:
        """What it has been since it was last looked at; asked before anything about it changes."""
        seconds = max(0.0, self.now - worker.accounted)
        worker.accounted = max(self.now, worker.accounted)
        taken = len(worker.tasks) / self.concurrency
        self.spent[BUSY] += taken * seconds
        self.spent[IDLE if not taken else FREE if worker.is_open else PINNED] += (1 - taken) * seconds

    def _finished(self, run: Run) -> None:
        del self.active[run]
        self.slowdowns.append((self.now - run.due) / run.planned.critical_path)
        self.profile.record(run, run.planned.durations)


def _median(values: Iterable[float]) -> float:
    ordered = sorted(values)
    return ordered[len(ordered) // 2]
