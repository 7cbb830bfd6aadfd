"""The invariants that no plan may break, stated once and apart from the planner: a plan that fails one is refused whole."""

from orrery.errors import PlanRefused
from orrery.hypervisor.fleet import Fleet, Queue
from orrery.hypervisor.plan import Action, Cause, Decision, Plan


def check(fleet: Fleet, plan: Plan) -> Plan:
    """The plan itself, or `PlanRefused` with everything that is wrong with it."""
    if found := violations(fleet, plan):
        raise PlanRefused("; ".join(found))
    return plan


def violations(fleet: Fleet, plan: Plan) -> tuple[str, ...]:
    """What a plan breaks, in words; nothing when it may be published."""
    queues = {(queue.deployment, queue.name): queue for queue in fleet.queues}
    decided = {(decision.deployment, decision.queue): decision for decision in plan}
    found = [] if len(decided) == len(plan) else ["a queue is decided twice"]
    if missing := queues.keys() - decided.keys():
        found.append(f"{len(missing)} queues are forgotten")
    for place, decision in decided.items():
        queue = queues.get(place)
        if broken := _broken(queue, decision, fleet.silence) if queue else ["a queue that nobody saw"]:
            found += [f"queue {decision.queue} of {decision.deployment}: {what}" for what in broken]
    return tuple(found)


def _broken(queue: Queue, decision: Decision, silence: float) -> list[str]:
    current, target = queue.serving, decision.target
    if decision.generation != queue.generation or decision.current != current:
        return ["planned from another state than the one that was seen"]
    if decision.cause is Cause.SILENT:
        return [] if decision.action is Action.HOLD and target == current else ["an unseen queue is touched"]
    found = []
    if not queue.floor <= target <= queue.ceiling:
        found.append(f"target {target} is outside {queue.floor} to {queue.ceiling}")
    if not target and queue.tasks and queue.ceiling:
        found.append(f"no worker is left for {queue.tasks} tasks")
    if not queue.is_foretold and target < min(queue.occupied, queue.ceiling):
        found.append(f"target {target} is less than the {queue.occupied} workers that run tasks, and nobody knows what comes")
    if decision.action is not _direction(current, target):
        found.append(f"{decision.action} leads from {current} to {target}")
    if target < current and not queue.is_foretold and current - target > max(current - queue.ceiling, queue.idle()):
        found.append(f"more workers are drained than are idle or above the ceiling of {queue.ceiling}")
    return found


def _direction(current: int, target: int) -> Action:
    if target == current:
        return Action.HOLD
    return Action.LAUNCH if target > current else Action.DRAIN
