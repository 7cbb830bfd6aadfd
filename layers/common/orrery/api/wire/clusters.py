"""Clusters and what they can be made of, on the wire."""

from typing import Annotated, Literal

from pydantic import Field

from orrery.api.wire.base import Paginated, Response, Timestamp
from orrery.model import cluster as model


class ClusterHealthStatusDetail(Response):
    """One thing that is wrong with a cluster."""

    code: str
    component: str
    description: str
    severity: str


class ClusterHealthStatus(Response):
    """How a cluster is, as far as its agent tells."""

    value: Literal["HEALTHY", "UNHEALTHY", "UNKNOWN"]
    details: list[ClusterHealthStatusDetail]


class ClusterMetadata(Response):
    """Facts about a cluster that others need for their firewalls and trust policies."""

    external_ips: Annotated[list[str], Field(alias="externalIPs")]
    kube_dns_ip: str
    oidc_issuer_url: str


class ClusterK8sTag(Response):
    """A tag on everything a cluster is made of."""

    key: str
    value: str


class NodePool(Response):
    """A kind of node in a cluster."""

    id: str
    name: str
    cluster_id: str
    cloud_provider: Literal["AWS", "AZURE", "GCP"]
    is_default: bool
    max_node_count: int
    node_instance_type: str
    supported_astro_machines: list[str]
    created_at: Timestamp
    updated_at: Timestamp


class Cluster(Response):
    """Where Deployments run. `STANDARD` is ours: a cluster of the platform that serves every Organization."""

    id: str
    name: str
    organization_id: str
    type: Literal["STANDARD", "DEDICATED", "HYBRID"]
    status: str
    health_status: ClusterHealthStatus
    cloud_provider: Literal["AWS", "AZURE", "GCP"]
    region: str
    db_instance_type: str
    vpc_subnet_range: str
    secondary_vpc_cidr: str | None
    pod_subnet_range: str | None
    service_subnet_range: str | None
    service_peering_range: str | None
    provider_account: str | None
    tenant_id: str | None
    metadata: ClusterMetadata
    node_pools: list[NodePool]
    tags: list[ClusterK8sTag]
    workspace_ids: list[str]
    is_limited: bool
    is_private_network_egress_enabled: bool
    is_dr_enabled: bool
    is_failed_over: bool
    failover_in_progress: bool
    enable_replication_time_control: bool
    dr_region: str
    dr_vpc_subnet_range: str | None
    dr_secondary_vpc_cidr: str | None
    dr_pod_subnet_range: str | None
    dr_service_subnet_range: str | None
    dr_service_peering_range: str | None
    created_at: Timestamp
    updated_at: Timestamp

    @classmethod
    def of(cls, cluster: model.Cluster, organization_id: str, health: ClusterHealthStatus) -> "Cluster":
        return cls(
            id=cluster.id,
            name=cluster.name,
            organization_id=cluster.organization_id or organization_id,
            type=cluster.type.value,
            status=cluster.status.value,
            health_status=health,
            cloud_provider="AWS",
            region=cluster.region,
            db_instance_type="",
            vpc_subnet_range="",
            secondary_vpc_cidr=None,
            pod_subnet_range=None,
            service_subnet_range=None,
            service_peering_range=None,
            provider_account=None,
            tenant_id=None,
            metadata=ClusterMetadata(external_ips=[], kube_dns_ip="", oidc_issuer_url=""),
            node_pools=[],
            tags=[],
            workspace_ids=list(cluster.workspace_ids),
            is_limited=False,
            is_private_network_egress_enabled=False,
            is_dr_enabled=False,
            is_failed_over=False,
            failover_in_progress=False,
            enable_replication_time_control=False,
            dr_region="",
            dr_vpc_subnet_range=None,
            dr_secondary_vpc_cidr=None,
            dr_pod_subnet_range=None,
            dr_service_subnet_range=None,
            dr_service_peering_range=None,
            created_at=cluster.created_at,
            updated_at=cluster.updated_at,
        )


class ClustersPaginated(Paginated):
    clusters: list[Cluster]


class ProviderInstanceType(Response):
    """A machine of the provider."""

    name: str
    cpu: int
    memory: str


class ProviderRegion(Response):
    """A region in which a cluster may be."""

    name: str
    location: str
    limited: bool
    banned_instances: list[str]


class ClusterOptions(Response):
    """What a cluster can be made of at one provider."""

    provider: Literal["AWS", "AZURE", "GCP"]
    regions: list[ProviderRegion]
    default_region: ProviderRegion
    node_instances: list[ProviderInstanceType]
    default_node_instance: ProviderInstanceType
    node_count_min: int
    node_count_max: int
    node_count_default: int
    database_instances: list[ProviderInstanceType]
    default_database_instance: ProviderInstanceType
    default_vpc_subnet_range: str
    default_pod_subnet_range: str | None
    default_service_subnet_range: str | None
    default_service_peering_range: str | None

    @classmethod
    def of(cls, regions: list[str]) -> "ClusterOptions":
        there = [ProviderRegion(name=name, location=LOCATIONS.get(name, name), limited=False, banned_instances=[]) for name in regions]
        return cls(
            provider="AWS",
            regions=there,
            default_region=there[0],
            node_instances=list(NODES),
            default_node_instance=NODES[0],
            node_count_min=1,
            node_count_max=100,
            node_count_default=20,
            database_instances=list(DATABASES),
            default_database_instance=DATABASES[0],
            default_vpc_subnet_range="172.20.0.0/20",
            default_pod_subnet_range=None,
            default_service_subnet_range=None,
            default_service_peering_range=None,
        )


def _machine(name: str, cpu: int, memory: int) -> ProviderInstanceType:
    return ProviderInstanceType(name=name, cpu=cpu, memory=f"{memory}Gi")


NODES = (_machine("m6i.xlarge", 4, 16), _machine("m6i.2xlarge", 8, 32), _machine("m6i.4xlarge", 16, 64), _machine("m6i.8xlarge", 32, 128))
DATABASES = (_machine("db.m6g.large", 2, 8), _machine("db.m6g.xlarge", 4, 16), _machine("db.m6g.2xlarge", 8, 32))
LOCATIONS = {
    "ap-northeast-1": "Tokyo",
    "ap-south-1": "Mumbai",
    "ap-southeast-1": "Singapore",
    "ap-southeast-2": "Sydney",
    "eu-central-1": "Frankfurt",
    "eu-west-1": "Ireland",
    "eu-west-2": "London",
    "sa-east-1": "São Paulo",
    "us-east-1": "N. Virginia",
    "us-east-2": "Ohio",
    "us-west-1": "N. California",
    "us-west-2": "Oregon",
}
"""Where a dedicated cluster may be, and what people call it."""
