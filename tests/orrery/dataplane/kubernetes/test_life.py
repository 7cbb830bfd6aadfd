"""A Deployment's life on a real API server: what a delete leaves, what an update and a move leave alone, what waits for running tasks."""

import functools
import json
import time
from dataclasses import replace

import pytest
from orrery.dataplane.kubernetes.objects import path
from orrery.dataplane.port import QueueSpec
from orrery.errors import DataPlaneFailed, NotReadyYet, WorkersBusy

from tests.dataplane_contract import a_spec, ensure_all, observed, persist, ref_of, remove_all
from tests.kubernetes import pretend_node
from tests.orrery.dataplane.kubernetes import agents
from tests.orrery.dataplane.kubernetes.inventory import everything, made_in

HEAVY = QueueSpec("heavy", 0, 4, 4, "A20", 4, 8)
SHAPES: dict[str, dict] = {
    "small": {"development": True},
    "highly available": {"high_availability": True, "metrics_exports": {"here": {"endpoint": "https://example.com"}}},
    "pods for tasks": {"executor": "KUBERNETES"},
}


@pytest.fixture
def spec(api, home, node):
    spec = a_spec()
    yield spec
    for queue in ("default", "heavy"):
        agents.scale(api, spec.id, 0, queue=queue)
    remove_all(home, ref_of(spec))


@pytest.mark.parametrize("shape", SHAPES)
def test_a_delete_leaves_no_object_of_any_kind(kubernetes, home, databases, node, shape):
    before = everything(kubernetes.api)
    spec = a_spec(**SHAPES[shape])
    ensure_all(home, spec)
    observed(home, ref_of(spec), lambda seen: seen.healthy)
    assert {namespace for _, namespace, _ in everything(kubernetes.api) - before} == {"", spec.namespace}
    remove_all(home, ref_of(spec))
    assert everything(kubernetes.api) - before == set()
    assert databases.names == set()


def pods(kubernetes, spec):
    """Uid by component of every pod that is not ending."""
    listed = kubernetes.api.get(path("Pod", spec.namespace)).body["items"]
    return {
        (pod["metadata"]["labels"]["orrery/component"], pod["metadata"]["uid"])
        for pod in listed
        if not pod["metadata"].get("deletionTimestamp") and pod["status"]["phase"] == "Running"
    }


def running(kubernetes, home, spec, generation):
    """The pods once a generation is healthy."""
    seen = observed(home, ref_of(spec), lambda seen: seen.healthy and seen.generation == generation, seconds=60)
    assert seen.healthy, seen.reason
    return pods(kubernetes, spec)


def update(home, spec):
    for part in ("release", "airflow", "queues", "ingress"):
        persist(functools.partial(getattr(home, f"ensure_{part}"), spec))


@pytest.mark.parametrize(
    ("changes", "rolled"),
    [
        ({"workspace_id": "c" + "7" * 24}, set()),
        ({"connections": {"one": {"conn_type": "http", "host": "example.com"}}}, set()),
        ({"queues": (QueueSpec("default", 1, 9, 2, "A5", 1, 2),)}, {"scheduler"}),
        ({"environment": {"MODE": "other"}}, {"api-server", "dag-processor", "scheduler", "triggerer"}),
    ],
    ids=["moved to another Workspace", "another connection", "other bounds", "another variable"],
)
def test_an_update_rolls_only_what_changed_and_never_a_worker(kubernetes, api, home, spec, changes, rolled):
    ensure_all(home, spec)
    agents.scale(api, spec.id, 1)
    before = running(kubernetes, home, spec, 1)
    update(home, replace(spec, generation=2, **changes))
    observed(home, ref_of(spec), lambda seen: seen.healthy and seen.generation == 2, seconds=60)
    gone = {component for component, uid in before - pods(kubernetes, spec)}
    assert gone == rolled


def test_a_queue_that_is_gone_stays_until_its_last_worker_has_ended(api, home, spec):
    spec = replace(spec, queues=(*spec.queues, HEAVY))
    ensure_all(home, spec)
    agents.scale(api, spec.id, 1, queue="heavy")
    without = replace(spec, generation=2, queues=spec.queues[:1])
    home.ensure_queues(without)
    home.ensure_queues(without)
    assert agents.pods(api, spec.id, "heavy") == 1
    agents.scale(api, spec.id, 0, queue="heavy")
    home.ensure_queues(without)
    assert agents.deployments(api, spec.id, "heavy") == []


def test_new_settings_are_a_worker_deployment_beside_the_old_one_until_that_is_empty(api, home, spec):
    ensure_all(home, spec)
    agents.scale(api, spec.id, 1)
    other = replace(spec, generation=2, environment={"MODE": "other"})
    update(home, other)
    assert [each["spec"]["replicas"] for each in agents.deployments(api, spec.id)].count(0) == 1
    assert len(agents.deployments(api, spec.id)) == 2
    agents.scale(api, spec.id, 0)
    home.ensure_queues(other)
    assert len(agents.deployments(api, spec.id)) == 1


