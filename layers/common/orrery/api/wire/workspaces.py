"""Workspaces on the wire."""

from typing import Annotated, Literal

from pydantic import Field

from orrery.api.wire.base import BasicSubjectProfile, Boolean, Name, Paginated, Request, Response, Timestamp
from orrery.model import workspace as model

CloudProvider = Literal["AWS", "AZURE", "GCP"]


class Workspace(Response):
    """Where a team keeps its Deployments."""

    id: str
    name: str
    description: str
    organization_id: str
    organization_name: str
    cicd_enforced_default: bool
    default_cloud_provider: str | None
    default_cluster_id: str | None
    default_region: str | None
    created_at: Timestamp
    created_by: BasicSubjectProfile
    updated_at: Timestamp
    updated_by: BasicSubjectProfile

    @classmethod
    def of(cls, workspace: model.Workspace, organization_name: str) -> "Workspace":
        return cls(
            id=workspace.id,
            name=workspace.name,
            description=workspace.description,
            organization_id=workspace.organization_id,
            organization_name=organization_name,
            cicd_enforced_default=workspace.cicd_enforced_default,
            default_cloud_provider=workspace.default_cloud_provider or None,
            default_cluster_id=workspace.default_cluster_id or None,
            default_region=workspace.default_region or None,
            created_at=workspace.created_at,
            created_by=BasicSubjectProfile.of(workspace.created_by),
            updated_at=workspace.updated_at,
            updated_by=BasicSubjectProfile.of(workspace.updated_by),
        )


class WorkspacesPaginated(Paginated):
    workspaces: list[Workspace]


class _Settings(Request):
    name: Annotated[Name, Field(max_length=50)]
    default_cloud_provider: CloudProvider | None = None
    default_cluster_id: str | None = None
    default_region: str | None = None


class CreateWorkspaceRequest(_Settings):
    """A Workspace to be."""

    description: Annotated[str, Field(max_length=1000)] | None = None
    cicd_enforced_default: Boolean | None = None


class UpdateWorkspaceRequest(_Settings):
    """New settings of a Workspace; defaults for new Deployments that are left out stay, empty ones are taken back."""

    description: Annotated[str, Field(max_length=1000)]
    cicd_enforced_default: Boolean
