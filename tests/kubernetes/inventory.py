"""What there is on a test's cluster, of every kind that its server has."""

from collections.abc import Iterator

from tests.kubernetes.control_plane import ControlPlane

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


def kinds(kubernetes: ControlPlane) -> Iterator[tuple[str, bool]]:
    """Where the server lists each kind that it has and that can be listed: (path, whether it lies in namespaces)."""
    groups = kubernetes.api.get("/apis").body["groups"]
    roots = ["/api/v1", *(f"/apis/{group['preferredVersion']['groupVersion']}" for group in groups)]
    for root in roots:
        for kind in kubernetes.api.get(root).body["resources"]:
            if "list" in kind["verbs"] and "/" not in kind["name"]:
                yield f"{root}/{kind['name']}", kind["namespaced"]


def made(kubernetes: ControlPlane) -> set[Found]:
    """Every object of every kind that somebody made, controllers and the hypervisor's node plan aside."""
    return {
        (at.rpartition("/")[2], found["metadata"].get("namespace", ""), found["metadata"]["name"])
        for at, _ in kinds(kubernetes)
        if at.rpartition("/")[2] not in (*WRITTEN_BY_CONTROLLERS, *_NOBODYS)
        for found in kubernetes.api.get(at).body["items"]
        if found["metadata"]["name"] != "kube-root-ca.crt" and not found["metadata"]["name"].startswith("node-pools-")
    }
