"""A stage for sagas: the real definitions, the real steps and the real store, with a data plane and a Step Functions that a test can break.

deployment = stage.active()                       # created by its own saga
result = stage.run(deployment, fault=("ensure_queues", "after"))
stage.sweep()                                     # the sweeper's next round, an hour later
"""

import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from orrery import dataplane, names, s3, settings, vault, workflows
from orrery.model.deployment import Deployment, HibernationOverride
from orrery.provisioning import sweep
from orrery.provisioning.marks import MARKS
from orrery.provisioning.specs import spec_of
from orrery.store import deployments, tables

from functions.provision import app as provision
from local.aws.engine import Engine
from local.invocation import Context, Handler
from tests.dataplane_contract import ensure_all
from tests.support.aws import SECRETS_KEY, own_buckets
from tests.support.builders import BORN, SOMEBODY, a_deployment
from tests.support.dataplane import FakeDataPlane
from tests.support.dynamodb import own_table
from tests.support.machine import Machine, Result

_idle: dict[tuple[str, Handler], list[Machine]] = defaultdict(list)
"""Machines between two runs: a definition takes a third of a second to parse, and a test may run two of a kind at once."""


def input_of(deployment: Deployment) -> dict[str, Any]:
    return {"organization": deployment.organization_id, "deployment": deployment.id, "generation": deployment.generation}


@dataclass
class Stage:
    plane: FakeDataPlane = field(default_factory=FakeDataPlane)
    now: datetime = BORN
    executions: dict[str, workflows.Execution] = field(default_factory=dict)
    deaf: bool = False
    """Step Functions loses every start."""
    handler: Handler = provision.handler
    """What runs a step."""

    # Deployments

    def asked_for(self, **changes: Any) -> Deployment:
        """One that the store holds and no saga has touched."""
        deployment = _sealed(a_deployment(**{"is_development_mode": True, **changes}))
        bound = tables.table()
        bound(f"ORG#{deployment.organization_id}", f"WS#{deployment.workspace_id}", body={}).save()
        deployments.create(deployment)
        return deployment

    def active(self, **changes: Any) -> Deployment:
        """One that stands and was marked so, as its create saga leaves it."""
        deployment = self.asked_for(**changes)
        ensure_all(self.plane, spec_of(deployment))
        MARKS["mark_ready"](deployment, {})
        return self.record(deployment)

    def updated(self, deployment: Deployment, **changes: Any) -> Deployment:
        return self._saved(deployment.update(by=SOMEBODY, now=self.now, **changes))

    def sent_to_sleep(self, deployment: Deployment) -> Deployment:
        return self._saved(deployment.override_hibernation(HibernationOverride(True), by=SOMEBODY, now=self.now))

    def woken(self, deployment: Deployment) -> Deployment:
        return self._saved(deployment.override_hibernation(None, by=SOMEBODY, now=self.now))

    def deleted(self, deployment: Deployment) -> Deployment:
        return self._saved(deployment.delete(by=SOMEBODY, now=self.now))

    def record(self, deployment: Deployment) -> Deployment:
        return deployments.load(deployment.organization_id, deployment.id)

    def _saved(self, deployment: Deployment) -> Deployment:
        deployments.save(deployment)
        return deployment

    # sagas

    def run(self, deployment: Deployment, *, name: str = "", **how: Any) -> Result:
        """The saga that its desired state asks for (or the one of this name), to its end; Step Functions remembers how that was."""
        name = name or deployment.workflow
        idle = _idle[name, self.handler]
        try:
            machine = idle.pop()
        except IndexError:
            machine = Machine(name, {"Provision": self.handler})
        result = machine.run(input_of(deployment), **how)
        idle.append(machine)
        self.executions[self._name(deployment)] = workflows.Execution(result.status, self.now)
        return result

    def lose(self, deployment: Deployment, *steps: str) -> None:
        """The saga did these steps, and then the ground went away beneath it."""
        for step in steps:
            self.handler({"step": step, **input_of(deployment)}, Context("provision", timeout=300))
        self.executions[self._name(deployment)] = workflows.Execution("ABORTED", self.now)

    def sweep(self, after: timedelta = timedelta(hours=7)) -> dict[str, int]:
        """One round of the sweeper, when every back-off has run out unless told otherwise."""
        self.now += after
        return sweep.sweep(self.now)

    # Step Functions, as orrery.workflows shows it

    def start(self, name: str, deployment: Deployment) -> bool:
        if not self.deaf and self._name(deployment) not in self.executions:
            self.run(deployment)
        return not self.deaf

    def describe(self, name: str, deployment: Deployment) -> workflows.Execution | None:
        return self.executions.get(self._name(deployment))

    def _name(self, deployment: Deployment) -> str:
        return names.execution(deployment.id, deployment.generation, deployment.attempt)


def _sealed(deployment: Deployment) -> Deployment:
    """As the API stores it: secrets come in clear and lie sealed."""
    secrets = {each.key: each.value for each in deployment.environment if each.is_secret}
    seals = vault.seal(secrets, organization=deployment.organization_id, deployment=deployment.id)
    return replace(deployment, environment=tuple(replace(each, value=seals.get(each.key, each.value)) for each in deployment.environment))


def a_stage(aws_engine: Engine, monkeypatch: pytest.MonkeyPatch, stage: Stage | None = None) -> Iterator[Stage]:
    """A fixture's body: a table, a data plane and a Step Functions of this test alone; `stage` brings another data plane."""
    environment = {**aws_engine.environment, "TABLE_NAME": f"sagas-{uuid.uuid4().hex}", "SECRETS_KEY": SECRETS_KEY}
    for key, value in {**environment, "REGION": "us-east-1", "API_URL": "http://127.0.0.1:9"}.items():
        monkeypatch.setenv(key, value)
    with own_buckets(aws_engine, monkeypatch, "RELEASES_BUCKET", "COMPONENT_LOGS_BUCKET"):
        for cached in (settings.settings, tables.table, s3.client, vault._kms, vault._data_key):
            cached.cache_clear()
        stage = stage or Stage()
        monkeypatch.setattr(dataplane, "connect", lambda: stage.plane)
        monkeypatch.setattr(workflows, "start", stage.start)
        monkeypatch.setattr(workflows, "describe", stage.describe)
        with own_table(aws_engine, monkeypatch):
            yield stage
    for cached in (settings.settings, tables.table, s3.client, vault._kms, vault._data_key):
        cached.cache_clear()
