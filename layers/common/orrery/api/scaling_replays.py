"""What if: a recorded day replayed under other terms, and advice out of the recorded days; ours, beyond the wire we share."""

from datetime import UTC, datetime, timedelta

from orrery import demand_records
from orrery.api.entrance import Caller, routes
from orrery.api.wire.scaling import QueueReplay, ReplayScalingRequest, ScalingAdvice, ScalingAdviceList, ScalingReplay
from orrery.authz.permissions import Permission
from orrery.errors import Invalid
from orrery.model.demand_record import KEPT
from orrery.model.span import Span
from orrery.store import deployments

router = routes()
ITEM = "/organizations/<organizationId>/deployments/<deploymentId>"

LONGEST = timedelta(days=1)
"""The most that is replayed at once."""
ADVISED = timedelta(days=7)
"""How far back advice looks at bounds; styles are compared on the last day."""


@router.post(f"{ITEM}/scaling-replays", operation_id="ReplayScaling", summary="Replay recorded demand", tags=["Deployment"])
def replay_scaling(organizationId: str, deploymentId: str, body: ReplayScalingRequest, caller: Caller) -> ScalingReplay:
    """What a recorded day would have cost in another style; nothing is changed by it."""
    deployment = deployments.fetch(caller, organizationId, deploymentId, Permission.DEPLOYMENT_METRICS_GET)
    span = _span(body, datetime.now(UTC))
    from orrery.hypervisor import replay, what_if  # a cold function does without

    own = replay.Terms(deployment.scaling_style)
    asked = replay.Terms(body.style, body.start_seconds, body.min_worker_count, body.max_worker_count)
    found = demand_records.read(deployment.cluster_id, deploymentId, span)
    total, *queues = what_if.compare(found, span.last.timestamp(), own=own, asked=asked)
    return ScalingReplay(
        start_date=span.first,
        end_date=span.last,
        recorded_seconds=round(found.seconds, 1),
        style=body.style,
        baseline_style=deployment.scaling_style,
        total=QueueReplay.of(total),
        queues=[QueueReplay.of(each) for each in queues],
    )


@router.get(f"{ITEM}/scaling-advice", operation_id="GetScalingAdvice", summary="Get right-sizing advice", tags=["Deployment"])
def get_scaling_advice(organizationId: str, deploymentId: str, caller: Caller) -> ScalingAdviceList:
    """What the last week says about each queue's bounds and size, and the last day about the style, with the saving in worker-hours."""
    deployment = deployments.fetch(caller, organizationId, deploymentId, Permission.DEPLOYMENT_METRICS_GET)
    from orrery.hypervisor import what_if  # a cold function does without

    now = datetime.now(UTC)
    week = Span(now - ADVISED, now)
    found = demand_records.read(deployment.cluster_id, deploymentId, week)
    told = what_if.advise(found, now.timestamp(), deployment.scaling_style, compared=LONGEST.total_seconds())
    return ScalingAdviceList(
        start_date=week.first,
        end_date=week.last,
        recorded_seconds=round(found.seconds, 1),
        advice=[ScalingAdvice.of(each) for each in told],
    )


def _span(body: ReplayScalingRequest, now: datetime) -> Span:
    """The time that is meant; `Invalid` names what contradicts or is not kept."""
    if body.day and (body.start_date or body.end_date):
        raise Invalid.field("day", "cannot stand beside `startDate` and `endDate`; give one of them")
    day = body.day or None if body.start_date or body.end_date else body.day or f"{now - LONGEST:%Y-%m-%d}"
    span = Span.asked(day or body.start_date, day or body.end_date, usual=LONGEST, now=now).within(datetime.min.replace(tzinfo=UTC), now)
    if span.first >= span.last:
        raise Invalid.field("day" if day else "startDate", "lies in the future; only what was recorded can be replayed")
    if span.last - span.first > LONGEST:
        raise Invalid.field("startDate", "is more than a day before `endDate`; replay each day by itself")
    if span.first < now - KEPT - LONGEST:
        raise Invalid.field("day" if day else "startDate", "is more than 30 days ago; demand is recorded for 30 days")
    return span
