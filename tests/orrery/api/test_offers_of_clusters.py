"""A pod for each task, and two of each component: offered where a Deployment's cluster can, refused by name where it cannot."""

from orrery.model.deployment import Executor
from orrery.provisioning.specs import spec_of

from tests.orrery.api.test_placement import a_cluster, place
from tests.support.plane import Plane


def with_pods_for_tasks() -> str:
    return a_cluster("kubernetes", executors=tuple(Executor))


def test_a_pod_for_each_task_is_for_clusters_that_can_start_them(plane: Plane) -> None:
    able, unable = with_pods_for_tasks(), plane.installation.cluster_id
    made = plane.create(clusterId=able, executor="KUBERNETES")
    assert (made.status, made.body["executor"]) == (200, "KUBERNETES")
    assert spec_of(plane.load(made.body["id"])).executor == "KUBERNETES"
    refused = plane.create(name="elsewhere", clusterId=unable, executor="KUBERNETES")
    assert (refused.status, refused.fields) == (400, ["executor"])
    words = "can only be `ASTRO` or `CELERY`: cluster `standard-us-east-1` starts no pod for each task"
    assert refused.body["fieldErrors"][0]["message"] == words


def test_a_deployment_may_change_to_a_pod_for_each_task_where_its_cluster_can_start_them(plane: Plane) -> None:
    able, unable = (
        plane.made(clusterId=with_pods_for_tasks()),
        plane.made(name="elsewhere", clusterId=plane.installation.cluster_id),
    )
    assert plane.update(able, executor="KUBERNETES").body["executor"] == "KUBERNETES"
    refused = plane.update(unable, executor="KUBERNETES")
    assert (refused.status, refused.fields) == (400, ["executor"])


def test_a_pod_for_each_task_is_an_option_where_a_cluster_can_start_them(plane: Plane) -> None:
    path, owner = f"{plane.installation.path}/deployment-options", plane.installation.owner
    here = plane.made()
    refused = owner.get(path, executor="KUBERNETES")
    assert (refused.status, refused.fields) == (400, ["executor"])
    able = with_pods_for_tasks()
    assert owner.get(path, executor="KUBERNETES").body["executors"] == ["ASTRO", "CELERY", "KUBERNETES"]
    assert owner.get(path, deploymentId=here["id"]).body["executors"] == ["ASTRO", "CELERY"], "its own cluster cannot"
    there = plane.made(name="there", clusterId=able)
    assert owner.get(path, deploymentId=there["id"]).body["executors"] == ["ASTRO", "CELERY", "KUBERNETES"]


def test_who_asks_for_one_and_names_no_cluster_is_placed_where_they_are_started(plane: Plane) -> None:
    able = with_pods_for_tasks()
    assert {place(plane, f"etl {number}", region="us-east-1", executor="KUBERNETES") for number in range(3)} == {able}
    assert place(plane, "on workers", region="us-east-1", executor="CELERY") == plane.installation.cluster_id, "which is the emptier one"


def test_two_of_each_component_are_for_clusters_that_run_them(plane: Plane) -> None:
    able = a_cluster("kubernetes", offers_high_availability=True)
    assert place(plane, "anywhere", region="us-east-1", isHighAvailability=True) == able
    made = plane.made(clusterId=able, isHighAvailability=True)
    assert (made["isHighAvailability"], made["schedulerReplicas"]) == (True, 2)
    assert spec_of(plane.load(made["id"])).high_availability
    assert plane.update(made, isHighAvailability=False).body["schedulerReplicas"] == 1
    refused = plane.create(name="elsewhere", clusterId=plane.installation.cluster_id, isHighAvailability=True)
    assert (refused.status, refused.fields) == (400, ["isHighAvailability"])
    assert refused.body["fieldErrors"][0]["message"] == "must be false: cluster `standard-us-east-1` runs one of each component"
