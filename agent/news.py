"""Whether a snapshot tells more than that time has passed since the last one: pure.

What is foretold comes nearer each second, and a task that outlasts its like is expected to end a little later each time; that is no news
until it is a few seconds off. A run or a step that comes into the horizon is.
"""

from typing import Any

from orrery.hypervisor.fleet import curve
from orrery.hypervisor.forecast import GRAIN, HORIZON

_SLACK = 2
"""Grains by which a curve may have moved."""
_ALIKE = 0.25
"""Tasks by which it may have risen or fallen."""
_GRAINS = int(HORIZON / GRAIN)


def is_news(snapshot: dict[str, Any], told: dict[str, Any], seconds: float) -> bool:
    """`told` was taken so many seconds before `snapshot`; an empty one says that nothing was told yet."""
    if not told or _settled(snapshot) != _settled(told):
        return True
    return any(_has_moved(now, before, seconds) for now, before in zip(_curves(snapshot), _curves(told), strict=True))


def _settled(snapshot: dict[str, Any]) -> Any:
    """Without what changes by itself; of a curve, whether there is one."""
    return [{**deployment, "queues": [_settled_queue(queue) for queue in _queues(deployment)]} for deployment in _deployments(snapshot)]


def _settled_queue(queue: dict[str, Any]) -> Any:
    workers = [{**worker, "freesIn": None} for worker in queue["workers"]]
    return {**queue, "workers": workers, "ahead": queue.get("ahead") is not None}


def _curves(snapshot: dict[str, Any]) -> list[list[float]]:
    return [_whole(queue.get("ahead") or []) for deployment in _deployments(snapshot) for queue in _queues(deployment)]


def _deployments(snapshot: dict[str, Any]) -> list[dict[str, Any]]:
    return list(snapshot.get("deployments", ()))


def _queues(deployment: dict[str, Any]) -> list[dict[str, Any]]:
    return list(deployment.get("queues", ()))


def _whole(lengths: list[tuple[float, int]]) -> list[float]:
    values = list(curve(lengths) or ())[:_GRAINS]
    return values + [0.0] * (_GRAINS - len(values))


def _has_moved(now: list[float], before: list[float], seconds: float) -> bool:
    """What was behind the horizon is expected to be as it was at its edge."""
    passed = min(_GRAINS, max(0, int(seconds / GRAIN)))
    expected = before[passed:] + before[-1:] * passed
    return any(not _is_near(value, expected[max(0, place - _SLACK) : place + _SLACK + 1]) for place, value in enumerate(now))


def _is_near(value: float, around: list[float]) -> bool:
    return min(around) - _ALIKE <= value <= max(around) + _ALIKE
