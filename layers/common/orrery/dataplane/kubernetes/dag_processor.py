"""The dag-processor: reads the customer's code, and nothing else of Airflow does.

It answers no request, so its process is its only sign of life; whether it works is on the api-server's health page.
"""

from orrery.dataplane.kubernetes import sizes
from orrery.dataplane.kubernetes.airflow import component_pod
from orrery.dataplane.kubernetes.plan import Manifest, Plan
from orrery.dataplane.kubernetes.pods import deployment


def render(plan: Plan) -> list[Manifest]:
    size = sizes.dag_processor(plan)
    parsing = {"AIRFLOW__DAG_PROCESSOR__PARSING_PROCESSES": str(max(1, int(size.cpu)))}
    pod = component_pod(plan, "dag-processor", size, ["dag-processor"], env=parsing)
    return [deployment(plan, "dag-processor", pod, replicas=plan.replicas)]
