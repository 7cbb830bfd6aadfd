"""What the fleet should do next: a pure function from what was seen to what to do, with a reason for everything, doing nothing included.

Nothing here reads a clock, a table or a cluster. The policies are asked in order and the first that has an opinion decides;
each sees one queue and answers with a decision or with nothing. A plan holds every queue exactly once.

`target` is how many workers take tasks. Which of them, the agent knows best: it closes those that are empty first, and they end once
they are. So fewer than are busy may be meant: then the tasks to come are packed on the rest.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from orrery.hypervisor.fleet import Fleet, Queue
from orrery.hypervisor.words import are, counted

SILENCE = 60.0
"""Seconds after which a snapshot says nothing about now: six reports of the agent went missing."""


class Action(StrEnum):
    LAUNCH = "LAUNCH"
    DRAIN = "DRAIN"
    HOLD = "HOLD"


class Cause(StrEnum):
    """The class of a reason: while it stays the same, a queue that holds has nothing new to tell."""

    SILENT = "SILENT"
    CLOSING = "CLOSING"
    OVER_CEILING = "OVER_CEILING"
    DEMAND = "DEMAND"
    AHEAD = "AHEAD"
    AT_CEILING = "AT_CEILING"
    RIGHT_SIZED = "RIGHT_SIZED"
    AT_REST = "AT_REST"
    ALL_BUSY = "ALL_BUSY"
    JUST_IDLE = "JUST_IDLE"
    IDLE = "IDLE"
    PACKED = "PACKED"


@dataclass(frozen=True, slots=True)
class Decision:
    """What one queue should do: from `current` serving workers to `target`."""

    deployment: str
    generation: int
    queue: str
    action: Action
    cause: Cause
    current: int
    target: int
    queued: int
    running: int
    reason: str


Plan = tuple[Decision, ...]
Policy = Callable[[Queue, Fleet], Decision | None]


def silent(queue: Queue, fleet: Fleet) -> Decision | None:
    """What is not seen is not touched: an agent that is away scales by itself."""
    if fleet.silence <= SILENCE:
        return None
    return hold(queue, Cause.SILENT, f"the cluster has been silent for {fleet.silence:.0f} s; nothing is decided until it reports again")


def over_ceiling(queue: Queue, fleet: Fleet) -> Decision | None:
    """Above its bounds, or closed: the emptiest go first, and those with tasks after their last one."""
    if queue.serving <= queue.ceiling:
        return None
    if queue.ceiling == 0:
        return drain(queue, Cause.CLOSING, 0, f"no worker may run on this queue any more; {are(queue.serving)} running")
    return drain(queue, Cause.OVER_CEILING, queue.ceiling, f"at most {queue.ceiling} may run; {are(queue.serving)} running")


def demand(queue: Queue, fleet: Fleet) -> Decision | None:
    """More tasks than the workers can take, or fewer workers than the floor; what lies ahead is brought along."""
    if queue.wanted <= queue.serving or ((not queue.tasks or queue.needed <= queue.serving) and queue.floor <= queue.serving):
        return None
    return _decide(queue, Action.LAUNCH, Cause.DEMAND, queue.wanted, f"{_need(queue)}; {are(queue.serving)} running{_more(queue)}")


def ahead(queue: Queue, fleet: Fleet) -> Decision | None:
    """Enough for now, too few for what is foretold: whoever is launched now is up when it comes."""
    if queue.wanted <= queue.serving:
        return None
    return _decide(queue, Action.LAUNCH, Cause.AHEAD, queue.wanted, f"{_foretold(queue)}; {are(queue.serving)} running")


def right_sized(queue: Queue, fleet: Fleet) -> Decision | None:
    """As many as are wanted, and which bound or which moment made it so."""
    if queue.wanted != queue.serving:
        return None
    if queue.peak > queue.ceiling:
        return hold(queue, Cause.AT_CEILING, f"{_need(queue)}; {are(queue.serving)} running, the most that may")
    if queue.peak > max(queue.needed if queue.tasks else 0, queue.floor):
        return hold(queue, Cause.AHEAD, f"{_foretold(queue)}; {are(queue.serving)} running and kept for it")
    if queue.queued + queue.running == 0:
        kept = f"{counted(queue.floor, 'worker')} kept ready" if queue.floor else "no worker is needed"
        return hold(queue, Cause.AT_REST, f"nothing is queued or running; {kept}")
    return hold(queue, Cause.RIGHT_SIZED, f"{_need(queue)}; {are(queue.serving)} running")


def packed(queue: Queue, fleet: Fleet) -> Decision | None:
    """What is to come fits on fewer workers, and it is known what is to come: the others finish what they have.

    In a DAG's first run nobody knows when a task ends and what follows it: then whoever is there is kept as by the reactive rule.
    """
    if not queue.is_foretold:
        return None
    surplus, empty = queue.serving - queue.wanted, queue.idle()
    told = f"{_need(queue)}; {are(queue.serving)} running, {surplus} too many"
    seconds = queue.start + queue.manner.lead
    if surplus <= empty:
        return drain(queue, Cause.IDLE, queue.wanted, f"{told}, idle and not needed in the next {seconds:.0f} s")
    return drain(queue, Cause.PACKED, queue.wanted, f"{told} in the next {seconds:.0f} s; what comes is packed on the busiest")


def all_busy(queue: Queue, fleet: Fleet) -> Decision | None:
    """One worker too many, none of them idle, and nobody knows what comes: it may be needed again as soon as a task ends."""
    if queue.idle():
        return None
    return hold(queue, Cause.ALL_BUSY, f"{_need(queue)}; {are(queue.serving)} running and none is idle: tasks are never cut short")


def just_idle(queue: Queue, fleet: Fleet) -> Decision | None:
    """One idle worker too many, but not for long. It is kept for as long as a new one takes to start, so that waiting never costs
    more than twice what knowing the future would (the ski-rental bound)."""
    if queue.idle(queue.start):
        return None
    longest = max(worker.idle for worker in queue.workers if worker.idle is not None)
    return hold(
        queue,
        Cause.JUST_IDLE,
        f"{_need(queue)}; {are(queue.serving)} running, idle for {longest:.0f} s of the {queue.start:.0f} s that one is kept",
    )


def idle(queue: Queue, fleet: Fleet) -> Decision | None:
    """Idle for as long as starting one takes: as many go as are too many."""
    surplus = min(queue.serving - queue.wanted, queue.idle(queue.start))
    reason = f"{_need(queue)}; {are(queue.serving)} running, {surplus} too many and idle for {queue.start:.0f} s or more"
    return drain(queue, Cause.IDLE, queue.serving - surplus, reason)


POLICIES: tuple[Policy, ...] = (silent, over_ceiling, demand, ahead, right_sized, packed, all_busy, just_idle, idle)
"""The order is the policy: what is unknown first, then the customer's bounds, then the tasks, and money last."""


