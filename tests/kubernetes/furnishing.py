"""What a platform team's cluster has before Orrery comes: a volume for a broker, the images, and CPUs that are promised more than once."""

from orrery import names
from orrery.model import runtime

from local.progress import Screen
from tests.kubernetes import image, node_settings
from tests.kubernetes.cluster import Cluster

REGISTRY = "localhost"
"""The host of images that no registry serves: the node has them."""
BROKER, PGBOUNCER, AGENT = image.VALKEY.tag, image.PGBOUNCER.tag, image.AGENT.tag
PROMISED = "50m"
"""vCPU that a pod books here, whatever it asks for."""
_CLASS = "a-folder-of-the-node"
_POLICIES = "/apis/admissionregistration.k8s.io/v1/mutatingadmissionpolic"


def furnish(screen: Screen, cluster: Cluster) -> None:
    _volume(cluster)
    _overcommitment(cluster)
    for each in image.ALL:
        with screen.step(f"Importing the image {each.name}"):
            cluster.node.import_image(each.kept)
    for release in runtime.every():
        cluster.node.name_image(image.RUNTIME.tag, f"{REGISTRY}/{names.RUNTIME_REPOSITORY}:{release.version}")


def _volume(cluster: Cluster) -> None:
    """One, of the default class: a local volume, which takes the pod's group as an EBS volume does."""
    api, place = cluster.plane.api, cluster.node.folder / "volume"
    place.mkdir()
    default = {"storageclass.kubernetes.io/is-default-class": "true"}
    by_hand = {"provisioner": "kubernetes.io/no-provisioner", "volumeBindingMode": "WaitForFirstConsumer"}
    assert (
        api.create("/apis/storage.k8s.io/v1/storageclasses", {"metadata": {"name": _CLASS, "annotations": default}, **by_hand}).status
        == 201
    )
    here = {"key": "kubernetes.io/hostname", "operator": "In", "values": [node_settings.NAME]}
    spec = {
        "capacity": {"storage": "2Gi"},
        "accessModes": ["ReadWriteOnce"],
        "storageClassName": _CLASS,
        "local": {"path": str(place)},
        "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [here]}]}},
        "persistentVolumeReclaimPolicy": "Retain",
    }
    assert api.create("/api/v1/persistentvolumes", {"metadata": {"name": "volume"}, "spec": spec}).status == 201


def _overcommitment(cluster: Cluster) -> None:
    """A pod books less CPU than it asks for, as on a cluster whose team promises it more than once; its limit stays, and so does memory.

    A Deployment with a worker and the agent ask for more than this machine's two CPUs, and a kubelet cannot tell more than there are.
    """
    api = cluster.plane.api
    pods = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}
    less = f'[JSONPatch{{op: "replace", path: "/spec/containers/0/resources/requests/cpu", value: "{PROMISED}"}}]'
    asks = 'has(object.spec.containers[0].resources.requests) && "cpu" in object.spec.containers[0].resources.requests'
    policy = {
        "matchConstraints": {"resourceRules": [pods]},
        "matchConditions": [{"name": "asks", "expression": asks}],
        "mutations": [{"patchType": "JSONPatch", "jsonPatch": {"expression": less}}],
        "reinvocationPolicy": "Never",
    }
    name = {"metadata": {"name": "overcommitment"}}
    for at, spec in ((f"{_POLICIES}ies", policy), (f"{_POLICIES}ybindings", {"policyName": "overcommitment"})):
        answer = api.create(at, {**name, "spec": spec})
        assert answer.status == 201, answer
