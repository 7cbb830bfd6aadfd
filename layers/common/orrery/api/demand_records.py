"""Demand records: agents bring how their queues stood, so that a day can be replayed under another style."""

from datetime import UTC, datetime, timedelta

from orrery import demand_records
from orrery.api.entrance import Caller, routes
from orrery.api.wire.demand_records import DemandPiece, TakenDemand
from orrery.authz.permissions import Permission
from orrery.authz.principal import missing
from orrery.errors import Invalid
from orrery.model.demand_record import KEPT, LONGEST
from orrery.store import fleets

router = routes()
_LEEWAY = timedelta(minutes=5)
"""How far an agent's clock may be off."""


@router.post(
    "/clusters/<clusterId>/demand-records", operation_id="ReportDemand", summary="Report a piece of the demand record", tags=["Agent"]
)
def report_demand(clusterId: str, body: DemandPiece, caller: Caller) -> TakenDemand:
    """Takes how the queues of a cluster stood; Deployments that are not placed on it are passed over."""
    if not caller.may(Permission.CLUSTER_REPORT, clusterId):
        raise missing("cluster")
    now = datetime.now(UTC)
    if not now - KEPT <= body.started_at <= body.ended_at <= now + _LEEWAY:
        raise Invalid.field("startedAt", "must lie within the last 30 days and before `endedAt`, which must not lie in the future")
    if body.ended_at - body.started_at > LONGEST + _LEEWAY:
        raise Invalid.field("endedAt", "must be at most ten minutes after `startedAt`")
    named = {(each.organization_id, each.deployment_id) for each in body.queues}
    piece = body.piece(fleets.placed(clusterId, named) if named else set())
    is_kept = demand_records.keep(clusterId, piece, part=body.part)
    count = sum(len(samples) for queues in piece.samples.values() for samples in queues.values())
    return TakenDemand(kept=count if is_kept else 0)
