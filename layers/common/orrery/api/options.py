"""Deployment options: what a Deployment may ask for."""

from typing import Annotated, Literal

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import BaseModel, Field

from orrery.api import places
from orrery.api.entrance import Caller, routes
from orrery.api.wire.options import DeploymentOptions
from orrery.authz.permissions import Permission
from orrery.errors import Invalid
from orrery.model import offer, runtime
from orrery.model.deployment import Deployment, Executor
from orrery.store import clusters, deployments, organizations

router = routes()


class Choice(BaseModel):
    """What is settled already; the answer holds what still can be chosen."""

    deploymentId: str | None = Field(None, description="An existing Deployment: its own runtime version is offered as well.")
    deploymentType: Literal["STANDARD", "DEDICATED", "HYBRID"] | None = None
    executor: Executor | None = None
    cloudProvider: Literal["AWS", "AZURE", "GCP"] | None = None


@router.get(
    "/organizations/<organizationId>/deployment-options",
    operation_id="GetDeploymentOptions",
    summary="Get what a Deployment may ask for",
    tags=["Deployment"],
)
def get_deployment_options(organizationId: str, caller: Caller, choice: Annotated[Choice, Query()]) -> DeploymentOptions:
    """The figures that requests are judged by."""
    organizations.fetch(caller, organizationId, Permission.ORGANIZATION_GET)
    places.check_provider(choice.cloudProvider, organizationId, field="cloudProvider")
    if choice.deploymentType == "HYBRID":
        raise Invalid.field("deploymentType", "HYBRID Deployments are not offered; use STANDARD or DEDICATED", code="NOT_SERVED")
    deployment = None
    if choice.deploymentId:
        with places.named_in("deploymentId"):
            deployment = deployments.fetch(caller, organizationId, choice.deploymentId, Permission.DEPLOYMENT_GET)
    executors = _executors(organizationId, deployment)
    if choice.executor and choice.executor not in executors:
        listed = " or ".join(f"`{each}`" for each in executors)
        raise Invalid.clause("executor", f"can only be {listed}: no cluster of yours starts a pod for each task", code="NOT_SERVED")
    if not deployment:
        return DeploymentOptions.of(runtime.offered(), executors)
    releases = tuple(each for each in runtime.every() if not each.yanked or each.version == deployment.runtime_version)
    return DeploymentOptions.of(releases, executors, development=deployment.is_development_mode)


def _executors(organization_id: str, deployment: Deployment | None) -> tuple[Executor, ...]:
    """Those of a Deployment's cluster; of a new one those of any cluster that it could be placed on."""
    serving = clusters.serving(organization_id)
    there = [each for each in serving if deployment is None or each.id == deployment.cluster_id]
    return tuple(dict.fromkeys((*offer.EXECUTORS, *(executor for each in there for executor in each.executors))))
