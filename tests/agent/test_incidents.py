"""What is wrong with a Deployment goes up with the next report, and of a cluster that is ill as a whole no more than the plane takes."""

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
