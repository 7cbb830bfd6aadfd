"""Which worker ends: the one that was named, and nobody else, whatever goes wrong between the agent's two writes."""

import random

import pytest
from orrery.dataplane.kubernetes.objects import path

from agent.home import HomeTrouble
from agent.kubernetes.api import Refused
from agent.kubernetes.seen import Controlled, Pod
from agent.kubernetes.workers import workers
from tests.agent.kubernetes.conftest import KubernetesStreet, eventually


def test_a_worker_that_says_it_has_a_task_is_not_ended(deployment: KubernetesStreet) -> None:
    (worker,) = deployment.launch()
    deployment.home.tell(deployment.id, worker, "cordon")
    deployment.crowd.tasks[worker] = 1
    with pytest.raises(HomeTrouble, match="has a task"):
        deployment.home.tell(deployment.id, worker, "drain")
    assert ([*deployment.pods()], [*deployment.counts().values()]) == ([worker], [1])


def test_a_worker_that_takes_tasks_is_not_ended(deployment: KubernetesStreet) -> None:
    (worker,) = deployment.launch()
    with pytest.raises(HomeTrouble, match="cordoned first"):
        deployment.home.tell(deployment.id, worker, "drain")
    assert ([*deployment.pods()], [*deployment.counts().values()]) == ([worker], [1])


def test_a_worker_that_was_taken_back_by_another_agent_is_not_ended(deployment: KubernetesStreet) -> None:
    """What is kept in sight may be late; what is written is decided by what is read at that moment."""
    (worker,) = deployment.launch()
    deployment.home.tell(deployment.id, worker, "cordon")
    deployment.until(lambda workers: workers[0]["state"] == "CORDONED")
    deployment.stop.set()  # this agent sees nothing new from here on
    deployment.patch("Pod", worker, {"metadata": {"annotations": {"orrery/worker-state": "RUNNING"}}})
    with pytest.raises(HomeTrouble, match="cordoned first"):
        deployment.home.tell(deployment.id, worker, "drain")
    assert [*deployment.pods()] == [worker]


def test_an_agent_that_dies_between_its_two_writes_costs_one_idle_start_and_no_task(
    deployment: KubernetesStreet, monkeypatch: pytest.MonkeyPatch
) -> None:
    workers = deployment.launch(3)
    deployment.home.tell(deployment.id, workers[0], "cordon")

    def dies(*_: object) -> int:
        raise HomeTrouble("the agent was ended here")

    monkeypatch.setattr(deployment.home._counts, "change", dies)
    with pytest.raises(HomeTrouble):
        deployment.home.tell(deployment.id, workers[0], "drain")
    deployment.arrive()
    left = deployment.until(lambda seen: [each["state"] for each in seen] == ["RUNNING"] * 3)
    assert {each["id"] for each in left} > {*workers[1:]}, "one is new, and the count is still three"


def test_a_count_that_is_lowered_late_takes_the_newcomer_and_nobody_at_work(deployment: KubernetesStreet) -> None:
    """The successor is up by then, and not heard yet: it lacks the cost that whoever takes tasks bears."""
    workers = deployment.launch(2)
    deployment.home.tell(deployment.id, workers[0], "cordon")
    deployment.stop.set()  # the agent is held up; nobody hears the successor
    at = path("Pod", deployment.spec.namespace, workers[0])
    uid = deployment.pods()[workers[0]]["metadata"]["uid"]
    deployment.api.send("DELETE", at, {"preconditions": {"uid": uid}})
    eventually(lambda: _up(deployment) == 2)
    (pool,) = deployment.counts()
    deployment.home._counts.change(deployment.spec.namespace, pool, -1)
    eventually(lambda: len(deployment.pods()) == 1)
    assert [*deployment.pods()] == [workers[1]]


