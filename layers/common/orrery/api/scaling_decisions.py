"""Scaling decisions: what the hypervisor decided for each queue of a Deployment, and why; ours, beyond the wire we share."""

from orrery.api.entrance import Caller, routes
from orrery.api.paging import Page
from orrery.api.wire.deployments import ScalingDecision, ScalingDecisionsPaginated
from orrery.authz.permissions import Permission
from orrery.store import decisions, deployments

router = routes()


@router.get(
    "/organizations/<organizationId>/deployments/<deploymentId>/scaling-decisions",
    operation_id="ListScalingDecisions",
    summary="List scaling decisions",
    tags=["Deployment"],
)
def list_scaling_decisions(organizationId: str, deploymentId: str, caller: Caller, page: Page) -> ScalingDecisionsPaginated:
    """The decisions of the last month, newest first."""
    deployment = deployments.fetch(caller, organizationId, deploymentId, Permission.DEPLOYMENT_METRICS_GET)
    page.cut([], keys={})
    found, total = decisions.page(deployment.cluster_id, deploymentId, offset=page.offset, limit=page.limit)
    told = [ScalingDecision.of(decision) for decision in found]
    return ScalingDecisionsPaginated(scaling_decisions=told, limit=page.limit, offset=page.offset, total_count=total)
