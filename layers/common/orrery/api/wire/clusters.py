"""Clusters and what they can be made of, on the wire."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from orrery import names
from orrery.api.wire.base import Paginated, Response, Timestamp
from orrery.hypervisor.nodes import NodeAction, Planned, Pool, PoolDecision, Proposal, Size
from orrery.model import cluster as model
from orrery.model.node_pool import INSTANCES
from orrery.model.queue import Machine


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

    @classmethod
    def of(cls, cluster: model.Cluster, kind: Pool, decided_at: datetime, *, is_default: bool) -> "NodePool":
        fitting = [machine.value for machine in Machine if Size(machine.size.cpu, machine.size.memory).fits(kind.room)]
        return cls(
            id=names.id_of(cluster.id, kind.name),
            name=kind.name,
            cluster_id=cluster.id,
            cloud_provider="AWS",
            is_default=is_default,
            max_node_count=kind.high,
            node_instance_type=kind.instance_type,
            supported_astro_machines=fitting,
            created_at=cluster.created_at,
            updated_at=decided_at,
        )

    @classmethod
    def every(cls, cluster: model.Cluster, planned: Planned | None) -> "list[NodePool]":
        """The kinds of node that the cluster was last planned for; the smallest is the default."""
        kinds = sorted(planned.plan.kinds, key=lambda kind: (kind.room, kind.name)) if planned else []
        return [cls.of(cluster, kind, planned.decided_at, is_default=kind is kinds[0]) for kind in kinds if planned]


class NodePoolDecision(Response):
    """How many nodes one pool should have, and why; `packedNodeCount` are those that workers take up."""

    name: str
    node_instance_type: str
    action: NodeAction
    current_node_count: int
    target_node_count: int
    packed_node_count: int
    reason: str


class NodeProposal(Response):
    """A node that could be emptied without cutting a task short, how, and the node-hours a day that this would save."""

    node: str
    node_pool: str
    saved_node_hours_per_day: float
    reason: str


class NodePlan(Response):
    """What was last planned for a cluster's nodes. Nothing is planned yet without `decidedAt`."""

    cluster_id: str
    decided_at: Timestamp | None
    is_carried_out: bool
    """Whether the data plane was told."""
    problem: str
    """Why it was not; empty when it was."""
    node_pools: list[NodePoolDecision]
    proposals: list[NodeProposal]
    unplaced: list[str]
    """Workers that no kind of node can take, in words."""

    @classmethod
    def of(cls, cluster_id: str, planned: Planned | None) -> "NodePlan":
        pools = [_decision(each) for each in planned.plan.pools] if planned else []
        proposals = [_proposal(each) for each in planned.plan.proposals] if planned else []
        return cls(
            cluster_id=cluster_id,
            decided_at=planned.decided_at if planned else None,
            is_carried_out=planned is not None and not planned.untold,
            problem=planned.untold if planned else "nothing has been planned yet: the cluster's agent has not reported",
            node_pools=pools,
            proposals=proposals,
            unplaced=list(planned.plan.unplaced) if planned else [],
        )


def _decision(decision: PoolDecision) -> NodePoolDecision:
    return NodePoolDecision(
        name=decision.pool,
        node_instance_type=decision.instance_type,
        action=decision.action,
        current_node_count=decision.current,
        target_node_count=decision.target,
        packed_node_count=decision.packed,
        reason=decision.reason,
    )


def _proposal(proposal: Proposal) -> NodeProposal:
    return NodeProposal(node=proposal.node, node_pool=proposal.pool, saved_node_hours_per_day=proposal.hours, reason=proposal.reason)


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
    def of(cls, cluster: model.Cluster, organization_id: str, health: ClusterHealthStatus, planned: Planned | None) -> "Cluster":
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
            node_pools=NodePool.every(cluster, planned),
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


NODES = tuple(_machine(name, cpu, memory) for name, (cpu, memory) in INSTANCES.items())
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
