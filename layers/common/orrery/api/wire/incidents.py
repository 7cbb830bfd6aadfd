"""What is wrong with a Deployment, in the names of the wire's private API: its public one tells only a status and its reason."""

from pydantic import Field

from orrery.api.wire.base import Response, Timestamp
from orrery.model import advisories
from orrery.model.deployment import Deployment, Observed
from orrery.model.incident import Incident, Severity


class DeploymentIncident(Response):
    """Something that is wrong now."""

    incident_type: str = Field(description="Stable, such as OUT_OF_MEMORY, CRASH_LOOP or IMAGE_PULL.")
    severity: Severity = Field(description="`critical` for the whole Deployment, `warning` where some tasks may fail, else `info`.")
    subject: str = Field(description="What it is about, such as `scheduler` or `worker of queue heavy`.")
    description: str
    deployment_id: str
    workspace_id: str
    created_at: Timestamp = Field(description="When it was first seen.")

    @classmethod
    def of(cls, incident: Incident, deployment: Deployment) -> "DeploymentIncident":
        return cls(
            incident_type=incident.code,
            severity=incident.severity,
            subject=incident.subject,
            description=incident.description,
            deployment_id=deployment.id,
            workspace_id=deployment.workspace_id,
            created_at=incident.since,
        )


class DeploymentHealthStatus(Response):
    """What is wrong, the most telling first: as its cluster's agent sees it, while it can be heard, and as its own settings have it."""

    incidents: list[DeploymentIncident]

    @classmethod
    def of(cls, deployment: Deployment, observed: Observed) -> "DeploymentHealthStatus":
        found = (*observed.incidents, *advisories.of(deployment))
        return cls(incidents=[DeploymentIncident.of(each, deployment) for each in found])
