"""Scaling decisions: what the hypervisor decided for each queue of a Deployment, and why; ours, beyond the wire we share."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field

from orrery.api.entrance import Caller, routes
from orrery.api.paging import Paging
from orrery.api.wire.deployments import ScalingDecision, ScalingDecisionsPaginated
from orrery.authz.permissions import Permission
from orrery.hypervisor.plan import Action, Cause
from orrery.model.scaling import Search
from orrery.model.span import Span
from orrery.store import decisions, deployments

router = routes()
_REMEMBERED = timedelta(days=30)


class Filter(Paging):
    """Which decisions to list."""

    queue: str = Field("", max_length=100, description="Only those about this worker queue.")
    action: Action | None = Field(None, description="Only these actions.")
    cause: Cause | None = Field(None, description="Only what this rule decided.")
    startDate: str | None = Field(None, max_length=100, description="Only since then: a day, or a time with its zone.")
    endDate: str | None = Field(None, max_length=100, description="Only until then: a day, which counts whole, or a time with its zone.")
    isShadow: bool = Field(False, description="What `scalingSpec.shadowStyle` would have decided, in place of what was decided.")


@router.get(
    "/organizations/<organizationId>/deployments/<deploymentId>/scaling-decisions",
    operation_id="ListScalingDecisions",
    summary="List scaling decisions",
    tags=["Deployment"],
)
def list_scaling_decisions(
    organizationId: str, deploymentId: str, caller: Caller, asked: Annotated[Filter, Query()]
) -> ScalingDecisionsPaginated:
    """The decisions of the last month, newest first."""
    deployment = deployments.fetch(caller, organizationId, deploymentId, Permission.DEPLOYMENT_METRICS_GET)
    asked.cut([], keys={})
    found, total = decisions.page(
        deployment.cluster_id, deploymentId, offset=asked.offset, limit=asked.limit, wanted=_wanted(asked, datetime.now(UTC))
    )
    told = [ScalingDecision.of(decision) for decision in found]
    return ScalingDecisionsPaginated(scaling_decisions=told, limit=asked.limit, offset=asked.offset, total_count=total)


def _wanted(asked: Filter, now: datetime) -> Search:
    any_time = asked.startDate is None and asked.endDate is None
    span = None if any_time else Span.asked(asked.startDate, asked.endDate, usual=_REMEMBERED, now=now)
    return Search(span, asked.queue, asked.action or "", asked.cause or "", asked.isShadow)
