"""Workers across restarts, of the agent, of their containers, of their broker; and across configurations."""

import pytest
from orrery.dataplane.kubernetes.objects import path

from agent.home import HomeTrouble
from tests.agent.kubernetes.conftest import KubernetesStreet, eventually
from tests.dataplane_contract import persist


def state(deployment: KubernetesStreet, worker: str) -> str:
    return next((str(each["state"]) for each in deployment.home.workers(deployment.id) if each["id"] == worker), "")


def test_a_worker_stays_cordoned_when_the_agent_starts_anew_and_is_told_so_again(deployment: KubernetesStreet) -> None:
    first, second = deployment.launch(2)
    deployment.home.tell(deployment.id, first, "cordon")
    deployment.crowd.said.clear()
    deployment.arrive()
    deployment.until(lambda workers: {each["id"]: each["state"] for each in workers} == {first: "CORDONED", second: "RUNNING"})
    assert deployment.crowd.said == [("cancel_consumer", (first,))], "and whoever was heard is not asked for again"


def test_a_cordon_that_an_agent_only_got_to_write_down_is_finished_by_the_next(deployment: KubernetesStreet) -> None:
    (worker,) = deployment.launch()
    deployment.crowd.mute.add(worker)
    with pytest.raises(HomeTrouble, match="does not answer"):
        deployment.home.tell(deployment.id, worker, "cordon")
    assert state(deployment, worker) == "RUNNING", "as far as anybody knows it still takes tasks"
    deployment.crowd.mute.clear()
    deployment.arrive()
    deployment.until(lambda workers: workers[0]["state"] == "CORDONED")
    assert deployment.crowd.closed == {worker}


def test_a_container_that_was_started_again_takes_tasks_until_it_is_told_again(deployment: KubernetesStreet) -> None:
    (worker,) = deployment.launch()
    deployment.home.tell(deployment.id, worker, "cordon")
    deployment.until(lambda workers: workers[0]["state"] == "CORDONED")
    deployment.crowd.mute.add(worker)
    statuses = deployment.pods()[worker]["status"]["containerStatuses"]
    again = [{**each, "restartCount": 1} for each in statuses]
    deployment.machine_says(worker, again)
    deployment.until(lambda workers: workers[0]["state"] == "RUNNING")
    deployment.crowd.mute.clear()
    deployment.until(lambda workers: workers[0]["state"] == "CORDONED")


def test_a_broker_that_does_not_answer_holds_up_no_look_and_is_asked_less_often(deployment: KubernetesStreet) -> None:
    deployment.crowd.deaf = True
    deployment.home.launch(deployment.id, "default", decision={})
    eventually(lambda: len(deployment.pods()) == 1)
    deployment.until(lambda workers: bool(workers) and bool(workers[0]["node"]))
    assert state(deployment, deployment.until(bool)[0]["id"]) == "STARTING"
    deployment.crowd.deaf = False
    deployment.until(lambda workers: workers[0]["state"] == "RUNNING")


def test_a_new_configuration_is_served_by_new_workers_beside_the_old_ones(deployment: KubernetesStreet) -> None:
    (old,) = deployment.launch()
    deployment.change(environment={"COLOUR": "blue"})
    deployment.until(lambda workers: [(each["id"], each["generation"]) for each in workers] == [(old, 0)])
    deployment.home.launch(deployment.id, "default", decision={})
    workers = deployment.until(lambda workers: [each["state"] for each in workers] == ["RUNNING"] * 2)
    assert sorted(each["generation"] for each in workers) == [0, 2]
    deployment.home.tell(deployment.id, old, "cordon")
    deployment.home.tell(deployment.id, old, "drain")
    deployment.until(lambda workers: [each["generation"] for each in workers] == [2])
    assert sorted(deployment.counts().values()) == [0, 1]


def test_a_queue_that_is_gone_is_told_with_bounds_of_zero_as_long_as_it_has_workers(deployment: KubernetesStreet) -> None:
    (worker,) = deployment.launch()
    deployment.change(queues=(deployment.spec.queues[0].__class__("other", 1, 2, 3, "A5", 1, 2),))

    def bounds() -> dict[str, tuple[int, int, int]]:
        entry = next(entry for entry in deployment.home.deployments() if entry["id"] == deployment.id)
        return {queue["name"]: (queue["min"], queue["max"], queue["concurrency"]) for queue in entry["queues"]}

    eventually(lambda: bounds() == {"other": (1, 2, 3), "default": (0, 0, 1)})
    deployment.home.tell(deployment.id, worker, "cordon")
    deployment.home.tell(deployment.id, worker, "drain")
    eventually(lambda: bounds() == {"other": (1, 2, 3)})


def test_a_sleeping_deployment_keeps_its_address_and_has_bounds_of_zero(deployment: KubernetesStreet) -> None:
    deployment.change(hibernating=True)

    def entry() -> dict[str, object]:
        return next(entry for entry in deployment.home.deployments() if entry["id"] == deployment.id)

    eventually(lambda: bool(entry()["hibernating"]))
    told = entry()
    assert told["address"] == f"https://{deployment.spec.namespace}.airflow.example.com"
    assert (told["queues"][0]["max"], told["healthy"], told["components"], told["generation"]) == (0, True, [], 2)  # type: ignore[index]
    with pytest.raises(HomeTrouble, match="no worker queue"):
        deployment.home.launch(deployment.id, "default", decision={})


def test_a_count_that_somebody_changed_by_hand_is_where_the_agent_goes_on_from(deployment: KubernetesStreet) -> None:
    (pool,) = deployment.counts()
    deployment.patch("Deployment", pool, {"spec": {"replicas": 2}})
    deployment.until(lambda workers: [each["state"] for each in workers] == ["RUNNING"] * 2)
    deployment.home.launch(deployment.id, "default", decision={})
    assert deployment.counts() == {pool: 3}


def test_the_planes_next_apply_leaves_the_agents_count_alone(deployment: KubernetesStreet) -> None:
    deployment.launch(2)
    persist(lambda: deployment.plane.ensure_queues(deployment.spec))
    assert [*deployment.counts().values()] == [2]


def test_looking_costs_no_request(deployment: KubernetesStreet) -> None:
    """What happens in the cluster is told by six watches, however many Deployments there are and however often the agent looks."""
    deployment.launch(2)
    before = deployment.home.api.requests
    for _ in range(50):
        deployment.home.deployments()
        deployment.home.workers(deployment.id)
    assert deployment.home.api.requests == before


def test_a_life_of_a_worker_costs_eight_requests_when_nothing_else_is_written(deployment: KubernetesStreet) -> None:
    """Two to launch, one when it is heard, one to cordon, four to end; a conflict costs two more."""
    before = deployment.home.api.requests
    (worker,) = deployment.launch()
    deployment.home.tell(deployment.id, worker, "cordon")
    deployment.home.tell(deployment.id, worker, "drain")
    deployment.until(lambda workers: not workers)
    assert (deployment.home.api.requests - before) in (8, 10, 12, 14)


def test_a_namespace_that_goes_takes_its_deployment_out_of_sight(deployment: KubernetesStreet) -> None:
    deployment.api.delete(path("Namespace", "", deployment.spec.namespace))
    eventually(lambda: deployment.id not in {entry["id"] for entry in deployment.home.deployments()})
    assert deployment.home.workers(deployment.id) == []
