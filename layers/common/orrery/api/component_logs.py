"""Component logs: agents bring what Airflow's own processes write, and whoever may read a Deployment's logs searches in it."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from orrery import component_logs
from orrery.api.entrance import Caller, routes
from orrery.api.wire.component_logs import DeploymentLog, DeploymentLogEntry, LogBatch, LogFilter, TakenLogs
from orrery.authz.permissions import Permission
from orrery.authz.principal import missing
from orrery.errors import Invalid
from orrery.model.component_log import KEPT, MOST, Search
from orrery.store import deployments, fleets

router = routes()
shipments = routes()

_SETTLED = timedelta(seconds=2)
"""What arrived less than this ago is not shown yet: its writer may be about to finish, and then a later page would show it after all."""
_LEEWAY = timedelta(minutes=5)
"""How far a client's clock may be behind when it asks for the last 24 hours."""
_LARGEST = 4_000_000
"""Bytes of one page, below what a function may answer."""
_SEARCH_ID = re.compile(r"s([0-9a-f]{11})")


@router.get(
    "/organizations/<organizationId>/deployments/<deploymentId>/logs",
    operation_id="GetDeploymentLogs",
    summary="Get a Deployment's component logs",
    tags=["Deployment"],
)
def get_deployment_logs(organizationId: str, deploymentId: str, caller: Caller, asked: Annotated[LogFilter, Query()]) -> DeploymentLog:
    """What the Deployment's components wrote in the last 24 hours, newest first."""
    deployments.fetch(caller, organizationId, deploymentId, Permission.DEPLOYMENT_LOGS_GET)
    seen = _seen(asked.searchId, datetime.now(UTC))
    most = min(asked.maxNumResults, MOST)
    found = component_logs.search(deploymentId, _wanted(asked, seen), most=min(most, asked.offset + asked.limit)) if most else []
    page, is_whole = _page([DeploymentLogEntry.of(entry) for entry in found[asked.offset : asked.offset + asked.limit]])
    return DeploymentLog(
        limit=asked.limit if is_whole else len(page),
        max_num_results=most,
        offset=asked.offset,
        result_count=len(page),
        results=page,
        search_id=_search_id(seen),
    )


@shipments.post("/clusters/<clusterId>/logs", operation_id="ReportLogs", summary="Report component logs", tags=["Agent"])
def report_logs(clusterId: str, body: LogBatch, caller: Caller) -> TakenLogs:
    """Takes what the components of a Deployment wrote, which must be placed on this cluster."""
    if not caller.may(Permission.CLUSTER_REPORT, clusterId):
        raise missing("cluster")
    if body.deployment_id not in fleets.placed(clusterId, [(body.organization_id, body.deployment_id)]):
        raise missing("deployment")
    return TakenLogs(kept=component_logs.append(body.deployment_id, body.batch, [each.entry() for each in body.entries]))


def _wanted(asked: LogFilter, seen: datetime) -> Search:
    """The search that is meant; `Invalid` names the field that contradicts another, or asks for what is no longer there."""
    oldest, end = seen - KEPT, min(asked.endDate or seen, seen)
    if asked.range is not None and asked.startDate is not None:
        raise Invalid.clause("range", "cannot stand beside `startDate`; give one of them")
    for field, moment in (("startDate", asked.startDate), ("endDate", asked.endDate)):
        if moment is not None and moment < oldest - _LEEWAY:
            raise Invalid.clause(field, "is more than 24 hours ago; component logs are kept for 24 hours")
    if asked.startDate is not None and asked.startDate > end:
        raise Invalid.clause("startDate", "must be before `endDate`, and not in the future")
    start = asked.startDate or end - timedelta(seconds=asked.range or KEPT.total_seconds())
    sources = frozenset(each.source for each in asked.sources)
    return Search(sources, max(start, oldest), end, asked.searchText, seen)


def _seen(search_id: str, now: datetime) -> datetime:
    """Until when entries must have arrived: the first page's moment for the pages that follow it."""
    if not search_id:
        return (now - _SETTLED).replace(microsecond=now.microsecond // 1000 * 1000)
    found = _SEARCH_ID.fullmatch(search_id)
    seen = datetime.fromtimestamp(int(found[1], 16) / 1000, UTC) if found else None
    if seen is None or not now - KEPT <= seen <= now:
        raise Invalid.clause("searchId", "is not one of the last 24 hours; leave it out to search anew")
    return seen


def _search_id(seen: datetime) -> str:
    return f"s{round(seen.timestamp() * 1000):011x}"


def _page(entries: list[DeploymentLogEntry]) -> tuple[list[DeploymentLogEntry], bool]:
    """As many as one answer can carry, at least one; and whether that is all of them."""
    size = 0
    for count, entry in enumerate(entries):
        size += len(json.dumps(entry.raw)) + 100
        if size > _LARGEST and count:
            return entries[:count], False
    return entries, True
