"""What a scheduler may start: pods as its template has them, and nothing more. Kept by the API server, whatever Airflow does.

Whoever writes a DAG may override the pod of a task, and code of theirs may run in the scheduler too. So the scheduler's account can start
no more than a worker is: no Secret but the customer's own variables, no other account, no image of another Deployment, no place or rank
among pods that the platform did not give. Pod Security keeps out what touches the node; here stands what it leaves open.

One policy serves all namespaces of a cluster: it is the cluster's, and stays when a Deployment goes.
"""

import json
from typing import Any

from orrery import names
from orrery.dataplane.kubernetes import configuration, task_pods
from orrery.dataplane.kubernetes.objects import COMPONENT, DEPLOYMENT, KINDS, ORGANIZATION
from orrery.dataplane.kubernetes.plan import Manifest
from orrery.dataplane.kubernetes.workers import UNHURRIED_SECONDS
from orrery.model.cluster_facts import ClusterFacts

NAME = "orrery-task-pods"
_SCHEDULER = "'system:serviceaccount:' + request.namespace + ':scheduler'"
_IDENTITY = "['pods.eks.amazonaws.com', 'sts.amazonaws.com']"
"""For whom a cluster's admission gives a pod a token of its account: Pod Identity, and IRSA."""
_AMOUNTS = "['cpu', 'memory', 'ephemeral-storage']"
"""What a namespace's quota counts."""
_NODES_OWN = "['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']"
"""Taints that the API server itself has every pod tolerate for a while."""


def render(cluster: ClusterFacts) -> list[Manifest]:
    """The policy, and what puts it in force."""
    return [
        _made(
            "ValidatingAdmissionPolicy",
            failurePolicy="Fail",
            matchConstraints={
                "namespaceSelector": {"matchExpressions": [{"key": DEPLOYMENT, "operator": "Exists"}]},
                "resourceRules": [
                    {"apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"], "operations": ["CREATE", "UPDATE", "DELETE"]}
                ],
            },
            matchConditions=[{"name": "by-the-scheduler", "expression": f"request.userInfo.username == {_SCHEDULER}"}],
            variables=[{"name": name, "expression": expression} for name, expression in _variables(cluster).items()],
            validations=[
                *({"message": words, "expression": expression} for words, expression in _ALWAYS.items()),
                *(
                    {"message": words, "expression": f"request.operation != 'CREATE' || ({expression})"}
                    for words, expression in _AT_ITS_START.items()
                ),
            ],
        ),
        _made("ValidatingAdmissionPolicyBinding", policyName=NAME, validationActions=["Deny"]),
    ]


def _variables(cluster: ClusterFacts) -> dict[str, str]:
    """Each is worked out when it is first asked for: where nothing is made there is no `object`."""
    repository = names.image_repository(f"' + namespaceObject.metadata.labels['{ORGANIZATION}'] + '", "' + request.namespace + '")
    return {
        "pods": "(oldObject == null ? [] : [oldObject]) + (object == null ? [] : [object])",
        "spec": "object.spec",
        "containers": "object.spec.containers + (has(object.spec.initContainers) ? object.spec.initContainers : [])",
        "repositories": f"['/{repository}', '/{names.RUNTIME_REPOSITORY}'].map(each, {json.dumps(cluster.registry)} + each)",
    }


