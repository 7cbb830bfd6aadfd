"""The guard on destruction: nothing of a Deployment is taken away before its cluster can spare it.

It is asked by the steps themselves, at the very place where things are removed, so it holds for whoever started them: a person, a script,
the sweeper, a mistake. A Deployment is let go once and stays so; one that was held stands whole, Airflow and all.
"""

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

from orrery.errors import Invalid, RemovalHeld, StaleGeneration, Unavailable
from orrery.model.deployment import Deployment, Phase
from orrery.model.removals import LONGEST, MOST_ALLOWED, Allowance, limit
from orrery.store import clusters, deployments, removals

log = logging.getLogger(__name__)
_LONGEST_REASON = 200


def admit(deployment: Deployment) -> None:
    """Raises `RemovalHeld` if it must wait, `Unavailable` when many ask at once. What never ran well is missed by nobody and goes at once,
    and so does what a create that failed takes back.
    """
    if deployment.phase is not Phase.DELETING or removals.is_let_go(deployment) or deployments.good(deployment.id) is None:
        return
    now, there = datetime.now(UTC), removals.count(deployment.cluster_id)
    found = removals.load(deployment.cluster_id)
    try:
        removals.let_go(deployment, found.let_go(now, there=there), now)
    except RemovalHeld:
        numbers = {"cluster": deployment.cluster_id, "deployments": there, "an_hour": limit(there)}
        log.warning("held back a removal: too many of the cluster's Deployments went within the hour", extra=numbers)
        raise
    except StaleGeneration as other:
        raise Unavailable("another Deployment of its cluster is let go in this moment") from other


def allow(cluster: str, *, more: int, hours: int, reason: str, organization: str = "") -> dict[str, Any]:
    """A person's word that so many more may go; it takes the place of the word before. `organization` owns a dedicated cluster."""
    _refuse(more=(more, MOST_ALLOWED), hours=(hours, int(LONGEST.total_seconds()) // 3600))
    if not 0 < len(reason) <= _LONGEST_REASON:
        raise Invalid.field("reason", f"write why, in at most {_LONGEST_REASON} characters")
    found = clusters.load(organization, cluster)
    until = datetime.now(UTC) + timedelta(hours=hours)
    removals.allow(removals.load(found.id).allow(Allowance(more, until, reason)))
    log.warning("an operator allows more removals", extra={"cluster": found.id, "more": more, "until": until.isoformat(), "reason": reason})
    return {"cluster": found.id, "more": more, "until": until.isoformat(), "deployments": removals.count(found.id)}


def _refuse(**numbers: tuple[int, int]) -> None:
    for name, (number, most) in numbers.items():
        if type(number) is not int or not 0 < number <= most:
            raise Invalid.field(name, f"write a whole number from 1 to {most}")
