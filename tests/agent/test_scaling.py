"""The agent at work: targets are carried out, nothing that runs is disturbed, and what it did can be read."""

import random

from orrery.hypervisor.lease import WORDS
from orrery.hypervisor.plan import Cause

from agent.demand import Counts
from tests.agent.conftest import Scene


def test_a_queue_goes_from_zero_to_several_workers_and_back_at_the_planes_word(scene: Scene) -> None:
    deployment = scene.home.add(default=(0, 4, 2))
    scene.run(30)
    assert scene.states() == []
    deployment.add("default", 8, seconds=40)
    scene.run(40)
    assert scene.states() == ["RUNNING"] * 4
    scene.run(200)
    assert (deployment.finished, scene.states()) == (8, [])
    launches = [decision for decision in scene.decisions() if decision["action"] == "LAUNCH"]
    assert len(launches) == 4
    assert all(decision["source"] == f"lease {decision['leaseGeneration']}" for decision in launches)
    assert launches[0]["reason"] == f"more workers are needed: {WORDS[Cause.DEMAND]}"
    assert scene.home.drained_busy == []


def test_an_idle_worker_is_cordoned_seen_idle_and_only_then_drained(scene: Scene) -> None:
    deployment = scene.home.add()
    deployment.add("default", 1, seconds=5)
    scene.run(120)
    assert [verb for verb, _, _ in scene.home.calls] == ["launch", "cordon", "drain"]
    times = {decision["action"]: decision["at"] for decision in scene.decisions()}
    assert times["CORDON"] < times["DRAIN"]


def test_a_cordoned_worker_with_a_task_is_taken_back_before_a_new_one_is_launched(scene: Scene) -> None:
    deployment = scene.home.add(default=(0, 1, 1))
    deployment.add("default", 1, seconds=100)
    scene.run(40)
    (worker,) = deployment.workers.values()
    worker.state = "CORDONED"
    deployment.add("default", 1, seconds=5)
    scene.run(30)
    assert scene.home.calls[-1] == ("uncordon", "default", worker.id)
    assert list(deployment.workers) == [worker.id]


def test_a_closed_queue_finishes_its_tasks_and_loses_its_workers(scene: Scene) -> None:
    deployment = scene.home.add(default=(0, 4, 2))
    deployment.add("default", 4, seconds=60)
    scene.run(50)
    deployment.bounds["default"] = (0, 0, 2)
    deployment.generation += 1
    scene.run(10)
    assert scene.states() == ["CORDONED", "CORDONED"]
    scene.run(90)
    assert (deployment.finished, scene.states()) == (4, [])
    assert scene.home.drained_busy == []


def test_a_lowered_ceiling_sends_the_emptiest_worker_home_after_its_task(scene: Scene) -> None:
    deployment = scene.home.add(default=(0, 2, 2))
    deployment.add("default", 3, seconds=100)
    scene.run(50)
    emptiest = min(deployment.workers.values(), key=lambda worker: len(worker.tasks)).id
    deployment.bounds["default"] = (0, 1, 2)
    scene.run(20)
    assert [call for call in scene.home.calls if call[0] == "cordon"] == [("cordon", "default", emptiest)]
    scene.run(200)
    assert (deployment.finished, scene.states(), scene.home.drained_busy) == (3, [], [])


def test_workers_of_an_older_configuration_are_replaced_one_at_a_time(scene: Scene) -> None:
    deployment = scene.home.add(default=(2, 4, 2))
    scene.run(60)
    old = set(deployment.workers)
    deployment.generation += 1
    scene.run(200)
    assert len(deployment.workers) == 2
    assert not old & set(deployment.workers)
    cordons = [index for index, call in enumerate(scene.home.calls) if call[0] == "cordon"]
    assert ("launch", "default") in [call[:2] for call in scene.home.calls[cordons[0] : cordons[1]]]


def test_a_busy_worker_of_an_older_configuration_finishes_what_it_has(scene: Scene) -> None:
    deployment = scene.home.add(default=(0, 4, 2))
    deployment.add("default", 2, seconds=120)
    scene.run(50)
    deployment.generation += 1
    scene.run(200)
    assert (deployment.finished, scene.home.drained_busy) == (2, [])


def test_a_target_for_another_generation_is_dropped_and_says_so(scene: Scene) -> None:
    deployment = scene.home.add(default=(0, 4, 2))
    scene.run(30)
    scene.plane.is_planning = False
    scene.plane.orders("d1", "default", workers=2)
    deployment.generation += 1
    scene.run(20)
    dropped = [decision for decision in scene.decisions() if decision["action"] == "DROPPED"]
    assert [decision["reason"] for decision in dropped][:1] == ["it was planned for generation 1, here is 2"]
    assert len(dropped) == 1
    assert scene.states() == []


def test_a_target_that_is_too_low_by_now_drains_nobody(scene: Scene) -> None:
    deployment = scene.home.add(default=(0, 4, 1))
    deployment.add("default", 2, seconds=5)
    scene.run(35)
    assert scene.states() == ["RUNNING", "RUNNING"]
    scene.plane.is_planning = False
    scene.plane.orders("d1", "default", workers=0)
    deployment.add("default", 4, seconds=20)
    scene.run(20)
    assert "cordon" not in [call[0] for call in scene.home.calls]
    assert any(decision["action"] == "DROPPED" and "too low by now" in decision["reason"] for decision in scene.decisions())