def plan(fleet: Fleet, policies: Iterable[Policy] = POLICIES) -> Plan:
    """One decision for every queue, in the fleet's order."""
    ordered = tuple(policies)
    return tuple(_first(queue, fleet, ordered) for queue in fleet.queues)


def hold(queue: Queue, cause: Cause, reason: str) -> Decision:
    return _decide(queue, Action.HOLD, cause, queue.serving, reason)


def drain(queue: Queue, cause: Cause, target: int, reason: str) -> Decision:
    return _decide(queue, Action.DRAIN, cause, target, reason)


def _first(queue: Queue, fleet: Fleet, policies: tuple[Policy, ...]) -> Decision:
    for policy in policies:
        if decision := policy(queue, fleet):
            return decision
    raise LookupError(f"no policy decides on queue {queue.name} of {queue.deployment}")


def _decide(queue: Queue, action: Action, cause: Cause, target: int, reason: str) -> Decision:
    return Decision(
        queue.deployment, queue.generation, queue.name, action, cause, queue.serving, target, queue.queued, queue.running, reason
    )


def _need(queue: Queue) -> str:
    """`3 queued + 2 running need 1 worker of 5`, with what the floor adds and the draining workers take."""
    if queue.queued + queue.running == 0:
        return "nothing is queued or running" + (f", at least {queue.floor} must run" if queue.floor else "")
    leaving = f" (of which {queue.leaving} on draining workers)" if queue.leaving else ""
    needs = f"{queue.queued} queued + {queue.running} running{leaving} need {counted(queue.needed, 'worker')} of {queue.concurrency}"
    if queue.needed < -(-queue.tasks // queue.concurrency):
        needs = f"{needs}, as a task may wait {queue.patience:.0f} s"
    return f"{needs}, at least {queue.floor} must run" if queue.needed < queue.floor else needs


def _more(queue: Queue) -> str:
    return f", and {_foretold(queue)}" if queue.peak > max(queue.needed, queue.floor) else ""


def _foretold(queue: Queue) -> str:
    """`5 workers of 5 will be needed in 24 s: dag `etl` is due at 12:00:00`."""
    words = f"{counted(queue.peak, 'worker')} of {queue.concurrency} will be needed in {queue.peak_in:.0f} s"
    return f"{words}: dag `{queue.due.dag}` is due at {queue.due.at:%H:%M:%S}" if queue.due else f"{words}, when running DAGs come to it"
