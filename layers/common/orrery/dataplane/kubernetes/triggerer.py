"""The triggerer: waits on behalf of deferred tasks."""

from orrery.dataplane.kubernetes import sizes
from orrery.dataplane.kubernetes.airflow import component_pod
from orrery.dataplane.kubernetes.plan import Manifest, Plan
from orrery.dataplane.kubernetes.pods import deployment


def render(plan: Plan) -> list[Manifest]:
    pod = component_pod(plan, "triggerer", sizes.TRIGGERER, ["triggerer", "--skip-serve-logs"])
    return [deployment(plan, "triggerer", pod, replicas=plan.replicas)]
