"""What an agent tells and is told. An agent may be newer than the plane, so fields that we do not know are passed over."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from orrery.api.wire.base import Boolean, Integer, Request, Response, Timestamp
from orrery.hypervisor.fleet import WorkerState
from orrery.hypervisor.lease import Lease, Target
from orrery.model import incident, offer
from orrery.model.scaling import Style

Id = Annotated[str, Field(min_length=1, max_length=100)]
Words = Annotated[str, Field(max_length=1000)]
Count = Annotated[Integer, Field(ge=0, le=10_000_000)]
Workers = Annotated[Integer, Field(ge=0, le=offer.MAX_WORKERS.ceiling)]
"""Bounds of a queue, which are set here: more than may be set would have nodes planned for workers that nobody can want."""
Seconds = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]
Tasks = Annotated[float, Field(ge=0, le=10_000_000, allow_inf_nan=False)]
Often = Annotated[Integer, Field(ge=1, le=1000)]


MOST_GRAINS = 2000
"""Of a curve: as far as the slowest start and the longest patience reach, and further than any plan looks."""


def _within_reach(curve: list[tuple[float, int]]) -> list[tuple[float, int]]:
    """A few bytes can tell of a curve that fills a function's memory."""
    if sum(often for _, often in curve) > MOST_GRAINS:
        raise ValueError(f"must tell of at most {MOST_GRAINS} grains")
    return curve


class Told(BaseModel):
    """A part of a snapshot."""

    model_config = ConfigDict(alias_generator=to_camel, validate_by_name=False, validate_by_alias=True, extra="ignore")


class Worker(Told):
    id: Id
    state: WorkerState
    busy: Count
    idle_since: AwareDatetime | None = Field(None, description="Since when it is known to run nothing, on the agent's clock.")
    frees_in: Seconds | None = Field(None, description="Seconds until its last running task is expected to end; null when nobody knows.")


class NextRun(Told):
    """A DAG run that is due soon, as far as one queue is concerned."""

    dag: Annotated[str, Field(min_length=1, max_length=250)]
    at: AwareDatetime
    tasks: Count


class Queue(Told):
    name: Id
    queued: Count
    running: Count
    min: Workers
    max: Workers
    concurrency: Annotated[Integer, Field(ge=1, le=10_000)]
    cpu: Annotated[float, Field(ge=0, le=1000, strict=True, description="vCPU of a worker; 0 when the agent does not know.")] = 0
    memory: Annotated[float, Field(ge=0, le=10_000, strict=True, description="GiB of a worker; 0 when the agent does not know.")] = 0
    workers: list[Worker]
    ahead: Annotated[list[tuple[Tasks, Often]], Field(max_length=300), AfterValidator(_within_reach)] | None = Field(
        None,
        description="Tasks that will be active from now on, as pairs of a value and how many grains of two seconds it lasts; "
        "null when nobody can tell.",
    )
    start_seconds: Annotated[float, Field(ge=1, le=3600, allow_inf_nan=False)] | None = Field(
        None, description="Seconds that its workers take from their launch until they take tasks."
    )
    span_seconds: Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)] = Field(
        0, description="Seconds that the shortest of the runs ahead usually takes."
    )
    next: NextRun | None = Field(None, description="The next run that brings tasks to this queue.")


def _each_once(queues: list[Queue]) -> list[Queue]:
    """A plan that decides one queue twice is refused whole."""
    if len({queue.name for queue in queues}) < len(queues):
        raise ValueError("tells of a queue twice")
    return queues


class Component(Told):
    name: Id
    state: Id
    reason: Words = ""


class Incident(Told):
    """Something that is wrong now; since when is the plane's to remember."""

    code: Annotated[str, Field(pattern="^[A-Z][A-Z_]{0,49}$")]
    severity: incident.Severity
    subject: Annotated[str, Field(min_length=1, max_length=incident.SUBJECT)]
    description: Annotated[str, Field(max_length=incident.DESCRIPTION)]


class ReportedDeployment(Told):
    id: Id
    organization_id: Id
    generation: Count = Field(description="Of the desired state that the bounds of the queues come from.")
    observed_generation: Count = Field(0, description="Of the desired state that the components run.")
    healthy: Boolean
    reason: Words = ""
    address: Words = ""
    style: Style | None = Field(None, description="How its workers are scaled, as its home was told.")
    shadow_style: Style | None = None
    components: list[Component] = []
    incidents: Annotated[list[Incident], Field(max_length=incident.MOST)] = Field(
        [], exclude_if=lambda told: not told, description="The most telling first; a Deployment that is well costs nothing here."
    )
    high_availability: Boolean = Field(False, description="Whether its workers must survive the loss of a zone.")
    queues: Annotated[list[Queue], AfterValidator(_each_once)]
    next_run_at: AwareDatetime | None = Field(None, description="When its next DAG run is due, as its Airflow has it.")
    idle_since: AwareDatetime | None = Field(None, description="Since when nothing has been queued or running, on the agent's clock.")


class Agent(Told):
    version: Id


class Snapshot(Told):
    """A cluster as its agent sees it: every Deployment, every queue, every worker."""

    taken_at: AwareDatetime
    agent: Agent
    deployments: list[ReportedDeployment]

    def document(self) -> dict[str, Any]:
        """As it is kept: the wire's names, times in ISO 8601."""
        return self.model_dump(mode="json", by_alias=True)


class LeaseTarget(Response):
    deployment_id: str
    queue: str
    workers: int
    deployment_generation: int
    reason: str

    @classmethod
    def of(cls, target: Target) -> "LeaseTarget":
        return cls(
            deployment_id=target.deployment_id,
            queue=target.queue,
            workers=target.workers,
            deployment_generation=target.deployment_generation,
            reason=target.reason,
        )


class AgentLease(Response):
    generation: int
    issued_at: Timestamp
    expires_at: Timestamp
    targets: list[LeaseTarget]

    @classmethod
    def of(cls, lease: Lease) -> "AgentLease":
        targets = [LeaseTarget.of(target) for target in lease.targets]
        return cls(generation=lease.generation, issued_at=lease.issued_at, expires_at=lease.expires_at, targets=targets)


class Answer(Response):
    """The newest lease, and the plane's clock beside it: how long the lease holds is `expiresAt - now`, whatever the agent's clock says."""

    now: Timestamp
    lease: AgentLease

    @classmethod
    def of(cls, lease: Lease | None, now: datetime) -> "Answer":
        return cls(now=now, lease=AgentLease.of(lease or Lease(0, now, now, ())))


class Visit(Request):
    """Whose sleeping Deployment somebody came to."""

    organization_id: Id


class VisitedDeployment(Response):
    state: str = Field(description="AWAKE, WAKING or ASLEEP.")
    reason: str
