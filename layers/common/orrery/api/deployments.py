"""Deployments: list, create, get, update, delete; a change is saved, and the saga that carries it out is started."""

from datetime import UTC, datetime
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Query
from pydantic import Field

from orrery import names, workflows
from orrery.api import desired, placement, places
from orrery.api.entrance import Caller, no_content, routes
from orrery.api.paging import Paging
from orrery.api.rendering import one, render
from orrery.api.wire.deployment_requests import CreateDeploymentRequest, HybridDeploymentRequest, UpdateDeploymentRequest
from orrery.api.wire.deployments import Deployment, DeploymentsPaginated
from orrery.authz.permissions import Permission
from orrery.model import deployment as model
from orrery.store import clusters, deployments, organizations, workspaces

router = routes()
COLLECTION = "/organizations/<organizationId>/deployments"
ITEM = f"{COLLECTION}/<deploymentId>"


class Filter(Paging):
    """Which Deployments to list."""

    limit: int = Field(20, ge=1, description="How many to send at most.")
    deploymentIds: list[str] = Field([], description="Only these.")
    names: list[str] = Field([], description="Only those of these names.")
    workspaceIds: list[str] = Field([], description="Only those in these Workspaces.")


@router.get(COLLECTION, operation_id="ListDeployments", summary="List Deployments", tags=["Deployment"])
def list_deployments(organizationId: str, caller: Caller, asked: Annotated[Filter, Query()]) -> DeploymentsPaginated:
    """The Deployments that the token may see."""
    cut = asked.cut([each for each in deployments.list(caller, organizationId) if _matches(each, asked)])
    return DeploymentsPaginated(deployments=render(cut.items), **cut.envelope)


@router.post(COLLECTION, operation_id="CreateDeployment", summary="Create a Deployment", tags=["Deployment"])
def create_deployment(
    organizationId: str, body: Annotated[CreateDeploymentRequest, Body(discriminator="type")], caller: Caller
) -> Deployment:
    """A new Deployment; its Airflow is there when its status is HEALTHY."""
    if isinstance(body, HybridDeploymentRequest):
        raise body.refusal()
    organization = organizations.fetch(caller, organizationId, Permission.ORGANIZATION_GET)
    with places.named_in("workspaceId"):
        workspace = workspaces.fetch(caller, organizationId, body.workspace_id, Permission.WORKSPACE_DEPLOYMENTS_CREATE)
    cluster = placement.choose(body, workspace, organization)
    id, now, by = names.new_id(), datetime.now(UTC), caller.subject
    made = model.Deployment(
        id=id,
        organization_id=organizationId,
        workspace_id=workspace.id,
        name=body.name,
        namespace=names.new_namespace(),
        type=body.type,
        cluster_id=cluster.id,
        region=cluster.region,
        created_at=now,
        created_by=by,
        updated_at=now,
        updated_by=by,
        **desired.new(body, cluster, organization=organizationId, id=id, cicd_enforced_default=workspace.cicd_enforced_default, now=now),
    )
    deployments.create(made)
    workflows.start(made.workflow, made)
    return one(made)


@router.get(ITEM, operation_id="GetDeployment", summary="Get a Deployment", tags=["Deployment"])
def get_deployment(organizationId: str, deploymentId: str, caller: Caller) -> Deployment:
    """One Deployment."""
    return one(deployments.fetch(caller, organizationId, deploymentId, Permission.DEPLOYMENT_GET))


@router.post(ITEM, operation_id="UpdateDeployment", summary="Update a Deployment", tags=["Deployment"])
def update_deployment(
    organizationId: str, deploymentId: str, body: Annotated[UpdateDeploymentRequest, Body(discriminator="type")], caller: Caller
) -> Deployment:
    """Change a Deployment's settings; if they do not come to run, the last good ones are put back and `statusReason` says why."""
    deployment = deployments.fetch(caller, organizationId, deploymentId, Permission.DEPLOYMENT_UPDATE)
    if isinstance(body, HybridDeploymentRequest):
        raise body.refusal()
    now, cluster = datetime.now(UTC), clusters.load(organizationId, deployment.cluster_id)
    updated = deployment.update(by=caller.subject, now=now, **desired.changed(deployment, body, cluster, now=now))
    deployments.save(updated, renamed_from=deployment)
    workflows.start(updated.workflow, updated)
    return one(updated)


@router.delete(ITEM, operation_id="DeleteDeployment", summary="Delete a Deployment", tags=["Deployment"], status_code=204)
def delete_deployment(organizationId: str, deploymentId: str, caller: Caller) -> Response[None]:
    """Drain a Deployment's workers and take everything of it away."""
    deployment = deployments.fetch(caller, organizationId, deploymentId, Permission.DEPLOYMENT_DELETE)
    leaving = deployment.delete(by=caller.subject, now=datetime.now(UTC))
    deployments.save(leaving)
    workflows.start(leaving.workflow, leaving)
    return no_content()


def _matches(deployment: model.Deployment, asked: Filter) -> bool:
    return (
        (not asked.deploymentIds or deployment.id in asked.deploymentIds)
        and (not asked.names or deployment.name in asked.names)
        and (not asked.workspaceIds or deployment.workspace_id in asked.workspaceIds)
    )
