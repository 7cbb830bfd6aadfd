"""A stage whose data plane is a cluster: many sagas at once, each Deployment with its own trouble, and a sweeper that comes by meanwhile.

deployment = stage.asked_for()
result, record = stage.complete(deployment, Trouble("denied", {"ensure_broker"}))
"""

import contextlib
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from orrery import workflows
from orrery.dataplane.kubernetes.home import KubernetesHome
from orrery.errors import Error, NotFound, NotReadyYet
from orrery.model.deployment import Deployment

from functions.provision import app as provision
from local import interpreter
from local.aws.engine import Engine
from local.invocation import Handler
from tests.kubernetes.api import Api
from tests.orrery.dataplane.kubernetes.trouble import Delivery, Trouble, Wire
from tests.support.machine import Result
from tests.support.sagas import Stage, a_stage

ROUNDS = 8
"""Of the sweeper, until nothing may be open any more."""
RUNNING = workflows.Execution("RUNNING", None)


@dataclass
class ClusterStage(Stage):
    plane: KubernetesHome = field(kw_only=True)  # type: ignore[assignment]  # the same words, and a cluster behind them
    wire: Wire = field(kw_only=True)
    server: Api = field(kw_only=True)
    """Beside the wire, for whoever counts."""
    done: dict[str, list[str]] = field(default_factory=dict)
    """The steps of a Deployment's newest saga, whichever attempt they belonged to."""
    troubles: dict[str, tuple[Trouble, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.handler: Handler = self._deliver
        self._waits: Counter[tuple[str, str]] = Counter()
        self._attempts: dict[str, threading.Thread] = {}
        self._sweeping = threading.RLock()
        self._saga: dict[str, str] = {}

    # What is wanted has its execution in the same moment: the sweeper, which other Deployments call, must not start another.

    def asked_for(self, **changes: Any) -> Deployment:
        with self._sweeping:
            return self._begun(super().asked_for(**changes))

    def _saved(self, deployment: Deployment) -> Deployment:
        with self._sweeping:
            return self._begun(super()._saved(deployment))

    def _begun(self, deployment: Deployment) -> Deployment:
        self.executions[self._name(deployment)] = RUNNING
        return deployment

    def start(self, name: str, deployment: Deployment) -> bool:
        """As Step Functions does, it comes back at once."""
        attempt = threading.Thread(target=self.run, args=(self._begun(deployment),), daemon=True)
        self._attempts[deployment.id] = attempt
        attempt.start()
        return True

    def settled(self, deployment: Deployment) -> Deployment | None:
        """Its record once nothing of it is open; None when it is gone. The sweeper comes by until then."""
        for _ in range(ROUNDS):
            try:
                record = self.record(deployment)
            except NotFound:
                return None
            if record.is_settled:
                return record
            with self._sweeping:
                self.sweep()
            self._attempts[deployment.id].join()
        raise AssertionError(f"generation {record.generation} is still open: {record.trouble}")

    def rest(self) -> None:
        """Until every attempt that the sweeper has started is over."""
        for attempt in list(self._attempts.values()):
            attempt.join()

    def complete(self, deployment: Deployment, *troubles: Trouble) -> tuple[Result, Deployment | None]:
        """The whole saga with this trouble, the sweeper's attempts included: how the first one ended, and what is left of the record."""
        self.troubles[deployment.id], self.done[deployment.id] = troubles, []
        self._saga[deployment.id] = f"{deployment.workflow}{' of a sleeper' if deployment.is_hibernating else ''}"
        result = self.run(deployment)
        record = self.settled(deployment)
        del self.troubles[deployment.id]
        return result, record

    # A step, and what comes between it and its cluster

    def _deliver(self, event: dict[str, Any], context: Any) -> Any:
        step, troubles = event["step"], self.troubles.get(event["deployment"], ())
        known = f"{step} of {self._saga.get(event['deployment'], '?')}"
        trouble = next((each for each in troubles if each.awaits(step)), None)
        delivery = Delivery(known, trouble, self._place(trouble, known) if trouble else -1)
        self.done.setdefault(event["deployment"], []).append(step)
        try:
            with self.wire.carrying(delivery):
                return _attempt(event, context, delivery)
        except NotReadyYet:
            self._wait(event["deployment"], step)
            raise
        finally:
            if trouble and delivery.struck:
                trouble.met[step] += 1

    def _place(self, trouble: Trouble, known: str) -> int:
        if trouble.whole or trouble.kind == "twice":
            return -1
        return self.wire.middle(known) if trouble.times == 1 else min(0, self.wire.middle(known))

    def _wait(self, deployment: str, step: str) -> None:
        """What the cluster does itself takes its time, ever longer pauses of a saga included; other pauses take none here."""
        self._waits[deployment, step] += 1
        time.sleep(min(3.0, 0.2 * self._waits[deployment, step]))


def _attempt(event: dict[str, Any], context: Any, delivery: Delivery) -> Any:
    trouble = delivery.trouble
    if trouble is None or delivery.at >= 0:
        return provision.handler(event, context)
    if trouble.kind == "twice":
        provision.handler(event, context)
        delivery.struck = True
        return provision.handler(event, context)
    delivery.struck = True
    if trouble.kind in ("after", "timeout"):
        with contextlib.suppress(Error):  # nobody hears how it ended
            provision.handler(event, context)
    raise trouble.error()


@contextlib.contextmanager
def a_cluster_stage(engine: Engine, plane: KubernetesHome, wire: Wire, server: Api) -> Iterator[ClusterStage]:
    """With a table of its own; what a saga waits for takes no time, except where it waits for the cluster."""
    with pytest.MonkeyPatch.context() as monkeypatch, interpreter.without_waiting():
        for stage in a_stage(engine, monkeypatch, ClusterStage(plane=plane, wire=wire, server=server)):
            assert isinstance(stage, ClusterStage)
            yield stage
