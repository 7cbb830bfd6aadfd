"""Hibernation by a person's word: workers are drained, Airflow stops, the database stays."""

from datetime import UTC, datetime

from aws_lambda_powertools.event_handler import Response

from orrery import workflows
from orrery.api import desired
from orrery.api.entrance import Caller, no_content, routes
from orrery.api.problems import Problems
from orrery.api.wire.deployment_requests import OverrideDeploymentHibernationBody
from orrery.api.wire.deployments import DeploymentHibernationOverride
from orrery.authz.permissions import Permission
from orrery.authz.principal import Principal
from orrery.model.deployment import HibernationOverride
from orrery.store import deployments

router = routes()
ITEM = "/organizations/<organizationId>/deployments/<deploymentId>/hibernation-override"


@router.post(ITEM, operation_id="UpdateDeploymentHibernationOverride", summary="Hibernate or wake a Deployment", tags=["Deployment"])
def update_hibernation_override(
    organizationId: str, deploymentId: str, body: OverrideDeploymentHibernationBody, caller: Caller
) -> DeploymentHibernationOverride:
    """Put a Deployment in development mode to sleep, or wake it; running tasks end first."""
    problems, now = Problems(), datetime.now(UTC)
    override = desired.override(bool(body.is_hibernating), body.override_until, now, problems)
    problems.refuse()
    _say(caller, organizationId, deploymentId, override)
    return DeploymentHibernationOverride.of(override)


@router.delete(ITEM, operation_id="DeleteDeploymentHibernationOverride", summary="Take the word back", tags=["Deployment"], status_code=204)
def delete_hibernation_override(organizationId: str, deploymentId: str, caller: Caller) -> Response[None]:
    """Nobody's word stands over the Deployment any more; it wakes if it was asleep by one."""
    _say(caller, organizationId, deploymentId, None)
    return no_content()


def _say(caller: Principal, organization_id: str, deployment_id: str, override: HibernationOverride | None) -> None:
    """The same word twice changes nothing, so it does not roll an Airflow that stands as it should."""
    deployment = deployments.fetch(caller, organization_id, deployment_id, Permission.DEPLOYMENT_UPDATE)
    told = deployment.override_hibernation(override, by=caller.subject, now=datetime.now(UTC))
    if told.hibernation_override != deployment.hibernation_override:
        deployments.save(told)
        workflows.start(told.workflow, told)
