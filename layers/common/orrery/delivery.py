"""Brings a change of environment objects to every Deployment it reaches: a new generation of each, carried out by its own saga.

A Deployment that is asleep is given everything when it wakes, and one that is still being made when it is ready. Running it twice, or at
once with another, does no harm: whoever has got everything already is left alone.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

from orrery import workflows
from orrery.errors import NotFound, StaleGeneration, StillChanging
from orrery.model.deployment import Deployment, Phase
from orrery.model.environment import Scope
from orrery.store import deployments, environment
from orrery.store.environment import Undelivered

_TRIES = 3


def carry_out(change: Undelivered) -> str:
    """One change to all its Deployments; says how it ended. What cannot be done now is the sweeper's, which finds the change's mark."""
    behind = environment.behind(each for each in _reached(change) if each.phase is Phase.ACTIVE and not each.is_hibernating)
    if sum(map(_renewed, behind)) == len(behind):
        environment.mark_delivered(change)
        return "delivered"
    return "left for the next run"


def _reached(change: Undelivered) -> Iterable[Deployment]:
    if change.scope is Scope.WORKSPACE:
        return deployments.inside(change.organization_id, change.scope_entity_id)
    return deployments.several(change.organization_id, {change.scope_entity_id}).values()


def _renewed(deployment: Deployment) -> bool:
    """Whether a saga is on its way with it; somebody who writes at the same moment is let past, a few times."""
    for _ in range(_TRIES):
        try:
            fresh = deployment.update(by=deployment.updated_by, now=datetime.now(UTC))
            deployments.save(fresh)
        except StaleGeneration:
            deployment = deployments.load(deployment.organization_id, deployment.id)
        except (StillChanging, NotFound):
            return True
        else:
            workflows.start(fresh.workflow, fresh)
            return True
    return False
