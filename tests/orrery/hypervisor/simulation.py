"""A small world for plans: tasks that arrive and take their time, workers that take time to start; every plan in it is checked.

A script is lines such as

    queue reports: 0 to 4 workers of 5 tasks
    # what the story is about
    at 0: 7 tasks of 60 s
    at 100: 12 tasks of 30 s, as foretold
    at 200: bounds 0 to 2

and a run of it gives the transcript: each decision that differs from the one before. Where anything is foretold, the planner also knows
how long tasks take; where nothing is, it has no forecast.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from orrery.hypervisor import fleet as fleets
from orrery.hypervisor.check import check
from orrery.hypervisor.fleet import Due, Queue, Worker, WorkerState
from orrery.hypervisor.forecast import GRAIN, Curve
from orrery.hypervisor.plan import Action, Decision, plan

TICK = 10
START = 30
"""Seconds from a worker's launch until it takes tasks."""
REACH = 120
"""Seconds that a forecast tells of."""
MIDNIGHT = datetime(2026, 1, 1, tzinfo=UTC)
"""When every story begins."""


class Wave(NamedTuple):
    """Tasks of a DAG run that a schedule tells of."""

    at: int
    tasks: int
    seconds: int


@dataclass
class Machine:
    """A worker: up at `ready`, with the times at which its tasks end."""

    name: str
    ready: int
    ends: list[int] = field(default_factory=list)
    idle_since: int = 0
    draining: bool = False

    def seen(self, now: int, *, is_foretold: bool = False) -> Worker:
        state = WorkerState.DRAINING if self.draining else WorkerState.RUNNING if now >= self.ready else WorkerState.STARTING
        idle = None if self.ends or now < self.ready else float(now - max(self.idle_since, self.ready))
        frees = float(max(self.ends) - now) if is_foretold and self.ends else None
        return Worker(self.name, state, len(self.ends), idle, frees)


@dataclass
class World:
    """One queue, its waiting tasks (durations) and its workers; `finished` counts tasks, `paid` worker-seconds."""

    bounds: tuple[int, int]
    concurrency: int
    name: str = "default"
    foretold: tuple[Wave, ...] = ()
    waiting: list[int] = field(default_factory=list)
    workers: list[Machine] = field(default_factory=list)
    now: int = 0
    born: int = 0
    finished: int = 0
    paid: int = 0

    def second(self) -> None:
        """One second passes: tasks end, drained workers end once they are empty, waiting tasks find a place."""
        self.now += 1
        for worker in self.workers:
            ended = [end for end in worker.ends if end <= self.now]
            self.finished += len(ended)
            worker.ends = [end for end in worker.ends if end > self.now]
            worker.idle_since = self.now if ended and not worker.ends else worker.idle_since
        self.workers = [worker for worker in self.workers if worker.ends or not worker.draining]
        self.paid += len(self.workers)
        for worker in self.workers:
            while self.waiting and not worker.draining and self.now >= worker.ready and len(worker.ends) < self.concurrency:
                worker.ends.append(self.now + self.waiting.pop(0))

    def seen(self) -> Queue:
        workers = tuple(worker.seen(self.now, is_foretold=bool(self.foretold)) for worker in self.workers)
        running = sum(worker.busy for worker in workers)
        seen = Queue("d1", "o1", 1, self.name, len(self.waiting), running, workers, *self.bounds, self.concurrency, start=START)
        return replace(seen, ahead=self._ahead(), due=self._due()) if self.foretold else seen

    def _ahead(self) -> Curve:
        """The tasks that wait, run on workers that stay, or are foretold, if none had to wait."""
        spans = [(self.now, self.now + seconds, 1) for seconds in self.waiting]
        spans += [(self.now, end, 1) for worker in self.workers if not worker.draining for end in worker.ends]
        spans += [(wave.at, wave.at + wave.seconds, wave.tasks) for wave in self.foretold if wave.at > self.now]
        active = [sum(count for start, end, count in spans if start <= self.now + second < end) for second in range(REACH)]
        width = int(GRAIN)
        return tuple(sum(active[place : place + width]) / width for place in range(0, REACH, width))

    def _due(self) -> Due | None:
        coming = [wave for wave in self.foretold if self.now < wave.at <= self.now + REACH]
        return Due("nightly", MIDNIGHT + timedelta(seconds=coming[0].at), coming[0].tasks) if coming else None

    def decide(self) -> Decision:
        fleet = fleets.of("c1", [self.seen()])
        return check(fleet, plan(fleet))[0]

    def act(self, decision: Decision) -> None:
        """What an agent would do: launch, or let the emptiest go."""
        if decision.action is Action.LAUNCH:
            for _ in range(decision.target - decision.current):
                self.born += 1
                self.workers.append(Machine(f"w{self.born}", self.now + START))
        if decision.action is Action.DRAIN:
            serving = sorted((worker for worker in self.workers if not worker.draining), key=lambda worker: len(worker.ends))
            for worker in serving[: decision.current - decision.target]:
                worker.draining = True

    def tick(self) -> Decision:
        decision = self.decide()
        self.act(decision)
        return decision


