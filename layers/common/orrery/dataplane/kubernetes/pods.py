"""The hardened pod that every component runs in: no root, no writable root file system, no capabilities, no token of the cluster."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from orrery.dataplane.kubernetes import quantities
from orrery.dataplane.kubernetes.objects import COMPONENT, DEPLOYMENT, labels, manifest
from orrery.dataplane.kubernetes.plan import Manifest, Plan, Whose

USER = 50000
"""The user of the images; not 0, and nobody's on a node."""


@dataclass(frozen=True)
class Size:
    """What a container is given, and never more: vCPU, GiB of memory, GiB of ephemeral storage."""

    cpu: Decimal
    memory: Decimal
    storage: Decimal

    @classmethod
    def of(cls, cpu: str | int, memory: str | int, storage: str | int = 5) -> "Size":
        return cls(Decimal(cpu), Decimal(memory), Decimal(storage))

    @property
    def resources(self) -> Manifest:
        """Requests are limits, so nobody's pod is squeezed by a neighbour's."""
        amounts = {
            "cpu": quantities.cpu(self.cpu),
            "memory": quantities.memory(self.memory),
            "ephemeral-storage": quantities.memory(self.storage),
        }
        return {"requests": amounts, "limits": dict(amounts)}


def container(name: str, image: str, size: Size, *, mounts: Mapping[str, str], **content: Any) -> Manifest:
    """`mounts` are paths by volume; a volume that is not writable scratch space says so in `volumes`."""
    return {
        "name": name,
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "resources": size.resources,
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "runAsNonRoot": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": [{"name": volume, "mountPath": path} for volume, path in mounts.items()],
        **content,
    }


def template(
    plan: Whose,
    component: str,
    containers: Sequence[Manifest],
    *,
    volumes: Sequence[Manifest] = (),
    annotations: Mapping[str, str] | None = None,
    more_labels: Mapping[str, str] | None = None,
    **spec: Any,
) -> Manifest:
    """A pod template; `spec` adds to the pod's own."""
    metadata: Manifest = {"labels": {**labels(plan, component), **(more_labels or {})}}
    if annotations:
        metadata["annotations"] = dict(annotations)
    return {"metadata": metadata, "spec": {**hardened(component, containers, volumes), **spec}}


def hardened(account: str, containers: Sequence[Manifest], volumes: Sequence[Manifest]) -> Manifest:
    """What every pod of ours has in common, whoever runs in it."""
    return {
        "serviceAccountName": account,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": USER,
            "runAsGroup": USER,
            "fsGroup": USER,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "terminationGracePeriodSeconds": 60,
        "containers": list(containers),
        "volumes": list(volumes),
    }


def deployment(plan: Plan, component: str, pod: Manifest, *, replicas: int, annotations: Mapping[str, str] | None = None) -> Manifest:
    """A component that runs for ever; twins stay in different zones as far as there are any."""
    if replicas > 1:
        pod["spec"]["topologySpreadConstraints"] = _apart(plan, component)
    spec = {
        "replicas": replicas,
        "revisionHistoryLimit": 2,
        "selector": {"matchLabels": selector(plan, component)},
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
        "template": pod,
    }
    return manifest(plan, "Deployment", component, annotations=annotations, spec=spec)


def service(plan: Plan, component: str, port: int, *, protocol: str = "TCP") -> Manifest:
    """How a component is found inside of its namespace."""
    ports = [{"name": "main", "port": port, "protocol": protocol, "targetPort": port}]
    return manifest(plan, "Service", component, spec={"type": "ClusterIP", "selector": selector(plan, component), "ports": ports})


def selector(plan: Plan, component: str) -> dict[str, str]:
    """What tells a component's pods from all others."""
    return {DEPLOYMENT: plan.spec.id, COMPONENT: component}


def scratch(name: str, size: Size) -> Manifest:
    """Space that goes with the pod, within what the container may use."""
    return {"name": name, "emptyDir": {"sizeLimit": quantities.memory(size.storage)}}


def _apart(plan: Plan, component: str) -> list[Manifest]:
    chosen = {"labelSelector": {"matchLabels": selector(plan, component)}, "maxSkew": 1, "whenUnsatisfiable": "ScheduleAnyway"}
    return [{**chosen, "topologyKey": key} for key in ("topology.kubernetes.io/zone", "kubernetes.io/hostname")]
