"""Static stability: five minutes without the plane, under load, and nothing is lost."""

from datetime import timedelta

from tests.agent.conftest import Scene


def test_scaling_goes_on_while_the_plane_is_away_and_comes_back_under_its_word(scene: Scene) -> None:
    deployment = scene.home.add(default=(0, 4, 2))
    deployment.add("default", 4, seconds=30)
    scene.run(60)
    scene.plane.is_away = True
    for _ in range(10):
        deployment.add("default", 6, seconds=25)
        scene.run(30)
    peak = max(decision["target"] for decision in scene.decisions() if decision["action"] == "LAUNCH" and "reactive" in decision["source"])
    assert peak == 4
    scene.run(200)
    assert (deployment.finished, scene.states(), scene.home.drained_busy) == (64, [], [])
    scene.plane.is_away = False
    deployment.add("default", 4, seconds=10)
    scene.run(120)
    assert deployment.finished == 68
    sources = [decision["source"] for decision in scene.decisions() if decision["action"] == "SOURCE"]
    assert [source.partition(" ")[0] for source in sources] == ["reactive", "lease", "reactive", "lease"]
    assert sources[2].startswith("reactive (plane away since 2026-03-01T")


def test_the_lease_is_followed_until_it_ends_and_no_longer(scene: Scene) -> None:
    deployment = scene.home.add()
    scene.run(40)
    scene.plane.is_away = True
    deployment.add("default", 3, seconds=10)
    scene.run(40)
    assert scene.states() == []
    scene.run(70)
    assert deployment.finished == 3


def test_a_plane_that_answers_and_plans_no_more_is_as_good_as_away(scene: Scene) -> None:
    deployment = scene.home.add()
    scene.run(30)
    scene.plane.is_planning = False
    deployment.add("default", 3, seconds=10)
    scene.run(150)
    assert deployment.finished == 3
    assert "and its lease 1 has ended" in next(d["source"] for d in scene.decisions() if d["action"] == "LAUNCH")


def test_a_wall_clock_that_is_hours_off_changes_nothing(scene: Scene) -> None:
    scene.clock.skew = timedelta(hours=-7)
    deployment = scene.home.add(default=(0, 4, 2))
    scene.run(30)
    deployment.add("default", 8, seconds=20)
    scene.run(40)
    launches = [decision for decision in scene.decisions() if decision["action"] == "LAUNCH"]
    assert [decision["source"].partition(" ")[0] for decision in launches] == ["lease"] * 4
    scene.run(150)
    assert (deployment.finished, scene.states()) == (8, [])


def test_without_a_plane_from_the_beginning_the_bounds_and_the_demand_are_enough(scene: Scene) -> None:
    scene.plane.is_away = True
    deployment = scene.home.add(default=(1, 3, 2))
    scene.run(20)
    assert len(scene.states()) == 1
    deployment.add("default", 9, seconds=20)
    scene.run(200)
    assert (deployment.finished, len(scene.states())) == (9, 1)


def test_a_fleet_at_rest_reports_every_ten_seconds_and_a_change_at_once(scene: Scene) -> None:
    deployment = scene.home.add()
    scene.run(10)
    before = len(scene.plane.snapshots)
    scene.run(100)
    assert 9 <= len(scene.plane.snapshots) - before <= 11
    deployment.add("default", 1, seconds=5)
    before = len(scene.plane.snapshots)
    scene.run(2)
    assert len(scene.plane.snapshots) == before + 1
    assert scene.plane.snapshots[-1]["deployments"][0]["queues"][0]["queued"] == 1
