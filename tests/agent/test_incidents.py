"""What is wrong goes up with the next report, what the demand alone tells too; of a cluster that is ill as a whole what the plane takes."""

from tests.agent.conftest import Scene

CRASHES = {"code": "CRASH_LOOP", "severity": "critical", "subject": "scheduler", "description": "it ends again and again"}


def test_an_incident_is_news_and_so_is_its_end(scene: Scene) -> None:
    deployment = scene.home.add()
    scene.run(20)
    deployment.incidents = [CRASHES]
    scene.run(4)
    assert scene.plane.snapshots[-1]["deployments"][0]["incidents"] == [CRASHES]
    deployment.incidents = []
    scene.run(4)
    assert "incidents" not in scene.plane.snapshots[-1]["deployments"][0]


def test_a_cluster_that_is_ill_as_a_whole_tells_so_many_incidents_and_the_health_of_all(scene: Scene) -> None:
    for number in range(60):
        scene.home.add(f"d{number}").incidents = [{**CRASHES, "code": f"KIND_{letter}"} for letter in "ABCDEFGHIJ"]
    scene.run(4)
    told = scene.plane.snapshots[-1]["deployments"]
    assert (len(told), sum(len(each.get("incidents", [])) for each in told)) == (60, 500)


def told(scene: Scene) -> list[tuple[str, str, str]]:
    found = scene.plane.snapshots[-1]["deployments"][0].get("incidents", [])
    return [(each["code"], each["severity"], each["subject"]) for each in found]


def test_a_queue_that_may_not_have_the_workers_for_its_tasks_is_an_incident_once_that_lasts(scene: Scene) -> None:
    deployment = scene.home.add(default=(0, 2, 2))
    deployment.add("default", 8, seconds=310)
    scene.run(290)
    assert told(scene) == []
    scene.run(20)
    assert told(scene) == [("WORKER_QUEUE_AT_CAPACITY", "warning", "worker of queue default")]
    scene.run(30)
    assert (deployment.finished, told(scene)) == (4, [])


def test_a_burst_that_is_worked_off_in_time_is_none(scene: Scene) -> None:
    deployment = scene.home.add(default=(0, 2, 2))
    for _ in range(2):
        deployment.add("default", 6, seconds=60)
        scene.run(200)
        assert told(scene) == []


def test_tasks_for_a_queue_that_is_not_there_are_one_and_the_queues_name_is_told(scene: Scene) -> None:
    deployment = scene.home.add(default=(0, 2, 2))
    deployment.add("gpu", 1, seconds=10)
    scene.run(310)
    assert told(scene) == [("WORKER_QUEUE_MISSING", "warning", "worker of queue gpu")]
    deployment.waiting.clear()
    scene.run(10)
    assert told(scene) == []


def test_a_scheduler_that_is_silent_for_long_is_one_of_the_whole_deployment(scene: Scene) -> None:
    deployment = scene.home.add()
    deployment.silence = 599
    scene.run(310)
    assert told(scene) == []
    deployment.silence = 610
    scene.run(310)
    assert told(scene) == [("SCHEDULER_HEARTBEAT_NOT_FOUND", "critical", "scheduler")]
    deployment.silence = 3
    scene.run(10)
    assert told(scene) == []


def test_where_each_task_has_a_pod_no_queue_is_missing(scene: Scene) -> None:
    deployment = scene.home.add()
    deployment.bounds.clear()
    deployment.add("anything", 1, seconds=10)
    scene.run(310)
    assert told(scene) == []


def test_what_the_home_tells_comes_first_and_all_of_it_stays_within_what_the_plane_takes(scene: Scene) -> None:
    deployment = scene.home.add(default=(0, 1, 1))
    deployment.add("default", 9, seconds=10_000)
    deployment.incidents = [{**CRASHES, "code": f"KIND_{letter}"} for letter in "ABCDEFGHIJKLMNOPQRS"]
    scene.run(310)
    assert [code for code, _, _ in told(scene)][-2:] == ["KIND_S", "WORKER_QUEUE_AT_CAPACITY"]
    deployment.incidents.append({**CRASHES, "code": "KIND_T"})
    scene.run(10)
    assert [code for code, _, _ in told(scene)][-2:] == ["KIND_S", "KIND_T"]
