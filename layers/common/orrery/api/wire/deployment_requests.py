"""Requests for Deployments: what may be sent, field by field; what depends on other things is judged by the rules beside the routes."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, AwareDatetime, Field, field_validator

from orrery.api.wire.base import Boolean, Integer, Name, Request
from orrery.api.wire.variables import VariableKey, VariableValue
from orrery.errors import Invalid
from orrery.model import offer
from orrery.model.deployment import CatchUp, Executor, SchedulerSize
from orrery.model.queue import Machine

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,255}")
_QUEUE = re.compile(r"[a-z][a-z0-9-]*")
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]{0,31}(/[A-Za-z0-9][A-Za-z0-9_+-]{0,31}){0,2}")
_SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)


def _email(text: str) -> str:
    if not _EMAIL.fullmatch(text):
        raise ValueError("must be an e-mail address")
    return text


def _queue_name(text: str) -> str:
    if not _QUEUE.fullmatch(text):
        raise ValueError("must begin with a lower-case letter and hold only lower-case letters, digits and `-`")
    return text


def _cron(text: str) -> str:
    try:
        parts = len(text.split())
        CronSim(text, _SOME_DAY)
    except CronSimError:
        parts = 0
    if parts != 5:
        raise ValueError(f"`{text[:100]}` is not a cron expression of five parts, such as `0 17 * * 5`")
    return text


def _time_zone(text: str) -> str:
    """Only the form is looked at before the name is looked up: a name can be a path."""
    try:
        ZoneInfo(text if _ZONE.fullmatch(text) else "")
    except (ValueError, OSError, KeyError) as unknown:
        raise ValueError(f"`{text[:64]}` is not a time zone of the IANA database, such as `Europe/Berlin`") from unknown
    return text


def _cores(text: str) -> str:
    if offer.cores(text) is None:
        raise ValueError("must be an amount of cores such as `0.25`")
    return text


def _gib(text: str) -> str:
    if offer.gib(text) is None:
        raise ValueError("must be an amount of memory such as `0.5Gi`")
    return text


def _printable(text: str) -> str:
    if text != text.strip() or not text.isprintable():
        raise ValueError("may not begin or end with a space, nor hold characters that cannot be printed")
    return text


Cores = Annotated[str, AfterValidator(_cores)]
Memory = Annotated[str, AfterValidator(_gib)]
TimeZone = Annotated[str, Field(max_length=64), AfterValidator(_time_zone)]
Cron = Annotated[str, Field(max_length=200), AfterValidator(_cron)]


class WorkerQueueRequest(Request):
    """A worker queue; its name is for ever, and one named `default` must be there."""

    id: str | None = None
    name: Annotated[str, Field(max_length=63), AfterValidator(_queue_name)]
    is_default: Boolean
    astro_machine: Machine
    min_worker_count: Annotated[Integer, Field(ge=offer.MIN_WORKERS.floor, le=offer.MIN_WORKERS.ceiling)]
    max_worker_count: Annotated[Integer, Field(ge=offer.MAX_WORKERS.floor, le=offer.MAX_WORKERS.ceiling)]
    worker_concurrency: Annotated[Integer, Field(ge=1)]
    pod_ephemeral_storage: str | None = None

    @field_validator("max_worker_count")
    @classmethod
    def _not_below_the_minimum(cls, value: int, info: Any) -> int:
        if value < info.data.get("min_worker_count", 0):
            raise ValueError(f"must be minWorkerCount ({info.data['min_worker_count']}) or more")
        return value


class UpdateWorkerQueueRequest(WorkerQueueRequest):
    """A worker queue of a Deployment that is there; one whose name is new is added, one that is not named goes."""

    astro_machine: Machine | None = None  # type: ignore[assignment]
    node_pool_id: str | None = None


class DeploymentEnvironmentVariableRequest(Request):
    """A variable; the value of a secret that is there already may be left out, and stays."""

    key: VariableKey
    value: VariableValue | None = None
    is_secret: Boolean


class DeploymentHibernationScheduleRequest(Request):
    """When to sleep and when to wake."""

    hibernate_at_cron: Cron
    wake_at_cron: Cron
    is_enabled: Boolean
    description: Annotated[str, Field(max_length=200)] | None = None
    time_zone: TimeZone | None = Field(None, description="The IANA time zone that both expressions are read in; UTC when left out.")


class DeploymentHibernationOverrideRequest(Request):
    """A person's word over the schedules."""

    is_hibernating: Boolean | None = None
    override_until: AwareDatetime | None = None


