"""Step Functions: starts a saga under a name that can be used once, and tells how it stands.

The name is id-generation-attempt, so starting twice is starting once. A start that gets lost is no error for the caller: the desired state
is saved, and the sweeper starts whatever it finds open and not running.
"""

import functools
import json
import logging
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from orrery import names
from orrery.errors import Unavailable
from orrery.model.cluster_facts import Registration
from orrery.model.deployment import Deployment
from orrery.settings import settings

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Execution:
    """One attempt of a saga: its status as Step Functions names it, and when it ended."""

    status: str
    ended_at: datetime | None

    @property
    def is_running(self) -> bool:
        return self.ended_at is None


def start(name: str, deployment: Deployment) -> bool:
    """Starts the state machine `name` for this generation and attempt; False when the start was lost and is the sweeper's to make."""
    facts = {"organization": deployment.organization_id, "deployment": deployment.id, "generation": deployment.generation}
    return _start(name, _execution(deployment), facts)


def start_registration(registration: Registration) -> bool:
    """Starts the saga of this generation of a cluster; False when the start was lost, and whoever registers has to do it again."""
    facts = {"cluster": registration.cluster_id, "generation": registration.generation}
    return _start("register_cluster", names.execution(registration.cluster_id, registration.generation, 1), facts)


def describe(name: str, deployment: Deployment) -> Execution | None:
    """How this generation's attempt stands; None when it was never started."""
    arn = _machine(name).replace(":stateMachine:", ":execution:") + ":" + _execution(deployment)
    try:
        told = _client().describe_execution(executionArn=arn)
    except (ClientError, BotoCoreError) as problem:
        if _code(problem) == "ExecutionDoesNotExist":
            return None
        raise Unavailable("the workflows are not answering; try again in a moment") from problem
    return Execution(told["status"], told.get("stopDate"))


def _start(name: str, execution: str, facts: dict[str, Any]) -> bool:
    try:
        _client().start_execution(stateMachineArn=_machine(name), name=execution, input=json.dumps(facts))
    except (ClientError, BotoCoreError) as problem:
        if _code(problem) == "ExecutionAlreadyExists":
            return True
        log.warning("the start of %s %s was lost: %s", name, execution, problem)
        return False
    return True


def _machine(name: str) -> str:
    return settings().state_machine_prefix + name


def _execution(deployment: Deployment) -> str:
    return names.execution(deployment.id, deployment.generation, deployment.attempt)


def _code(problem: ClientError | BotoCoreError) -> str:
    return problem.response["Error"]["Code"] if isinstance(problem, ClientError) else ""


@functools.cache
def _client() -> "SFNClient":
    patience = Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 3, "mode": "standard"})
    return boto3.client("stepfunctions", region_name=settings().region or None, config=patience)
