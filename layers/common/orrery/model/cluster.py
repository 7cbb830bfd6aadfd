"""A cluster: where Deployments run. Standard clusters serve every Organization, a dedicated one serves its owner."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from orrery.model import offer
from orrery.model.deployment import Executor


class ClusterType(StrEnum):
    STANDARD = "STANDARD"
    DEDICATED = "DEDICATED"


class ClusterStatus(StrEnum):
    CREATING = "CREATING"
    CREATED = "CREATED"
    CREATE_FAILED = "CREATE_FAILED"
    UPDATING = "UPDATING"
    UPDATE_FAILED = "UPDATE_FAILED"


@dataclass(frozen=True)
class Cluster:
    id: str
    name: str
    type: ClusterType
    region: str
    created_at: datetime
    updated_at: datetime
    organization_id: str = ""
    """The owner of a dedicated cluster; empty for a standard one."""
    status: ClusterStatus = ClusterStatus.CREATED
    workspace_ids: tuple[str, ...] = ()
    """The Workspaces that may use it; none named means all of them."""
    max_deployments: int = 0
    """How many Deployments it has room for; 0 for as many as come."""
    trouble: str = ""
    """Why it could not be made or changed, in words for whoever runs the installation; empty otherwise."""
    generation: int = 1
    executors: tuple[Executor, ...] = offer.EXECUTORS
    """How its Deployments may run tasks."""
    offers_high_availability: bool = False
    """Whether a Deployment may have two of each component here, in different zones as far as its nodes are in several."""

    @property
    def is_open(self) -> bool:
        """Whether Deployments run on it: one that was made once goes on while it is changed, and after a change that failed."""
        return self.status in (ClusterStatus.CREATED, ClusterStatus.UPDATING, ClusterStatus.UPDATE_FAILED)

    def serves(self, organization_id: str, workspace_id: str) -> bool:
        """Whether a Deployment of this Workspace may be placed here."""
        mine = self.type is ClusterType.STANDARD or self.organization_id == organization_id
        return mine and (not self.workspace_ids or workspace_id in self.workspace_ids)

    def offers(self, executor: Executor | None, *, high_availability: bool) -> bool:
        """Whether a Deployment that asks for these can be here."""
        return executor in (None, *self.executors) and (self.offers_high_availability or not high_availability)

    def has_room(self, deployments: int) -> bool:
        """Whether one more than so many fits."""
        return not self.max_deployments or deployments < self.max_deployments

    def registering(self, *, region: str, max_deployments: int, starts_pods: bool = False, now: datetime) -> "Cluster":
        """It is registered, or registered anew: from now on a saga brings its agent there."""
        status = ClusterStatus.UPDATING if self.is_open else ClusterStatus.CREATING
        executors = (*offer.EXECUTORS, Executor.KUBERNETES) if starts_pods else offer.EXECUTORS
        offers: dict[str, Any] = {"executors": executors, "offers_high_availability": True}
        return self._next(now, region=region, max_deployments=max_deployments, status=status, trouble="", **offers)

    def registered(self, now: datetime) -> "Cluster":
        return self._next(now, status=ClusterStatus.CREATED, trouble="")

    def failed(self, trouble: str, now: datetime) -> "Cluster":
        status = ClusterStatus.UPDATE_FAILED if self.is_open else ClusterStatus.CREATE_FAILED
        return self._next(now, status=status, trouble=trouble)

    def _next(self, now: datetime, **changes: Any) -> "Cluster":
        return replace(self, **changes, updated_at=now, generation=self.generation + 1)
