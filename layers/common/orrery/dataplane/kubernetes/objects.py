"""The outer form of every object: its kind, its name, and the labels by which it is found again."""

import base64
from collections.abc import Mapping
from typing import Any

from orrery.dataplane.kubernetes.plan import Manifest, Whose

DEPLOYMENT, PART, COMPONENT = "orrery/deployment", "orrery/part", "orrery/component"
GENERATION, ORGANIZATION, QUEUE = "orrery/generation", "orrery/organization", "orrery/queue"

MANAGER, AGENT = "orrery", "orrery-agent"
"""Field managers: ours, and whose the workers' counts are."""

KINDS = {
    "ClusterRole": ("rbac.authorization.k8s.io/v1", "clusterroles"),
    "ClusterRoleBinding": ("rbac.authorization.k8s.io/v1", "clusterrolebindings"),
    "ConfigMap": ("v1", "configmaps"),
    "Deployment": ("apps/v1", "deployments"),
    "Ingress": ("networking.k8s.io/v1", "ingresses"),
    "Job": ("batch/v1", "jobs"),
    "LimitRange": ("v1", "limitranges"),
    "Namespace": ("v1", "namespaces"),
    "NetworkPolicy": ("networking.k8s.io/v1", "networkpolicies"),
    "Node": ("v1", "nodes"),
    "PersistentVolumeClaim": ("v1", "persistentvolumeclaims"),
    "Pod": ("v1", "pods"),
    "PodDisruptionBudget": ("policy/v1", "poddisruptionbudgets"),
    "ResourceQuota": ("v1", "resourcequotas"),
    "Role": ("rbac.authorization.k8s.io/v1", "roles"),
    "RoleBinding": ("rbac.authorization.k8s.io/v1", "rolebindings"),
    "Secret": ("v1", "secrets"),
    "Service": ("v1", "services"),
    "ServiceAccount": ("v1", "serviceaccounts"),
    "StatefulSet": ("apps/v1", "statefulsets"),
    "ValidatingAdmissionPolicy": ("admissionregistration.k8s.io/v1", "validatingadmissionpolicies"),
    "ValidatingAdmissionPolicyBinding": ("admissionregistration.k8s.io/v1", "validatingadmissionpolicybindings"),
}
"""API version and plural of every kind that we make or look at."""


def labels(plan: Whose, component: str) -> dict[str, str]:
    """On everything that belongs to a component, its pods included."""
    return {"app.kubernetes.io/managed-by": "orrery", DEPLOYMENT: plan.spec.id, COMPONENT: component}


def manifest(
    plan: Whose, kind: str, name: str, *, component: str = "", annotations: Mapping[str, str] | None = None, **content: Any
) -> Manifest:
    """One object in the Deployment's namespace; `content` is what stands beside its metadata."""
    metadata: Manifest = {"name": name, "namespace": plan.spec.namespace, "labels": labels(plan, component or name)}
    if annotations:
        metadata["annotations"] = dict(annotations)
    return {"apiVersion": KINDS[kind][0], "kind": kind, "metadata": metadata, **content}


def secret(plan: Whose, name: str, content: Mapping[str, str]) -> Manifest:
    """A Secret of texts."""
    return manifest(plan, "Secret", name, type="Opaque", data={key: encoded(text) for key, text in sorted(content.items())})


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def path(kind: str, namespace: str = "", name: str = "") -> str:
    """Where the API server has it: an object, or without a name the collection."""
    version, plural = KINDS[kind]
    root = f"/api/{version}" if version == "v1" else f"/apis/{version}"
    inside = f"/namespaces/{namespace}" if namespace else ""
    return f"{root}{inside}/{plural}" + (f"/{name}" if name else "")
