"""The api-server: Airflow's UI and API for people, and the Execution API that tasks speak to."""

from orrery.dataplane import cors
from orrery.dataplane.kubernetes import sizes
from orrery.dataplane.kubernetes.airflow import component_pod
from orrery.dataplane.kubernetes.configuration import API_PORT
from orrery.dataplane.kubernetes.plan import Manifest, Plan
from orrery.dataplane.kubernetes.pods import deployment, service


def render(plan: Plan) -> list[Manifest]:
    alive = {"httpGet": {"path": "/api/v2/version", "port": API_PORT, "scheme": "HTTP"}}
    pod = component_pod(
        plan,
        "api-server",
        sizes.API_SERVER,
        ["api-server", "--proxy-headers"],
        # Visitors come through the ingress alone, which tells who they are; network policies keep everybody else of the cluster out.
        env={"FORWARDED_ALLOW_IPS": "*", **cors.environment(plan.spec)},
        ports=[{"name": "main", "containerPort": API_PORT, "protocol": "TCP"}],
        startupProbe={**alive, "periodSeconds": 5, "timeoutSeconds": 5, "failureThreshold": 60},
        readinessProbe={
            "httpGet": {"path": "/api/v2/monitor/health", "port": API_PORT, "scheme": "HTTP"},
            "periodSeconds": 10,
            "timeoutSeconds": 10,
            "failureThreshold": 3,
        },
        livenessProbe={**alive, "periodSeconds": 30, "timeoutSeconds": 20, "failureThreshold": 5},
    )
    return [service(plan, "api-server", API_PORT), deployment(plan, "api-server", pod, replicas=plan.replicas)]
