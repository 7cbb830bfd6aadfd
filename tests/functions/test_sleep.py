"""Rules of sleep with real sagas: what a tick decides is carried out, whatever is lost in between, and only what rests is stopped."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from orrery import hibernation
from orrery.hibernation import Stands
from orrery.hypervisor.execute import look_at_sleep
from orrery.model.deployment import Deployment, HibernationSchedule, IdleRule, SleepCause
from orrery.store import deployments, fleets

from local.aws.engine import Engine
from tests.support.builders import SOMEBODY
from tests.support.dataplane import PARTS
from tests.support.sagas import Stage, a_stage

ASLEEP = set(PARTS) - {"airflow"}
ALWAYS = HibernationSchedule("* * * * *", "0 0 29 2 *", is_enabled=True)
IDLE = IdleRule(is_enabled=True, after_minutes=30)


@pytest.fixture
def stage(aws_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    yield from a_stage(aws_engine, monkeypatch)


def tick(stage: Stage, after: timedelta = timedelta(seconds=10)) -> dict[str, int]:
    stage.now += after
    return look_at_sleep(stage.now)


def resting(stage: Stage, deployment: Deployment, **told: Any) -> None:
    """Its agent says that it has been at rest for an hour."""
    entry = {"id": deployment.id, "queues": [], "idleSince": (stage.now - timedelta(hours=1)).isoformat(), **told}
    fleets.keep_snapshot(deployment.cluster_id, {"takenAt": stage.now.isoformat(), "deployments": [entry]})
    fleets.hear(deployment.cluster_id, taken_at=stage.now.isoformat(), now=stage.now)


def test_what_a_schedule_decides_its_saga_carries_out(stage: Stage) -> None:
    deployment = stage.active(hibernation_schedules=(ALWAYS,))
    assert tick(stage) == {"put to sleep": 1}
    assert stage.plane.has(deployment.id) == ASLEEP
    record = stage.record(deployment)
    assert record.asleep
    assert (record.is_settled, record.asleep.cause) == (True, SleepCause.SCHEDULE)


def test_the_next_run_is_kept_and_met(stage: Stage) -> None:
    deployment = stage.active(idle_rule=IDLE, wake_seconds=60.0)
    run = stage.now + timedelta(hours=5)
    resting(stage, deployment, nextRunAt=run.isoformat())
    assert tick(stage) == {"put to sleep": 1}
    fleets.keep_snapshot(deployment.cluster_id, {"takenAt": stage.now.isoformat(), "deployments": []})
    assert tick(stage) == {"left as it is": 1}
    stage.now = run - timedelta(seconds=91)
    assert tick(stage, timedelta(0)) == {}
    assert tick(stage, timedelta(seconds=1)) == {"woken": 1}
    assert stage.plane.has(deployment.id) == set(PARTS)
    assert not stage.record(deployment).is_hibernating


def test_one_that_sleeps_after_a_short_rest_is_looked_at_as_often(stage: Stage) -> None:
    deployment = stage.active(idle_rule=replace(IDLE, after_minutes=1))
    resting(stage, deployment, idleSince=None)  # at work
    assert tick(stage) == {"left as it is": 1}
    assert tick(stage, timedelta(seconds=59)) == {}
    resting(stage, deployment, idleSince=(stage.now - timedelta(seconds=30)).isoformat())
    assert tick(stage, timedelta(seconds=1)) == {"left as it is": 1}
    assert tick(stage, timedelta(seconds=28)) == {}
    assert tick(stage, timedelta(seconds=1)) == {"put to sleep": 1}


def test_a_start_that_was_lost_is_made_by_the_sweeper(stage: Stage) -> None:
    deployment = stage.active(hibernation_schedules=(ALWAYS,))
    stage.deaf = True
    assert tick(stage) == {"put to sleep": 1}
    assert tick(stage) == {}, "an open generation is the sweeper's"
    stage.deaf = False
    assert stage.sweep() == {"started": 1}
    assert stage.plane.has(deployment.id) == ASLEEP


def test_a_visit_in_the_middle_of_a_drain_wins(stage: Stage) -> None:
    deployment = stage.active(hibernation_schedules=(ALWAYS,))
    stage.deaf = True
    tick(stage)
    stage.deaf = False
    draining = stage.record(deployment)
    stage.lose(draining, "ensure_drained")
    assert hibernation.need(draining, by=SOMEBODY, now=stage.now, is_visit=True) == (Stands.WAKING, "it wakes up")
    assert stage.run(draining, name="hibernate_deployment").status == "SUCCEEDED"
    assert stage.plane.has(deployment.id) == set(PARTS), "the older saga has nothing more to say"
    assert not stage.record(deployment).is_hibernating


def test_a_write_that_is_lost_after_it_was_made_does_no_harm(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    deployment, save = stage.active(hibernation_schedules=(ALWAYS,)), deployments.save

    def cut_short(changed: Deployment, **names: Any) -> None:
        save(changed, **names)
        raise ConnectionError("the answer was lost")

    monkeypatch.setattr(deployments, "save", cut_short)
    assert tick(stage) == {"broken": 1}
    monkeypatch.setattr(deployments, "save", save)
    assert stage.sweep() == {"started": 1}
    assert stage.plane.has(deployment.id) == ASLEEP


def test_one_bad_deployment_stops_no_other(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = (stage.active(hibernation_schedules=(ALWAYS,)) for _ in range(2))
    look = hibernation.look

    def poisoned(deployment: Deployment, *args: Any) -> str:
        if deployment.id == bad.id:
            raise RuntimeError("nobody knows")
        return look(deployment, *args)

    monkeypatch.setattr(hibernation, "look", poisoned)
    assert tick(stage) == {"broken": 1, "put to sleep": 1}
    assert stage.plane.has(good.id) == ASLEEP


def test_a_deployment_without_rules_is_never_looked_at(stage: Stage) -> None:
    stage.active(idle_rule=replace(IDLE, is_enabled=False), hibernation_schedules=(replace(ALWAYS, is_enabled=False),))
    assert tick(stage, timedelta(days=400)) == {}


def test_the_time_a_wake_took_is_expected_of_the_next(stage: Stage) -> None:
    woken = replace(stage.active(), wake_seconds=60.0).wake(by=SOMEBODY, now=stage.now)
    after = [woken.succeeded(stage.now + timedelta(seconds=took)).wake_seconds for took in (200, 60, 10, 5000)]
    assert after == [200.0, 60.0, 45.0, 900.0]
    assert woken.retried().succeeded(stage.now + timedelta(seconds=200)).wake_seconds == 60.0, "an outage is no measure"
