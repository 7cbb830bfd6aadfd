"""A pod for each task (the Kubernetes executor): the template that the scheduler starts them from, hardened like everything else here."""

import json

from orrery.dataplane.kubernetes import configuration, quantities, sizes
from orrery.dataplane.kubernetes.airflow import airflow_container, room
from orrery.dataplane.kubernetes.objects import manifest
from orrery.dataplane.kubernetes.plan import Manifest, Plan
from orrery.dataplane.kubernetes.pods import template
from orrery.dataplane.kubernetes.workers import UNDISTURBED, UNHURRIED_SECONDS

COMPONENT = "task"
TEMPLATE = "task-pod"
_FOLDER = "/etc/orrery/task-pod"


def most(plan: Plan) -> int:
    """How many tasks that ask for nothing fit into the quota."""
    return max(1, int(quantities.gib(plan.spec.quota_memory) / sizes.task_pod(plan).memory))


def render(plan: Plan) -> list[Manifest]:
    """The file's form is JSON, which is YAML too."""
    return [manifest(plan, "ConfigMap", TEMPLATE, component=COMPONENT, data={"pod.yaml": json.dumps(_pod(plan), indent=1, sort_keys=True)})]


def settings(plan: Plan) -> dict[str, str]:
    """What the scheduler is told."""
    return {
        "AIRFLOW__KUBERNETES_EXECUTOR__POD_TEMPLATE_FILE": f"{_FOLDER}/pod.yaml",
        "AIRFLOW__KUBERNETES_EXECUTOR__NAMESPACE": plan.spec.namespace,
        "AIRFLOW__KUBERNETES_EXECUTOR__WORKER_PODS_CREATION_BATCH_SIZE": "16",
        "AIRFLOW__KUBERNETES_EXECUTOR__DELETE_WORKER_PODS": "True",
    }


def mount(pod: Manifest) -> None:
    """The scheduler reads the template, and has a token of the cluster with which it starts pods in its own namespace."""
    pod["spec"]["automountServiceAccountToken"] = True
    pod["spec"]["volumes"].append({"name": TEMPLATE, "configMap": {"name": TEMPLATE, "defaultMode": 0o440}})
    pod["spec"]["containers"][0]["volumeMounts"].append({"name": TEMPLATE, "mountPath": _FOLDER})


def _pod(plan: Plan) -> Manifest:
    """The executor looks for a container named `base`, gives it its arguments, and names the pod."""
    size = sizes.task_pod(plan)
    base = airflow_container(plan, "base", size, [], env={"AIRFLOW__DAG_PROCESSOR__STALE_BUNDLE_CLEANUP_INTERVAL": "0"})
    del base["command"], base["args"]
    told = {"orrery/configuration": configuration.fingerprint(plan, configuration.shared(plan)), **UNDISTURBED}
    pod = template(
        plan, COMPONENT, [base], volumes=room(size), annotations=told, restartPolicy="Never",
        terminationGracePeriodSeconds=UNHURRIED_SECONDS,
    )  # fmt: skip
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "task", **pod["metadata"]}, "spec": pod["spec"]}
