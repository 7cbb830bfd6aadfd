"""Which cluster a new Deployment is placed on, and why it is placed on none."""

from datetime import UTC, datetime
from typing import Any

import pytest
from orrery import names
from orrery.model.cluster import Cluster, ClusterStatus, ClusterType
from orrery.store import clusters, removals, writes

from tests.support.plane import Plane

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def a_cluster(name: str, region: str = "us-east-1", **facts: Any) -> str:
    made = Cluster(names.new_id(), name, ClusterType.STANDARD, region, NOW, NOW, **facts)
    writes.commit(clusters.new_standard(made))
    return made.id


def limit(plane: Plane, room: int) -> None:
    """The first run's cluster has room for so many."""
    first = clusters.load("", plane.installation.cluster_id)
    writes.commit(clusters.changed(first.registering(region=first.region, max_deployments=room, now=NOW)))


def place(plane: Plane, name: str, **asked: Any) -> str:
    """Where it lies, its saga begun."""
    made = plane.made(name=name, **asked)
    removals.place(plane.load(made["id"]))
    return str(made["clusterId"])


def test_the_emptiest_cluster_of_a_region_by_the_share_of_its_room_is_taken(plane: Plane) -> None:
    limit(plane, 4)
    small = a_cluster("small", max_deployments=2)
    first = plane.installation.cluster_id
    assert {place(plane, f"etl {number}", region="us-east-1") for number in range(2)} == {first, small}
    assert place(plane, "etl 3", region="us-east-1") == first, "a quarter is taken here, and half there"


def test_a_full_cluster_takes_no_more_and_says_so(plane: Plane) -> None:
    limit(plane, 1)
    place(plane, "etl")
    refused = plane.create(name="another")
    assert (refused.status, refused.fields) == (400, ["clusterId"])
    assert "is full" in refused.body["message"]
    assert plane.create(name="another", clusterId=plane.installation.cluster_id).status == 400


def test_a_region_whose_clusters_are_all_full_takes_no_more(plane: Plane) -> None:
    limit(plane, 1)
    a_cluster("second", max_deployments=1)
    assert len({place(plane, f"etl {number}", region="us-east-1") for number in range(2)}) == 2
    refused = plane.create(name="another", region="us-east-1")
    assert (refused.status, refused.fields) == (400, ["region"])
    assert "every cluster in `us-east-1` is full" in refused.body["message"]


def test_one_that_is_not_open_is_passed_over(plane: Plane) -> None:
    a_cluster("second", status=ClusterStatus.CREATING)
    assert {place(plane, f"etl {number}", region="us-east-1") for number in range(3)} == {plane.installation.cluster_id}


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"status": ClusterStatus.CREATING}, "is not there yet"),
        ({"status": ClusterStatus.CREATE_FAILED, "trouble": "its agent has not been heard"}, "its agent has not been heard"),
    ],
)
def test_one_that_is_named_and_not_open_is_refused_with_the_reason(plane: Plane, facts: dict[str, Any], said: str) -> None:
    refused = plane.create(clusterId=a_cluster("second", **facts))
    assert (refused.status, refused.fields) == (400, ["clusterId"])
    assert said in refused.body["message"]


def test_a_cluster_that_could_not_be_changed_goes_on(plane: Plane) -> None:
    second = a_cluster("second", "eu-west-1", status=ClusterStatus.UPDATE_FAILED, trouble="the new domain is nobody's")
    assert place(plane, "etl", region="eu-west-1") == second


def test_what_went_wrong_with_a_cluster_is_its_health(plane: Plane) -> None:
    second = a_cluster("second", status=ClusterStatus.CREATE_FAILED, trouble="its agent has not been heard")
    health = plane.installation.owner.get(f"{plane.installation.path}/clusters/{second}").body["healthStatus"]
    (detail,) = health["details"]
    assert (health["value"], detail["severity"]) == ("UNHEALTHY", "critical")
    assert "its agent has not been heard" in detail["description"]