def test_a_worker_that_never_comes_up_is_given_up(scene: Scene) -> None:
    deployment = scene.home.add()
    deployment.add("default", 1, seconds=5)
    scene.run(20)
    (stuck,) = deployment.workers.values()
    stuck.ready_at = float("inf")
    stuck.state = "STARTING"
    deployment.waiting["default"] += stuck.tasks
    stuck.tasks = []
    scene.run(400)
    assert ("drain", "default", stuck.id) in scene.home.calls
    assert deployment.finished == 1


def test_running_tasks_of_a_worker_that_nobody_knows_keep_every_worker(scene: Scene) -> None:
    deployment = scene.home.add(default=(0, 4, 2))
    deployment.add("default", 4, seconds=300)
    scene.run(60)
    scene.home._counts = lambda _: Counts({}, {("default", "somewhere-else"): 2})  # type: ignore[assignment,method-assign]
    for worker in deployment.workers.values():
        worker.tasks = []
    scene.run(120)
    assert "cordon" not in [call[0] for call in scene.home.calls]


def test_without_eyes_on_the_demand_nobody_is_drained(scene: Scene) -> None:
    deployment = scene.home.add(default=(0, 4, 2))
    deployment.add("default", 4, seconds=20)
    scene.run(50)
    deployment.is_blind = True
    scene.run(200)
    assert scene.states() == ["RUNNING", "RUNNING"]
    deployment.is_blind = False
    scene.run(60)
    assert scene.states() == []


def test_the_agent_finds_its_workers_again_after_a_restart(scene: Scene) -> None:
    deployment = scene.home.add(default=(0, 4, 2))
    deployment.add("default", 4, seconds=60)
    scene.run(40)
    before = set(deployment.workers)
    scene.restart_agent()
    scene.run(20)
    assert set(deployment.workers) == before
    scene.run(150)
    assert (deployment.finished, scene.states(), scene.home.drained_busy) == (4, [], [])


def test_a_home_that_is_away_is_waited_for(scene: Scene) -> None:
    deployment = scene.home.add(default=(0, 4, 2))
    deployment.add("default", 4, seconds=30)
    scene.run(20)
    scene.home.is_away = True
    scene.run(40)
    scene.home.is_away = False
    scene.run(200)
    assert (deployment.finished, scene.states()) == (4, [])


def test_a_deployment_that_the_home_says_nothing_of_delays_no_other(scene: Scene) -> None:
    scene.home.add("d1").add("default", 1, seconds=300)
    scene.home.add("d2")
    scene.run(40)
    scene.home.mute.add("d1")
    scene.home.deployments["d2"].add("default", 1, seconds=5)
    scene.run(100)
    assert scene.home.deployments["d2"].finished == 1
    assert scene.states("d1") == ["RUNNING"]
    assert [deployment["id"] for deployment in scene.plane.snapshots[-1]["deployments"]] == ["d1", "d2"]


def test_a_home_that_refuses_is_asked_again_and_told_of_once(scene: Scene) -> None:
    deployment = scene.home.add()
    scene.home.refuses_launches = True
    deployment.add("default", 1, seconds=5)
    scene.run(60)
    failed = [decision for decision in scene.decisions() if "failed" in decision]
    assert len(failed) == 1
    scene.home.refuses_launches = False
    scene.run(60)
    assert deployment.finished == 1


def test_deployments_appear_and_vanish(scene: Scene) -> None:
    scene.home.add("d1").add("default", 1, seconds=5)
    scene.run(20)
    scene.home.add("d2").add("default", 1, seconds=5)
    scene.run(30)
    gone = scene.home.deployments.pop("d1")
    scene.run(60)
    assert gone.finished == 1
    assert scene.home.deployments["d2"].finished == 1
    assert [deployment["id"] for deployment in scene.plane.snapshots[-1]["deployments"]] == ["d2"]


def test_a_random_week_of_demand_never_drains_a_busy_worker(scene: Scene) -> None:
    chance = random.Random(11)
    deployment = scene.home.add(default=(0, 5, 3), heavy=(1, 3, 1))
    asked = 0
    for _ in range(60):
        for queue in ("default", "heavy"):
            count = chance.choice([0, 0, 1, 2, 6])
            deployment.add(queue, count, seconds=chance.randint(1, 80))
            asked += count
        if chance.random() < 0.1:
            deployment.generation += 1
            deployment.bounds["default"] = (chance.randint(0, 2), chance.randint(2, 5), 3)
        if chance.random() < 0.1:
            scene.plane.is_away = not scene.plane.is_away
        if chance.random() < 0.05:
            scene.restart_agent()
        scene.run(chance.choice([2, 10, 30, 60]))
    scene.plane.is_away = False
    scene.run(1500)
    assert deployment.finished == asked
    assert scene.home.drained_busy == []
    assert len(scene.states()) == deployment.bounds["default"][0] + 1
