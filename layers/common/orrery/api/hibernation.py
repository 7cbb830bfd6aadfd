"""Hibernation by a person's word: workers are drained, Airflow stops, the database stays. The word stands over every rule."""

from datetime import UTC, datetime

from aws_lambda_powertools.event_handler import Response

from orrery import hibernation, workflows
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
    """Put a Deployment to sleep, or wake it; running tasks end first. Asleep without a time, it wakes for a deploy or a visit."""
    problems, now = Problems(), datetime.now(UTC)
    override = desired.override(bool(body.is_hibernating), body.override_until, now, problems)
    problems.refuse()
    _say(caller, organizationId, deploymentId, override)
    return DeploymentHibernationOverride.of(override)


@router.delete(ITEM, operation_id="DeleteDeploymentHibernationOverride", summary="Take the word back", tags=["Deployment"], status_code=204)
def delete_hibernation_override(organizationId: str, deploymentId: str, caller: Caller) -> Response[None]:
    """Nobody's word stands over the Deployment any more; its own rules decide at once, and without any it wakes."""
    _say(caller, organizationId, deploymentId, None)
    return no_content()


def _say(caller: Principal, organization_id: str, deployment_id: str, override: HibernationOverride | None) -> None:
    """The same word twice changes nothing, so it does not roll an Airflow that stands as it should."""
    deployment = deployments.fetch(caller, organization_id, deployment_id, Permission.DEPLOYMENT_UPDATE)
    by, now = caller.subject, datetime.now(UTC)
    told = deployment.override_hibernation(override, by=by, now=now) if override else hibernation.release(deployment, by=by, now=now)
    if told.hibernation_override != deployment.hibernation_override:
        deployments.save(told)
        workflows.start(told.workflow, told)
