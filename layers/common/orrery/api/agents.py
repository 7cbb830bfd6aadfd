"""Agents: what they see comes in, the newest targets go out. An agent speaks for one cluster and for the Deployments placed on it."""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from orrery import hibernation
from orrery.api.entrance import Caller, act_as, routes
from orrery.api.wire.agents import Answer, Snapshot, Visit, VisitedDeployment
from orrery.authz.permissions import Permission
from orrery.authz.principal import Kind, Principal, missing
from orrery.errors import Invalid
from orrery.hypervisor import fleet, shards
from orrery.model import incident
from orrery.model.deployment import Deployment, Health, Observed
from orrery.store import deployments, fleets, observed, snapshots

log = logging.getLogger("orrery")
router = routes()


@router.post("/clusters/<clusterId>/snapshots", operation_id="ReportSnapshot", summary="Report a cluster's snapshot", tags=["Agent"])
def report_snapshot(clusterId: str, body: Snapshot, caller: Caller) -> Answer:
    """Takes a snapshot, whose Deployments must be placed on this cluster, and answers with the newest lease."""
    if not caller.may(Permission.CLUSTER_REPORT, clusterId):
        raise missing("cluster")
    now = datetime.now(UTC)
    _take(clusterId, body.document(), now)
    return Answer.of(fleets.lease(clusterId), now)


@router.post(
    "/clusters/<clusterId>/deployments/<deploymentId>/visits",
    operation_id="ReportVisit",
    summary="Wake a Deployment for a visitor",
    tags=["Agent"],
)
def report_visit(clusterId: str, deploymentId: str, body: Visit, caller: Caller) -> VisitedDeployment:
    """Somebody is at the address of a sleeping Deployment of this cluster: it wakes, if it wakes for visitors. Asking again is harmless.

    A visit that wakes is on record, in the name of the Deployment's own page: who came is not known, as it asks nobody to sign in.
    """
    if not caller.may(Permission.CLUSTER_REPORT, clusterId):
        raise missing("cluster")
    deployment = deployments.load(body.organization_id, deploymentId)
    if deployment.cluster_id != clusterId:
        raise missing("deployment")
    stands, reason = hibernation.need(deployment, by=deployment.updated_by, now=datetime.now(UTC), is_visit=True)
    if deployment.is_hibernating and stands is hibernation.Stands.WAKING:
        act_as(_page(deployment))
    return VisitedDeployment(state=stands.value, reason=reason)


def _page(deployment: Deployment) -> Principal:
    """The page that answers in a sleeping Deployment's place: it wakes it, and may do nothing else."""
    return Principal(deployment.id, Kind.SERVICEKEY, f"the page of deployment `{deployment.name}`", deployment.organization_id, grants=())


def _take(cluster_id: str, told: dict[str, Any], now: datetime) -> None:
    """What was observed is written before the snapshot: cut short in between, the next report does it again."""
    kept = snapshots.load(cluster_id)
    before = snapshots.merged(kept)["deployments"]
    told["deployments"] = _own(cluster_id, told["deployments"], before)
    _observe(told["deployments"], before, now)
    resting = shards.resting(fleet.read(cluster_id, told))
    moving = snapshots.keep(cluster_id, told, resting=resting, before=kept)
    fleets.hear(cluster_id, taken_at=told["takenAt"], now=now, moving=moving)


def _own(cluster_id: str, told: list[dict[str, Any]], before: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The Deployments that the agent may speak of: a Deployment never moves, so each is looked up when it is first told of."""
    names = [_name(deployment) for deployment in told]
    if len({id for _, id in names}) < len(names):
        raise Invalid.field("deployments", "a Deployment is told of twice")
    known = {_name(deployment) for deployment in before}
    fresh = [name for name in names if name not in known]
    placed = fleets.placed(cluster_id, fresh) if fresh else set()
    strangers = {name for name in fresh if name[1] not in placed}
    if strangers:
        log.info("cluster %s told of %d deployments that are not placed on it", cluster_id, len(strangers))
    return [deployment for deployment in told if _name(deployment) not in strangers]


def _observe(told: list[dict[str, Any]], before: list[dict[str, Any]], now: datetime) -> None:
    last = {deployment["id"]: _observed(deployment) for deployment in before}
    for deployment in told:
        id, seen = deployment["id"], _observed(deployment)
        if last.get(id) != seen:
            health, reason, address, generation, incidents = seen
            known = incident.known(incidents, observed.load(id).incidents if incidents else (), now)
            observed.save(id, Observed(health, reason, address, generation, now, known))


def _observed(deployment: Mapping[str, Any]) -> tuple[Health, str, str, int, list[dict[str, str]]]:
    health = Health.HEALTHY if deployment["healthy"] else Health.UNHEALTHY
    return health, deployment["reason"], deployment["address"], deployment["observedGeneration"], deployment.get("incidents", [])


def _name(deployment: Mapping[str, Any]) -> tuple[str, str]:
    return deployment["organizationId"], deployment["id"]
