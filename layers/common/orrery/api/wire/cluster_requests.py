"""Requests for clusters: what may be sent for AWS, and enough of the other clouds' to say that they are not served."""

from ipaddress import IPv4Network
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from orrery.api.wire.base import Boolean, Integer, Name, Request


def _range(text: str) -> str:
    IPv4Network(text)  # its own words name what is wrong with the range
    return text


Range = Annotated[str, Field(max_length=18), AfterValidator(_range)]
Id = Annotated[str, Field(max_length=25)]
Word = Annotated[str, Field(max_length=128)]
Workspaces = Annotated[list[Id], Field(max_length=1000)]


class ClusterK8sTagRequest(Request):
    """One tag on everything that a cluster is made of."""

    key: Word | None = None
    value: Annotated[str, Field(max_length=256)] | None = None


Tags = Annotated[list[ClusterK8sTagRequest], Field(max_length=50)]


class CreateNodePoolRequest(Request):
    """Nodes of one kind."""

    name: Annotated[Name, Field(max_length=63)]
    node_instance_type: Word
    max_node_count: Annotated[Integer, Field(ge=1, le=1000)]
    is_default: Boolean | None = None


class UpdateNodePoolRequest(CreateNodePoolRequest):
    """Nodes of one kind; without an id they are new."""

    id: Id | None = None


class _Cluster(Request):
    """What every cloud's clusters have."""

    name: Annotated[Name, Field(max_length=50)]
    type: Literal["DEDICATED", "HYBRID"]
    region: Word
    vpc_subnet_range: Range
    db_instance_type: Word | None = None
    dr_region: Word | None = None
    dr_vpc_subnet_range: Range | None = None
    enable_replication_time_control: Boolean | None = None
    k8s_tags: Annotated[Tags | None, Field(alias="k8sTags")] = None
    node_pools: Annotated[list[CreateNodePoolRequest], Field(max_length=20)] | None = None
    provider_account: Word | None = None
    workspace_ids: Workspaces | None = None


class CreateAwsClusterRequest(_Cluster):
    """A cluster in AWS."""

    cloud_provider: Literal["AWS"]
    secondary_vpc_cidr: Range | None = None
    dr_secondary_vpc_cidr: Range | None = None
    is_private_network_egress_enabled: Boolean | None = None


class CreateAzureClusterRequest(_Cluster):
    """A cluster in Azure: not served."""

    cloud_provider: Literal["AZURE"]
    tenant_id: Word | None = None


class CreateGcpClusterRequest(_Cluster):
    """A cluster in Google Cloud: not served."""

    cloud_provider: Literal["GCP"]
    pod_subnet_range: Range | None = None
    service_subnet_range: Range | None = None
    service_peering_range: Range | None = None
    dr_pod_subnet_range: Range | None = None
    dr_service_subnet_range: Range | None = None
    dr_service_peering_range: Range | None = None


class UpdateDedicatedClusterRequest(Request):
    """A dedicated cluster's new settings."""

    cluster_type: Literal["DEDICATED"]
    name: Annotated[Name, Field(max_length=50)]
    k8s_tags: Annotated[Tags, Field(alias="k8sTags")]
    node_pools: Annotated[list[UpdateNodePoolRequest], Field(max_length=20)] | None = None
    workspace_ids: Workspaces | None = None
    db_instance_type: Word | None = None
    dr_region: Word | None = None
    dr_vpc_subnet_range: Range | None = None
    dr_pod_subnet_range: Range | None = None
    dr_service_subnet_range: Range | None = None
    dr_service_peering_range: Range | None = None
    enable_dr: Boolean | None = None
    enable_replication_time_control: Boolean | None = None
    is_failed_over: Boolean | None = None
    is_private_network_egress_enabled: Boolean | None = None


class UpdateHybridClusterRequest(Request):
    """A hybrid cluster's new settings: there are none."""

    cluster_type: Literal["HYBRID"]
    workspace_ids: Workspaces | None = None


CreateClusterRequest = CreateAwsClusterRequest | CreateAzureClusterRequest | CreateGcpClusterRequest
UpdateClusterRequest = UpdateDedicatedClusterRequest | UpdateHybridClusterRequest
