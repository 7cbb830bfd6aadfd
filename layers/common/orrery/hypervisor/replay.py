"""What a recorded day would have cost under other terms: the production planner over a small world of tasks and workers. Pure.

Tasks come when they came and take as long as they took; that a task which waited longer would have brought the next ones later is left
out. What was foretold is part of the record: at each moment the planner is given the curve that there was, corrected by how many more
or fewer tasks are open in the replay. It is planned every ten seconds, and nothing of what came later is looked at.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import pairwise
from typing import NamedTuple

from orrery.hypervisor.fleet import Fleet, Queue, Worker, WorkerState, curve
from orrery.hypervisor.forecast import GRAIN, Curve
from orrery.hypervisor.plan import Action, Decision, plan
from orrery.model.demand_record import Sample, spans
from orrery.model.scaling import Style

PERIOD = 10.0
"""Seconds between two plans."""
LINGERS = 4.0
"""Seconds from an empty worker's closing to its end: the agent looks at it twice more."""
_USUAL = 60.0
"""Seconds that a task is taken to last before any has been seen to end."""


class Task(NamedTuple):
    """A task instance: when it was queued (seconds since 1970), how long it ran, and how long it really waited for a worker."""

    at: float
    seconds: float
    waited: float = 0.0


@dataclass(frozen=True)
class Terms:
    """What is other than it was; None leaves it as recorded."""

    style: Style = Style.BALANCED
    start: float | None = None
    """Seconds that a worker takes to start."""
    floor: int | None = None
    ceiling: int | None = None
    concurrency: int | None = None


class Told(NamedTuple):
    """A decision of a replay, in short."""

    at: float
    action: Action
    cause: str
    current: int
    target: int
    reason: str


@dataclass(frozen=True)
class Outcome:
    """What one queue cost and how its tasks fared; times in seconds."""

    worker_seconds: float = 0.0
    launches: int = 0
    most_workers: int = 0
    tasks: int = 0
    task_seconds: float = 0.0
    waits: tuple[float, ...] = ()
    """How long each task waited for a worker, shortest first."""
    decisions: tuple[Told, ...] = ()
    """Launches and drains, in order of time."""

    @property
    def waited(self) -> float:
        """Task-seconds spent waiting."""
        return sum(self.waits)

    def wait(self, share: float) -> float:
        """What this share of the tasks waited at most."""
        return self.waits[min(len(self.waits) - 1, int(share * len(self.waits)))] if self.waits else 0.0


def together(outcomes: Iterable[Outcome]) -> Outcome:
    """Several queues as one; `most_workers` is the sum of their peaks, which need not have come at one moment."""
    every = list(outcomes)
    return Outcome(
        worker_seconds=sum(each.worker_seconds for each in every),
        launches=sum(each.launches for each in every),
        most_workers=sum(each.most_workers for each in every),
        tasks=sum(each.tasks for each in every),
        task_seconds=sum(each.task_seconds for each in every),
        waits=tuple(sorted(wait for each in every for wait in each.waits)),
        decisions=tuple(sorted((told for each in every for told in each.decisions), key=lambda told: told.at)),
    )


def recorded(samples: Sequence[Sample], end: float) -> Outcome:
    """What really happened, as far as samples tell."""
    came = tasks(samples, end)
    counts = [0, *(each.workers for each in samples)]
    return Outcome(
        worker_seconds=sum(sample.workers * (until - sample.at) for sample, until in spans(samples, end)),
        launches=sum(max(0, after - before) for before, after in pairwise(counts[1:])),
        most_workers=max(counts),
        tasks=len(came),
        task_seconds=sum(task.seconds for task in came),
        waits=tuple(sorted(task.waited for task in came)),
    )


def tasks(samples: Sequence[Sample], end: float) -> tuple[Task, ...]:
    """The fewest tasks that explain the samples, first in, first out; how long all of them ran together is as it was.

    What is still queued at the end did not run and is left out; what still runs then is taken to end there.
    """
    waiting, working, ended = deque[float](), deque[tuple[float, float]](), list[Task]()
    queued = running = 0
    for sample in samples:
        more, busier = sample.queued - queued, sample.running - running
        begun = max(0, -more, busier)
        waiting.extend([sample.at] * (begun + more))
        working.extend((waiting.popleft(), sample.at) for _ in range(begun))
        for _ in range(begun - busier):
            came, start = working.popleft()
            ended.append(Task(came, sample.at - start, start - came))
        queued, running = sample.queued, sample.running
    ended += [Task(came, end - start, start - came) for came, start in working]
    return tuple(sorted(task for task in ended if task.seconds > 0))


