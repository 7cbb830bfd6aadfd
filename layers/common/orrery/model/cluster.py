"""A cluster: where Deployments run. Standard clusters serve every Organization, a dedicated one serves its owner."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from orrery.model import offer
from orrery.model.deployment import Executor


class ClusterType(StrEnum):
    STANDARD = "STANDARD"
    DEDICATED = "DEDICATED"


class ClusterStatus(StrEnum):
    CREATING = "CREATING"
    CREATED = "CREATED"


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
    generation: int = 1
    executors: tuple[Executor, ...] = offer.EXECUTORS
    """How its Deployments may run tasks: a pod for each takes Kubernetes, so a cluster has to be registered with it."""

    def serves(self, organization_id: str, workspace_id: str) -> bool:
        """Whether a Deployment of this Workspace may be placed here."""
        mine = self.type is ClusterType.STANDARD or self.organization_id == organization_id
        return mine and (not self.workspace_ids or workspace_id in self.workspace_ids)
