"""The cheapest fleet that could have run every task without a wait, had everything been known beforehand."""

from collections.abc import Iterable
from itertools import pairwise


def optimum(spans: Iterable[tuple[float, float]], concurrency: int, start: float) -> float:
    """Worker-seconds for tasks active in those spans (start and end in seconds), at `start` worker-seconds for each launch.

    Exact, level by level: the k-th worker is needed whenever more than (k-1) x concurrency tasks are active, and it is kept through
    a pause if and only if the pause is shorter than a launch is dear. Levels are nested, so that their sum is a fleet.
    """
    return sum(
        sum(end - begin for begin, end in level) + start + sum(min(start, later[0] - earlier[1]) for earlier, later in pairwise(level))
        for level in _levels(spans, concurrency)
    )


def _levels(spans: Iterable[tuple[float, float]], concurrency: int) -> list[list[tuple[float, float]]]:
    """For the first, second, ... worker the times at which it is needed."""
    changes: dict[float, int] = {}
    for start, end in spans:
        changes[start] = changes.get(start, 0) + 1
        changes[end] = changes.get(end, 0) - 1
    levels: list[list[tuple[float, float]]] = []
    begun: list[float] = []
    active = 0
    for moment in sorted(changes):
        active += changes[moment]
        needed = -(-active // concurrency)
        while len(begun) > needed:
            levels[len(begun) - 1].append((begun.pop(), moment))
        while len(begun) < needed:
            begun.append(moment)
            if len(levels) < len(begun):
                levels.append([])
    return levels
