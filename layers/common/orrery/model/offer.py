"""What a Deployment may ask for: every figure once, for the options we tell and for the requests we refuse."""

import re
from dataclasses import dataclass
from decimal import Decimal

from orrery.model.deployment import Executor, SchedulerSize


@dataclass(frozen=True)
class Range:
    floor: int
    default: int
    ceiling: int


@dataclass(frozen=True)
class Resource:
    """Cores, with twice as many GiB of memory: the one ratio that pods and quotas may have."""

    floor: str
    default: str
    ceiling: str


@dataclass(frozen=True)
class Scheduler:
    """vCPU and GiB."""

    cpu: int
    memory: int


MIN_WORKERS = Range(0, 1, 100)
MAX_WORKERS = Range(1, 10, 100)
QUEUES = 30
"""Worker queues of one Deployment."""
EPHEMERAL_STORAGE = "10Gi"
TASK_POD = Resource("0.25", "0.25", "32")
QUOTA = Resource("1", "10", "6400")
SCHEDULERS = {
    SchedulerSize.SMALL: Scheduler(1, 2),
    SchedulerSize.MEDIUM: Scheduler(2, 4),
    SchedulerSize.LARGE: Scheduler(4, 8),
    SchedulerSize.EXTRA_LARGE: Scheduler(8, 16),
}
WEB_SERVER = ("0.5", "1Gi")
EXECUTORS = (Executor.ASTRO, Executor.CELERY)
"""What every home of Deployments can run: both are Celery workers. A cluster may run more, see `Cluster.executors`."""

VARIABLES = 500
VALUE_BYTES = 64 * 1024
ENVIRONMENT_BYTES = 200 * 1024
"""All variables together, as they are stored: a Deployment is one row, and rows end at 400 KB."""
_OURS = re.compile(
    r"ORRERY_\w*|AIRFLOW__ORRERY__\w*|AIRFLOW__DATABASE__\w*|AIRFLOW__CELERY__(BROKER_URL|RESULT_BACKEND)\w*|AIRFLOW__API_AUTH__\w*"
    r"|AIRFLOW__API__(HOST|PORT|BASE_URL|SECRET_KEY|ACCESS_CONTROL_ALLOW)\w*"
    r"|AIRFLOW__CORE__(EXECUTOR|AUTH_MANAGER|FERNET_KEY|EXECUTION_API_SERVER_URL)\w*"
    r"|AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_\w*|AIRFLOW__LOGGING__BASE_LOG_FOLDER|AIRFLOW_HOME|AIRFLOW_CONFIG"
    r"|PATH|HOME|USER|PYTHONPATH|PYTHONHOME|PYTHONSTARTUP|LD_\w*"
)
_CORES = re.compile(r"[0-9]{1,5}(\.[0-9]{1,3})?")
_GIB = re.compile(r"([0-9]{1,5}(?:\.[0-9]{1,3})?)Gi")


def is_ours(key: str) -> bool:
    """Whether an environment variable is the platform's: it would be overruled, or would break what keeps Deployments apart."""
    return _OURS.fullmatch(key) is not None


def cores(text: str) -> Decimal | None:
    """`0.25` as a number; None when it is not an amount of cores."""
    return Decimal(text) if _CORES.fullmatch(text) else None


def gib(text: str) -> Decimal | None:
    """`0.5Gi` as a number; None when it is not an amount of memory."""
    found = _GIB.fullmatch(text)
    return Decimal(found[1]) if found else None


def memory_for(cpu: str) -> str:
    """The memory that goes with an amount of cores."""
    amount = 2 * Decimal(cpu)
    return f"{amount.normalize():f}Gi"
