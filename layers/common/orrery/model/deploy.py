"""A deploy: one upload of code to a Deployment, and the release it became."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from orrery.errors import Conflict
from orrery.model.subject import Subject


class DeployType(StrEnum):
    IMAGE_AND_DAG = "IMAGE_AND_DAG"
    IMAGE_ONLY = "IMAGE_ONLY"
    DAG_ONLY = "DAG_ONLY"
    BUNDLE = "BUNDLE"


class DeployStatus(StrEnum):
    INITIALIZED = "INITIALIZED"
    DEPLOYED = "DEPLOYED"
    FAILED = "FAILED"


@dataclass(frozen=True)
class Deploy:
    id: str
    organization_id: str
    deployment_id: str
    type: DeployType
    created_at: datetime
    created_by: Subject
    updated_at: datetime
    updated_by: Subject
    status: DeployStatus = DeployStatus.INITIALIZED
    description: str = ""
    git: dict[str, Any] = field(default_factory=dict)
    version: str = ""
    """The release it put live, such as `2026-09-18T04:02:47.9408803Z`; empty until finalized."""
    rollback_from_id: str = ""
    upload_key: str = field(default="", repr=False)
    """Signs this deploy's upload URL; it never leaves the store."""
    generation: int = 1

    def finalize(self, version: str, *, by: Subject, now: datetime) -> Self:
        """The upload is complete and becomes the release `version`."""
        if self.status is not DeployStatus.INITIALIZED:
            raise Conflict(f"deploy `{self.id}` is already {self.status.value.lower()}; create a new one")
        return replace(self, status=DeployStatus.DEPLOYED, version=version, updated_at=now, updated_by=by, generation=self.generation + 1)

    def describe(self, description: str, *, by: Subject, now: datetime) -> Self:
        """The same deploy in other words."""
        return replace(self, description=description, updated_at=now, updated_by=by, generation=self.generation + 1)


@dataclass(frozen=True)
class Release:
    """Which code a Deployment should run: a pointer with a sequence of its own, so a deploy never fights with a change of settings."""

    deployment_id: str
    version: str = ""
    deploy_id: str = ""
    sequence: int = 0
    published: int = 0
    """The last sequence whose pointer lies in the release store; behind `sequence` only when a finalize was cut short."""
    published_version: str = ""

    def move(self, deploy: Deploy) -> Self:
        """The pointer at the code of a deploy that is done."""
        return replace(self, version=deploy.version, deploy_id=deploy.id, sequence=self.sequence + 1)

    def lies_in_store(self) -> Self:
        """The same pointer, published."""
        return replace(self, published=self.sequence, published_version=self.version)
