"""Where a new Deployment goes: the cluster it names, else one in the region it names, else its Workspace's default, else the only one."""

from orrery.api import places
from orrery.api.wire.deployment_requests import CreateDedicatedDeploymentRequest, CreateStandardDeploymentRequest
from orrery.errors import Invalid
from orrery.model.cluster import Cluster, ClusterStatus, ClusterType
from orrery.model.organization import Organization
from orrery.model.workspace import Workspace
from orrery.settings import settings
from orrery.store import clusters


def choose(
    body: CreateStandardDeploymentRequest | CreateDedicatedDeploymentRequest, workspace: Workspace, organization: Organization
) -> Cluster:
    """The cluster; raises `Invalid` naming the field that leads nowhere."""
    serving = [each for each in clusters.serving(organization.id) if each.serves(organization.id, workspace.id)]
    if isinstance(body, CreateDedicatedDeploymentRequest):
        return _dedicated(body.cluster_id or workspace.default_cluster_id, serving)
    if organization.should_enforce_dedicated_clusters:
        raise Invalid.field("type", f"organization `{organization.name}` allows only DEDICATED Deployments; name a cluster of its own")
    places.check_provider(body.cloud_provider, organization.id, field="cloudProvider")
    places.check_region(body.region, organization.id, field="region")
    return _standard(body, workspace, serving)


def _dedicated(cluster_id: str, serving: list[Cluster]) -> Cluster:
    if not cluster_id:
        raise Invalid.clause("clusterId", "is required for a DEDICATED Deployment", code="MISSING")
    cluster = _named(cluster_id, serving)
    if cluster.type is not ClusterType.DEDICATED:
        raise Invalid.field("clusterId", f"cluster `{cluster.name}` is not dedicated; ask for a Deployment of type STANDARD")
    return _ready(cluster)


def _standard(body: CreateStandardDeploymentRequest, workspace: Workspace, serving: list[Cluster]) -> Cluster:
    standard = [each for each in serving if each.type is ClusterType.STANDARD]
    if body.cluster_id:
        cluster = _named(body.cluster_id, serving)
        if cluster.type is not ClusterType.STANDARD:
            raise Invalid.field("clusterId", f"cluster `{cluster.name}` is dedicated; ask for a Deployment of type DEDICATED")
        return _ready(cluster)
    if not body.region:
        chosen = [each for each in standard if each.id == workspace.default_cluster_id]
        chosen = chosen or [each for each in standard if each.region == workspace.default_region] or standard
    else:
        chosen = [each for each in standard if each.region == body.region]
    regions = sorted({each.region for each in chosen})
    if len(regions) == 1:
        return _ready(chosen[0])
    if not standard:
        raise Invalid.field("region", "there is no standard cluster yet; name a dedicated one, or ask whoever runs this installation")
    there_is = ", ".join(f"`{region}`" for region in sorted({each.region for each in standard}))
    raise Invalid.field("region", f"say where to run; choose one of the regions {there_is}", code="MISSING")


def _named(cluster_id: str, serving: list[Cluster]) -> Cluster:
    for cluster in serving:
        if cluster.id == cluster_id:
            return cluster
    raise Invalid.field("clusterId", "there is no such cluster, or you may not see it", code="NOT_FOUND")


def _ready(cluster: Cluster) -> Cluster:
    if not settings().data_plane:
        raise Invalid.field(
            "clusterId", "no data plane is attached to this installation yet; whoever runs it names one with the template's `DataPlane`"
        )
    if cluster.status is not ClusterStatus.CREATED:
        raise Invalid.field("clusterId", f"cluster `{cluster.name}` is still being created; wait until it is there")
    return cluster
