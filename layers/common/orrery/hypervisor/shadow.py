"""Shadow mode: what another style would decide from what is really there, told beside the decisions and never carried out. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from orrery.hypervisor.check import check
from orrery.hypervisor.fleet import Fleet
from orrery.hypervisor.plan import Decision, plan
from orrery.model.scaling import Style

Thoughts = Mapping[str, str]
"""What was thought of each queue last, by `<deployment> <queue>`: the class of the reason and the target."""


def imagined(fleet: Fleet, snapshot: Mapping[str, Any]) -> Fleet:
    """The queues of the Deployments that name a style for comparison, as that style sees them; others are left out."""
    styles = {each["id"]: Style(each["shadowStyle"]) for each in snapshot["deployments"] if each.get("shadowStyle")}
    seen = tuple(replace(queue, style=styles[queue.deployment]) for queue in fleet.queues if queue.deployment in styles)
    return replace(fleet, queues=seen)


def think(fleet: Fleet, before: Thoughts) -> tuple[tuple[Decision, ...], Thoughts]:
    """What is new to tell of an imagined fleet, and all that was thought; what stays wanted is told once, since nobody acts on it."""
    planned = check(fleet, plan(fleet))
    thought = {_name(each): f"{each.cause.value} {each.target}" for each in planned}
    return tuple(each for each in planned if before.get(_name(each)) != thought[_name(each)]), thought


def _name(decision: Decision) -> str:
    return f"{decision.deployment} {decision.queue}"