def test_a_worker_that_never_got_a_pod_is_given_up(deployment: KubernetesStreet) -> None:
    """As when the quota has no room for it."""
    where = path("ResourceQuota", deployment.spec.namespace)
    quota = {"metadata": {"name": "none"}, "spec": {"hard": {"pods": "0"}}}
    assert deployment.api.create(where, quota).status == 201
    deployment.api.until(f"{where}/none", lambda answer: "hard" in answer.body.get("status", {}))
    deployment.home.launch(deployment.id, "default", decision={})
    (worker,) = deployment.until(lambda workers: [each["state"] for each in workers] == ["STARTING"])
    deployment.home.tell(deployment.id, worker["id"], "drain")
    assert deployment.until(lambda workers: not workers) == []
    assert [*deployment.counts().values()] == [0]


def test_a_worker_that_got_its_pod_meanwhile_is_not_given_up(deployment: KubernetesStreet) -> None:
    deployment.stop.set()  # the agent does not see the pods that come
    told = deployment.home.launch(deployment.id, "default", decision={})
    eventually(lambda: len(deployment.pods()) == 1)
    with pytest.raises(HomeTrouble):
        deployment.home.tell(deployment.id, told["id"], "drain")
    assert (len(deployment.pods()), [*deployment.counts().values()]) == (1, [1])


@pytest.mark.parametrize("seed", [1, 2])
def test_in_any_disorder_exactly_those_end_that_were_told_to(deployment: KubernetesStreet, seed: int) -> None:
    """Launches, cordons and ends in any order, while others are still starting: nobody at work ever goes unasked."""
    dice, ended, ever = random.Random(seed), set[str](), set[str]()
    for _ in range(25):
        seen = deployment.until(lambda workers: True)
        there = {worker["id"]: worker["state"] for worker in seen}
        ever |= {id for id, state in there.items() if state in ("RUNNING", "CORDONED")}
        assert ever - ended <= there.keys(), "somebody is gone whom nobody ended"
        can = {
            "launch": [""] if len(there) < 6 else [],
            "cordon": [id for id, state in there.items() if state == "RUNNING"],
            "uncordon": [id for id, state in there.items() if state == "CORDONED"],
            "drain": [id for id, state in there.items() if state == "CORDONED"],
        }
        verbs = [verb for verb in ("launch", "cordon", "uncordon", "drain", "drain") if can[verb]]
        if not verbs:
            continue  # all are starting
        verb = dice.choice(verbs)
        chosen = dice.choice(can[verb])
        if verb == "launch":
            deployment.home.launch(deployment.id, "default", decision={})
        else:
            ended |= {chosen} if _told(deployment, chosen, verb) and verb == "drain" else set()
    wanted = ever - ended
    deployment.until(lambda workers: len({each["id"] for each in workers}) == sum(deployment.counts().values()))
    assert wanted <= deployment.pods().keys()
    assert not ended & deployment.pods().keys()


def _told(deployment: KubernetesStreet, worker: str, verb: str) -> bool:
    """Not if the node wrote to its pod since it was read: nothing has happened then, and an agent says it again in two seconds."""
    try:
        deployment.home.tell(deployment.id, worker, verb)  # type: ignore[arg-type]
    except Refused as refused:
        if refused.status != 409:
            raise
        return False
    return True


def _up(deployment: KubernetesStreet) -> int:
    ready = {"type": "Ready", "status": "True"}
    return sum(any(ready.items() <= each.items() for each in pod["status"].get("conditions", [])) for pod in deployment.pods().values())


def test_a_successor_that_nobody_asked_for_is_surplus_and_those_at_work_are_not():
    def pod(name: str, mark: str = "", *, ending: bool = False) -> Pod:
        return Pod(name, f"uid-{name}", "worker", "c1", "default", "node", False, ending, True, 0, mark, None)

    def surplus(wanted: int, *pods: Pod) -> list[str]:
        pool = Controlled("worker-default-c1", "worker", "", 1, wanted, True, "c1", "default")
        return [worker.id for worker in workers([pool], pods, None, ()) if worker.is_surplus]

    first, third = pod("first", "RUNNING"), pod("third", "RUNNING")
    assert surplus(2, first, pod("second", "CORDONED", ending=True), third, pod("successor")) == ["successor"]
    assert surplus(3, first, third, pod("successor")) == []
    assert surplus(1, first, third) == []