class DeploymentIdleRuleRequest(Request):
    """Whether it falls asleep by itself when nothing has run for so long; it wakes ahead of its next run."""

    is_enabled: Boolean
    after_minutes: Annotated[Integer, Field(ge=1, le=10_080, description="60 when left out.")] | None = None


class DeploymentHibernationSpecRequest(Request):
    """When it sleeps; what is left out stays as it is."""

    override: DeploymentHibernationOverrideRequest | None = None
    schedules: Annotated[list[DeploymentHibernationScheduleRequest], Field(max_length=20)] | None = None
    idle: DeploymentIdleRuleRequest | None = None
    catch_up: CatchUp | None = Field(
        None, description="AS_WRITTEN: each DAG's own `catchup` decides what becomes of missed runs. LATEST: only its newest is run."
    )
    wake_on_visit: Boolean | None = Field(None, description="Whether a visit to its address wakes it; true when never said.")


class DeploymentScalingSpecRequest(Request):
    hibernation_spec: DeploymentHibernationSpecRequest | None = None


class DeploymentRemoteExecutionRequest(Request):
    enabled: Boolean
    allowed_ip_address_ranges: list[str] | None = None
    task_log_bucket: str | None = None
    task_log_url_pattern: str | None = None


class DeploymentSettings(Request):
    """What both making and changing a Deployment may say."""

    name: Annotated[Name, Field(max_length=500), AfterValidator(_printable)]
    workspace_id: str
    description: Annotated[str, Field(max_length=1000)] | None = None
    contact_emails: Annotated[list[Annotated[str, AfterValidator(_email)]], Field(max_length=50)] | None = None
    is_development_mode: Boolean | None = None
    default_task_pod_cpu: Cores | None = None
    default_task_pod_memory: Memory | None = None
    resource_quota_cpu: Cores | None = None
    resource_quota_memory: Memory | None = None
    scaling_spec: DeploymentScalingSpecRequest | None = None
    remote_execution: DeploymentRemoteExecutionRequest | None = None
    workload_identity: str | None = None
    dr_workload_identity: str | None = None


class _Create(DeploymentSettings):
    astro_runtime_version: str | None = None
    cluster_id: str | None = None
    executor: Executor | None = None
    scheduler_size: SchedulerSize | None = None
    is_cicd_enforced: Boolean | None = None
    is_dag_deploy_enabled: Boolean | None = None
    is_high_availability: Boolean | None = None
    environment_variables: list[DeploymentEnvironmentVariableRequest] | None = None
    worker_queues: list[WorkerQueueRequest] | None = None


class CreateStandardDeploymentRequest(_Create):
    """A Deployment on a cluster that serves everybody: named by `clusterId`, or found by `region`."""

    type: Literal["STANDARD"]
    cloud_provider: Literal["AWS", "AZURE", "GCP"] | None = None
    region: str | None = None


class CreateDedicatedDeploymentRequest(_Create):
    """A Deployment on a cluster of the Organization's own."""

    type: Literal["DEDICATED"]


class _Update(DeploymentSettings):
    executor: Executor
    scheduler_size: SchedulerSize
    is_cicd_enforced: Boolean
    is_dag_deploy_enabled: Boolean
    is_high_availability: Boolean
    environment_variables: list[DeploymentEnvironmentVariableRequest]
    worker_queues: list[UpdateWorkerQueueRequest] | None = None


class UpdateStandardDeploymentRequest(_Update):
    """All settings of a Deployment; optional ones that are left out stay as they are."""

    type: Literal["STANDARD"]


class UpdateDedicatedDeploymentRequest(_Update):
    """All settings of a Deployment; optional ones that are left out stay as they are."""

    type: Literal["DEDICATED"]


class HybridDeploymentRequest(Request, extra="allow"):
    """Refused: hybrid clusters are not offered here."""

    type: Literal["HYBRID"]

    def refusal(self) -> Invalid:
        """What to say to whoever sends one."""
        return Invalid.field("type", "HYBRID Deployments are not offered; use `STANDARD`, or `DEDICATED` with a cluster of your own")


CreateDeploymentRequest = CreateStandardDeploymentRequest | CreateDedicatedDeploymentRequest | HybridDeploymentRequest
UpdateDeploymentRequest = UpdateStandardDeploymentRequest | UpdateDedicatedDeploymentRequest | HybridDeploymentRequest


class OverrideDeploymentHibernationBody(Request):
    """Asleep or awake, until a time or until taken back; null is awake, null as a time is for ever."""

    is_hibernating: Boolean | None
    override_until: AwareDatetime | None = None
