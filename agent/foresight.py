"""What lies ahead of each Airflow: reads what it has recorded no more often than needed, and plays it forward.

Code and history are read when they can have changed; runs and tasks while anything is on or due, and at once when the demand is another.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import isfinite
from typing import NamedTuple

from orrery.hypervisor import forecast
from orrery.hypervisor.forecast import GRAIN, Curve, Run, curves, spans

from agent import history, runs, schedules
from agent.clock import Clock
from agent.demand import Counts
from agent.doors import Connection, Doors
from agent.runs import Due, Known
from agent.schedules import ActiveRun, Dag, TaskRow

EVERY, AT_REST = 4.0, 10.0
"""Seconds between looks while something is on or due, and when nothing is; a demand that changes is looked at at once."""
_CODE, _PAST, _POOLS = 30.0, 120.0, 60.0
"""Seconds for which code, one DAG's history, and pools are not read again."""
_AT_ONCE = 20
"""DAGs whose code or history is read in one look; the others have their turn at the next."""
_KEPT = 1000
"""DAGs of one Deployment that are remembered."""
_MOST_STEPS = 100_000
"""Tasks that are played in one look, so that no Deployment holds up the agent; runs that come last are left out."""
_GRAINS = int(forecast.HORIZON / GRAIN)


class NextRun(NamedTuple):
    """The next run that brings tasks to a queue."""

    dag: str
    at: float
    """A time of the epoch."""
    tasks: int


@dataclass(frozen=True)
class Ahead:
    """What was foreseen of one Deployment, at `seconds` on the agent's clock."""

    seconds: float
    curves: Mapping[str, Curve]
    spans: Mapping[str, float]
    """By queue: seconds that the shortest of the runs ahead usually takes."""
    next: Mapping[str, NextRun]
    frees: Mapping[str, tuple[int, float]]
    """By host: tasks that run on it, and seconds until the last of them is expected to end."""
    next_run_at: float | None
    """When the soonest run of all is due, as a time of the epoch."""
    is_active: bool
    """Whether any run is active or any task queued or running."""
    quiet: float | None = None
    """For how long no run had been active when it was first looked at; None when nobody can tell or something is."""
    is_read: bool = True
    """Whether its Airflow knows any DAG: before that nobody can say what is due."""

    def curve(self, queue: str, now: float) -> Curve:
        """What is left of a queue's curve."""
        return self.curves.get(queue, ())[int((now - self.seconds) / GRAIN) :]


@dataclass
class _Dag:
    graph: history.Graph | None = None
    profile: history.Profile = field(default_factory=dict)
    read_at: float = float("-inf")
    mark: object = None
    """What was on and due when its history was read: as long as it is the same, no run has ended."""
    made_of: object = None
    known: Known | None = None

    def knows(self, dag: Dag) -> Known | None:
        """Made again only when its code, its history or its limit has changed."""
        if self.graph is None or not self.graph.tasks:
            return None
        if self.known is None or self.made_of != (self.graph.hash, self.read_at, dag.tasks):
            shape = history.shape(dag.id, self.graph, self.profile, dag.tasks)
            self.known = Known(shape, {task.id: place for place, task in enumerate(self.graph.tasks)}, self.graph.timetable)
            self.made_of = (self.graph.hash, self.read_at, dag.tasks)
        return self.known


@dataclass
class _Memory:
    """Of one Deployment."""

    dags: dict[str, _Dag] = field(default_factory=dict)
    pools: Mapping[str, float] = field(default_factory=dict)
    pools_at: float = float("-inf")
    code_at: float = float("-inf")
    counts: Counts | None = None
    ahead: Ahead | None = None
    is_near: bool = True
    """Whether anything is on, or due within the horizon, or nobody can say."""
    is_read: bool = False


