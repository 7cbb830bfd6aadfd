"""The one place where a Deployment becomes what a data plane may know about it."""

from orrery.dataplane.port import DeploymentRef, DeploymentSpec, QueueSpec
from orrery.model.deployment import CatchUp, Deployment
from orrery.model.queue import Queue
from orrery.model.runtime import airflow_version
from orrery.provisioning import environment
from orrery.provisioning.environment import Environment
from orrery.settings import settings


def spec_of(deployment: Deployment, has: Environment | None = None) -> DeploymentSpec:
    """All of it, secrets included and in clear: it goes to the data plane and nowhere else."""
    has = has or environment.of(deployment)
    return DeploymentSpec(
        id=deployment.id,
        organization_id=deployment.organization_id,
        workspace_id=deployment.workspace_id,
        cluster_id=deployment.cluster_id,
        namespace=deployment.namespace,
        generation=deployment.generation,
        airflow_version=airflow_version(deployment.runtime_version),
        runtime_version=deployment.runtime_version,
        scheduler_size=deployment.scheduler_size.value,
        high_availability=deployment.is_high_availability,
        hibernating=deployment.is_hibernating,
        queues=tuple(_queue(queue, asleep=deployment.is_hibernating) for queue in deployment.queues),
        environment={**has.environment, **_caught_up(deployment)},
        api_url=settings().api_url,
        console_origin=settings().console_origin,
        releases=f"s3://{settings().releases_bucket}/{deployment.id}",
        connections=has.connections,
        variables=has.variables,
        scaling_style=deployment.scaling_style.value,
        shadow_style=deployment.shadow_style.value if deployment.shadow_style else "",
        metrics_exports=has.metrics_exports,
        executor=deployment.executor.value,
        development=deployment.is_development_mode,
        task_pod_cpu=deployment.default_task_pod_cpu,
        task_pod_memory=deployment.default_task_pod_memory,
        quota_cpu=deployment.resource_quota_cpu,
        quota_memory=deployment.resource_quota_memory,
    )


def ref_of(deployment: Deployment) -> DeploymentRef:
    """Enough to take its things away."""
    return DeploymentRef(deployment.id, deployment.organization_id, deployment.cluster_id, deployment.namespace)


def _caught_up(deployment: Deployment) -> dict[str, str]:
    """What Airflow's DAG policy reads; nothing where each DAG decides for itself."""
    return {} if deployment.catch_up is CatchUp.AS_WRITTEN else {"AIRFLOW__ORRERY__CATCH_UP": deployment.catch_up.value}


def _queue(queue: Queue, *, asleep: bool) -> QueueSpec:
    return QueueSpec(
        name=queue.name,
        min_workers=0 if asleep else queue.min_workers,
        max_workers=0 if asleep else queue.max_workers,
        concurrency=queue.concurrency,
        machine=queue.machine.value,
        cpu=queue.machine.size.cpu,
        memory=queue.machine.size.memory,
        storage=queue.ephemeral_storage,
    )
