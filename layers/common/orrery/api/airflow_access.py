"""Signing in to a Deployment's Airflow: who a token stands for there, and one-time links for people with a browser."""

from datetime import UTC, datetime

from orrery import hibernation, names
from orrery.api.entrance import Caller, routes
from orrery.api.wire.airflow_access import AirflowAccess, CreateHandoverRequest, DagAccess, Handover, RedeemHandoverRequest
from orrery.authz.dags import dag_access
from orrery.authz.permissions import Permission
from orrery.authz.policy import AirflowRole
from orrery.authz.principal import Principal, airflow_role, missing
from orrery.errors import Conflict, Forbidden
from orrery.hibernation import Stands
from orrery.model import handover as model
from orrery.model.deployment import Deployment
from orrery.store import deployments, handovers, observed

links = routes()
access = routes()
redemptions = routes()
_AS_A_VISIT = CreateHandoverRequest()


@links.post(
    "/organizations/<organizationId>/deployments/<deploymentId>/handover",
    operation_id="CreateHandover",
    summary="Get a one-time link into a Deployment's Airflow",
    tags=["Deployment"],
)
def create_handover(organizationId: str, deploymentId: str, caller: Caller, body: CreateHandoverRequest = _AS_A_VISIT) -> Handover:
    """The code travels in the link's fragment, so that no server or log on the way ever sees it."""
    deployment = deployments.fetch(caller, organizationId, deploymentId, Permission.DEPLOYMENT_GET)
    role = _role(caller, deployment)
    dags = dag_access(caller, deployment.id, role)
    if role is None and not dags:
        raise Forbidden("you may see this Deployment but not enter its Airflow; ask for a role on its Workspace or its DAGs")
    if deployment.is_hibernating:
        then = _visited(deployment, caller) if body.should_wake else "wake it to see its DAGs"
        raise Conflict(f"deployment `{deployment.name}` is asleep: {then}")
    address = observed.load(deploymentId).address
    if not address:
        raise Conflict(f"the Airflow of deployment `{deployment.name}` does not answer yet; try again when its status is HEALTHY")
    code, expires_at = names.new_secret(), datetime.now(UTC) + model.LIFE
    handovers.create(code, model.Handover(deploymentId, caller.id, caller.name, role or "", expires_at, dags))
    return Handover(url=f"{address}/auth/handover#code={code}", expires_at=expires_at)


@access.get(
    "/deployments/<deploymentId>/access", operation_id="GetAirflowAccess", summary="Get one's role inside an Airflow", tags=["Airflow"]
)
def get_access(deploymentId: str, caller: Caller) -> AirflowAccess:
    """Who the token stands for, and as what they may enter; asked by Airflow itself, with its caller's own token."""
    deployment = deployments.load(caller.organization_id, deploymentId)
    role = _role(caller, deployment)
    dags = dag_access(caller, deployment.id, role)
    if role is None and not dags:
        raise missing("deployment")
    return AirflowAccess(subject=caller.id, name=caller.name, role=role, dags=[DagAccess.of(each) for each in dags])


@redemptions.post("/handovers/redeem", operation_id="RedeemHandover", summary="Take a one-time link's word", tags=["Airflow"])
def redeem_handover(body: RedeemHandoverRequest) -> AirflowAccess:
    """Who the link was given to; asked by Airflow itself, once."""
    handover = handovers.redeem(body.code, body.deployment_id, datetime.now(UTC))
    role = AirflowRole(handover.role) if handover.role else None
    return AirflowAccess(subject=handover.subject_id, name=handover.name, role=role, dags=[DagAccess.of(each) for each in handover.dags])


def _visited(deployment: Deployment, caller: Principal) -> str:
    """Somebody is on the way into a Deployment that sleeps; what becomes of it, in words."""
    stands, why = hibernation.need(deployment, by=caller.subject, now=datetime.now(UTC), is_visit=True)
    return why if stands is Stands.ASLEEP else "it wakes up; try again when its status is HEALTHY"


def _role(caller: Principal, deployment: Deployment) -> AirflowRole | None:
    return airflow_role(caller, organization=deployment.organization_id, workspace=deployment.workspace_id, deployment=deployment.id)
