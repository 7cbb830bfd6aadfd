"""A home on the real API server, its own for each test; whatever a Deployment of a test leaves is taken away through the port."""

from collections.abc import Iterator
from functools import partial

import pytest
from orrery.dataplane.kubernetes import access
from orrery.dataplane.kubernetes.api import Api
from orrery.dataplane.kubernetes.home import KubernetesHome, Reach

from local.aws.engine import Engine
from tests.kubernetes.control_plane import ControlPlane
from tests.kubernetes.pretend_node import PretendNode
from tests.orrery.dataplane.kubernetes.databases import Databases
from tests.orrery.dataplane.kubernetes.lives import Life, side_by_side
from tests.orrery.dataplane.kubernetes.plans import CLUSTER
from tests.orrery.dataplane.kubernetes.stage import ClusterStage, a_cluster_stage
from tests.orrery.dataplane.kubernetes.trouble import Trouble, Wire


@pytest.fixture(scope="session")
def api(kubernetes: ControlPlane) -> Api:
    made = access.by_kubeconfig(str(kubernetes.kubeconfig))
    for name in (CLUSTER.system_namespace, CLUSTER.ingress_namespace):
        made.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}, manager="tests")
    return made


@pytest.fixture
def databases() -> Databases:
    return Databases()


@pytest.fixture
def home(api: Api, databases: Databases) -> KubernetesHome:
    reach = Reach(api, CLUSTER, databases)
    return KubernetesHome(lambda _: reach)


@pytest.fixture(scope="module")
def cluster_stage(aws_engine: Engine, kubernetes: ControlPlane, api: Api, node: PretendNode) -> Iterator[ClusterStage]:
    """Sagas on the real API server. It has seen each step go well once, so that it knows where the middle of a step is."""
    own = access.by_kubeconfig(str(kubernetes.kubeconfig))
    wire, reach = Wire(own), Reach(own, CLUSTER, Databases())
    with a_cluster_stage(aws_engine, KubernetesHome(lambda _: reach), wire, kubernetes.api) as stage:
        side_by_side({each.__name__: partial(each, Life(stage)) for each in (_awake, _asleep, _never_born)})
        wire.learning = False
        yield stage


def _awake(life: Life) -> None:
    life.create()
    life.update("second")
    life.update("third", Trouble("denied", {"ensure_ingress"}))
    life.delete()


def _asleep(life: Life) -> None:
    life.create()
    life.sleep()
    life.delete()


def _never_born(life: Life) -> None:
    life.create(Trouble("denied", {"ensure_ingress"}))
