"""A Deployment: one real Airflow; this file holds its desired state and every transition it can make."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from orrery.errors import StillChanging
from orrery.model.incident import Incident, Severity
from orrery.model.queue import Queue
from orrery.model.scaling import Style
from orrery.model.subject import Subject


class Phase(StrEnum):
    """Where the desired state stands in its life; what is really there is `Observed`."""

    CREATING = "CREATING"
    ACTIVE = "ACTIVE"
    FAILED = "FAILED"
    """Creating it failed and was undone; only a delete leads on."""
    DELETING = "DELETING"


class Status(StrEnum):
    CREATING = "CREATING"
    DEPLOYING = "DEPLOYING"
    HEALTHY = "HEALTHY"
    UNHEALTHY = "UNHEALTHY"
    UNKNOWN = "UNKNOWN"
    HIBERNATING = "HIBERNATING"


class Executor(StrEnum):
    CELERY = "CELERY"
    KUBERNETES = "KUBERNETES"
    ASTRO = "ASTRO"
    """The wire's default for Airflow 3; runs on Celery here."""


class SchedulerSize(StrEnum):
    SMALL = "SMALL"
    MEDIUM = "MEDIUM"
    LARGE = "LARGE"
    EXTRA_LARGE = "EXTRA_LARGE"


@dataclass(frozen=True)
class EnvironmentVariable:
    key: str
    value: str = field(repr=False)
    """A secret's is sealed; only what brings it to the data plane opens it."""
    is_secret: bool
    updated_at: datetime


@dataclass(frozen=True)
class HibernationSchedule:
    hibernate_at_cron: str
    wake_at_cron: str
    is_enabled: bool
    description: str = ""
    time_zone: str = "UTC"
    """An IANA name; both expressions are read in it."""


@dataclass(frozen=True)
class IdleRule:
    """Whether it falls asleep by itself, and after how many minutes without a task."""

    is_enabled: bool = False
    after_minutes: int = 60


class CatchUp(StrEnum):
    """What becomes of the runs that a sleeping Deployment missed."""

    AS_WRITTEN = "AS_WRITTEN"
    """Each DAG's own `catchup` decides."""
    LATEST = "LATEST"
    """Only the newest interval of each DAG is run."""


class SleepCause(StrEnum):
    OVERRIDE = "OVERRIDE"
    SCHEDULE = "SCHEDULE"
    IDLE = "IDLE"


@dataclass(frozen=True)
class Sleep:
    """Asleep by a rule of its own; the next run is kept, because its Airflow cannot be asked."""

    cause: SleepCause
    reason: str
    since: datetime
    next_run_at: datetime | None = None


@dataclass(frozen=True)
class HibernationOverride:
    """A person's word over the schedules: asleep or awake, until a time or until taken back."""

    is_hibernating: bool
    until: datetime | None = None


