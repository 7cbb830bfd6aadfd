"""Celery workers: one Deployment a queue and configuration. How many run is the agent's alone, so `replicas` is never rendered.

A worker knows no database, no Fernet key and nothing to sign tokens with. The Deployment's name bears the digest of its pod template, which
therefore never changes: new settings are a Deployment beside it, and nothing but the agent ever ends a worker.
"""

import json
from collections.abc import Mapping

from orrery.dataplane.airflow import for_workers
from orrery.dataplane.kubernetes import configuration, sizes
from orrery.dataplane.kubernetes.airflow import airflow_container, room
from orrery.dataplane.kubernetes.objects import QUEUE, manifest
from orrery.dataplane.kubernetes.plan import Manifest, Plan
from orrery.dataplane.kubernetes.pods import selector, template
from orrery.dataplane.port import QueueSpec

COMPONENT = "worker"
CONFIGURATION = "orrery/configuration"
UNHURRIED_SECONDS = 24 * 3600
"""How long a worker may take to end; it ends by itself after its last task."""
UNDISTURBED: Mapping[str, str] = {"karpenter.sh/do-not-disrupt": "true", "cluster-autoscaler.kubernetes.io/safe-to-evict": "false"}


QUEUES = "queues"
"""The ConfigMap in which the agent finds what it may do; a worker Deployment that is not named there has bounds of zero."""


def render(plan: Plan) -> list[Manifest]:
    """No workers where tasks have pods of their own."""
    queues = [] if plan.has_pods_for_tasks else [(queue, _queue(plan, queue)) for queue in plan.spec.queues]
    return [*(made for _, made in queues), _bounds(plan, {queue: made["metadata"]["name"] for queue, made in queues})]


def _bounds(plan: Plan, queues: Mapping[QueueSpec, str]) -> Manifest:
    told = {
        "generation": plan.spec.generation,
        "hibernating": plan.spec.hibernating,
        "highAvailability": plan.spec.high_availability,
        "style": plan.spec.scaling_style,
        "shadowStyle": plan.spec.shadow_style,
        "queues": [
            {
                "name": queue.name,
                "min": queue.min_workers,
                "max": queue.max_workers,
                "concurrency": queue.concurrency,
                "cpu": queue.cpu,
                "memory": queue.memory,
                "deployment": name,
            }
            for queue, name in queues.items()
        ],
    }
    return manifest(plan, "ConfigMap", QUEUES, component=COMPONENT, data={"queues.json": json.dumps(told, indent=1)})


def _queue(plan: Plan, queue: QueueSpec) -> Manifest:
    pod = _pod(plan, queue)
    digest = plan.digest(pod)
    name = f"{COMPONENT}-{queue.name[:40].rstrip('-')}-{digest[:10]}"
    told = {QUEUE: queue.name, "orrery/machine": queue.machine}
    pod["metadata"]["labels"][CONFIGURATION] = digest
    spec = {
        "revisionHistoryLimit": 0,
        "selector": {"matchLabels": {**selector(plan, COMPONENT), CONFIGURATION: digest}},
        # Never used while the template stays as it is; if ever it were, no worker would go before another is there.
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
        "template": pod,
    }
    return manifest(plan, "Deployment", name, component=COMPONENT, annotations=told, spec=spec)


def _pod(plan: Plan, queue: QueueSpec) -> Manifest:
    """Its name is its pod's."""
    size = sizes.worker(queue)
    options = ["-q", queue.name, "-c", str(queue.concurrency), "-H", "worker@$(ORRERY_PROCESS)"]
    running = airflow_container(
        plan,
        COMPONENT,
        size,
        ["celery", "worker", *options, "--skip-serve-logs", "--without-gossip", "--without-mingle"],
        env=for_workers(plan.spec),
    )
    running["env"].append({"name": "ORRERY_PROCESS", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.name"}}})
    told = {QUEUE: queue.name, "orrery/environment": configuration.fingerprint(plan, configuration.shared(plan)), **UNDISTURBED}
    # Alone among its processes the worker would be the first of them, which is deaf to SIGTERM until it listens for it: told to end while
    # it starts, it would stay for the whole day that a worker has.
    return template(
        plan, COMPONENT, [running], volumes=room(size), annotations=told, terminationGracePeriodSeconds=UNHURRIED_SECONDS,
        shareProcessNamespace=True,
    )  # fmt: skip
