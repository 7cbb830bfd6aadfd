"""The process that hears what Airflow counts and writes it to the endpoints of its metrics exports; there only while there are some."""

import json

from orrery.dataplane.kubernetes import sizes
from orrery.dataplane.kubernetes.configuration import METRICS_PORT
from orrery.dataplane.kubernetes.objects import secret
from orrery.dataplane.kubernetes.plan import Manifest, Plan
from orrery.dataplane.kubernetes.pods import container, deployment, scratch, service, template

COMPONENT = "metrics"
_FOLDER = "/etc/orrery/metrics"


def render(plan: Plan) -> list[Manifest]:
    """The endpoints and their passwords are a file, so nothing secret is in its environment and a change needs no restart."""
    if not plan.spec.metrics_exports:
        return []
    running = container(
        COMPONENT,
        plan.image,
        sizes.METRICS,
        mounts={"endpoints": _FOLDER, "tmp": "/tmp"},  # noqa: S108
        command=["python", "-m", "orrery_metrics"],
        ports=[{"name": "main", "containerPort": METRICS_PORT, "protocol": "UDP"}],
        env=[{"name": name, "value": value} for name, value in sorted(_environment(plan).items())],
    )
    endpoints = {"name": "endpoints", "secret": {"secretName": COMPONENT, "defaultMode": 0o440}}
    pod = template(plan, COMPONENT, [running], volumes=[endpoints, scratch("tmp", sizes.METRICS)])
    return [
        secret(plan, COMPONENT, {"metrics.json": json.dumps(plan.spec.metrics_exports, sort_keys=True)}),
        service(plan, COMPONENT, METRICS_PORT, protocol="UDP"),
        deployment(plan, COMPONENT, pod, replicas=1),
    ]


def _environment(plan: Plan) -> dict[str, str]:
    spec = plan.spec
    labels = {
        "deploymentId": spec.id,
        "organizationId": spec.organization_id,
        "workspaceId": spec.workspace_id,
        "namespace": spec.namespace,
    }
    return {
        "PYTHONUNBUFFERED": "1",
        "MALLOC_ARENA_MAX": "2",
        "ORRERY_METRICS_PORT": str(METRICS_PORT),
        "ORRERY_METRICS_FILE": f"{_FOLDER}/metrics.json",
        "ORRERY_METRICS_LABELS": json.dumps(labels),
        "ORRERY_METRICS_SECONDS": "30",
    }
