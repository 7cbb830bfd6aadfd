"""A template is lossless, whatever a Deployment is: tried on generated ones, with the control plane's own wire and rules as the judge."""

import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st
from orrery.api import desired
from orrery.api.wire.deployment_requests import UpdateStandardDeploymentRequest
from orrery.api.wire.deployments import Deployment as Wire
from orrery.api.wire.deployments import Seen
from orrery.model import offer
from orrery.model.cluster import Cluster, ClusterStatus, ClusterType
from orrery.model.deploy import Release
from orrery.model.deployment import (
    CatchUp,
    Deployment,
    EnvironmentVariable,
    Executor,
    HibernationOverride,
    HibernationSchedule,
    IdleRule,
    Observed,
    Phase,
    SchedulerSize,
)
from orrery.model.queue import Machine, Queue
from orrery.model.scaling import Style
from orrery_cli import output, plan, template

from tests.support.builders import BORN, SOMEBODY, a_deployment

NOW = datetime(2026, 3, 1, tzinfo=UTC)
SECRETS = ("SECRET_A", "SECRET_B")
OPENAPI = Path(__file__).parents[2] / "docs" / "openapi.json"

characters = st.characters(exclude_categories=["Cs"], exclude_characters="\0") | st.sampled_from("\n\r\t\x85\u2028\ufeff:#-'\"{[ ")
texts = st.text(characters, max_size=40)
crons = st.sampled_from(["0 20 * * 1-5", "0 7 * * *", "*/5 0 1 * *"])
queue_names = st.from_regex(r"[a-z][a-z0-9-]{0,5}", fullmatch=True).filter(lambda name: name != "default")
schedules = st.builds(HibernationSchedule, crons, crons, st.booleans(), texts, st.sampled_from(["UTC", "Europe/Berlin"]))


@st.composite
def queues(draw: st.DrawFn) -> tuple[Queue, ...]:
    names = ["default", *draw(st.lists(queue_names, unique=True, max_size=3))]
    return tuple(_queue(draw, name) for name in names)


def _queue(draw: st.DrawFn, name: str) -> Queue:
    machine, least = draw(st.sampled_from(Machine)), draw(st.integers(0, 10))
    most = draw(st.integers(max(least, 1), offer.MAX_WORKERS.ceiling))
    return Queue(f"id-{name}", name, machine, least, most, draw(st.integers(1, machine.size.concurrency)))


@st.composite
def variables(draw: st.DrawFn) -> tuple[EnvironmentVariable, ...]:
    plain = draw(st.dictionaries(st.from_regex(r"V_[A-Z]{1,5}", fullmatch=True), texts, max_size=4))
    secret = draw(st.sets(st.sampled_from(SECRETS)))
    made = [EnvironmentVariable(key, value, False, BORN) for key, value in plain.items()]
    made += [EnvironmentVariable(key, "v1.sealed", True, BORN) for key in sorted(secret)]
    return tuple(draw(st.permutations(made)))


@st.composite
def deployments(draw: st.DrawFn) -> Deployment:
    """Any that the control plane would take."""
    development, cores = draw(st.booleans()), draw(st.sampled_from(["0.25", "0.5", "2"]))
    return replace(
        BASE,
        description=draw(texts),
        contact_emails=tuple(draw(st.lists(st.sampled_from(["a@b.c", "eve@example.com", "no@x.y"]), max_size=3))),
        executor=draw(st.sampled_from([Executor.ASTRO, Executor.CELERY])),
        is_cicd_enforced=draw(st.booleans()),
        is_dag_deploy_enabled=draw(st.booleans()),
        is_development_mode=development,
        scheduler_size=SchedulerSize.SMALL if development else draw(st.sampled_from(SchedulerSize)),
        default_task_pod_cpu=cores,
        default_task_pod_memory=offer.memory_for(cores),
        queues=draw(queues()),
        environment=draw(variables()),
        hibernation_schedules=tuple(draw(st.lists(schedules, max_size=2))),
        hibernation_override=draw(st.none() | st.builds(HibernationOverride, st.booleans())),
        idle_rule=IdleRule(draw(st.booleans()), draw(st.integers(1, 10_080))),
        catch_up=draw(st.sampled_from(CatchUp)),
        wakes_on_visit=draw(st.booleans()),
        scaling_style=draw(st.sampled_from(Style)),
        shadow_style=draw(st.none() | st.sampled_from(Style)),
    )


