"""Starting a saga twice is starting it once, a lost start is nobody's error, and its state can be asked for by generation and attempt."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from moto import mock_aws
from orrery import settings, workflows
from orrery.errors import Unavailable
from orrery.model.deployment import Deployment

from tests.support.aws import other_keys
from tests.support.builders import a_deployment

PREFIX = "arn:aws:states:us-east-1:123456789012:stateMachine:orrery-"
NOTHING = json.dumps({"StartAt": "Rest", "States": {"Rest": {"Type": "Wait", "Seconds": 3600, "End": True}}})


@pytest.fixture
def step_functions(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Step Functions with one state machine, which runs nothing."""
    other_keys(monkeypatch)
    monkeypatch.setenv("STATE_MACHINE_PREFIX", PREFIX)
    monkeypatch.setenv("REGION", "us-east-1")
    caches = (settings.settings, workflows._client)
    with mock_aws(config={"stepfunctions": {"execute_state_machine": False}}):
        for cached in caches:
            cached.cache_clear()
        client = boto3.client("stepfunctions", region_name="us-east-1")
        client.create_state_machine(name="orrery-update_deployment", definition=NOTHING, roleArn="arn:aws:iam::123456789012:role/any")
        yield client
    for cached in caches:
        cached.cache_clear()


@pytest.fixture
def deployment() -> Deployment:
    return a_deployment(generation=4, attempt=2)


@pytest.fixture
def broken(step_functions: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(**given: Any) -> None:
        raise EndpointConnectionError(endpoint_url="https://states")

    monkeypatch.setattr(workflows._client(), "start_execution", away)
    monkeypatch.setattr(workflows._client(), "describe_execution", away)


def executions(client: Any) -> list[Any]:
    found: list[Any] = client.list_executions(stateMachineArn=PREFIX + "update_deployment")["executions"]
    return found


def test_an_execution_is_named_id_generation_attempt_and_carries_only_ids(step_functions: Any, deployment: Deployment) -> None:
    assert workflows.start("update_deployment", deployment)
    (execution,) = executions(step_functions)
    assert execution["name"] == f"{deployment.id}-4-2"
    told = step_functions.describe_execution(executionArn=execution["executionArn"])
    assert json.loads(told["input"]) == {"organization": deployment.organization_id, "deployment": deployment.id, "generation": 4}


def test_a_second_start_is_no_second_execution(step_functions: Any, deployment: Deployment) -> None:
    assert workflows.start("update_deployment", deployment)
    assert workflows.start("update_deployment", deployment)
    assert len(executions(step_functions)) == 1


def test_the_next_attempt_is_an_execution_of_its_own(step_functions: Any, deployment: Deployment) -> None:
    workflows.start("update_deployment", deployment)
    workflows.start("update_deployment", deployment.retried())
    assert len(executions(step_functions)) == 2


@pytest.mark.usefixtures("broken")
def test_a_lost_start_is_told_and_raises_nothing(deployment: Deployment) -> None:
    assert workflows.start("update_deployment", deployment) is False


def test_tells_a_running_attempt_from_one_that_ended_and_one_that_never_was(step_functions: Any, deployment: Deployment) -> None:
    assert workflows.describe("update_deployment", deployment) is None
    workflows.start("update_deployment", deployment)
    running = workflows.describe("update_deployment", deployment)
    assert running
    assert (running.status, running.is_running) == ("RUNNING", True)
    step_functions.stop_execution(executionArn=executions(step_functions)[0]["executionArn"])
    ended = workflows.describe("update_deployment", deployment)
    assert ended
    assert (ended.status, ended.is_running) == ("ABORTED", False)
    assert workflows.describe("update_deployment", replace(deployment, generation=5, attempt=1)) is None


@pytest.mark.usefixtures("broken")
def test_not_knowing_is_not_the_same_as_never_started(deployment: Deployment) -> None:
    with pytest.raises(Unavailable):
        workflows.describe("update_deployment", deployment)
