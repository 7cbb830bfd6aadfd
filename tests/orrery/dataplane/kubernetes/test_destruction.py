"""A storm of deletes takes no more namespaces from a server than the guard allows, until an operator's word lets it go on."""

from collections.abc import Mapping
from functools import partial

from orrery import names
from orrery.model.cluster import Cluster, ClusterType
from orrery.model.deployment import Deployment
from orrery.model.removals import FEW
from orrery.store import clusters, writes

from functions.allow_removals.app import handler
from tests.orrery.dataplane.kubernetes import inventory
from tests.orrery.dataplane.kubernetes.lives import side_by_side
from tests.orrery.dataplane.kubernetes.stage import ClusterStage
from tests.support.builders import BORN

MORE = 3
"""Than may go at once."""


def a_cluster() -> str:
    made = Cluster(names.new_id(), "standard", ClusterType.STANDARD, "us-east-1", BORN, BORN)
    writes.commit(clusters.new_standard(made))
    return made.id


def walls(stage: ClusterStage, deployments: list[Deployment]) -> Mapping[str, set[inventory.Found]]:
    """What was made in the namespaces that are left."""
    there = inventory.namespaces(stage.server)
    return {each.namespace: inventory.made_in(stage.server, each.namespace) for each in deployments if each.namespace in there}


def test_a_storm_takes_a_few_namespaces_and_leaves_the_others_whole_until_somebody_allows_more(cluster_stage: ClusterStage) -> None:
    stage, cluster = cluster_stage, a_cluster()
    there = [stage.asked_for(name=f"deployment {number}", cluster_id=cluster) for number in range(FEW + MORE)]
    side_by_side({each.id: partial(stage.lose, each, "ensure_namespace", "mark_ready") for each in there})
    before = walls(stage, there)
    assert len(before) == FEW + MORE

    deleted = [stage.deleted(stage.record(each)) for each in there]
    side_by_side({each.id: partial(stage.run, each) for each in deleted})
    left = walls(stage, there)
    assert len(left) == MORE
    assert left.items() <= before.items()

    stage.sweep()
    stage.rest()
    assert walls(stage, there) == left, "nor does the sweeper, however often it comes"

    handler({"cluster": cluster, "more": MORE - 1, "hours": 1, "reason": "a team moves out"}, None)
    stage.sweep()
    stage.rest()
    assert len(walls(stage, there)) == 1
    handler({"cluster": cluster, "more": 1, "hours": 1, "reason": "and its last one"}, None)
    stage.sweep()
    stage.rest()
    assert walls(stage, there) == {}
