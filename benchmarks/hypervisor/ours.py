"""Our hypervisor as it runs in production: its own forecast, plan, check and the agent's steps, fed with what was recorded by then.

Simplified is only the time between: a plan every 10 s, carried out by the agent 2 s later; and a closed worker is told to end when
it has been empty for 4 s. As in production, no plan is made while nothing runs and nothing is due.
"""

import math
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from orrery.hypervisor import fleet as fleets
from orrery.hypervisor import forecast
from orrery.hypervisor.check import check
from orrery.hypervisor.fleet import MANNERS, TICK, Queue, WorkerState
from orrery.hypervisor.plan import Decision, plan
from orrery.model.scaling import Style

from agent import steps
from agent.world import CORDONED, RUNNING, STARTING, Member, QueueView
from benchmarks.hypervisor.peers import MOST
from benchmarks.hypervisor.workload import Dag
from benchmarks.hypervisor.world import Run, Worker, World

EVERY = 10.0
"""Seconds from plan to plan."""
LATER = 2.0
"""Seconds from a plan until the agent has carried it out."""
ROUND = 2.0
"""Seconds from one look of the agent to the next."""
QUEUE = "default"
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


class Ours:
    """The hypervisor in one of its styles; `plans` remembers when and what it decided."""

    def __init__(self, style: Style) -> None:
        self.style = style
        self.plans: list[tuple[float, Decision]] = []
        self._shapes: dict[Dag, tuple[int, forecast.Shape]] = {}
        self._is_ticking = False

    def begin(self, world: World) -> None:
        self._sleep(world)

    def arrived(self, world: World) -> None:
        """A run that nobody told of is seen in the next snapshot; the plan comes with the tick."""
        self._wake(world, world.now)

    def emptied(self, world: World, worker: Worker) -> None:
        if not worker.is_open:
            world.at(world.now + steps.SEEN_QUIET * ROUND, self._look, world)

    def _sleep(self, world: World) -> None:
        """Until something is due that could matter; what nobody tells of wakes us as well."""
        self._is_ticking = False
        if world.told:
            self._wake(world, max(world.now, world.told[0].due - forecast.HORIZON - EVERY))

    def _wake(self, world: World, moment: float) -> None:
        phase = world.phase * EVERY
        at = phase + math.ceil((moment - phase) / EVERY) * EVERY
        if not self._is_ticking:
            world.at(at, self._woken, world)

    def _woken(self, world: World) -> None:
        if not self._is_ticking:
            self._is_ticking = True
            self._tick(world)

    def _tick(self, world: World) -> None:
        if world.is_quiet and not (world.told and world.told[0].due < world.now + forecast.HORIZON + EVERY):
            return self._sleep(world)
        seen = fleets.of("c", [self.seen(world)])
        (decision,) = check(seen, plan(seen))
        self.plans.append((world.now, decision))
        world.at(world.now + LATER, self._carry_out, world, decision.target)
        world.at(world.now + EVERY, self._tick, world)
        return None

    def seen(self, world: World) -> Queue:
        """What the agent reports of the queue, from the runs that have begun and those that a schedule tells of."""
        runs = [*self._begun(world), *self._told(world)]
        span = forecast.spans(runs, horizon=forecast.HORIZON).get(QUEUE, 0.0)
        horizon = world.start + TICK + MANNERS[self.style].patience(span) + forecast.GRAIN  # nobody looks at what lies behind it
        near = (run for run in runs if run.due < horizon)
        return Queue(
            deployment="d",
            organization="o",
            generation=1,
            name=QUEUE,
            queued=len(world.queue),
            running=world.running,
            workers=tuple(_worker(worker, world.now, self._frees_in(world, worker)) for worker in world.workers),
            floor=0,
            ceiling=MOST,
            concurrency=world.concurrency,
            ahead=forecast.curves(near, horizon=horizon).get(QUEUE, ()),
            start=world.start,
            span=span,
            style=self.style,
        )

    def _begun(self, world: World) -> Iterator[forecast.Run]:
        """One for each run; those of a DAG of which nothing waits for its parents any more are told as one, which is the same."""
        begun: dict[Dag, list[Run]] = {}
        for run in world.active:
            if len(run.running) + len(run.queued) + len(run.ended) == len(run.dag.tasks):
                begun.setdefault(run.dag, []).append(run)
            else:
                yield self._run(world, [run], run.ended)
        for dag, runs in begun.items():
            yield self._run(world, runs, range(len(dag.tasks)))

    def _run(self, world: World, runs: list[Run], ended: Iterable[int]) -> forecast.Run:
        first, now = runs[0], world.now
        running = [
            forecast.Running(task, now - worker.tasks[run, task], not worker.is_open)
            for run in runs
            for task, worker in run.running.items()
        ]
        queued = tuple(task for run in runs for task in run.queued)
        return forecast.Run(self._shape(world, first.dag), first.due - now, frozenset(ended), tuple(running), queued)

    def _told(self, world: World) -> Iterator[forecast.Run]:
        for told in world.told:
            if told.due >= world.now + forecast.HORIZON:
                return
            yield forecast.Run(self._shape(world, told.dag), told.due - world.now)

    def _shape(self, world: World, dag: Dag) -> forecast.Shape:
        """The DAG with its usual durations as they are known now."""
        version, shape = self._shapes.get(dag, (-1, None))
        if shape is None or version != world.profile.version:
            usual = world.profile.usual
            shape = forecast.Shape(
                dag.name,
                tuple(forecast.Step(QUEUE, usual(task), parents) for task, parents in zip(dag.tasks, dag.parents, strict=True)),
            )
            self._shapes[dag] = world.profile.version, shape
        return shape

    def _carry_out(self, world: World, target: int) -> None:
        """What the agent does about a target, by what it sees at that moment."""
        by_id = {str(worker.number): worker for worker in world.workers}
        view = QueueView(QUEUE, len(world.queue), world.running, 0, MOST, world.concurrency, tuple(self._members(world)))
        for step in steps.towards(target, view):
            match step.verb:
                case steps.Verb.LAUNCH:
                    world.launch(1)
                case steps.Verb.UNCORDON:
                    world.open(by_id[step.worker])
                case steps.Verb.CORDON:
                    world.close(by_id[step.worker])
                    world.at(world.now + steps.SEEN_QUIET * ROUND, self._look, world)
                case steps.Verb.DRAIN:
                    self._drain(world, by_id[step.worker])
        world.hand_out()

    def _members(self, world: World) -> Iterator[Member]:
        for worker in world.workers:
            idle = None if worker.tasks or worker.ready > world.now else datetime.fromtimestamp(max(worker.idle_since, worker.ready), UTC)
            yield Member(
                id=str(worker.number),
                state=_state(worker, world.now),
                is_current=True,
                busy=len(worker.tasks),
                idle_since=idle,
                quiet=0 if worker.is_open or worker.tasks else int((world.now - worker.quiet_since) / ROUND),
                age=world.now - worker.launched,
                frees_in=self._frees_in(world, worker),
            )

    def _frees_in(self, world: World, worker: Worker) -> float | None:
        usual = world.profile.usual
        return max(
            (forecast.remaining(usual(run.dag.tasks[task]), world.now - since) for (run, task), since in worker.tasks.items()), default=None
        )

    def _look(self, world: World) -> None:
        """A look at which nothing but the end of closed workers that were seen empty twice can be news."""
        for worker in [w for w in world.workers if not w.is_open and not w.tasks]:
            if world.now - worker.quiet_since >= steps.SEEN_QUIET * ROUND:
                self._drain(world, worker)

    def _drain(self, world: World, worker: Worker) -> None:
        """It ends by itself after its last task, which by now is no more."""
        world.end(worker)


def _state(worker: Worker, now: float) -> str:
    if worker.ready > now:
        return STARTING
    return RUNNING if worker.is_open else CORDONED


def _worker(worker: Worker, now: float, frees: float | None) -> fleets.Worker:
    state = {STARTING: WorkerState.STARTING, RUNNING: WorkerState.RUNNING, CORDONED: WorkerState.DRAINING}[_state(worker, now)]
    idle = None if worker.tasks or worker.ready > now else now - max(worker.idle_since, worker.ready)
    return fleets.Worker(str(worker.number), state, len(worker.tasks), idle, None if frees == math.inf else frees)
