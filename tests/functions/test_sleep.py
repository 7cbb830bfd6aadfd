"""Rules of sleep with real sagas: what a tick decides is carried out, whatever is lost in between, and only what rests is stopped."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta, timezone
from typing import Any

import pytest
from orrery import hibernation
from orrery.hibernation import Stands
from orrery.hypervisor import execute
from orrery.hypervisor.execute import LOOKS, look_at_sleep
from orrery.model.deployment import Deployment, HibernationOverride, HibernationSchedule, IdleRule, Phase, SleepCause
from orrery.store import deployments, fleets, tables
from orrery.store.agenda import PAGE
from orrery.store.tables import OPEN_SHARDS

from local.aws.engine import Engine
from tests.support.builders import BORN, SOMEBODY
from tests.support.dataplane import PARTS
from tests.support.dynamodb import overheard
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


class TestMoreThanOneRoundCanLookAt:
    @pytest.fixture(autouse=True)
    def all_at_once(self, stage: Stage) -> None:
        stage.deaf = True  # the sagas are the business of others

    def test_has_the_longest_due_looked_at_first_and_reads_little_of_the_rest(self, stage: Stage) -> None:
        made = [due(stage, minutes=minutes) for minutes in random.Random(7).sample(range(1, 1000), LOOKS + 130)]
        made.sort(key=lambda each: each.updated_at)
        read: list[int] = []
        with overheard({"after-call": lambda model, parsed, **_: read.append(len(parsed["Items"])) if model.name == "Query" else None}):
            assert tick(stage) == {"put to sleep": LOOKS}
        assert [bool(stage.record(each).asleep) for each in made] == [True] * LOOKS + [False] * 130
        assert LOOKS <= sum(read) <= LOOKS + OPEN_SHARDS * PAGE
        assert tick(stage) == {"put to sleep": 130}

    def test_leaves_nobody_behind_those_that_are_broken(self, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(execute, "LOOKS", 2)
        bad = {due(stage, minutes=minutes).id for minutes in (9, 8)}
        good = due(stage, minutes=7)
        look = hibernation.look
        monkeypatch.setattr(hibernation, "look", lambda each, *args: 1 / 0 if each.id in bad else look(each, *args))
        assert tick(stage) == {"broken": 2}
        assert tick(stage) == {"put to sleep": 1}
        assert stage.record(good).asleep
        assert tick(stage, timedelta(minutes=4)) == {}
        assert tick(stage, timedelta(minutes=1)) == {"broken": 2}, "they have their turn again"

    def test_leaves_nobody_behind_those_that_cannot_be_read(self, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(execute, "LOOKS", 2)
        for number in range(2):
            keys: dict[str, Any] = {"openpk": "DUE#0", "opensk": f"{BORN.isoformat()}#{number}#1"}
            tables.table()(f"ORG#{number}", f"DEP#{number}", body={"of_another_version": True}, **keys).save()
        due(stage, minutes=0)
        assert tick(stage) == {}
        assert tick(stage) == {"put to sleep": 1}

    def test_does_not_wait_for_open_work(self, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(execute, "LOOKS", 1)
        for _ in range(3):
            stage.asked_for()
        due(stage, minutes=0)
        assert tick(stage) == {"put to sleep": 1}


def due(stage: Stage, *, minutes: int) -> Deployment:
    """One that its schedule has asleep, and whose sleep has been due for a look for so long."""
    since = stage.now - timedelta(minutes=minutes)
    return stage.asked_for(hibernation_schedules=(ALWAYS,), phase=Phase.ACTIVE, settled=1, updated_at=since)


def test_a_word_is_over_when_it_says_in_whatever_zone_it_says_it(stage: Stage) -> None:
    until = (stage.now + timedelta(hours=2)).astimezone(timezone(timedelta(hours=5)))
    word = HibernationOverride(False, until)
    stage.deaf = True
    stage.asked_for(hibernation_override=word, hibernation_schedules=(ALWAYS,), phase=Phase.ACTIVE, settled=1)
    assert tick(stage, timedelta(minutes=119)) == {}
    assert tick(stage, timedelta(minutes=1)) == {"put to sleep": 1}
