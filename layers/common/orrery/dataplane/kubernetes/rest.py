"""Coming to rest: no task runs and none is started any more, so that what tasks need may be taken away. Nothing here ends a task."""

from orrery.dataplane.kubernetes import apply, observation, parts, task_pods, workers
from orrery.dataplane.kubernetes.api import Api
from orrery.dataplane.kubernetes.plan import Manifest, Plan
from orrery.errors import NotReadyYet, WorkersBusy


def wait(api: Api, namespace: str) -> None:
    """Raises `WorkersBusy` until the last task has ended: workers go by the agent's hand, which has no bounds to keep them within.

    A scheduler that starts a pod for each task would never come to an end, so it is stopped for it; its tasks go on without.
    """
    if starts_pods(api, namespace):
        api.delete("Deployment", namespace, "scheduler")
        if "scheduler" in observation.components(api, namespace):
            raise NotReadyYet("its scheduler is still ending")
    if tasks := observation.tasks(api, namespace):
        raise WorkersBusy(f"{tasks} tasks are still running in pods of their own")
    if count := max(sum(observation.workers(api, namespace).values()), _wanted(api, namespace)):
        raise WorkersBusy(f"{count} workers are still finishing their tasks")


def is_due(api: Api, plan: Plan) -> bool:
    """Whether tasks may be running that the scheduler of this plan would know nothing of: it would give up those, and start them again."""
    if plan.has_pods_for_tasks:
        return bool(_pools(api, plan.spec.namespace))
    return starts_pods(api, plan.spec.namespace)


def starts_pods(api: Api, namespace: str) -> bool:
    return api.get("ConfigMap", namespace, task_pods.TEMPLATE) is not None


def is_used(found: Manifest, busy: dict[str, int]) -> bool:
    """Whether a worker of this Deployment is left, draining ones included, or one is wanted by the agent."""
    digest = found["spec"]["selector"]["matchLabels"].get(workers.CONFIGURATION, "") if found["kind"] == "Deployment" else ""
    return bool(digest) and (busy.get(digest, 0) > 0 or found["spec"].get("replicas", 0) > 0)


def _pools(api: Api, namespace: str) -> list[Manifest]:
    return list(apply.live(api, namespace, parts.QUEUES.name, ("Deployment",)).values())


def _wanted(api: Api, namespace: str) -> int:
    """By the agent, which takes back what has not been born."""
    return sum(found["spec"].get("replicas", 0) for found in _pools(api, namespace))
