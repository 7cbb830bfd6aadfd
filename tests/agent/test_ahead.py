"""What lies ahead in what the agent tells: to the plane in its own words, and only when it is news."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from agent.foresight import Ahead, NextRun
from agent.news import is_news
from agent.world import run_lengths
from tests.agent.conftest import Scene

MIDNIGHT = 1_772_323_200.0  # 2026-03-01T00:00:00Z
NOTHING = Ahead(seconds=1000.0, curves={}, spans={}, next={}, frees={}, next_run_at=None, is_active=False)


def told(scene: Scene) -> dict[str, Any]:
    """The Deployment as the plane was told of it last, through the plane's own wire models."""
    deployment: dict[str, Any] = scene.plane.snapshots[-1]["deployments"][0]
    return deployment


def test_what_lies_ahead_is_told_for_each_queue(scene: Scene) -> None:
    deployment = scene.home.add(default=(0, 4, 5), heavy=(0, 2, 1))
    run = NextRun("etl", MIDNIGHT + 60, 3)
    ahead = replace(NOTHING, seconds=1002.0, curves={"default": (0.0, 0.0, 3.0, 3.0)}, next={"default": run}, next_run_at=run.at)
    deployment.ahead = ahead
    scene.run(2)
    default, heavy = told(scene)["queues"]
    assert default["ahead"] == [[0.0, 2], [3.0, 2]]
    assert default["next"] == {"dag": "etl", "at": "2026-03-01T00:01:00Z", "tasks": 3}
    assert (heavy["ahead"], heavy["next"]) == ([], None)
    assert told(scene)["nextRunAt"] == "2026-03-01T00:01:00Z"


def test_a_curve_comes_nearer_between_two_looks(scene: Scene) -> None:
    scene.home.add().ahead = replace(NOTHING, seconds=1000.0, curves={"default": (0.0, 0.0, 3.0, 3.0)})
    scene.run(4)
    scene.run(10)
    assert told(scene)["queues"][0]["ahead"] == []


def test_a_schedule_that_cannot_be_read_is_told_as_unknown(scene: Scene) -> None:
    scene.home.add()
    scene.run(2)
    assert told(scene)["queues"][0]["ahead"] is None
    assert (told(scene)["nextRunAt"], told(scene)["idleSince"]) == (None, None)


def test_a_workers_start_is_measured(scene: Scene) -> None:
    deployment = scene.home.add(default=(1, 1, 5))
    scene.run(2)
    assert told(scene)["queues"][0]["startSeconds"] == 30
    scene.run(30)
    assert told(scene)["queues"][0]["startSeconds"] == 10, "it takes 12, and was first seen a round after its launch"
    assert scene.states() == ["RUNNING"]
    assert deployment.workers


def test_a_worker_tells_when_it_will_be_free(scene: Scene) -> None:
    deployment = scene.home.add(default=(1, 1, 5))
    deployment.add("default", 1, seconds=50)
    scene.run(30)
    now = scene.clock.now
    deployment.ahead = replace(NOTHING, seconds=now + 2, frees={"w1.localhost": (1, 25.0)}, is_active=True)
    scene.run(12)
    assert 10 <= told(scene)["queues"][0]["workers"][0]["freesIn"] <= 25
    deployment.ahead = replace(deployment.ahead, frees={"w1.localhost": (2, 25.0)})
    scene.run(12)
    assert told(scene)["queues"][0]["workers"][0]["freesIn"] is None, "not all of its tasks are known"
    scene.run(30)
    assert told(scene)["queues"][0]["workers"][0]["freesIn"] == 0


def test_idleness_goes_on_from_what_the_database_remembers(scene: Scene) -> None:
    deployment = scene.home.add()
    deployment.ahead = replace(NOTHING, quiet=600.0)
    scene.run(2)
    since = (scene.clock.wall() - timedelta(seconds=600)).isoformat().replace("+00:00", "Z")
    deployment.ahead = NOTHING
    scene.run(20)
    assert told(scene)["idleSince"] == since
    deployment.ahead = replace(NOTHING, is_active=True)
    scene.run(2)
    assert told(scene)["idleSince"] is None
    deployment.ahead = NOTHING
    scene.run(2)
    assert told(scene)["idleSince"] == scene.clock.wall().isoformat().replace("+00:00", "Z")


def test_an_airflow_that_has_read_no_code_is_not_idle_until_it_had_the_time(scene: Scene) -> None:
    deployment = scene.home.add()
    deployment.ahead = replace(NOTHING, is_read=False)
    scene.run(590)
    assert told(scene)["idleSince"] is None
    scene.run(30)
    assert told(scene)["idleSince"]


def a_snapshot(curve: list[float] | None, **queue: Any) -> dict[str, Any]:
    ahead = None if curve is None else run_lengths(tuple(curve))
    return {"takenAt": "", "deployments": [{"id": "d1", "queues": [{"name": "default", "workers": [], "ahead": ahead, **queue}]}]}


CURVES = st.lists(st.integers(0, 9).map(float), max_size=90)


@given(CURVES, st.integers(0, 12))
def test_the_passing_of_time_is_no_news(curve: list[float], seconds: int) -> None:
    later = (curve + [0.0] * (90 - len(curve)))[seconds // 2 :]
    assert not is_news(a_snapshot(later + later[-1:] * (seconds // 2)), a_snapshot(curve), seconds)


@given(CURVES, st.integers(0, 8), st.floats(0, 1))
def test_a_step_may_fall_between_two_grains(curve: list[float], grains: int, share: float) -> None:
    whole = [0.0, *curve[:80], *[0.0] * (90 - len(curve[:80]))]
    between = [(1 - share) * now + share * later for now, later in zip(whole[grains:], whole[grains + 1 :], strict=False)]
    assert not is_news(a_snapshot(between), a_snapshot(whole[:90]), (grains + share) * 2)


@given(st.integers(1, 9), st.integers(4, 10))
def test_a_step_that_comes_into_the_horizon_is_news(height: int, seconds: int) -> None:
    assert is_news(a_snapshot([0.0] * 88 + [float(height)] * 2), a_snapshot([]), seconds)


def test_a_run_that_comes_into_the_horizon_and_a_schedule_that_is_lost_are_news() -> None:
    due = {"dag": "etl", "at": "2026-03-01T00:01:00+00:00", "tasks": 3}
    assert is_news(a_snapshot([], next=due), a_snapshot([]), 2)
    assert is_news(a_snapshot(None), a_snapshot([]), 2)
    assert not is_news(a_snapshot([], next=due), a_snapshot([], next=due), 2)


def test_a_worker_that_is_nearer_to_its_end_is_no_news() -> None:
    workers = [[{"id": "w1", "freesIn": left}] for left in (20.0, 18.0)]
    assert not is_news(a_snapshot([], workers=workers[1]), a_snapshot([], workers=workers[0]), 2)


@given(CURVES)
def test_run_lengths_tell_the_whole_curve_in_few_pairs(curve: list[float]) -> None:
    lengths = run_lengths(tuple(curve))
    assert [value for value, count in lengths for _ in range(int(count))] == curve
    assert all(one[0] != other[0] for one, other in pairwise(lengths))
