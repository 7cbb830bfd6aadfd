"""What there is on a test's cluster, of every kind that its server has."""

from orrery.dataplane.kubernetes import admission

from tests.kubernetes.control_plane import ControlPlane
from tests.orrery.dataplane.kubernetes.inventory import kinds

Found = tuple[str, str, str]
"""Kind as its list is named, namespace, name."""
WRITTEN_BY_CONTROLLERS = (
    "controllerrevisions",
    "endpoints",
    "endpointslices",
    "events",
    "ipaddresses",
    "leases",
    "pods",
    "podmetrics",
    "replicasets",
)
_NOBODYS = ("componentstatuses", "persistentvolumes", "nodes")
_IN_EVERY_NAMESPACE = (("configmaps", "kube-root-ca.crt"), ("serviceaccounts", "default"))
"""A moment after the namespace itself."""


def made(kubernetes: ControlPlane) -> set[Found]:
    """Every object of every kind that somebody made: not by controllers, nor for the cluster itself (node plan, wall of task pods)."""
    return {
        (kind, found["metadata"].get("namespace", ""), name)
        for at, _ in kinds(kubernetes.api)
        if (kind := at.rpartition("/")[2]) not in (*WRITTEN_BY_CONTROLLERS, *_NOBODYS)
        for found in kubernetes.api.get(at).body["items"]
        if (kind, name := found["metadata"]["name"]) not in _IN_EVERY_NAMESPACE and not name.startswith(("node-pools-", admission.NAME))
    }
