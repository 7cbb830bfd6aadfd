"""A step reads the facts again, stands back for a newer generation, and touches the data plane only when it has to."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from orrery import dataplane
from orrery.dataplane.port import DataPlane
from orrery.errors import Conflict, NotReadyYet, Superseded
from orrery.model.deployment import Deployment, Health, Observed, Phase
from orrery.model.incident import Incident, Severity
from orrery.provisioning import steps
from orrery.provisioning.marks import MARKS
from orrery.store import deployments, observed

from local.aws.engine import Engine
from tests.support.sagas import Stage, a_stage


@pytest.fixture
def stage(aws_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    yield from a_stage(aws_engine, monkeypatch)


def saga(deployment: Deployment) -> steps.Saga:
    return steps.Saga(deployment.organization_id, deployment.id, deployment.generation, {})


def run(step: str, deployment: Deployment) -> None:
    steps.run(step, saga(deployment), connect=dataplane.connect)


def nowhere() -> DataPlane:
    raise AssertionError("the data plane was asked for")


def test_every_ensure_has_its_remove() -> None:
    parts = {step.removeprefix("ensure_") for step in steps.STEPS if step.startswith("ensure_")} - {"drained"}
    assert parts == {step.removeprefix("remove_") for step in steps.STEPS if step.startswith("remove_")}


@pytest.mark.parametrize("step", sorted(steps.STEPS))
def test_a_step_of_an_older_generation_does_nothing(stage: Stage, step: str) -> None:
    older = stage.active()
    stage.updated(older)
    stage.plane.calls.clear()
    with pytest.raises(Superseded):
        run(step, older)
    assert stage.plane.calls == []


@pytest.mark.parametrize("step", sorted(steps.STEPS))
def test_a_step_of_a_settled_generation_does_nothing(stage: Stage, step: str) -> None:
    settled = stage.active()
    stage.plane.calls.clear()
    with pytest.raises(Superseded):
        run(step, settled)
    assert stage.plane.calls == []


@pytest.mark.parametrize("step", sorted({*steps.STEPS, *MARKS}))
def test_a_step_of_a_deployment_that_is_gone_ends_quietly(stage: Stage, step: str) -> None:
    leaving = stage.deleted(stage.active())
    run("forget", leaving)
    with pytest.raises(Superseded):
        run(step, leaving)


@pytest.mark.parametrize("mark", ["mark_ready", "mark_failed", "mark_fell_back", "mark_asleep", "mark_stuck"])
def test_a_mark_needs_no_data_plane_and_leaves_a_settled_generation_alone(stage: Stage, mark: str) -> None:
    settled = stage.active()
    steps.run(mark, saga(settled), connect=nowhere)
    assert stage.record(settled) == settled


def test_a_mark_that_lost_against_a_newer_generation_says_so(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    updating = stage.updated(stage.active())
    keep_good = deployments.keep_good

    def overtaken(good: Deployment) -> None:
        keep_good(good)
        stage.updated(updating)

    monkeypatch.setattr(deployments, "keep_good", overtaken)
    with pytest.raises(Superseded):
        run("mark_ready", updating)
    assert (stage.record(updating).generation, stage.record(updating).settled) == (3, 1)


def test_healthy_means_healthy_at_this_generation(stage: Stage) -> None:
    updating = stage.updated(stage.active())
    with pytest.raises(NotReadyYet):
        run("await_healthy", updating)
    run("ensure_airflow", updating)
    run("await_healthy", updating)
    stage.plane.sicken(updating.id, "the scheduler ends again and again")
    with pytest.raises(NotReadyYet, match="the scheduler ends again and again"):
        run("await_healthy", updating)


def test_what_the_saga_saw_is_shown_before_the_agent_says_so(stage: Stage) -> None:
    updating = stage.updated(stage.active())
    observed.save(updating.id, Observed(Health.UNHEALTHY, "Airflow's API does not answer yet"))
    run("ensure_airflow", updating)
    run("ensure_ingress", updating)
    seen = observed.load(updating.id)
    assert (seen.health, seen.reason, seen.generation) == (Health.HEALTHY, "", updating.generation)
    assert updating.namespace in seen.address
    stage.plane.sicken(updating.id, "the scheduler ends again and again")
    run("ensure_ingress", updating)
    seen = observed.load(updating.id)
    assert (seen.health, seen.reason) == (Health.UNHEALTHY, "the scheduler ends again and again")


def test_what_the_agent_told_is_wrong_stays_the_agents_to_take_back(stage: Stage) -> None:
    updating = stage.updated(stage.active())
    no_room = Incident("NO_ROOM", Severity.WARNING, "worker of queue heavy", "no node has room for it", datetime.now(UTC))
    observed.save(updating.id, Observed(Health.UNHEALTHY, "its scheduler is being started", incidents=(no_room,)))
    run("ensure_airflow", updating)
    run("await_healthy", updating)
    assert observed.load(updating.id).incidents == (no_room,)


def test_there_is_no_going_back_to_what_never_was(stage: Stage) -> None:
    with pytest.raises(Conflict):
        run("restore_release", stage.asked_for())


def test_a_stuck_saga_stays_open_work_with_its_reason(stage: Stage) -> None:
    leaving = stage.deleted(stage.active())
    reason = {"Error": "DataPlaneFailed", "Cause": '{"errorMessage": "the database server refuses"}'}
    steps.run("mark_stuck", replace(saga(leaving), error=reason), connect=nowhere)
    record = stage.record(leaving)
    assert (record.phase, record.is_settled, record.trouble) == (Phase.DELETING, False, "the database server refuses")
