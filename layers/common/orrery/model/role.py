"""A custom role: permissions under a name of the Organization's own, to be granted on Deployments, or on single DAGs and tags."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from orrery.model.subject import Subject


@dataclass(frozen=True)
class CustomRole:
    id: str
    organization_id: str
    name: str
    permissions: tuple[str, ...]
    """By their names: what is stored outlives the order in which the permissions are listed."""
    created_at: datetime
    created_by: Subject
    updated_at: datetime
    updated_by: Subject
    description: str = ""
    restricted_workspace_ids: tuple[str, ...] = ()
    """The only Workspaces in whose Deployments it counts; none named is all of them."""
    scope_type: str = "DEPLOYMENT"
    """`DEPLOYMENT` or `DAG`: what it is granted on, and what its permissions are about."""
    generation: int = 1

    def counts_in(self, workspace_id: str) -> bool:
        """Whether it may be used in a Workspace."""
        return not self.restricted_workspace_ids or workspace_id in self.restricted_workspace_ids

    def update(self, *, by: Subject, now: datetime, **changes: Any) -> Self:
        """The same role with other settings, one generation on."""
        return replace(self, **changes, updated_at=now, updated_by=by, generation=self.generation + 1)
