"""A Workspace: where a team keeps its Deployments."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from orrery.model.subject import Subject


@dataclass(frozen=True)
class Workspace:
    id: str
    organization_id: str
    name: str
    created_at: datetime
    created_by: Subject
    updated_at: datetime
    updated_by: Subject
    generation: int = 1
    description: str = ""
    cicd_enforced_default: bool = False
    default_cloud_provider: str = ""
    default_region: str = ""
    default_cluster_id: str = ""

    def update(self, *, by: Subject, now: datetime, **changes: Any) -> Self:
        """The same Workspace with other settings, one generation on."""
        return replace(self, **changes, updated_at=now, updated_by=by, generation=self.generation + 1)