def transcript(script: str) -> str:
    """The story of a script: every decision whose action or class is news."""
    world, events, end = _parse(script)
    lines, before = [], None
    while world.now <= end:
        for at, what in events:
            if world.now - TICK < at <= world.now:
                _happen(world, what)
        decision = world.tick()
        if decision.action is not Action.HOLD or decision.cause is not before:
            lines.append(f"{world.now:>5} s  {decision.action:<6} {decision.current} -> {decision.target}  {decision.reason}")
        before = decision.cause
        for _ in range(TICK):
            world.second()
    return "\n".join([*lines, f"finished {world.finished} tasks in {world.paid} worker-seconds", ""])


def _parse(script: str) -> tuple[World, list[tuple[int, str]], int]:
    name, floor, ceiling, concurrency = _numbers(r"queue (\w+): (\d+) to (\d+) workers of (\d+) tasks", script)[0]
    events = [(int(at), what) for at, what in _numbers(r"at (\d+): (.+)", script)]
    foretold = _numbers(r"at (\d+): (\d+) tasks of (\d+) s, as foretold", script)
    waves = tuple(Wave(int(at), int(count), int(seconds)) for at, count, seconds in foretold)
    return World((int(floor), int(ceiling)), int(concurrency), name, waves), events, events[-1][0]


def _happen(world: World, what: str) -> None:
    for count, seconds in _numbers(r"(\d+) tasks of (\d+) s", what):
        world.waiting += [int(seconds)] * int(count)
    for floor, ceiling in _numbers(r"bounds (\d+) to (\d+)", what):
        world.bounds = (int(floor), int(ceiling))


def _numbers(pattern: str, text: str) -> list[tuple[str, ...]]:
    return [match.groups() for match in re.finditer(pattern, text)]


def settle(queue: Queue, rounds: int = 20) -> Iterator[Decision]:
    """The decisions on a queue whose demand stays as it is, each carried out at once."""
    for _ in range(rounds):
        fleet = fleets.of("c1", [queue])
        decision = check(fleet, plan(fleet))[0]
        yield decision
        queue = replace(queue, workers=_carried_out(queue, decision))


def _carried_out(queue: Queue, decision: Decision) -> tuple[Worker, ...]:
    if decision.action is Action.DRAIN:
        serving = sorted((w for w in queue.workers if w.state is not WorkerState.DRAINING), key=lambda w: (w.busy, w.idle is None))
        gone = {worker.id for worker in serving[: decision.current - decision.target]}
        return tuple(worker for worker in queue.workers if worker.id not in gone)
    born = (Worker(f"new{len(queue.workers) + i}", WorkerState.RUNNING, 0, 0.0) for i in range(decision.target - decision.current))
    return (*(w._replace(idle=w.idle + TICK if w.idle is not None else None) for w in queue.workers), *born)