def replay(samples: Sequence[Sample], end: float, terms: Terms) -> Outcome:
    """One queue's recorded time until `end` under these terms."""
    return _World(samples, end, terms).run() if samples else Outcome()


def work(samples: Sequence[Sample], end: float) -> int:
    """About how many plans and tasks a replay takes: what it costs in time."""
    moving = sum(until - sample.at for sample, until in spans(samples, end) if sample.active or sample.workers or sample.ahead)
    return int(moving / PERIOD) + sum(max(0, b.active - a.active) for a, b in pairwise(samples))


@dataclass
class _Worker:
    id: str
    since: float
    ready_at: float
    busy: int = 0
    idle_since: float | None = None
    is_closed: bool = False
    ends_at: float | None = None

    def seen(self, now: float) -> Worker:
        state = WorkerState.DRAINING if self.is_closed else WorkerState.RUNNING if now >= self.ready_at else WorkerState.STARTING
        is_idle = not self.busy and state is WorkerState.RUNNING
        idle = now - (self.idle_since or self.ready_at) if is_idle else None
        return Worker(self.id, state, self.busy, idle, frees=0.0)  # where a curve was recorded it was known when tasks end


@dataclass
class _World:
    samples: Sequence[Sample]
    end: float
    terms: Terms
    workers: list[_Worker] = field(default_factory=list)
    waiting: deque[Task] = field(default_factory=deque)
    ends: list[tuple[float, int, _Worker]] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    worker_seconds: float = 0.0
    launches: int = 0
    most: int = 0
    spent: float = 0.0
    finished: int = 0
    number: int = 0
    places: int = 1

    def run(self) -> Outcome:
        """From the workers that were there at first, on and on, ten seconds at a time; where nothing moves, to the next thing that does."""
        came = tasks(self.samples, self.end)
        coming, place, now = deque(came), 0, self.samples[0].at
        self.places = self._bounds(self.samples[0])[2]
        for _ in range(self.samples[0].serving):
            self._launch(now, 0.0)
        self.launches = 0
        while now < self.end:
            while place + 1 < len(self.samples) and self.samples[place + 1].at <= now:
                place += 1
            self._until(now, coming)
            self._plan(now, self.samples[place])
            following = self.samples[place + 1].at if place + 1 < len(self.samples) else self.end
            now += PERIOD if self._moves(self.samples[place]) else self._pause(now, following, coming)
        self._until(self.end, coming)
        self.worker_seconds += sum(self.end - worker.since for worker in self.workers)
        return Outcome(
            self.worker_seconds, self.launches, self.most, len(came), sum(task.seconds for task in came),
            tuple(sorted([*self.waits, *(self.end - task.at for task in self.waiting)])), tuple(self.told),
        )  # fmt: skip

    def _moves(self, sample: Sample) -> bool:
        bounds = self._bounds(sample)
        return bool(self.waiting or self.ends or sample.ahead) or len(self.workers) != bounds[0]

    def _pause(self, now: float, following: float, coming: deque[Task]) -> float:
        """To the plan after the next thing that happens."""
        happens = min(following, coming[0].at if coming else self.end)
        return max(1, -(-(happens - now) // PERIOD)) * PERIOD

    def _until(self, now: float, coming: deque[Task]) -> None:
        """Lets everything happen that happens until now, in its order."""
        while True:
            ready = min((w.ready_at for w in self.workers if not w.is_closed and w.idle_since is None and not w.busy), default=now + 1)
            moments = (coming[0].at if coming else now + 1, self.ends[0][0] if self.ends else now + 1, ready)
            moment = min(moments)
            if moment > now:
                break
            if moment == moments[1]:
                self._finish(moment)
            elif moment == moments[0]:
                self.waiting.append(coming.popleft())
            else:
                self._come_up(moment)
            self._take(moment)
        for worker in [each for each in self.workers if each.ends_at is not None and each.ends_at <= now]:
            self.workers.remove(worker)
            self.worker_seconds += (worker.ends_at or now) - worker.since

    def _come_up(self, moment: float) -> None:
        for worker in self.workers:
            if worker.ready_at <= moment and worker.idle_since is None and not worker.busy:
                worker.idle_since = moment

    def _finish(self, moment: float) -> None:
        _, _, worker = heappop(self.ends)
        worker.busy -= 1
        self.finished += 1
        if not worker.busy:
            worker.idle_since = moment
            worker.ends_at = moment + LINGERS if worker.is_closed else None

    def _take(self, moment: float) -> None:
        """Whoever has most room takes the next task, as workers that compete for them do."""
        while self.waiting:
            able = [each for each in self.workers if not each.is_closed and each.ready_at <= moment and each.busy < self.places]
            if not able:
                return
            worker, task = min(able, key=lambda each: each.busy), self.waiting.popleft()
            worker.busy, worker.idle_since = worker.busy + 1, None
            self.waits.append(moment - task.at)
            self.spent += task.seconds
            self.number += 1
            heappush(self.ends, (moment + task.seconds, self.number, worker))

    def _plan(self, now: float, sample: Sample) -> None:
        floor, ceiling, self.places, start = self._bounds(sample)
        self._take(now)
        queue = Queue(
            deployment="", organization="", generation=0, name="", queued=len(self.waiting), running=len(self.ends),
            workers=tuple(worker.seen(now) for worker in self.workers), floor=floor, ceiling=ceiling, concurrency=self.places,
            ahead=self._ahead(now, sample), start=start, span=sample.span, style=self.terms.style,
        )  # fmt: skip
        (decision,) = plan(Fleet("", (queue,)))
        if decision.action is not Action.HOLD:
            self._tell(now, decision)
        if decision.action is Action.LAUNCH:
            self._grow(now, decision.target - decision.current, start)
        elif decision.action is Action.DRAIN:
            self._shrink(now, decision.current - decision.target)
        self.most = max(self.most, len(self.workers))
        self._take(now)

    def _tell(self, now: float, decision: Decision) -> None:
        self.told.append(Told(now, decision.action, decision.cause.value, decision.current, decision.target, decision.reason))

    def _ahead(self, now: float, sample: Sample) -> Curve | None:
        """The curve that there was, with what is open here and was not then for as long as a task usually lasts, or without it."""
        foretold = curve(sample.ahead, aged=max(0.0, now - sample.at))
        if foretold is None:
            return None
        leaving = sum(worker.busy for worker in self.workers if worker.is_closed)
        more = len(self.waiting) + len(self.ends) - leaving - sample.active
        usual = self.spent / len(self.waits) if self.waits else _USUAL
        span = max(len(foretold), int(usual / GRAIN) + 1 if more > 0 else 0)
        padded = (*foretold, *(0.0,) * (span - len(foretold)))
        return tuple(max(0.0, value + more) if place * GRAIN < usual else value for place, value in enumerate(padded))

    def _grow(self, now: float, count: int, start: float) -> None:
        closed = sorted((each for each in self.workers if each.is_closed), key=lambda each: -each.busy)
        for worker in closed[:count]:
            worker.is_closed, worker.ends_at = False, None
        for _ in range(count - len(closed)):
            self._launch(now, start)

    def _launch(self, now: float, start: float) -> None:
        self.launches += 1
        self.workers.append(_Worker(f"w{len(self.workers)}-{self.launches}", now, now + start))

    def _shrink(self, now: float, count: int) -> None:
        """The emptiest first; those that are still starting are let come up."""
        open_ = sorted((each for each in self.workers if not each.is_closed and each.ready_at <= now), key=lambda each: each.busy)
        for worker in open_[:count]:
            worker.is_closed, worker.ends_at = True, None if worker.busy else now + LINGERS

    def _bounds(self, sample: Sample) -> tuple[int, int, int, float]:
        """Floor, ceiling, concurrency and start; a queue that was closed stays closed."""
        ceiling = sample.ceiling if self.terms.ceiling is None or not sample.ceiling else self.terms.ceiling
        floor = min(ceiling, sample.floor if self.terms.floor is None else self.terms.floor)
        return floor, ceiling, self.terms.concurrency or sample.concurrency, self.terms.start or sample.start
