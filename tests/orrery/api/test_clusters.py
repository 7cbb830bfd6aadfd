"""Clusters through the API: the platform's standard ones for everybody, an Organization's own for it alone."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from orrery import names
from orrery.hypervisor import nodes
from orrery.hypervisor.nodes import Demand, Node, Planned, Pool, Size
from orrery.model.cluster import ClusterType
from orrery.store import clusters, node_plans, tables, writes

from tests.support.installation import Installation, another


def dedicated(installation: Installation, region: str = "eu-central-1") -> str:
    standard = clusters.load(installation.organization_id, installation.cluster_id)
    own = replace(
        standard, id=names.new_id(), name="ours", type=ClusterType.DEDICATED, region=region, organization_id=installation.organization_id
    )
    writes.commit(writes.put(tables.item(f"ORG#{installation.organization_id}", f"CLUSTER#{own.id}", own)))
    return own.id


def test_an_organization_sees_the_standard_clusters_and_its_own(installation: Installation) -> None:
    own, other = dedicated(installation), another(installation)

    mine = installation.owner.get(f"{installation.path}/clusters").body
    theirs = other.owner.get(f"{other.path}/clusters").body

    assert [(each["id"], each["type"]) for each in mine["clusters"]] == [(installation.cluster_id, "STANDARD"), (own, "DEDICATED")]
    assert mine["totalCount"] == 2
    assert [each["id"] for each in theirs["clusters"]] == [installation.cluster_id]
    assert theirs["clusters"][0]["organizationId"] == other.organization_id
    assert other.owner.get(f"{other.path}/clusters/{own}").status == 404
    assert installation.owner.get(f"{installation.path}/clusters/{own}").body["region"] == "eu-central-1"


def test_a_cluster_has_every_property_that_clients_read(installation: Installation) -> None:
    cluster = installation.owner.get(f"{installation.path}/clusters/{installation.cluster_id}").body

    assert cluster["cloudProvider"] == "AWS"
    assert cluster["status"] == "CREATED"
    assert cluster["nodePools"] == []
    assert cluster["metadata"] == {"externalIPs": [], "kubeDnsIp": "", "oidcIssuerUrl": ""}
    assert cluster["healthStatus"] == {"value": "UNKNOWN", "details": []}
    assert cluster["drRegion"] == ""


def test_node_pools_are_told_once_nodes_were_planned(installation: Installation) -> None:
    decided_at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    kinds = [Pool("large", "m6i.4xlarge", Size(15.5, 62), high=50), Pool("general", "m6i.2xlarge", Size(7.5, 30))]
    there = [Node("n1", "general"), Node("n2", "general")]
    node_plans.save(installation.cluster_id, Planned(nodes.plan(kinds, [Demand(Size(4, 8), 1)], there), decided_at, untold="nobody home"))

    pools = installation.owner.get(f"{installation.path}/clusters/{installation.cluster_id}").body["nodePools"]
    plan = installation.owner.get(f"{installation.path}/clusters/{installation.cluster_id}/node-plan").body

    assert [(pool["name"], pool["isDefault"], pool["maxNodeCount"], pool["nodeInstanceType"]) for pool in pools] == [
        ("general", True, 100, "m6i.2xlarge"), ("large", False, 50, "m6i.4xlarge"),
    ]  # fmt: skip
    assert pools[0]["supportedAstroMachines"] == ["A5", "A10", "A20"]
    assert [(pool["name"], pool["action"], pool["targetNodeCount"]) for pool in plan["nodePools"]] == [
        ("general", "SHRINK", 1), ("large", "HOLD", 0),
    ]  # fmt: skip
    assert plan["nodePools"][0]["reason"] == "1 worker needs 1 node of m6i.2xlarge; 2 are there"
    assert plan["proposals"] == [{"node": "n1", "nodePool": "general", "savedNodeHoursPerDay": 24.0, "reason": "no worker is on it"}]
    assert (plan["isCarriedOut"], plan["problem"], plan["decidedAt"]) == (False, "nobody home", "2026-03-01T12:00:00.000Z")


def test_before_an_agent_has_reported_there_is_no_node_plan(installation: Installation) -> None:
    plan = installation.owner.get(f"{installation.path}/clusters/{installation.cluster_id}/node-plan").body
    assert (plan["decidedAt"], plan["nodePools"], plan["isCarriedOut"]) == (None, [], False)


def test_clusters_can_be_narrowed_by_name_and_provider(installation: Installation) -> None:
    dedicated(installation)

    named = installation.owner.get(f"{installation.path}/clusters", names="ours").body
    elsewhere = installation.owner.get(f"{installation.path}/clusters", provider="GCP").body

    assert [each["name"] for each in named["clusters"]] == ["ours"]
    assert elsewhere["clusters"] == []


def test_standard_clusters_are_offered_where_there_are_some(installation: Installation) -> None:
    offered = installation.owner.get(f"{installation.path}/cluster-options", type="STANDARD").body

    assert [each["provider"] for each in offered] == ["AWS"]
    assert [each["name"] for each in offered[0]["regions"]] == ["us-east-1"]
    assert offered[0]["defaultRegion"]["name"] == "us-east-1"


def test_dedicated_clusters_are_offered_in_their_regions(installation: Installation) -> None:
    offered = installation.owner.get(f"{installation.path}/cluster-options", type="DEDICATED", provider="AWS").body

    assert "eu-central-1" in [each["name"] for each in offered[0]["regions"]]
    assert offered[0]["defaultVpcSubnetRange"] == "172.20.0.0/20"


def test_there_are_no_hybrid_clusters(installation: Installation) -> None:
    assert installation.owner.get(f"{installation.path}/cluster-options", type="HYBRID").body == []


@pytest.mark.parametrize("provider", ["AZURE", "GCP"])
def test_another_cloud_is_refused_with_the_regions_there_are(installation: Installation, provider: str) -> None:
    refused = installation.owner.get(f"{installation.path}/cluster-options", type="DEDICATED", provider=provider)

    assert (refused.status, refused.fields) == (400, ["provider"])
    assert "`us-east-1`" in refused.body["message"]


@pytest.mark.parametrize("query", [{}, {"type": "SHARED"}])
def test_the_type_of_cluster_must_be_told(installation: Installation, query: dict[str, str]) -> None:
    refused = installation.owner.get(f"{installation.path}/cluster-options", **query)

    assert (refused.status, refused.fields) == (400, ["type"])


NEW = {"cloudProvider": "AWS", "name": "ours", "region": "us-east-1", "type": "DEDICATED", "vpcSubnetRange": "172.20.0.0/20"}
CHANGE = {"clusterType": "DEDICATED", "name": "ours", "k8sTags": []}


def test_making_a_cluster_is_refused_with_the_clusters_there_are(installation: Installation) -> None:
    refused = installation.owner.post(f"{installation.path}/clusters", NEW)

    assert refused.status == 412
    assert "`standard-us-east-1` in `us-east-1`" in refused.body["message"]
    assert len(installation.owner.get(f"{installation.path}/clusters").body["clusters"]) == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"vpcSubnetRange": "172.20.0.1/20"}, "vpcSubnetRange"), ({"name": ""}, "name"), ({"cloudProvider": "GCP"}, "cloudProvider")],
)
def test_a_cluster_that_could_not_be_is_refused_by_the_field(installation: Installation, changes: dict[str, str], field: str) -> None:
    refused = installation.owner.post(f"{installation.path}/clusters", NEW | changes)

    assert (refused.status, [name.rsplit(".", 1)[-1] for name in refused.fields]) == (400, [field])


def test_clusters_are_neither_changed_nor_deleted(installation: Installation) -> None:
    one = f"{installation.path}/clusters/{dedicated(installation)}"

    assert installation.owner.post(one, CHANGE).status == 412
    assert installation.owner.delete(one).status == 412
    assert installation.owner.get(one).status == 200


def test_another_organizations_cluster_cannot_be_told_from_none(installation: Installation) -> None:
    other, own = another(installation), dedicated(installation)

    answers = [other.owner.post(f"{other.path}/clusters/{id}", CHANGE) for id in (own, names.new_id())]
    answers += [other.owner.delete(f"{other.path}/clusters/{id}") for id in (own, names.new_id())]

    assert [answer.status for answer in answers] == [404] * 4
    assert len({answer.body["message"] for answer in answers}) == 1
