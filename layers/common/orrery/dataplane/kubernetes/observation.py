"""What the cluster says of a Deployment: which generation runs, whether it is well, and if not why, in words for the customer."""

from collections import Counter
from datetime import UTC, datetime

from orrery.dataplane import trouble
from orrery.dataplane.kubernetes import task_pods, troubles
from orrery.dataplane.kubernetes import workers as worker_pods
from orrery.dataplane.kubernetes.api import Api
from orrery.dataplane.kubernetes.objects import COMPONENT, DEPLOYMENT, GENERATION, PART
from orrery.dataplane.kubernetes.parts import AIRFLOW, INGRESS, MIGRATIONS
from orrery.dataplane.kubernetes.plan import Manifest
from orrery.dataplane.port import DeploymentRef, Observation
from orrery.dataplane.trouble import Trouble
from orrery.errors import DataPlaneFailed, NotReadyYet

ABSENT = Observation(generation=0, healthy=False, reason="this Deployment is not here", address="", workers=0)
_NOT_AIRFLOW = (worker_pods.COMPONENT, task_pods.COMPONENT, "migrations")


def observe(api: Api, ref: DeploymentRef) -> Observation:
    """A fresh look: the controllers' word on each component, and where one is not ready, its pods' and its maker's word on why."""
    there = api.get("Namespace", "", ref.namespace)
    if there is None or there["metadata"]["labels"].get(DEPLOYMENT) != ref.id:
        return ABSENT
    makers = [found for kind in ("Deployment", "StatefulSet") for found in api.list(kind, ref.namespace)]
    pods = list(api.list("Pod", ref.namespace))
    running = [each for each in makers if each["metadata"].get("labels", {}).get(PART) == AIRFLOW.name]
    scheduler = next((each for each in running if each["metadata"]["name"] == "scheduler"), None)
    found = troubles.of(pods, makers)
    reason = _reason(running, found) if scheduler else "its Airflow is not started"
    return Observation(
        generation=int(scheduler["metadata"]["annotations"][GENERATION]) if scheduler else 0,
        healthy=not reason,
        reason=reason,
        address=_address(api, ref),
        workers=sum(_component(pod) == worker_pods.COMPONENT for pod in pods),
        incidents=trouble.incidents(found, datetime.now(UTC)),
    )


def workers(api: Api, namespace: str) -> dict[str, int]:
    """How many workers there are by the digest of their configuration, those that are ending included."""
    pods = api.list("Pod", namespace, {COMPONENT: worker_pods.COMPONENT})
    return dict(Counter(pod["metadata"]["labels"].get(worker_pods.CONFIGURATION, "") for pod in pods if not _is_over(pod)))


def tasks(api: Api, namespace: str) -> int:
    """How many tasks run in pods of their own."""
    return sum(not _is_over(pod) for pod in api.list("Pod", namespace, {COMPONENT: task_pods.COMPONENT}))


def components(api: Api, namespace: str) -> set[str]:
    """Airflow's own components that have a pod left."""
    found = {_component(pod) for pod in api.list("Pod", namespace) if not _is_over(pod)}
    return found - {"", *_NOT_AIRFLOW}


def refuse_unless_migrated(api: Api, namespace: str) -> None:
    """Raises until every migration is done: `NotReadyYet` while one runs, `DataPlaneFailed` when it failed for good."""
    for job in api.list("Job", namespace, {PART: MIGRATIONS.name}):
        told = conditions(job)
        if "Failed" in told:
            raise DataPlaneFailed("its database could not be migrated; the log of the migrations tells more")
        if "Complete" not in told:
            raise NotReadyYet("its database is being migrated")


def conditions(job: Manifest) -> set[str]:
    """Which of its conditions hold, such as `Complete` or `Failed`."""
    return {each["type"] for each in job.get("status", {}).get("conditions", []) if each["status"] == "True"}


def _reason(running: list[Manifest], found: list[Trouble]) -> str:
    """Empty when every component is as it should be."""
    waiting = [each["metadata"]["name"] for each in running if not _is_ready(each)]
    if not waiting:
        return ""
    return trouble.why(found, waiting) or f"its {waiting[0]} is being started"


def _is_ready(found: Manifest) -> bool:
    """Whether all of it runs what was last applied and is ready, with nothing older left: an old pod's readiness is not a new one's."""
    wanted, status = found["spec"].get("replicas", 1), found.get("status", {})
    fresh = status.get("observedGeneration", 0) >= found["metadata"]["generation"]
    return bool(fresh and {status.get(count, 0) for count in ("replicas", "updatedReplicas", "readyReplicas")} == {wanted})


def _address(api: Api, ref: DeploymentRef) -> str:
    """Where its own door is; of a sleeping one, whose host leads to the agent, the agent tells the address."""
    hosts = [rule["host"] for each in api.list("Ingress", ref.namespace, {PART: INGRESS.name}) for rule in each["spec"]["rules"]]
    return f"https://{hosts[0]}" if hosts else ""


def _component(pod: Manifest) -> str:
    return str(pod["metadata"].get("labels", {}).get(COMPONENT, ""))


def _is_over(pod: Manifest) -> bool:
    return pod.get("status", {}).get("phase") in ("Succeeded", "Failed")
