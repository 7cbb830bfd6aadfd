"""What there is on a test's cluster, of every kind that its server has."""

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


def made(kubernetes: ControlPlane) -> set[Found]:
    """Every object of every kind that somebody made, controllers and the hypervisor's node plan aside."""
    return {
        (at.rpartition("/")[2], found["metadata"].get("namespace", ""), found["metadata"]["name"])
        for at, _ in kinds(kubernetes.api)
        if at.rpartition("/")[2] not in (*WRITTEN_BY_CONTROLLERS, *_NOBODYS)
        for found in kubernetes.api.get(at).body["items"]
        if found["metadata"]["name"] != "kube-root-ca.crt" and not found["metadata"]["name"].startswith("node-pools-")
    }
