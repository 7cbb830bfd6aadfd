"""What a request wants a Deployment to be: every field has an effect or is refused with its reason, and all refusals come at once."""

from datetime import datetime
from typing import Any

from orrery.api import queues, variables
from orrery.api.problems import Problems
from orrery.api.wire.deployment_requests import (
    CreateDedicatedDeploymentRequest,
    CreateStandardDeploymentRequest,
    DeploymentHibernationSpecRequest,
    DeploymentSettings,
    UpdateDedicatedDeploymentRequest,
    UpdateStandardDeploymentRequest,
)
from orrery.model import offer, runtime
from orrery.model.cluster import Cluster
from orrery.model.deployment import Deployment, Executor, HibernationOverride, HibernationSchedule, IdleRule, SchedulerSize

Create = CreateStandardDeploymentRequest | CreateDedicatedDeploymentRequest
Update = UpdateStandardDeploymentRequest | UpdateDedicatedDeploymentRequest
Changes = dict[str, Any]


def new(body: Create, cluster: Cluster, *, organization: str, id: str, cicd_enforced_default: bool, now: datetime) -> Changes:
    """The settings of a new Deployment, which will have this id; what is left out takes the product's defaults."""
    problems = Problems()
    development = bool(body.is_development_mode)
    settings = {
        "runtime_version": _runtime(body.astro_runtime_version, problems),
        "executor": body.executor or Executor.ASTRO,
        "scheduler_size": body.scheduler_size or SchedulerSize.SMALL,
        "queues": queues.wanted(body.worker_queues, (), problems) if body.worker_queues else queues.default(),
        "environment": variables.wanted(body.environment_variables or (), (), now, problems),
        "is_cicd_enforced": cicd_enforced_default if body.is_cicd_enforced is None else body.is_cicd_enforced,
        "is_dag_deploy_enabled": True if body.is_dag_deploy_enabled is None else body.is_dag_deploy_enabled,
        "is_high_availability": bool(body.is_high_availability),
        "is_development_mode": development,
        **_texts(body),
        **_resources(body, None, problems),
        **_hibernation(body, None, now, problems),
        **_style(body),
    }
    _refuse(body, settings, cluster, problems)
    problems.refuse()
    return settings | {"environment": variables.sealed(settings["environment"], (), organization=organization, deployment=id)}


def changed(deployment: Deployment, body: Update, cluster: Cluster, *, now: datetime) -> Changes:
    """The new settings of a Deployment that is there; optional ones that are left out stay."""
    problems = Problems()
    development = deployment.is_development_mode if body.is_development_mode is None else body.is_development_mode
    _refuse_moving(deployment, body, problems)
    settings = {
        "name": body.name,
        "executor": body.executor,
        "scheduler_size": body.scheduler_size,
        "queues": deployment.queues if body.worker_queues is None else queues.wanted(body.worker_queues, deployment.queues, problems),
        "environment": variables.wanted(body.environment_variables, deployment.environment, now, problems),
        "is_cicd_enforced": body.is_cicd_enforced,
        "is_dag_deploy_enabled": body.is_dag_deploy_enabled,
        "is_high_availability": body.is_high_availability,
        "is_development_mode": development,
        **_texts(body),
        **_resources(body, deployment, problems),
        **_hibernation(body, deployment, now, problems),
        **_style(body),
    }
    _refuse(body, settings, cluster, problems)
    problems.refuse()
    owner = {"organization": deployment.organization_id, "deployment": deployment.id}
    return settings | {"environment": variables.sealed(settings["environment"], deployment.environment, **owner)}


def override(is_hibernating: bool, until: datetime | None, now: datetime, problems: Problems, *, field: str = "") -> HibernationOverride:
    """A person's word over the schedules."""
    if until and until <= now:
        problems.add(f"{field}overrideUntil", "lies in the past; send a time to come, or none", "IN_THE_PAST")
    return HibernationOverride(is_hibernating, until)


def _texts(body: DeploymentSettings) -> Changes:
    texts: Changes = {} if body.description is None else {"description": body.description}
    return texts if body.contact_emails is None else {**texts, "contact_emails": tuple(body.contact_emails)}


def _runtime(version: str | None, problems: Problems) -> str:
    there_is = [release.version for release in runtime.offered()]
    if version and version not in there_is:
        why = "has been taken back" if version in [each.version for each in runtime.every()] else "is not a runtime version we know"
        listed = ", ".join(f"`{each}`" for each in there_is)
        problems.add("astroRuntimeVersion", f"`{version[:50]}` {why}; choose one of {listed}", "UNKNOWN_VERSION")
    return version or there_is[0]


def _resources(body: DeploymentSettings, before: Deployment | None, problems: Problems) -> Changes:
    pod = (before.default_task_pod_cpu, before.default_task_pod_memory) if before else _sized(offer.TASK_POD.default)
    quota = (before.resource_quota_cpu, before.resource_quota_memory) if before else _sized(offer.QUOTA.default)
    pod = _pair("defaultTaskPod", (body.default_task_pod_cpu, body.default_task_pod_memory), pod, (offer.TASK_POD, problems))
    quota = _pair("resourceQuota", (body.resource_quota_cpu, body.resource_quota_memory), quota, (offer.QUOTA, problems))
    if (offer.cores(pod[0]) or 0) > (offer.cores(quota[0]) or 0):
        problems.add("resourceQuotaCpu", f"must have room for one task pod, which takes `{pod[0]}`")
    named = ("default_task_pod_cpu", "default_task_pod_memory", "resource_quota_cpu", "resource_quota_memory")
    return dict(zip(named, pod + quota, strict=True))


