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
SWAP = 30.0
"""Seconds by which a cordoned worker must outlast an open one to take its place: orders to workers are not free either."""
UNKNOWN = 1e6
"""Seconds that a busy worker is taken to last of which nobody knows, or which nobody can tell apart from that."""


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
    open_ = _opened(goal, queue)
    missing = goal - len(queue.serving)
    back = [member for member in open_ if member.state == CORDONED]
    steps = [Step(Verb.UNCORDON, member.id, "more workers are needed" if missing > 0 else "it is busy for longest") for member in back]
    steps += [Step(Verb.LAUNCH, "", "more workers are needed")] * max(0, missing - len(back))
    steps += _closed(queue, {member.id for member in open_})
    if missing == 0 and not back:
        steps += _renewed(queue)
    return (*steps, *_ended(queue, kept={member.id for member in back}))


def _opened(goal: int, queue: QueueView) -> list[Member]:
    """The workers that should take tasks: those that will be busy for longest, because they stay anyway.

    A worker that is open stays so until another one lasts longer by SWAP; one of an older configuration is not taken back.
    """
    starting = sum(member.state == STARTING for member in queue.members)
    able = [m for m in queue.members if m.state == RUNNING or (m.state == CORDONED and m.is_current)]
    able.sort(key=lambda m: (-_lasts(m) - (SWAP if m.state == RUNNING else 0.0), -m.busy, m.idle_since is not None, not m.is_current, m.id))
    return able[: max(0, goal - starting)]


def _lasts(member: Member) -> float:
    """Seconds until it would be empty; a busy one of which nobody knows is taken to last."""
    if not member.busy:
        return 0.0
    return UNKNOWN if member.frees_in is None else min(UNKNOWN, member.frees_in)


def _closed(queue: QueueView, kept: set[str]) -> Iterator[Step]:
    for member in queue.serving:
        if member.state == RUNNING and member.id not in kept:
            why = "it is idle and not needed" if member.idle_since else "it is not needed; it finishes what it has"
            yield Step(Verb.CORDON, member.id, why)


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
