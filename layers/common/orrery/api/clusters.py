"""Clusters: list, get, and what they can be made of; making and changing them is refused, each with what to do instead."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Query
from pydantic import Field

from orrery.api import places
from orrery.api.entrance import Caller, routes
from orrery.api.paging import Paging
from orrery.api.wire.cluster_requests import CreateClusterRequest, UpdateClusterRequest
from orrery.api.wire.clusters import (
    LOCATIONS,
    Cluster,
    ClusterHealthStatus,
    ClusterHealthStatusDetail,
    ClusterOptions,
    ClustersPaginated,
    NodePlan,
)
from orrery.authz.permissions import Permission
from orrery.errors import NotServed
from orrery.model import cluster as model
from orrery.store import clusters, node_plans, observed, organizations

router = routes()
ORGANIZATION = "/organizations/<organizationId>"
COLLECTION = f"{ORGANIZATION}/clusters"
ITEM = f"{COLLECTION}/<clusterId>"
SILENT = timedelta(minutes=2)
"""An agent sends at least every ten seconds; after this long without a word something is wrong."""

Provider = Annotated[Literal["AWS", "AZURE", "GCP"] | None, Query()]
ClusterType = Annotated[Literal["STANDARD", "DEDICATED", "HYBRID"], Query(alias="type")]


class Filter(Paging):
    """Which clusters to list."""

    names: list[str] = Field([], description="Only those of these names.")
    provider: Literal["AWS", "AZURE", "GCP"] | None = Field(None, description="Only those of this provider.")


@router.get(COLLECTION, operation_id="ListClusters", summary="List clusters", tags=["Cluster"])
def list_clusters(organizationId: str, caller: Caller, asked: Annotated[Filter, Query()]) -> ClustersPaginated:
    """The clusters that serve the Organization: the platform's standard ones and its own dedicated ones."""
    there = clusters.list(caller, organizationId) if asked.provider in (None, "AWS") else ()
    cut = asked.cut([each for each in there if not asked.names or each.name in asked.names])
    return ClustersPaginated(clusters=[_render(each, organizationId) for each in cut.items], **cut.envelope)


@router.post(COLLECTION, operation_id="CreateCluster", summary="Create a cluster", tags=["Cluster"])
def create_cluster(
    organizationId: str, body: Annotated[CreateClusterRequest, Body(discriminator="cloud_provider")], caller: Caller
) -> Cluster:
    """Refused: this version places Deployments on the standard clusters only."""
    organizations.fetch(caller, organizationId, Permission.ORGANIZATION_CLUSTERS_CREATE)
    places.check_provider(body.cloud_provider, organizationId, field="cloudProvider")
    places.check_workspaces(body.workspace_ids, organizationId, field="workspaceIds")
    there_is = ", ".join(f"`{each.name}` in `{each.region}`" for each in clusters.serving(organizationId))
    raise NotServed(f"clusters cannot be created in this version; place Deployments on one of those there are: {there_is}")


@router.post(ITEM, operation_id="UpdateCluster", summary="Update a cluster", tags=["Cluster"])
def update_cluster(
    organizationId: str, clusterId: str, body: Annotated[UpdateClusterRequest, Body(discriminator="cluster_type")], caller: Caller
) -> Cluster:
    """Refused: this version changes no clusters."""
    cluster = clusters.fetch(caller, organizationId, clusterId, Permission.ORGANIZATION_CLUSTERS_UPDATE)
    places.check_workspaces(body.workspace_ids, organizationId, field="workspaceIds")
    raise NotServed(f"cluster `{cluster.name}` stays as it is: clusters cannot be changed in this version")


@router.delete(ITEM, operation_id="DeleteCluster", summary="Delete a cluster", tags=["Cluster"], status_code=204)
def delete_cluster(organizationId: str, clusterId: str, caller: Caller) -> Response[None]:
    """Refused: a standard cluster serves every Organization, and this version makes no others."""
    cluster = clusters.fetch(caller, organizationId, clusterId, Permission.ORGANIZATION_CLUSTERS_DELETE)
    raise NotServed(f"cluster `{cluster.name}` stays: clusters cannot be deleted in this version")


@router.get(ITEM, operation_id="GetCluster", summary="Get a cluster", tags=["Cluster"])
def get_cluster(organizationId: str, clusterId: str, caller: Caller) -> Cluster:
    """One cluster."""
    return _render(clusters.fetch(caller, organizationId, clusterId, Permission.ORGANIZATION_CLUSTERS_GET), organizationId)


@router.get(f"{ITEM}/node-plan", operation_id="GetClusterNodePlan", summary="Get a cluster's node plan", tags=["Cluster"])
def get_cluster_node_plan(organizationId: str, clusterId: str, caller: Caller) -> NodePlan:
    """How many nodes of each kind the cluster should have and why, and which of them could be emptied; ours, beyond the wire we share.

    For those who may change clusters: the numbers tell how much all who share a cluster run on it.
    """
    cluster = clusters.fetch(caller, organizationId, clusterId, Permission.ORGANIZATION_CLUSTERS_UPDATE)
    return NodePlan.of(cluster.id, node_plans.load(cluster.id))


@router.get(f"{ORGANIZATION}/cluster-options", operation_id="GetClusterOptions", summary="Get cluster options", tags=["Options"])
def get_cluster_options(organizationId: str, caller: Caller, kind: ClusterType, provider: Provider = None) -> list[ClusterOptions]:
    """What a cluster of a type can be made of; there are no hybrid clusters, so for them the list is empty."""
    organizations.fetch(caller, organizationId, Permission.ORGANIZATION_CLUSTERS_GET)
    places.check_provider(provider, organizationId, field="provider")
    regions = {"STANDARD": places.regions(organizationId), "DEDICATED": sorted(LOCATIONS), "HYBRID": []}[kind]
    return [ClusterOptions.of(regions)] if regions else []


def _render(cluster: model.Cluster, organization_id: str) -> Cluster:
    return Cluster.of(cluster, organization_id, _health(cluster, observed.heartbeat(cluster.id)), node_plans.load(cluster.id))


def _health(cluster: model.Cluster, heard: datetime | None) -> ClusterHealthStatus:
    if cluster.trouble:
        severity = "warning" if cluster.is_open else "critical"
        return _unhealthy("NOT_REGISTERED", "control plane", f"it could not be registered: {cluster.trouble}", severity)
    if heard is None:
        return ClusterHealthStatus(value="UNKNOWN", details=[])
    if datetime.now(UTC) - heard < SILENT:
        return ClusterHealthStatus(value="HEALTHY", details=[])
    silent = f"the cluster's agent was last heard at {heard.isoformat(timespec='seconds')}; what runs keeps running"
    return _unhealthy("AGENT_SILENT", "agent", silent, "warning")


def _unhealthy(code: str, component: str, description: str, severity: str) -> ClusterHealthStatus:
    detail = ClusterHealthStatusDetail(code=code, component=component, description=description, severity=severity)
    return ClusterHealthStatus(value="UNHEALTHY", details=[detail])
