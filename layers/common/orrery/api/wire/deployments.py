"""Deployments on the wire: every property that a client looks into is always there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field

from orrery import names
from orrery.api.wire.base import BasicSubjectProfile, Paginated, Response, Timestamp, one_of
from orrery.api.wire.incidents import DeploymentHealthStatus
from orrery.hypervisor import sleep
from orrery.model import deployment as model
from orrery.model import offer, runtime, scaling
from orrery.model.cluster import Cluster
from orrery.model.deploy import Release
from orrery.model.queue import Queue


@dataclass(frozen=True)
class Seen:
    """All that is shown of one Deployment: what is wanted, what is there, and what it lies in."""

    deployment: model.Deployment
    observed: model.Observed
    release: Release
    cluster: Cluster | None
    workspace_name: str
    now: datetime


class DeploymentEnvironmentVariable(Response):
    """A variable; the value of a secret is never sent."""

    key: str
    value: str
    is_secret: bool
    updated_at: Timestamp

    @classmethod
    def of(cls, variable: model.EnvironmentVariable) -> "DeploymentEnvironmentVariable":
        value = "" if variable.is_secret else variable.value
        return cls(key=variable.key, value=value, is_secret=variable.is_secret, updated_at=variable.updated_at)


class WorkerQueue(Response):
    id: str
    name: str
    is_default: bool
    astro_machine: str
    min_worker_count: int
    max_worker_count: int
    worker_concurrency: int
    node_pool_id: str | None
    pod_cpu: str
    pod_memory: str
    pod_ephemeral_storage: str

    @classmethod
    def of(cls, queue: Queue) -> "WorkerQueue":
        return cls(
            id=queue.id,
            name=queue.name,
            is_default=queue.is_default,
            astro_machine=queue.machine.value,
            min_worker_count=queue.min_workers,
            max_worker_count=queue.max_workers,
            worker_concurrency=queue.concurrency,
            node_pool_id=None,
            pod_cpu=str(queue.machine.size.cpu),
            pod_memory=f"{queue.machine.size.memory}Gi",
            pod_ephemeral_storage=queue.ephemeral_storage,
        )


class DeploymentHibernationSchedule(Response):
    hibernate_at_cron: str
    wake_at_cron: str
    is_enabled: bool
    description: str
    time_zone: str

    @classmethod
    def of(cls, schedule: model.HibernationSchedule) -> "DeploymentHibernationSchedule":
        return cls(
            hibernate_at_cron=schedule.hibernate_at_cron,
            wake_at_cron=schedule.wake_at_cron,
            is_enabled=schedule.is_enabled,
            description=schedule.description,
            time_zone=schedule.time_zone,
        )


class DeploymentIdleRule(Response):
    is_enabled: bool
    after_minutes: int


class DeploymentHibernationOverride(Response):
    is_active: bool
    is_hibernating: bool
    override_until: Timestamp | None

    @classmethod
    def of(cls, override: model.HibernationOverride) -> "DeploymentHibernationOverride":
        return cls(is_active=True, is_hibernating=override.is_hibernating, override_until=override.until)


class DeploymentHibernationSpec(Response):
    override: DeploymentHibernationOverride | None
    schedules: list[DeploymentHibernationSchedule]
    idle: DeploymentIdleRule
    catch_up: model.CatchUp
    wake_on_visit: bool


class DeploymentScalingSpec(Response):
    hibernation_spec: DeploymentHibernationSpec | None
    style: scaling.Style
    shadow_style: scaling.Style | None

    @classmethod
    def of(cls, deployment: model.Deployment) -> "DeploymentScalingSpec | None":
        """None while nobody has said anything, which is how clients know a Deployment that never sleeps."""
        override, idle = deployment.hibernation_override, deployment.idle_rule
        style, shadow = deployment.scaling_style, deployment.shadow_style
        said = (override, deployment.hibernation_schedules, idle, deployment.catch_up, deployment.wakes_on_visit, style, shadow)
        if said == (None, (), model.IdleRule(), model.CatchUp.AS_WRITTEN, True, scaling.Style.BALANCED, None):
            return None
        spec = DeploymentHibernationSpec(
            override=DeploymentHibernationOverride.of(override) if override else None,
            schedules=[DeploymentHibernationSchedule.of(each) for each in deployment.hibernation_schedules],
            idle=DeploymentIdleRule(is_enabled=idle.is_enabled, after_minutes=idle.after_minutes),
            catch_up=deployment.catch_up,
            wake_on_visit=deployment.wakes_on_visit,
        )
        return cls(hibernation_spec=spec, style=style, shadow_style=shadow)


class DeploymentHibernationStatus(Response):
    is_hibernating: bool
    next_event_type: str | None = Field(description="HIBERNATE or WAKE.")
    next_event_at: Timestamp | None
    reason: str


class DeploymentScalingStatus(Response):
    hibernation_status: DeploymentHibernationStatus

    @classmethod
    def of(cls, deployment: model.Deployment, now: datetime) -> "DeploymentScalingStatus":
        decision = sleep.decide(sleep.of(deployment, now))
        has_say = deployment.is_hibernating or deployment.hibernation_override is not None or deployment.has_sleep_rules
        status = DeploymentHibernationStatus(
            is_hibernating=deployment.is_hibernating,
            next_event_type=decision.next.type.value if decision.next else None,
            next_event_at=decision.next.at if decision.next else None,
            reason=decision.reason if has_say else "",
        )
        return cls(hibernation_status=status)


class DeploymentRemoteExecution(Response):
    """Never sent: workers run beside their Airflow."""

    enabled: bool
    allowed_ip_address_ranges: list[str]
    remote_api_url: str
    task_log_bucket: str | None
    task_log_url_pattern: str | None


class Deployment(Response):
    """One Airflow: what was asked for, and how it stands.

    The web server's addresses come without a scheme, because clients put `https://` before them; all are empty until the Airflow has one.
    """

    id: str
    name: str
    description: str
    type: str
    status: model.Status
    status_reason: str
    deployment_health_status: DeploymentHealthStatus
    organization_id: str
    workspace_id: str
    workspace_name: str
    cluster_id: str
    cluster_name: str
    cloud_provider: str
    region: str
    namespace: str
    contact_emails: list[str]
    airflow_version: str
    runtime_version: str
    astro_runtime_version: str
    image_repository: str
    image_tag: str
    image_version: str | None
    dag_tarball_version: str
    desired_dag_tarball_version: str
    executor: model.Executor
    environment_variables: list[DeploymentEnvironmentVariable]
    is_cicd_enforced: bool
    is_dag_deploy_enabled: bool
    is_development_mode: bool
    is_high_availability: bool
    scheduler_size: model.SchedulerSize
    scheduler_au: int | None
    scheduler_cpu: str
    scheduler_memory: str
    scheduler_replicas: int
    web_server_cpu: str
    web_server_memory: str
    web_server_replicas: int
    web_server_url: str
    web_server_airflow_api_url: str
    web_server_ingress_hostname: str
    api_url: str
    ui_url: str
    worker_queues: list[WorkerQueue]
    default_task_pod_cpu: str
    default_task_pod_memory: str
    resource_quota_cpu: str
    resource_quota_memory: str
    task_pod_node_pool_id: str | None
    scaling_spec: DeploymentScalingSpec | None
    scaling_status: DeploymentScalingStatus
    remote_execution: DeploymentRemoteExecution | None
    external_ips: list[str] = Field(alias="externalIPs")
    oidc_issuer_url: str
    effective_workload_identity: str
    dr_external_ips: list[str] = Field(alias="drExternalIPs")
    dr_oidc_issuer_url: str
    effective_dr_workload_identity: str = Field(alias="effectiveDRWorkloadIdentity")
    created_at: Timestamp
    created_by: BasicSubjectProfile
    updated_at: Timestamp
    updated_by: BasicSubjectProfile

    @classmethod
    def of(cls, seen: Seen) -> "Deployment":
        deployment = seen.deployment
        status, reason = model.status(deployment, seen.observed)
        scheduler = offer.SCHEDULERS[deployment.scheduler_size]
        web_cpu, web_memory = offer.WEB_SERVER
        address = seen.observed.address
        host = urlsplit(address).netloc
        return cls(
            id=deployment.id,
            name=deployment.name,
            description=deployment.description,
            type=deployment.type,
            status=status,
            status_reason=reason,
            deployment_health_status=DeploymentHealthStatus.of(deployment, seen.observed),
            organization_id=deployment.organization_id,
            workspace_id=deployment.workspace_id,
            workspace_name=seen.workspace_name,
            cluster_id=deployment.cluster_id,
            cluster_name=seen.cluster.name if seen.cluster else "",
            cloud_provider="AWS",
            region=deployment.region,
            namespace=deployment.namespace,
            contact_emails=list(deployment.contact_emails),
            airflow_version=runtime.airflow_version(deployment.runtime_version),
            runtime_version=deployment.runtime_version,
            astro_runtime_version=deployment.runtime_version,
            image_repository=names.image_repository(deployment.organization_id, deployment.namespace),
            image_tag=deployment.runtime_version,
            image_version=None,
            dag_tarball_version=seen.release.published_version,
            desired_dag_tarball_version=seen.release.version,
            executor=deployment.executor,
            environment_variables=[DeploymentEnvironmentVariable.of(each) for each in deployment.environment],
            is_cicd_enforced=deployment.is_cicd_enforced,
            is_dag_deploy_enabled=deployment.is_dag_deploy_enabled,
            is_development_mode=deployment.is_development_mode,
            is_high_availability=deployment.is_high_availability,
            scheduler_size=deployment.scheduler_size,
            scheduler_au=None,
            scheduler_cpu=str(scheduler.cpu),
            scheduler_memory=f"{scheduler.memory}Gi",
            scheduler_replicas=2 if deployment.is_high_availability else 1,
            web_server_cpu=web_cpu,
            web_server_memory=web_memory,
            web_server_replicas=1,
            web_server_url=host,
            web_server_airflow_api_url=f"{host}/api/v2" if host else "",
            web_server_ingress_hostname=host.partition(":")[0],
            api_url=f"{address}/api/v2" if address else "",
            ui_url=address,
            # by name: the astro CLI sorts what it got where it lies, and would send the ids back with each other's names
            worker_queues=[WorkerQueue.of(queue) for queue in sorted(deployment.queues, key=lambda queue: queue.name)],
            default_task_pod_cpu=deployment.default_task_pod_cpu,
            default_task_pod_memory=deployment.default_task_pod_memory,
            resource_quota_cpu=deployment.resource_quota_cpu,
            resource_quota_memory=deployment.resource_quota_memory,
            task_pod_node_pool_id=None,
            scaling_spec=DeploymentScalingSpec.of(deployment),
            scaling_status=DeploymentScalingStatus.of(deployment, seen.now),
            remote_execution=None,
            externalIPs=[],
            oidc_issuer_url="",
            effective_workload_identity="",
            drExternalIPs=[],
            dr_oidc_issuer_url="",
            effectiveDRWorkloadIdentity="",
            created_at=deployment.created_at,
            created_by=BasicSubjectProfile.of(deployment.created_by),
            updated_at=deployment.updated_at,
            updated_by=BasicSubjectProfile.of(deployment.updated_by),
        )


class DeploymentsPaginated(Paginated):
    deployments: list[Deployment]


class ScalingDecision(Response):
    """What the hypervisor decided for one queue, from what it saw, and why."""

    id: str
    decided_at: Timestamp
    queue: str
    action: Annotated[str, one_of("LAUNCH", "DRAIN", "HOLD")]
    cause: Annotated[str, Field(description="The rule that decided, such as DEMAND or AT_CEILING.")]
    current: int
    target: int
    queued: int
    running: int
    inputs: Annotated[
        dict[str, float | int | str], Field(description="What the rule was given besides: workers by state, bounds, what lies ahead ...")
    ]
    style: str
    reason: str
    lease_generation: int
    is_shadow: Annotated[bool, Field(description="Whether it was only thought, by `scalingSpec.shadowStyle`: nobody acted on it.")]

    @classmethod
    def of(cls, decision: scaling.ScalingDecision) -> "ScalingDecision":
        return cls(
            id=decision.id,
            decided_at=decision.decided_at,
            queue=decision.queue,
            action=decision.action,
            cause=decision.cause,
            current=decision.current,
            target=decision.target,
            queued=decision.queued,
            running=decision.running,
            inputs=decision.inputs,
            style=decision.style,
            reason=decision.reason,
            lease_generation=decision.lease_generation,
            is_shadow=decision.is_shadow,
        )


class ScalingDecisionsPaginated(Paginated):
    scaling_decisions: list[ScalingDecision]
