"""How much a namespace may use: all that we run in it at its largest, and what the customer's quota allows to task pods."""

from collections.abc import Iterator
from decimal import Decimal

from orrery.dataplane.kubernetes import quantities, sizes
from orrery.dataplane.kubernetes.objects import manifest
from orrery.dataplane.kubernetes.plan import Manifest, Plan
from orrery.dataplane.kubernetes.pods import Size
from orrery.model.queue import Machine

_LARGEST = Machine.A160.size
_LARGEST_STORAGE = Decimal(100)


def render(plan: Plan) -> list[Manifest]:
    return [
        manifest(plan, "ResourceQuota", "deployment", component="namespace", spec={"hard": _hard(plan)}),
        manifest(plan, "LimitRange", "containers", component="namespace", spec={"limits": [_limits(plan)]}),
    ]


def _hard(plan: Plan) -> Manifest:
    everything = list(_everything(plan))
    cpu = sum((size.cpu * count for size, count in everything), _task_pods(plan)[0])
    memory = sum((size.memory * count for size, count in everything), _task_pods(plan)[1])
    return {
        "requests.cpu": quantities.cpu(cpu),
        "limits.cpu": quantities.cpu(cpu),
        "requests.memory": quantities.memory(memory),
        "limits.memory": quantities.memory(memory),
        "pods": str(sum(count for _, count in everything) + (_most_task_pods(plan) if plan.has_pods_for_tasks else 0)),
        "requests.storage": quantities.memory(sizes.BROKER_VOLUME),
        "persistentvolumeclaims": "1",
        "services.loadbalancers": "0",
        "services.nodeports": "0",
    }


def _everything(plan: Plan) -> Iterator[tuple[Size, int]]:
    """Each component as often as it can be there at once: a new one starts before the old one goes, workers included, which drain."""
    for size in (sizes.API_SERVER, sizes.scheduler(plan), sizes.dag_processor(plan), sizes.TRIGGERER, sizes.PGBOUNCER):
        yield size, plan.replicas + 1
    yield sizes.MIGRATIONS, 2
    yield sizes.METRICS, 2
    if not plan.has_pods_for_tasks:
        yield sizes.BROKER, 1
        yield from ((sizes.worker(queue), 2 * queue.max_workers) for queue in plan.spec.queues)


def _task_pods(plan: Plan) -> tuple[Decimal, Decimal]:
    """vCPU and GiB; a Deployment on Celery has no pods but ours."""
    return (Decimal(plan.spec.quota_cpu), quantities.gib(plan.spec.quota_memory)) if plan.has_pods_for_tasks else (Decimal(0), Decimal(0))


def _most_task_pods(plan: Plan) -> int:
    """No task's pod is smaller than a tenth of a vCPU."""
    return int(Decimal(plan.spec.quota_cpu) * 10)


def _limits(plan: Plan) -> Manifest:
    """What a container that asks for nothing gets, and the most that one may ask for."""
    usual = sizes.task_pod(plan).resources["limits"]
    most = Size(Decimal(_LARGEST.cpu), Decimal(_LARGEST.memory), _LARGEST_STORAGE).resources["limits"]
    return {"type": "Container", "default": usual, "defaultRequest": dict(usual), "max": most}