class Foresight:
    def __init__(self, doors: Doors, clock: Clock) -> None:
        self._doors, self._clock = doors, clock
        self._memories: dict[str, _Memory] = {}

    async def foresee(
        self, urls: Mapping[str, str], counts: Mapping[str, Counts | None], leaving: Mapping[str, Collection[str]]
    ) -> dict[str, Ahead | None]:
        """What lies ahead of each Deployment; None where it cannot be read now. `leaving`: hosts whose workers take nothing new."""
        self._memories = {id: self._memories.get(id, _Memory()) for id in urls}
        stale = {id: url for id, url in urls.items() if self._is_stale(self._memories[id], counts[id])}

        async def look(id: str, connection: Connection) -> Ahead:
            return await self.look(id, connection, counts[id] or Counts({}, {}), leaving.get(id, ()))

        fresh = await self._doors.ask("schedule", look, stale)
        for id, ahead in fresh.items():
            self._memories[id].ahead, self._memories[id].counts = ahead, counts[id]
        return {id: self._memories[id].ahead if counts[id] else None for id in urls}

    async def look(self, id: str, connection: Connection, counts: Counts, leaving: Collection[str]) -> Ahead:
        """One look at one Deployment: two small questions when nothing is on or due."""
        memory = self._memories.setdefault(id, _Memory())
        now = self._clock.seconds()
        active = await schedules.runs(connection)
        dags = {dag.id: dag for dag in await schedules.dags(connection, sorted({run.dag for run in active}))}
        rows = await schedules.tasks(connection) if any(run.is_running for run in active) else []
        near = [dag for dag in dags.values() if _is_near(dag, active)]
        await self._learn(memory, connection, near, active, now)
        ahead = _ahead(now, active, dags, rows, _known(memory, dags), counts, leaving, memory.pools)
        memory.is_read = memory.is_read or bool(dags) or await schedules.is_read(connection)
        ahead = replace(ahead, is_read=memory.is_read)
        memory.is_near = bool(near) or ahead.is_active or not memory.is_read
        is_first = memory.ahead is None and not ahead.is_active
        return replace(ahead, quiet=await schedules.quiet(connection)) if is_first else ahead

    def _is_stale(self, memory: _Memory, counts: Counts | None) -> bool:
        if counts is None:
            return False
        if memory.ahead is None or counts != memory.counts:
            return True
        return self._clock.seconds() - memory.ahead.seconds >= (EVERY if memory.is_near else AT_REST)

    async def _learn(self, memory: _Memory, connection: Connection, near: list[Dag], active: list[ActiveRun], now: float) -> None:
        """Code and history of the DAGs that matter now."""
        ids = [dag.id for dag in near]
        for id in ids:
            memory.dags.setdefault(id, _Dag())
        if len(memory.dags) > _KEPT:
            memory.dags = {id: memory.dags[id] for id in ids}
        if ids and now - memory.pools_at >= _POOLS:
            memory.pools, memory.pools_at = await schedules.pools(connection), now
        await self._learn_code(memory, connection, ids, now)
        await self._learn_past(memory, connection, near, active, now)

    async def _learn_code(self, memory: _Memory, connection: Connection, ids: list[str], now: float) -> None:
        missing = [id for id in ids if memory.dags[id].graph is None]
        if ids and now - memory.code_at >= _CODE:
            hashes, memory.code_at = await history.hashes(connection, ids), now
            missing = [id for id, hash in hashes.items() if (graph := memory.dags[id].graph) is None or graph.hash != hash]
        if missing := missing[:_AT_ONCE]:
            graphs = await history.graphs(connection, missing)
            for id in missing:
                memory.dags[id].graph = graphs.get(id, history.Graph("", (), None))

    async def _learn_past(self, memory: _Memory, connection: Connection, near: list[Dag], active: list[ActiveRun], now: float) -> None:
        """At most every two minutes for a DAG, and only when a run of it may have ended since."""
        marks = {dag.id: (dag.next_at, [run.run for run in active if run.dag == dag.id]) for dag in near}
        known = memory.dags
        old = [
            id
            for id, mark in marks.items()
            if known[id].mark != mark and now - known[id].read_at >= (_PAST if known[id].profile else EVERY)
        ]
        if old := old[:_AT_ONCE]:
            profiles = await history.profiles(connection, old)
            for id in old:
                known[id].profile, known[id].read_at, known[id].mark = profiles[id], now, marks[id]


def _is_near(dag: Dag, active: list[ActiveRun]) -> bool:
    return (dag.is_on and dag.next_in is not None and dag.next_in < forecast.HORIZON) or any(run.dag == dag.id for run in active)


def _known(memory: _Memory, dags: Mapping[str, Dag]) -> dict[str, Known]:
    found = {id: memory.dags[id].knows(dag) for id, dag in dags.items() if id in memory.dags}
    return {id: known for id, known in found.items() if known}


def _played(found: Iterable[Run]) -> Iterator[Run]:
    steps = 0
    for run in found:
        steps += len(run.shape.steps)
        if steps > _MOST_STEPS:
            return
        yield run


def _ahead(
    now: float,
    active: list[ActiveRun],
    dags: Mapping[str, Dag],
    rows: list[TaskRow],
    known: Mapping[str, Known],
    counts: Counts,
    leaving: Collection[str],
    pools: Mapping[str, float],
) -> Ahead:
    begun, due = list(_played(runs.begun(active, rows, dags, known, leaving))), runs.due(dags.values(), active, known)
    ahead = list(_played([*begun, *(each.run for each in due)]))
    drawn = curves(ahead, horizon=forecast.HORIZON, pools=pools)
    return Ahead(
        seconds=now,
        curves=_with_unexplained(drawn, begun, counts, leaving),
        spans=spans(ahead, horizon=forecast.HORIZON),
        next=_next(due),
        frees=runs.frees(rows, known),
        next_run_at=min((dag.next_at for dag in dags.values() if dag.is_on and dag.next_at is not None), default=None),
        is_active=bool(active or counts.queued or counts.running),
    )


def _with_unexplained(drawn: dict[str, Curve], begun: list[Run], counts: Counts, leaving: Collection[str]) -> dict[str, Curve]:
    """Queued and running tasks that no run tells of (its code cannot be read, or it was marked as ended) count until they are gone."""
    told = dict.fromkeys(drawn, 0)
    for run in begun:
        for place in [*run.queued, *(each.step for each in run.running if not each.leaving)]:
            queue = run.shape.steps[place].queue
            told[queue] = told.get(queue, 0) + 1
    there = dict(counts.queued)
    for (queue, host), count in counts.running.items():
        there[queue] = there.get(queue, 0) + (0 if host in leaving else count)
    for queue, count in there.items():
        if (more := count - told.get(queue, 0)) > 0:
            curve = drawn.get(queue, ())
            drawn[queue] = tuple(value + more for value in (*curve, *(0.0,) * (_GRAINS - len(curve))))
    return drawn


def _next(due: list[Due]) -> dict[str, NextRun]:
    found: dict[str, NextRun] = {}
    for each in due:
        tasks: dict[str, int] = {}
        for step in each.run.shape.steps:
            tasks[step.queue] = tasks.get(step.queue, 0) + step.copies
        for queue, count in tasks.items():
            if count:
                found.setdefault(queue, NextRun(each.dag, each.at, count))
    return found


def seconds(frees: tuple[int, float], busy: int) -> float | None:
    """Until a worker that runs `busy` tasks is expected to be free; None when nobody knows."""
    count, last = frees
    return last if count == busy and isfinite(last) else None
