"""The sweeper finishes whatever was lost, waits longer for what fails again, and lets no bad item stop the rest."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from orrery import releases, workflows
from orrery.errors import DataPlaneFailed, NotFound, Unavailable
from orrery.model.deploy import Deploy, DeployType
from orrery.model.deployment import Deployment, Phase
from orrery.provisioning.sweep import LONGEST_PAUSE, STARTS, pause
from orrery.store import deploys, tables

from functions.sweeper import app
from local.aws.engine import Engine
from local.invocation import Context
from tests.support.builders import BORN, SOMEBODY
from tests.support.dataplane import PARTS
from tests.support.sagas import Stage, a_stage

CREATES = [*(f"ensure_{part}" for part in PARTS[:-1]), "await_healthy", "ensure_ingress", "mark_ready"]
UPDATES = ["ensure_release", "ensure_airflow", "ensure_queues", "await_healthy", "ensure_ingress"]
HIBERNATES = ["ensure_drained", "remove_airflow", "mark_asleep"]
DELETES = [*(f"remove_{part}" for part in reversed(PARTS)), "forget"]


@pytest.fixture
def stage(aws_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    yield from a_stage(aws_engine, monkeypatch)


def is_ready(stage: Stage, deployment: Deployment) -> bool:
    record = stage.record(deployment)
    return record.phase is Phase.ACTIVE and record.is_settled and stage.plane.has(deployment.id) == set(PARTS)


class TestASagaLostInTheMiddle:
    """What no Catch can see: the execution was aborted, or the machine it ran on is gone."""

    @pytest.mark.parametrize("done", range(len(CREATES) + 1))
    def test_a_create_goes_on(self, stage: Stage, done: int) -> None:
        deployment = stage.asked_for()
        stage.lose(deployment, *CREATES[:done])
        stage.sweep()
        assert is_ready(stage, deployment)

    @pytest.mark.parametrize("done", range(len(UPDATES) + 1))
    def test_an_update_goes_on(self, stage: Stage, done: int) -> None:
        deployment = stage.updated(stage.active(), description="new")
        stage.lose(deployment, *UPDATES[:done])
        stage.sweep()
        assert is_ready(stage, deployment)
        assert stage.plane.in_force(deployment.id).generation == 2

    @pytest.mark.parametrize("done", range(len(HIBERNATES) + 1))
    def test_a_hibernation_goes_on(self, stage: Stage, done: int) -> None:
        deployment = stage.sent_to_sleep(stage.active())
        stage.lose(deployment, *HIBERNATES[:done])
        stage.sweep()
        assert (stage.record(deployment).is_settled, stage.plane.has(deployment.id)) == (True, set(PARTS) - {"airflow"})

    @pytest.mark.parametrize("done", range(len(DELETES) + 1))
    def test_a_delete_goes_on(self, stage: Stage, done: int) -> None:
        deployment = stage.deleted(stage.active())
        stage.lose(deployment, *DELETES[:done])
        stage.sweep()
        assert stage.plane.has(deployment.id) == set()
        with pytest.raises(NotFound):
            stage.record(deployment)

    def test_the_next_attempt_has_a_name_of_its_own(self, stage: Stage) -> None:
        deployment = stage.asked_for()
        stage.lose(deployment)
        stage.sweep()
        assert set(stage.executions) == {f"{deployment.id}-1-1", f"{deployment.id}-1-2"}


class TestAStartThatWasLost:
    def test_is_made(self, stage: Stage) -> None:
        deployment = stage.asked_for()
        assert stage.sweep() == {"started": 1}
        assert is_ready(stage, deployment)
        assert set(stage.executions) == {f"{deployment.id}-1-1"}

    def test_is_made_later_when_it_is_lost_again(self, stage: Stage) -> None:
        deployment = stage.asked_for()
        stage.deaf = True
        assert stage.sweep() == {"not started": 1}
        stage.deaf = False
        stage.sweep()
        assert is_ready(stage, deployment)


class TestWhatIsLeftAlone:
    def test_what_is_settled(self, stage: Stage) -> None:
        stage.active()
        assert stage.sweep() == {}

    def test_what_is_running(self, stage: Stage) -> None:
        deployment = stage.asked_for()
        stage.executions[f"{deployment.id}-1-1"] = workflows.Execution("RUNNING", None)
        assert stage.sweep() == {"running": 1}
        assert stage.record(deployment).attempt == 1

    def test_what_another_sweep_has_just_taken(self, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
        deployment = stage.asked_for()
        stage.lose(deployment)

        def meanwhile(name: str, seen: Deployment) -> workflows.Execution | None:
            monkeypatch.setattr(workflows, "describe", stage.describe)
            assert stage.sweep() == {"started": 1}
            return stage.describe(name, seen)

        monkeypatch.setattr(workflows, "describe", meanwhile)
        assert stage.sweep() == {"settled meanwhile": 1}
        assert stage.record(deployment).attempt == 2


class TestWhatFailsAgainAndAgain:
    def test_waits_longer_each_time_and_never_longer_than_six_hours(self) -> None:
        waits = [pause(attempt, "FAILED") for attempt in range(1, 40)]
        assert waits[:4] == [timedelta(0), timedelta(minutes=5), timedelta(minutes=10), timedelta(minutes=20)]
        assert waits == sorted(waits)
        assert waits[-1] == LONGEST_PAUSE

    def test_is_not_tried_before_its_time(self, stage: Stage) -> None:
        leaving = stage.deleted(stage.active())
        stage.plane.refuse("remove_database", DataPlaneFailed("the database server refuses"))
        stage.run(leaving)
        assert stage.sweep(timedelta(seconds=1)) == {"started": 1}
        assert stage.sweep(timedelta(minutes=4)) == {"waiting": 1}
        assert stage.sweep(timedelta(minutes=2)) == {"started": 1}
        assert stage.record(leaving).attempt == 3

    def test_being_cut_short_is_no_failure_to_wait_after(self, stage: Stage) -> None:
        deployment = stage.asked_for()
        for attempt in range(1, 4):
            stage.lose(stage.record(deployment), *CREATES[:attempt])
            stage.deaf = attempt < 3
            stage.sweep(timedelta(seconds=1))
        assert is_ready(stage, deployment)
        assert stage.record(deployment).attempt == 4

    def test_comes_after_what_was_never_tried(self, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
        tired = stage.asked_for()
        stage.lose(tired)
        stage.plane.refuse("ensure_namespace", Unavailable("away"))
        stage.plane.refuse("remove_namespace", Unavailable("away"))
        stage.sweep()
        fresh = stage.asked_for()
        order: list[str] = []

        def noted(name: str, seen: Deployment) -> workflows.Execution | None:
            order.append(seen.id)
            return stage.describe(name, seen)

        monkeypatch.setattr(workflows, "describe", noted)
        stage.plane.relent()
        stage.sweep()
        assert order == [fresh.id, tired.id]


class TestABadItem:
    def test_does_not_stop_the_rest(self, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
        first, second = stage.asked_for(), stage.asked_for()

        def poisoned(name: str, seen: Deployment) -> workflows.Execution | None:
            if seen.id == first.id:
                raise Unavailable("the workflows are not answering")
            return stage.describe(name, seen)

        monkeypatch.setattr(workflows, "describe", poisoned)
        assert stage.sweep() == {"broken": 1, "started": 1}
        assert is_ready(stage, second)

    def test_may_even_be_one_that_nobody_can_read(self, stage: Stage) -> None:
        readable = stage.asked_for()
        keys: dict[str, Any] = {"openpk": "OPEN#0", "opensk": f"{BORN.isoformat()}#x"}
        tables.table()("ORG#x", "DEP#x", body={"id": "x", "of_another_version": True}, **keys).save()
        tables.table()("DEP#x", "RELEASE", body={"sequence": "one"}, **keys).save()
        stage.sweep()
        assert is_ready(stage, readable)


def test_a_run_starts_no_more_than_a_data_plane_can_bear(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        stage.asked_for()
    monkeypatch.setattr("orrery.provisioning.sweep.STARTS", 2)
    assert STARTS >= 10
    assert stage.sweep() == {"started": 2, "left for the next run": 1}
    assert stage.sweep() == {"started": 1}


def test_a_release_that_went_live_unpublished_is_published(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    deployment = stage.active()
    deploy = Deploy(
        "d1", deployment.organization_id, deployment.id, DeployType.DAG_ONLY, BORN, SOMEBODY, BORN, SOMEBODY, version="v1"
    )  # fmt: skip
    live = replace(deploys.release(deployment.id), version="v1", deploy_id="d1", sequence=1)
    deploys.go_live(deploy, live)
    assert stage.sweep() == {"published": 1}
    published = releases.pointer(deployment.id)
    assert published
    assert (published.version, published.sequence) == ("v1", 1)
    assert stage.sweep() == {}


def test_the_entrance_sweeps_and_says_what_it_did(stage: Stage) -> None:
    deployment = stage.asked_for()
    event: dict[str, Any] = {}
    assert app.handler(event, Context("sweeper", timeout=120)) == {"started": 1}
    assert is_ready(stage, deployment)
