"""Where a new Deployment goes: the cluster it names, else one in the region it names, else its Workspace's default, else the only one.

Of several in a region that are open, and run what it asks for, it is the emptiest, by what share of its room is taken. A cluster's
Deployments are counted as their sagas begin, so those that are asked for in the same moment may be a few more than it has room for.
"""

from math import inf

from orrery.api import places
from orrery.api.wire.deployment_requests import CreateDedicatedDeploymentRequest, CreateStandardDeploymentRequest
from orrery.errors import Invalid
from orrery.model.cluster import Cluster, ClusterStatus, ClusterType
from orrery.model.organization import Organization
from orrery.model.workspace import Workspace
from orrery.settings import settings
from orrery.store import clusters, removals

_ASK = "whoever runs this installation registers clusters with the function `register_cluster`"


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
        twins = bool(body.is_high_availability)
        return _emptiest([each for each in chosen if each.offers(body.executor, high_availability=twins)] or chosen)
    if not standard:
        raise Invalid.field("region", "there is no standard cluster yet; name a dedicated one, or ask whoever runs this installation")
    there_is = ", ".join(f"`{region}`" for region in sorted({each.region for each in standard}))
    raise Invalid.field("region", f"say where to run; choose one of the regions {there_is}", code="MISSING")


def _emptiest(clusters: list[Cluster]) -> Cluster:
    if len(clusters) == 1 or not any(each.is_open for each in clusters):
        return _ready(clusters[0])
    counted = [(removals.count(each.id), each) for each in clusters if each.is_open]
    fitting = [(count / (each.max_deployments or inf), count, each.id, each) for count, each in counted if each.has_room(count)]
    if not fitting:
        raise Invalid.field("region", f"every cluster in `{clusters[0].region}` is full; {_ASK}", code="FULL")
    return _open(min(fitting)[-1])


def _named(cluster_id: str, serving: list[Cluster]) -> Cluster:
    for cluster in serving:
        if cluster.id == cluster_id:
            return cluster
    raise Invalid.field("clusterId", "there is no such cluster, or you may not see it", code="NOT_FOUND")


def _ready(cluster: Cluster) -> Cluster:
    if _open(cluster).max_deployments and not cluster.has_room(removals.count(cluster.id)):
        raise Invalid.field("clusterId", f"cluster `{cluster.name}` is full; choose another one, or another region; {_ASK}", code="FULL")
    return cluster


def _open(cluster: Cluster) -> Cluster:
    if not settings().data_plane:
        raise Invalid.field(
            "clusterId", "no data plane is attached to this installation yet; whoever runs it names one with the template's `DataPlane`"
        )
    if cluster.status is ClusterStatus.CREATE_FAILED:
        raise Invalid.field("clusterId", f"cluster `{cluster.name}` could not be registered: {cluster.trouble}; {_ASK}")
    if not cluster.is_open:
        raise Invalid.field(
            "clusterId", f"cluster `{cluster.name}` is not there yet: it opens some minutes after it was registered; {_ASK}"
        )
    return cluster
