"""How large each component is, in one table: its pods are made of it, and so is the quota that they must fit in."""

from decimal import Decimal

from orrery.dataplane.kubernetes import quantities
from orrery.dataplane.kubernetes.plan import Plan
from orrery.dataplane.kubernetes.pods import Size
from orrery.dataplane.port import QueueSpec
from orrery.model.deployment import SchedulerSize
from orrery.model.offer import SCHEDULERS, WEB_SERVER

API_SERVER = Size.of(WEB_SERVER[0], str(quantities.gib(WEB_SERVER[1])))
TRIGGERER = Size.of("0.5", 1)
MIGRATIONS = Size.of("0.5", 1)
BROKER = Size.of("0.25", "0.5", 1)
PGBOUNCER = Size.of("0.1", "0.125", 1)
METRICS = Size.of("0.1", "0.125", 1)
BROKER_VOLUME = Decimal(2)
"""GiB; what is queued is far less than the broker's memory, and an append-only file may be twice as long while it is rewritten."""


def scheduler(plan: Plan) -> Size:
    """A Deployment for development has the smallest, whatever it says."""
    size = SCHEDULERS[SchedulerSize.SMALL if plan.spec.development else SchedulerSize(plan.spec.scheduler_size)]
    return Size.of(size.cpu, size.memory)


def dag_processor(plan: Plan) -> Size:
    """Half of the scheduler: it parses what the scheduler schedules."""
    size = scheduler(plan)
    return Size(size.cpu / 2, size.memory / 2, size.storage)


def worker(queue: QueueSpec) -> Size:
    """The machine that the queue names."""
    return Size(Decimal(queue.cpu), Decimal(queue.memory), quantities.gib(queue.storage))


def task_pod(plan: Plan) -> Size:
    """Of a task that asks for nothing."""
    return Size(Decimal(plan.spec.task_pod_cpu), quantities.gib(plan.spec.task_pod_memory), Decimal(1))