@dataclass(frozen=True)
class Deployment:
    """Desired state: `generation` counts its changes, `settled` is the last one a saga finished, `attempt` the saga's tries at this one."""

    id: str
    organization_id: str
    workspace_id: str
    name: str
    namespace: str
    type: str
    cluster_id: str
    region: str
    runtime_version: str
    executor: Executor
    scheduler_size: SchedulerSize
    queues: tuple[Queue, ...]
    created_at: datetime
    created_by: Subject
    updated_at: datetime
    updated_by: Subject
    phase: Phase = Phase.CREATING
    generation: int = 1
    settled: int = 0
    attempt: int = 1
    description: str = ""
    contact_emails: tuple[str, ...] = ()
    environment: tuple[EnvironmentVariable, ...] = ()
    is_cicd_enforced: bool = False
    is_dag_deploy_enabled: bool = True
    is_development_mode: bool = False
    is_high_availability: bool = False
    default_task_pod_cpu: str = "0.25"
    default_task_pod_memory: str = "0.5Gi"
    resource_quota_cpu: str = "10"
    resource_quota_memory: str = "20Gi"
    hibernation_schedules: tuple[HibernationSchedule, ...] = ()
    hibernation_override: HibernationOverride | None = None
    idle_rule: IdleRule = IdleRule()
    catch_up: CatchUp = CatchUp.AS_WRITTEN
    wakes_on_visit: bool = True
    asleep: Sleep | None = None
    """Set while a rule of its own has it asleep; a person's word is `hibernation_override`."""
    woken_at: datetime | None = None
    """When somebody, or a rule, last wanted it awake."""
    wake_seconds: float = 60.0
    """How long it takes to wake, from the wish to a healthy Airflow: measured, a minute before the first time."""
    scaling_style: Style = Style.BALANCED
    shadow_style: Style | None = None
    """The style that is planned with for comparison and never acted on."""
    trouble: str = ""
    """Why the last saga did not reach this generation, in words for the customer."""

    @property
    def is_settled(self) -> bool:
        return self.settled >= self.generation

    @property
    def is_hibernating(self) -> bool:
        """Whether it is meant to be asleep."""
        return self.asleep is not None if self.hibernation_override is None else self.hibernation_override.is_hibernating

    @property
    def has_sleep_rules(self) -> bool:
        """Whether anything but a person can put it to sleep."""
        return self.idle_rule.is_enabled or any(each.is_enabled for each in self.hibernation_schedules)

    @property
    def workflow(self) -> str:
        """The state machine that brings the world to this desired state."""
        if self.phase is Phase.CREATING:
            return "create_deployment"
        if self.phase is Phase.DELETING:
            return "delete_deployment"
        return "hibernate_deployment" if self.is_hibernating else "update_deployment"

    def update(self, *, by: Subject, now: datetime, **changes: Any) -> Self:
        """New settings, one generation on."""
        self._refuse_unless_active("changed")
        return self._next(by, now, **changes)

    def delete(self, *, by: Subject, now: datetime) -> Self:
        """On its way out; a delete only rolls forward."""
        if self.phase is Phase.CREATING:
            raise StillChanging(f"deployment `{self.name}` is still being created; delete it when it is ready")
        if self.phase is Phase.DELETING:
            raise StillChanging(f"deployment `{self.name}` is already being deleted")
        return self._next(by, now, phase=Phase.DELETING)

    def override_hibernation(self, override: HibernationOverride | None, *, by: Subject, now: datetime) -> Self:
        """Send it to sleep or wake it, by a person's word; `None` takes the word back."""
        self._refuse_unless_active("hibernated or woken")
        sleeps = override is not None and override.is_hibernating
        return self._next(by, now, hibernation_override=override, asleep=None, woken_at=self.woken_at if sleeps else now)

    def fall_asleep(self, sleep: Sleep) -> Self:
        """A rule of its own puts it to sleep, and nobody's word stands."""
        self._refuse_unless_active("hibernated")
        return self._next(self.updated_by, sleep.since, asleep=sleep, hibernation_override=None)

    def wake(self, *, by: Subject, now: datetime) -> Self:
        """Somebody or something needs it; a person's word that it should sleep is taken back."""
        self._refuse_unless_active("woken")
        return self._next(by, now, asleep=None, hibernation_override=None, woken_at=now)

    def ruled(self, sleep: Sleep | None) -> Self:
        """A person's word has run out, and its rules want what there is: asleep for their reason, or awake. No new generation."""
        return replace(self, hibernation_override=None, asleep=sleep)

    def succeeded(self, now: datetime | None = None) -> Self:
        """A saga reached this generation. No new generation: the desired state is what it was. If it woke, how long that took is kept."""
        phase = Phase.ACTIVE if self.phase is Phase.CREATING else self.phase
        took = (now - self.woken_at).total_seconds() if now and self.woken_at == self.updated_at and self.attempt == 1 else None
        return replace(self, phase=phase, settled=self.generation, trouble="", wake_seconds=_slower(self.wake_seconds, took))

    def failed(self, trouble: str) -> Self:
        """A saga gave up on this generation and put things back; what runs is the last good generation (or nothing, at create)."""
        phase = Phase.FAILED if self.phase is Phase.CREATING else self.phase
        return replace(self, phase=phase, settled=self.generation, trouble=trouble)

    def stuck(self, trouble: str) -> Self:
        """A saga gave up for now; this generation stays open and another attempt will be made."""
        return replace(self, trouble=trouble)

    def retried(self) -> Self:
        """The next attempt at the same generation, under a name of its own."""
        return replace(self, attempt=self.attempt + 1)

    def _refuse_unless_active(self, what: str) -> None:
        stands = {
            Phase.CREATING: f"is still being created; it can be {what} when it is ready",
            Phase.DELETING: "is being deleted",
            Phase.FAILED: f"could not be created and cannot be {what}; delete it and create it again",
        }
        if self.phase is not Phase.ACTIVE:
            raise StillChanging(f"deployment `{self.name}` {stands[self.phase]}")

    def _next(self, by: Subject, now: datetime, **changes: Any) -> Self:
        return replace(self, **changes, generation=self.generation + 1, attempt=1, trouble="", updated_at=now, updated_by=by)


def _slower(known: float, took: float | None) -> float:
    """What to expect of the next wake: a slow one is believed at once, a fast one bit by bit; at most a quarter of an hour."""
    return known if took is None else min(max(took, 0.75 * known), 900.0)


class Health(StrEnum):
    HEALTHY = "HEALTHY"
    UNHEALTHY = "UNHEALTHY"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True)
class Observed:
    """What is really there, as the cluster's agent last told: an item of its own, so that watching never fights with wanting."""

    health: Health = Health.UNKNOWN
    reason: str = ""
    address: str = ""
    """Where its Airflow answers, such as `http://geocentric-orbit-1234.localhost:18080`."""
    generation: int = 0
    seen_at: datetime | None = None
    incidents: tuple[Incident, ...] = ()
    """What is wrong, the most telling first."""

    @property
    def gravest(self) -> str:
        """What concerns the whole Deployment, in words; empty when nothing does."""
        return next((each.words for each in self.incidents if each.severity is Severity.CRITICAL), "")


def status(deployment: Deployment, observed: Observed) -> tuple[Status, str]:
    """What the customer is told: the status and its reason, from what is wanted and what is there."""
    if deployment.phase is Phase.FAILED:
        return Status.UNHEALTHY, deployment.trouble
    if deployment.phase is Phase.CREATING:
        return Status.CREATING, _under_way("its Airflow is being made", deployment, observed)
    if deployment.phase is Phase.DELETING:
        return Status.DEPLOYING, _under_way("it is being deleted", deployment, Observed())
    if not deployment.is_settled:
        doing = "running tasks are being drained" if deployment.is_hibernating else "its new settings are being applied"
        return Status.DEPLOYING, _under_way(doing, deployment, observed)
    if deployment.is_hibernating:
        return Status.HIBERNATING, deployment.asleep.reason if deployment.asleep else "somebody put it to sleep"
    return Status(observed.health.value), deployment.trouble or observed.reason


def _under_way(doing: str, deployment: Deployment, observed: Observed) -> str:
    """What holds it up is told while it does, and not only once a saga has given up on it."""
    if deployment.trouble:
        return f"{doing}; the last try stopped ({deployment.trouble}) and another follows"
    return f"{doing}; {observed.gravest}" if observed.gravest else doing
