"""The scheduler, two of them where the Deployment is highly available; with a pod for each task it is what starts them."""

from orrery.dataplane.airflow import parallelism
from orrery.dataplane.kubernetes import sizes, task_pods
from orrery.dataplane.kubernetes.airflow import component_pod
from orrery.dataplane.kubernetes.configuration import HEALTH_PORT
from orrery.dataplane.kubernetes.objects import GENERATION
from orrery.dataplane.kubernetes.plan import Manifest, Plan
from orrery.dataplane.kubernetes.pods import deployment


def render(plan: Plan) -> list[Manifest]:
    """Its Deployment says which generation Airflow runs, and is applied last."""
    probe = {"httpGet": {"path": "/health", "port": HEALTH_PORT, "scheme": "HTTP"}, "periodSeconds": 30, "timeoutSeconds": 20}
    pod = component_pod(
        plan,
        "scheduler",
        sizes.scheduler(plan),
        ["scheduler", "--skip-serve-logs"],
        env=_own(plan) | (task_pods.settings(plan) if plan.has_pods_for_tasks else {}),
        ports=[{"name": "health", "containerPort": HEALTH_PORT, "protocol": "TCP"}],
        startupProbe={**probe, "periodSeconds": 5, "failureThreshold": 60},
        readinessProbe={**probe, "failureThreshold": 2},
        livenessProbe={**probe, "failureThreshold": 5},
    )
    if plan.has_pods_for_tasks:
        task_pods.mount(pod)
    return [deployment(plan, "scheduler", pod, replicas=plan.replicas, annotations={GENERATION: str(plan.spec.generation)})]


def _own(plan: Plan) -> dict[str, str]:
    return {
        "AIRFLOW__CORE__PARALLELISM": str(task_pods.most(plan) if plan.has_pods_for_tasks else parallelism(plan.spec)),
        "AIRFLOW__SCHEDULER__ENABLE_HEALTH_CHECK": "True",
        "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_SERVER_PORT": str(HEALTH_PORT),
    }
