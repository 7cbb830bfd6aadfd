"""The life of a Deployment on a cluster, saga by saga with trouble in it, and what must be true of it between two of them."""

import base64
import traceback
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

from orrery import names
from orrery.dataplane.kubernetes.objects import GENERATION
from orrery.model.deployment import Deployment, EnvironmentVariable, Phase
from orrery.provisioning.specs import spec_of
from orrery.store import deployments

from tests.orrery.dataplane.kubernetes import inventory
from tests.orrery.dataplane.kubernetes.stage import ClusterStage
from tests.orrery.dataplane.kubernetes.trouble import Trouble
from tests.support.builders import BORN
from tests.support.machine import Result

AT_ONCE = 8


@dataclass
class Life:
    stage: ClusterStage
    deployment: Deployment = field(init=False)
    record: Deployment | None = field(init=False, default=None)

    # what happens to it

    def create(self, *troubles: Trouble) -> Result:
        self.deployment = self.stage.asked_for(environment=_mode("first"))
        return self._goes_through(self.deployment, *troubles)

    def update(self, mode: str, *troubles: Trouble) -> Result:
        return self._goes_through(self.stage.updated(self._there, environment=_mode(mode)), *troubles)

    def sleep(self, *troubles: Trouble) -> Result:
        return self._goes_through(self.stage.sent_to_sleep(self._there), *troubles)

    def delete(self, *troubles: Trouble) -> Result:
        return self._goes_through(self.stage.deleted(self._there), *troubles)

    def is_used(self) -> None:
        """Its database is one of those that a snapshot is kept of."""
        self._reach.databases.used.add(names.database(self.deployment.id))

    def _goes_through(self, wanted: Deployment, *troubles: Trouble) -> Result:
        result, self.record = self.stage.complete(wanted, *troubles)
        return result

    # what must be true of it

    def stands(self, mode: str) -> None:
        """It runs with these settings, under its newest generation, and has the documented objects and no others."""
        assert self._there.phase is Phase.ACTIVE
        assert self._made() == inventory.documented(self.stage.plane, self._in_force)
        assert self._get("Secret", "environment")["data"]["MODE"] == base64.b64encode(mode.encode()).decode()
        assert self._get("Deployment", "scheduler")["metadata"]["annotations"][GENERATION] == str(self._there.generation)

    def sleeps(self) -> None:
        """Nothing of it runs, and what it wakes up with is there."""
        assert self._there.phase is Phase.ACTIVE
        assert self._made() == inventory.documented(self.stage.plane, spec_of(self._there), inventory.ASLEEP)

    def was_never_made(self) -> None:
        """Its record says why, and nothing else is left."""
        assert self._there.phase is Phase.FAILED
        assert self._there.trouble.startswith("it could not be created: ")
        assert deployments.good(self.deployment.id) is None
        self._left_nothing()

    def is_gone(self) -> None:
        assert self.record is None
        self._left_nothing()

    def _left_nothing(self) -> None:
        assert self._reach.api.get("Namespace", "", self.deployment.namespace) is None
        assert names.database(self.deployment.id) not in self._reach.databases.names

    @property
    def _there(self) -> Deployment:
        assert self.record
        return self.record

    @property
    def _in_force(self) -> Any:
        good = deployments.good(self.deployment.id)
        assert good
        return spec_of(replace(good, generation=self._there.generation))

    @property
    def _reach(self) -> Any:
        return self.stage.plane.reach(self.deployment.cluster_id)

    def _get(self, kind: str, name: str) -> Any:
        return self._reach.api.get(kind, self.deployment.namespace, name)

    def _made(self) -> set[inventory.Found]:
        return inventory.made_in(self.stage.server, self.deployment.namespace)


def side_by_side(lives: Mapping[Any, Callable[[], object]]) -> None:
    """Fails with what was wrong with each that did not go as it should."""
    with ThreadPoolExecutor(AT_ONCE) as several:
        wrong = [f"{name}: {end}" for name, end in zip(lives, several.map(_lived, lives.values()), strict=True) if end]
    assert not wrong, "\n\n".join(wrong)


def _lived(life: Callable[[], object]) -> str:
    try:
        life()
    except Exception:
        return traceback.format_exc(limit=-3)
    return ""


def _mode(value: str) -> tuple[EnvironmentVariable, ...]:
    return (EnvironmentVariable("MODE", value, False, BORN),)
