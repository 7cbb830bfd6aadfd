"""What the next minutes will ask of each worker queue, from what Airflow had recorded up to now: pure, and without a word about the future.

A run is played forward as if no task had to wait for a worker: what runs ends when its like usually ended, what waits for its parents
follows the last of them, and a run that is due begins on time. The result is a curve for each queue: how many tasks would be active.
A task that nobody has seen end before is not foretold; once it is queued or running it counts until it is gone, as in a reactive rule.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import inf
from typing import NamedTuple

GRAIN = 2.0
"""Seconds that one value of a curve is the mean of: as long as an agent's round, so nothing finer could be acted on."""

GAP = 2.0
"""Seconds that Airflow's scheduler takes between the end of a task and the queueing of the next one."""

TAIL = 0.1
"""A task that runs longer than its like is expected to go on for this share of the time that it has run already."""

HORIZON = 500.0
"""Seconds that a forecast reaches: the slowest start and the longest patience together."""

Curve = tuple[float, ...]
"""Mean number of active tasks in each GRAIN from now on; what lies behind its end is zero."""


class Step(NamedTuple):
    """A task of a DAG as it usually goes."""

    queue: str
    seconds: float | None
    """The median of its recorded durations; None when it was never seen to end."""
    parents: tuple[int, ...] = ()
    """Places of the steps that it waits for; all of them stand before it."""
    copies: int = 1
    """How many of it run side by side: a mapped task's usual expansion."""
    pool: str = ""


@dataclass(frozen=True)
class Shape:
    """A DAG: its steps in topological order, and how many of its tasks may be active at once in one run."""

    dag: str
    steps: tuple[Step, ...]
    most: float = inf

    @cached_property
    def span(self) -> float:
        """Seconds that a run takes when no task waits for a worker: the critical path, Airflow's own gaps included."""
        ends: list[float] = []
        for step in self.steps:
            ends.append(max((ends[parent] for parent in step.parents), default=0.0) + GAP + (step.seconds or 0.0))
        return max(ends, default=0.0)

    @cached_property
    def queues(self) -> frozenset[str]:
        return frozenset(step.queue for step in self.steps)


class Running(NamedTuple):
    """A task instance at work; `leaving` when its worker takes nothing new, so that nobody needs to make room for it."""

    step: int
    elapsed: float
    leaving: bool = False


@dataclass(frozen=True)
class Run:
    """One run of a DAG: `due` in seconds from now, negative once it has begun; what is in no field waits for its parents."""

    shape: Shape
    due: float
    ended: frozenset[int] = frozenset()
    running: tuple[Running, ...] = ()
    queued: tuple[int, ...] = ()


def remaining(seconds: float | None, elapsed: float) -> float:
    """How much longer a running task is expected to take, in seconds."""
    if seconds is None:
        return inf
    return max(seconds - elapsed, TAIL * max(seconds, elapsed))


def curves(runs: Iterable[Run], *, horizon: float, pools: Mapping[str, float] | None = None) -> dict[str, Curve]:
    """The curve of each queue for so many seconds; `pools` are Airflow's pools with their slots, which hold tasks back."""
    buckets = int(horizon / GRAIN)
    groups: dict[tuple[str, str], list[float]] = {}
    for run in runs:
        own: dict[tuple[str, str], list[float]] = {}
        _play(run, horizon, buckets, own)
        _hold_back(list(own.values()), run.shape.most)
        for key, change in own.items():
            groups[key] = [a + b for a, b in zip(groups[key], change, strict=True)] if key in groups else change
    levels = {key: _levels(change) for key, change in groups.items()}
    for pool, slots in (pools or {}).items():
        _cap([level for (_, of), level in levels.items() if of == pool], slots)
    return _by_queue(levels, buckets)


def spans(runs: Iterable[Run], *, horizon: float) -> dict[str, float]:
    """For each queue, the seconds that the shortest of the runs takes which are on their way or begin within the horizon."""
    found: dict[str, float] = {}
    for run in runs:
        if run.due < horizon:
            found.update({queue: min(found.get(queue, inf), run.shape.span) for queue in run.shape.queues})
    return found


def _play(run: Run, horizon: float, buckets: int, into: dict[tuple[str, str], list[float]]) -> None:
    """Each task's active time, added to the changes of its queue and pool."""
    steps = run.shape.steps
    ends, seen = [0.0] * len(steps), dict[int, float]()
    for place, elapsed, leaving in run.running:
        end = remaining(steps[place].seconds, elapsed)
        seen[place] = max(seen.get(place, 0.0), end)
        if not leaving:
            _add(into, steps[place], 0.0, end, 1, buckets)
    for place in run.queued:
        end = remaining(steps[place].seconds, 0.0)
        seen[place] = max(seen.get(place, 0.0), end)
        _add(into, steps[place], 0.0, end, 1, buckets)
    for place, step in enumerate(steps):
        if place in run.ended:
            continue
        if place in seen:
            ends[place] = seen[place]
            continue
        start = run.due
        for parent in step.parents:
            if ends[parent] > start:
                start = ends[parent]
        start = max(0.0, start + GAP)
        ends[place] = start + step.seconds if step.seconds is not None else inf
        if start < horizon and step.seconds is not None:
            _add(into, step, start, ends[place], step.copies, buckets)


def _add(into: dict[tuple[str, str], list[float]], step: Step, start: float, end: float, count: int, buckets: int) -> None:
    """A rise at the start and a fall at the end, each shared between two buckets so that their running sum is the exact mean."""
    key = (step.queue, step.pool)
    change = into.get(key)
    if change is None:
        change = into[key] = [0.0] * (buckets + 2)
    at = start / GRAIN
    place = int(at)
    change[place] += count * (place + 1 - at)
    change[place + 1] += count * (at - place)
    at = end / GRAIN
    if at < buckets:
        place = int(at)
        change[place] -= count * (place + 1 - at)
        change[place + 1] -= count * (at - place)


def _hold_back(changes: list[list[float]], most: float) -> None:
    """A DAG's own limit, on changes; most DAGs stay below it."""
    if most == inf or not changes:
        return
    levels = [_levels(change) for change in changes]
    _cap(levels, most)
    for change, level in zip(changes, levels, strict=True):
        change[:] = [level[0], *(b - a for a, b in pairwise(level))]


def _levels(change: list[float]) -> list[float]:
    level, levels = 0.0, []
    for each in change:
        level += each
        levels.append(level)
    return levels


def _cap(levels: list[list[float]], most: float) -> None:
    """At most so many at once, each queue giving up its share."""
    for place, together in enumerate(map(sum, zip(*levels, strict=True))):
        if together > most:
            for level in levels:
                level[place] *= most / together


def _by_queue(levels: Mapping[tuple[str, str], list[float]], buckets: int) -> dict[str, Curve]:
    found: dict[str, list[float]] = {}
    for (queue, _), level in levels.items():
        found[queue] = [a + b for a, b in zip(found[queue], level, strict=True)] if queue in found else level
    return {queue: _trimmed(level[:buckets]) for queue, level in found.items()}


def _trimmed(levels: list[float]) -> Curve:
    while levels and levels[-1] < 0.001:
        levels.pop()
    return tuple(levels)
