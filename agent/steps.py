"""From a goal to steps, for one queue: what to launch, take back, cordon and drain. Pure, and it knows no step that cuts a task short."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from agent.world import CORDONED, RUNNING, STARTING, Member, QueueView

SEEN_QUIET = 2
"""How often in a row a cordoned worker must be seen to run nothing before it is told to end: once may be the moment
between a task's delivery and its first sign of life."""
PATIENCE = 300.0
"""Seconds that a worker may take to come up."""


class Verb(StrEnum):
    LAUNCH = "LAUNCH"
    UNCORDON = "UNCORDON"
    CORDON = "CORDON"
    DRAIN = "DRAIN"


@dataclass(frozen=True)
class Step:
    verb: Verb
    worker: str
    """Empty for a launch."""
    reason: str


def towards(goal: int, queue: QueueView) -> tuple[Step, ...]:
    """The steps that bring a queue nearer to `goal` serving workers; those that need time (a task to end) come at a later look."""
    missing = goal - len(queue.serving)
    back = _taken_back(queue, missing)
    steps = [Step(Verb.UNCORDON, member.id, "more workers are needed") for member in back]
    steps += [Step(Verb.LAUNCH, "", "more workers are needed")] * (missing - len(back))
    steps += _cordoned(queue, -missing)
    if missing == 0:
        steps += _renewed(queue)
    return (*steps, *_ended(queue, kept={member.id for member in back}))


def _taken_back(queue: QueueView, missing: int) -> list[Member]:
    """Cordoned workers that can serve again, the busiest first: they would stay the longest anyway."""
    able = sorted((m for m in queue.members if m.state == CORDONED and m.is_current), key=lambda m: (-m.busy, m.id))
    return able[: max(0, missing)]


def _cordoned(queue: QueueView, surplus: int) -> Iterator[Step]:
    """Idle workers, longest idle first; above the ceiling also busy ones, the emptiest first: they finish what they have."""
    over = len(queue.serving) - queue.ceiling
    running = [member for member in queue.serving if member.state == RUNNING]
    idle = sorted((m for m in running if m.idle_since), key=lambda m: (m.is_current, m.idle_since, m.id))
    rest = sorted((m for m in running if not m.idle_since), key=lambda m: (m.busy, m.is_current, m.id))
    for count, member in enumerate([*idle, *rest][: max(0, surplus)]):
        if member.idle_since:
            yield Step(Verb.CORDON, member.id, "it is idle and not needed")
        elif count < over:
            yield Step(Verb.CORDON, member.id, f"at most {queue.ceiling} may run; it finishes what it has")


def _renewed(queue: QueueView) -> Iterator[Step]:
    """One worker at a time that still runs an older configuration, the emptiest first; its successor comes at the next look."""
    if any(member.state == CORDONED for member in queue.members):
        return
    old = sorted((m for m in queue.serving if m.state == RUNNING and not m.is_current), key=lambda m: (m.busy, m.idle_since is None, m.id))
    for member in old[:1]:
        if member.idle_since and len(queue.serving) > queue.needed:
            return  # it is about to go without a successor
        yield Step(Verb.CORDON, member.id, "it runs an older configuration; it finishes what it has")


def _ended(queue: QueueView, kept: set[str]) -> Iterator[Step]:
    for member in queue.members:
        if member.state == CORDONED and member.quiet >= SEEN_QUIET and member.id not in kept:
            yield Step(Verb.DRAIN, member.id, "it takes no tasks and has none left")
        elif member.state == STARTING and member.age > PATIENCE:
            yield Step(Verb.DRAIN, member.id, f"it did not come up within {PATIENCE:.0f} s")