def _sized(cpu: str) -> tuple[str, str]:
    return cpu, offer.memory_for(cpu)


def _pair(
    name: str, asked: tuple[str | None, str | None], before: tuple[str, str], bounds: tuple[offer.Resource, Problems]
) -> tuple[str, str]:
    """Cores and memory that fit each other; memory that is left out follows the cores."""
    limits, problems = bounds
    cpu = asked[0] or before[0]
    memory = asked[1] or (offer.memory_for(cpu) if asked[0] else before[1])
    amount, least, most = offer.cores(cpu) or 0, offer.cores(limits.floor) or 0, offer.cores(limits.ceiling) or 0
    if not least <= amount <= most:
        problems.add(f"{name}Cpu", f"must be from `{limits.floor}` to `{limits.ceiling}` cores")
    elif offer.gib(memory) != 2 * amount:
        problems.add(f"{name}Memory", f"must be twice the cores: `{offer.memory_for(cpu)}` for `{cpu}`")
    return cpu, memory


def _hibernation(body: DeploymentSettings, before: Deployment | None, now: datetime, problems: Problems) -> Changes:
    spec = body.scaling_spec.hibernation_spec if body.scaling_spec else None
    if spec is None:
        return {}
    changes: Changes = _overridden(spec, before, now, problems)
    if spec.schedules is not None:
        changes["hibernation_schedules"] = tuple(
            HibernationSchedule(
                each.hibernate_at_cron, each.wake_at_cron, each.is_enabled, each.description or "", each.time_zone or "UTC"
            )
            for each in spec.schedules
        )  # fmt: skip
    if spec.idle is not None:
        minutes = spec.idle.after_minutes or (before.idle_rule if before else IdleRule()).after_minutes
        changes["idle_rule"] = IdleRule(spec.idle.is_enabled, minutes)
    if spec.catch_up is not None:
        changes["catch_up"] = spec.catch_up
    if spec.wake_on_visit is not None:
        changes["wakes_on_visit"] = spec.wake_on_visit
    return changes


def _style(body: DeploymentSettings) -> Changes:
    spec = body.scaling_spec
    changes: Changes = {"scaling_style": spec.style} if spec and spec.style else {}
    if spec and spec.shadow_style:
        changes["shadow_style"] = None if spec.shadow_style == "NONE" else spec.shadow_style
    return changes


def _overridden(spec: DeploymentHibernationSpecRequest, before: Deployment | None, now: datetime, problems: Problems) -> Changes:
    """A person's word among the settings; clients that send all they read send it back too, and then it is no new word."""
    asked, field = spec.override, "scalingSpec.hibernationSpec.override."
    if asked is None or asked.is_hibernating is None:
        return {}
    if before is None and asked.is_hibernating:
        problems.add(f"{field}isHibernating", "must be false at first: a new Deployment starts awake")
    told = override(asked.is_hibernating, asked.override_until, now, problems, field=field)
    if before and told == before.hibernation_override:
        return {}
    woken = {} if told.is_hibernating else {"woken_at": now}
    return {"hibernation_override": told, "asleep": None, **woken}


def _refuse(body: DeploymentSettings, settings: Changes, cluster: Cluster, problems: Problems) -> None:
    """What its cluster, or no home of Deployments here, can give."""
    remote = body.remote_execution
    if remote and (remote.enabled or remote.allowed_ip_address_ranges or remote.task_log_bucket or remote.task_log_url_pattern):
        problems.add("remoteExecution", "is not offered yet: workers run beside their Airflow; leave it out", "NOT_SERVED")
    for field, value in (("workloadIdentity", body.workload_identity), ("drWorkloadIdentity", body.dr_workload_identity)):
        if value:
            problems.add(field, "is not offered yet: no cluster here gives its Deployments a cloud identity; leave it out", "NOT_SERVED")
    if settings["executor"] not in cluster.executors:
        listed = " or ".join(f"`{each}`" for each in cluster.executors)
        problems.add("executor", f"can only be {listed}: cluster `{cluster.name}` starts no pod for each task", "NOT_SERVED")
    if settings["is_development_mode"] and settings["is_high_availability"]:
        problems.add("isHighAvailability", "must be false in development mode")
    elif settings["is_high_availability"] and not cluster.offers_high_availability:
        problems.add("isHighAvailability", f"must be false: cluster `{cluster.name}` runs one of each component", "NOT_SERVED")
    if settings["is_development_mode"] and settings["scheduler_size"] is not SchedulerSize.SMALL:
        problems.add("schedulerSize", "must be `SMALL` in development mode")


def _refuse_moving(deployment: Deployment, body: Update, problems: Problems) -> None:
    if body.type != deployment.type:
        problems.add("type", f"must stay `{deployment.type}`: a Deployment does not change its type")
    if body.workspace_id != deployment.workspace_id:
        problems.add("workspaceId", "must stay what it is: a Deployment does not change its Workspace", "NOT_FOUND")
    if body.is_development_mode and not deployment.is_development_mode:
        problems.add("isDevelopmentMode", "must stay false: development mode is chosen when a Deployment is made")