def test_asleep_nothing_runs_and_everything_is_kept(kubernetes, home, spec):
    ensure_all(home, spec)
    running(kubernetes, home, spec, 1)
    asleep = replace(spec, generation=2, hibernating=True)
    home.ensure_queues(asleep)
    persist(lambda: home.remove_airflow(ref_of(spec)))
    assert pods(kubernetes, spec) == set()
    assert home.observe(ref_of(spec)).address == "", "its host leads to the agent now"
    kept = {name for _, namespace, name in everything(kubernetes.api) if namespace == spec.namespace}
    assert {"keys", "airflow", "environment", "environment-objects", "data-broker-0", "nobody"} <= kept
    update(home, replace(spec, generation=3))
    assert running(kubernetes, home, spec, 3)


def test_another_executor_waits_for_the_last_worker_and_until_then_its_broker_stays(kubernetes, api, home, spec):
    ensure_all(home, spec)
    running(kubernetes, home, spec, 1)
    agents.scale(api, spec.id, 1)
    pods_for_tasks = replace(spec, generation=2, executor="KUBERNETES")
    with pytest.raises(WorkersBusy, match="1 workers"):
        home.ensure_release(pods_for_tasks)
    assert bounds(api, spec) == [], "nobody may be started, so the agent drains"
    assert agents.pods(api, spec.id) == 1
    assert {"broker", "scheduler"} <= {component for component, _ in pods(kubernetes, spec)}
    agents.scale(api, spec.id, 0)
    update(home, pods_for_tasks)
    assert agents.deployments(api, spec.id) == []
    assert api.get("RoleBinding", spec.namespace, "starts-pods")


@pytest.mark.parametrize("change", [{"executor": "CELERY"}, {"hibernating": True}])
def test_a_task_in_a_pod_of_its_own_ends_before_another_executor_comes_or_airflow_goes(
    kubernetes, api, home, node, spec, change, monkeypatch
):
    monkeypatch.setattr(node, "fate", lambda pod: None if node_ends(pod) else pretend_node.running(pod))
    spec = replace(spec, executor="KUBERNETES")
    ensure_all(home, spec)
    running(kubernetes, home, spec, 1)
    task = a_task(kubernetes, api, spec)
    after = replace(spec, generation=2, **change)
    step = home.ensure_queues if after.hibernating else home.ensure_release
    busy = waits_for(lambda: step(after), WorkersBusy)
    assert "1 tasks" in busy
    there = {component for component, _ in pods(kubernetes, spec)}
    assert ("scheduler" in there, {"task", "api-server"} <= there) == (False, True), "nothing new is started, and what runs can go on"
    kubernetes.api.delete(f"{path('Pod', spec.namespace)}/{task}?gracePeriodSeconds=0")
    persist(lambda: step(after))
    if not after.hibernating:
        update(home, after)
        assert running(kubernetes, home, after, 2)
        assert api.get("RoleBinding", spec.namespace, "starts-pods") is None
        assert api.get("StatefulSet", spec.namespace, "broker")


def node_ends(pod):
    """Whether it is left to the node, which ends a pod that has no long life at once."""
    return pod["metadata"]["labels"]["orrery/component"] != "task"


def a_task(kubernetes, api, spec):
    """As the scheduler starts one; the name of its pod, which runs until somebody ends it."""
    pod = json.loads(api.get("ConfigMap", spec.namespace, "task-pod")["data"]["pod.yaml"])
    pod["metadata"]["name"] = "etl-load-1"
    assert kubernetes.api.create(path("Pod", spec.namespace), pod).status == 201
    return "etl-load-1"


def waits_for(act, error):
    """What the error says that comes after others have been waited out."""
    for _ in range(100):
        try:
            act()
        except error as told:
            return str(told)
        except NotReadyYet:
            time.sleep(0.2)
        else:
            break
    raise AssertionError("it was not waited for")


def bounds(api, spec):
    return json.loads(api.get("ConfigMap", spec.namespace, "queues")["data"]["queues.json"])["queues"]


def test_bounds_are_gone_before_anybody_waits_for_workers(api, home, spec):
    ensure_all(home, spec)
    agents.scale(api, spec.id, 1)
    with pytest.raises(WorkersBusy):
        home.remove_queues(ref_of(spec))
    assert api.get("ConfigMap", spec.namespace, "queues") is None
    assert agents.pods(api, spec.id) == 1
    agents.scale(api, spec.id, 0)


def test_the_keys_are_made_once(api, home, spec):
    home.ensure_namespace(spec)
    first = api.get("Secret", spec.namespace, "keys")
    home.ensure_namespace(replace(spec, generation=2))
    assert api.get("Secret", spec.namespace, "keys")["data"] == first["data"]


def test_the_namespace_of_somebody_else_is_not_touched(kubernetes, home, spec):
    """Two control planes on one cluster may come to the same name."""
    ensure_all(home, spec)
    there = made_in(kubernetes.api, spec.namespace)
    stranger = a_spec(namespace=spec.namespace)
    with pytest.raises(DataPlaneFailed, match="belongs to somebody else"):
        home.ensure_namespace(stranger)
    remove_all(home, ref_of(stranger))
    assert made_in(kubernetes.api, spec.namespace) == there
    assert "deletionTimestamp" not in kubernetes.api.get(f"/api/v1/namespaces/{spec.namespace}").body["metadata"]


def test_a_namespace_on_its_way_out_is_waited_for(kubernetes, home, spec):
    home.ensure_namespace(spec)
    kubernetes.api.delete(f"/api/v1/namespaces/{spec.namespace}")
    with pytest.raises(NotReadyYet):
        home.ensure_namespace(spec)
    persist(lambda: home.ensure_namespace(spec), seconds=60)