BASE = a_deployment(phase=Phase.ACTIVE, settled=1)
CLUSTER = Cluster(
    id=BASE.cluster_id, name="standard", region="us-east-1", status=ClusterStatus.CREATED, type=ClusterType.STANDARD,
    created_at=BORN, updated_at=BORN,
)  # fmt: skip


def told(deployment: Deployment) -> dict[str, Any]:
    """What the API says about it."""
    seen = Seen(deployment, Observed(), Release(deployment.id), CLUSTER, "Data", NOW)
    return dict(json.loads(Wire.of(seen).model_dump_json()))


def written(deployment: Deployment) -> str:
    """Its file."""
    return output.yaml_text(template.of(told(deployment)))


def planned(text: str, deployment: Deployment) -> plan.Plan:
    return plan.make(template.read(io.StringIO(text)), told(deployment), secrets=[], choices=dict)


def applied(wanted: plan.Plan, before: Deployment) -> Deployment:
    """The Deployment after the request, by the control plane's own rules."""
    body = UpdateStandardDeploymentRequest.model_validate_json(json.dumps(wanted.body()))
    return before.update(by=SOMEBODY, now=NOW, **desired.changed(before, body, now=NOW))


@settings(max_examples=40, deadline=None)
@given(deployments())
def test_a_file_that_nobody_changed_changes_nothing(deployment: Deployment) -> None:
    there = planned(written(deployment), deployment)
    assert (there.action, there.changes) == ("NONE", [])


@settings(max_examples=40, deadline=None)
@given(deployments())
def test_the_least_request_changes_nothing_by_the_planes_own_rules(deployment: Deployment) -> None:
    after = applied(planned(written(deployment), deployment), deployment)
    assert template.of(told(after)) == template.of(told(deployment))
    assert after.environment == deployment.environment


@settings(max_examples=60, deadline=None)
@given(deployments(), deployments())
def test_applying_the_file_of_one_makes_the_other_the_same_and_then_nothing_is_left_to_do(one: Deployment, other: Deployment) -> None:
    kept = {each.key for each in other.environment if each.is_secret}
    development = one.is_development_mode and other.is_development_mode  # it is chosen at first, and left once
    wanted = replace(
        one,
        environment=tuple(each for each in one.environment if not each.is_secret or each.key in kept),
        is_development_mode=development,
    )
    text = written(wanted)
    after = applied(planned(text, other), other)
    assert planned(text, after).changes == []
    assert _settings(after) == _settings(wanted)
    assert after.hibernation_override == other.hibernation_override


def _settings(deployment: Deployment) -> dict[str, Any]:
    """What a file says, with what order says nothing about in one order."""
    found = template.of(told(deployment))
    return found | {"environmentVariables": sorted(found["environmentVariables"], key=lambda each: str(each["key"]))}


def test_a_file_can_say_all_that_an_update_can_and_what_it_cannot_has_a_reason() -> None:
    schemas = json.loads(OPENAPI.read_text())["components"]["schemas"]
    wire = {
        "": "UpdateStandardDeploymentRequest",
        "workerQueues": "UpdateWorkerQueueRequest",
        "environmentVariables": "DeploymentEnvironmentVariableRequest",
        "scalingSpec": "DeploymentScalingSpecRequest",
    }
    for section, name in wire.items():
        shape = template.SHAPE.get(section, template.SHAPE)
        known = set(shape[0] if isinstance(shape, list) else shape) | set(template.ELSEWHERE)
        assert set(schemas[name]["properties"]) - known - {"workspaceId"} == set()
    sleep = template.SHAPE["scalingSpec"]["hibernationSpec"]
    assert set(schemas["DeploymentHibernationSpecRequest"]["properties"]) - set(template.ELSEWHERE) == set(sleep)
    assert set(schemas["DeploymentHibernationScheduleRequest"]["properties"]) == set(sleep["schedules"][0])
    assert set(schemas["DeploymentIdleRuleRequest"]["properties"]) == set(sleep["idle"])


@settings(max_examples=300, deadline=None)
@given(texts)
@example("a: \x85b")
@example("yes")
@example("2026-01-31")
@example("0x1f")
@example("\ufeff")
def test_any_text_reads_back_from_yaml_as_what_it_was(text: str) -> None:
    assert template.read(io.StringIO(output.yaml_text({"name": "etl", "description": text})))["description"] == text
