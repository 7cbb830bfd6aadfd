"""Workspaces: list, create, get, update, delete."""

from datetime import UTC, datetime
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field

from orrery import names
from orrery.api import places
from orrery.api.entrance import Caller, no_content, routes
from orrery.api.paging import Paging
from orrery.api.wire.base import without_nothing
from orrery.api.wire.workspaces import CreateWorkspaceRequest, UpdateWorkspaceRequest, Workspace, WorkspacesPaginated
from orrery.authz.permissions import Permission
from orrery.model import workspace as model
from orrery.store import organizations, tokens, workspaces

router = routes()
COLLECTION = "/organizations/<organizationId>/workspaces"
ITEM = f"{COLLECTION}/<workspaceId>"


class Filter(Paging):
    """Which Workspaces to list."""

    workspaceIds: list[str] = Field([], description="Only these.")
    names: list[str] = Field([], description="Only those of these names.")


@router.get(COLLECTION, operation_id="ListWorkspaces", summary="List Workspaces", tags=["Workspace"])
def list_workspaces(organizationId: str, caller: Caller, asked: Annotated[Filter, Query()]) -> WorkspacesPaginated:
    """The Workspaces that the token may see."""
    found = [each for each in workspaces.list(caller, organizationId) if _matches(each, asked)]
    cut, name = asked.cut(found), organizations.load(organizationId).name
    return WorkspacesPaginated(workspaces=[Workspace.of(each, name) for each in cut.items], **cut.envelope)


@router.post(COLLECTION, operation_id="CreateWorkspace", summary="Create a Workspace", tags=["Workspace"])
def create_workspace(organizationId: str, body: CreateWorkspaceRequest, caller: Caller) -> Workspace:
    """A new Workspace; its name is unique in the Organization."""
    organization = organizations.fetch(caller, organizationId, Permission.ORGANIZATION_WORKSPACES_CREATE)
    _check_places(body, organizationId)
    now, by = datetime.now(UTC), caller.subject
    made = model.Workspace(names.new_id(), organizationId, body.name, now, by, now, by, **_settings(body))
    workspaces.create(made)
    return Workspace.of(made, organization.name)


@router.get(ITEM, operation_id="GetWorkspace", summary="Get a Workspace", tags=["Workspace"])
def get_workspace(organizationId: str, workspaceId: str, caller: Caller) -> Workspace:
    """One Workspace."""
    workspace = workspaces.fetch(caller, organizationId, workspaceId, Permission.WORKSPACE_GET)
    return Workspace.of(workspace, organizations.load(organizationId).name)


@router.post(ITEM, operation_id="UpdateWorkspace", summary="Update a Workspace", tags=["Workspace"])
def update_workspace(organizationId: str, workspaceId: str, body: UpdateWorkspaceRequest, caller: Caller) -> Workspace:
    """Change a Workspace's settings."""
    workspace = workspaces.fetch(caller, organizationId, workspaceId, Permission.WORKSPACE_UPDATE)
    _check_places(body, organizationId)
    updated = workspace.update(by=caller.subject, now=datetime.now(UTC), name=body.name, **_settings(body))
    workspaces.save(updated, before=workspace)
    return Workspace.of(updated, organizations.load(organizationId).name)


@router.delete(ITEM, operation_id="DeleteWorkspace", summary="Delete a Workspace", tags=["Workspace"], status_code=204)
def delete_workspace(organizationId: str, workspaceId: str, caller: Caller) -> Response[None]:
    """Delete a Workspace that holds no Deployments; the tokens at home in it end with it."""
    workspaces.delete(workspaces.fetch(caller, organizationId, workspaceId, Permission.WORKSPACE_DELETE))
    tokens.end(organizationId, workspaceId)  # after it is gone, when there can be no new ones; one left over is still the owners' to delete
    return no_content()


def _matches(workspace: model.Workspace, asked: Filter) -> bool:
    return (not asked.workspaceIds or workspace.id in asked.workspaceIds) and (not asked.names or workspace.name in asked.names)


def _check_places(body: CreateWorkspaceRequest | UpdateWorkspaceRequest, organization_id: str) -> None:
    places.check_provider(body.default_cloud_provider, organization_id, field="defaultCloudProvider")
    places.check_region(body.default_region, organization_id, field="defaultRegion")
    places.check_cluster(body.default_cluster_id, organization_id, field="defaultClusterId")


def _settings(body: CreateWorkspaceRequest | UpdateWorkspaceRequest) -> dict[str, Any]:
    return without_nothing(**body.model_dump(exclude={"name"}))