_ALWAYS = {
    "a scheduler has to do with the pods of its own tasks alone": (
        f"variables.pods.all(pod, has(pod.metadata.labels) && '{COMPONENT}' in pod.metadata.labels && '{DEPLOYMENT}' in pod.metadata.labels"
        f" && pod.metadata.labels['{COMPONENT}'] == '{task_pods.COMPONENT}'"
        f" && pod.metadata.labels['{DEPLOYMENT}'] == namespaceObject.metadata.labels['{DEPLOYMENT}'])"
    ),
    "the pod of a task stays as it was started": "request.operation != 'UPDATE' || object.spec == oldObject.spec",
    "the pod of a task has no finalizers and no owner": (
        "request.operation == 'DELETE' || (!has(object.metadata.finalizers) && !has(object.metadata.ownerReferences))"
    ),
}
_AT_ITS_START = {
    f"the pod of a task runs as the service account `{task_pods.COMPONENT}`, without a token of the cluster": (
        f"variables.spec.serviceAccountName == '{task_pods.COMPONENT}'"
        " && has(variables.spec.automountServiceAccountToken) && !variables.spec.automountServiceAccountToken"
    ),
    "the pod of a task has no volumes but empty ones": (
        "!has(variables.spec.volumes) || variables.spec.volumes.all(volume, has(volume.emptyDir)"
        " || (has(volume.projected) && has(volume.projected.sources) && volume.projected.sources.all(source,"
        " has(source.serviceAccountToken) && has(source.serviceAccountToken.audience)"
        f" && source.serviceAccountToken.audience in {_IDENTITY})))"
    ),
    f"the pod of a task reads no Secret but `{configuration.CUSTOMERS}` and no ConfigMap but `{configuration.SHARED}`": (
        "variables.containers.all(each, !has(each.envFrom) || each.envFrom.all(source,"
        f" (has(source.secretRef) && source.secretRef.name == '{configuration.CUSTOMERS}')"
        f" || (has(source.configMapRef) && source.configMapRef.name == '{configuration.SHARED}')))"
    ),
    "a variable of a task's pod is a text, or a fact of the pod": (
        "variables.containers.all(each, !has(each.env) || each.env.all(one,"
        " !has(one.valueFrom) || has(one.valueFrom.fieldRef) || has(one.valueFrom.resourceFieldRef)))"
    ),
    "the images of a task's pod come from its Deployment's own repository, or are the runtime's": (
        "variables.containers.all(each, variables.repositories.exists(one,"
        " each.image.startsWith(one + ':') || each.image.startsWith(one + '@')))"
    ),
    "the pod of a task names no secrets to pull images with": (
        "!has(variables.spec.imagePullSecrets) || size(variables.spec.imagePullSecrets) == 0"
    ),
    "the pod of a task asks for CPU, memory and ephemeral storage, and nothing else": (
        "!has(variables.spec.resourceClaims) && variables.containers.all(each, !has(each.resources)"
        f" || ((!has(each.resources.limits) || each.resources.limits.all(name, name in {_AMOUNTS}))"
        f" && (!has(each.resources.requests) || each.resources.requests.all(name, name in {_AMOUNTS}))))"
    ),
    "the pod of a task has no probes and no hooks, which its node would follow wherever they lead": (
        "variables.containers.all(each, !has(each.livenessProbe) && !has(each.readinessProbe) && !has(each.startupProbe)"
        " && !has(each.lifecycle))"
    ),
    "the pod of a task names no node, no priority, no runtime and no scheduler": (
        "!has(variables.spec.nodeName) && !has(variables.spec.priorityClassName) && !has(variables.spec.runtimeClassName)"
        " && variables.spec.schedulerName == 'default-scheduler' && !has(variables.spec.os) && !has(variables.spec.hostUsers)"
    ),
    "the pod of a task keeps no other pods away and tolerates no taints": (
        "(!has(variables.spec.affinity) || (!has(variables.spec.affinity.podAffinity) && !has(variables.spec.affinity.podAntiAffinity)))"
        " && (!has(variables.spec.tolerations) || variables.spec.tolerations.all(each,"
        f" has(each.key) && each.key in {_NODES_OWN}))"
    ),
    "the pod of a task ends with its task": (
        "variables.spec.restartPolicy == 'Never' && (!has(variables.spec.terminationGracePeriodSeconds)"
        f" || variables.spec.terminationGracePeriodSeconds <= {UNHURRIED_SECONDS})"
    ),
}


def _made(kind: str, **spec: Any) -> Manifest:
    metadata = {"name": NAME, "labels": {"app.kubernetes.io/managed-by": "orrery"}}
    return {"apiVersion": KINDS[kind][0], "kind": kind, "metadata": metadata, "spec": spec}
