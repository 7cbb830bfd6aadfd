"""The Kubernetes home keeps the contract of the data plane port, before a real API server with its controllers and scheduler."""

from collections.abc import Callable

import pytest
from orrery.dataplane.kubernetes.api import Api
from orrery.dataplane.kubernetes.home import KubernetesHome
from orrery.dataplane.port import DataPlane

from tests.dataplane_contract import DataPlaneContract, WorkersContract
from tests.kubernetes.pretend_node import PretendNode
from tests.orrery.dataplane.kubernetes import agents


class TestKubernetesHome(DataPlaneContract, WorkersContract):
    @pytest.fixture
    def plane(self, home: KubernetesHome, node: PretendNode) -> DataPlane:
        return home

    @pytest.fixture
    def employ(self, api: Api) -> Callable[[str], None]:
        return lambda id: agents.scale(api, id, 1)

    @pytest.fixture
    def finish(self, api: Api) -> Callable[[str], None]:
        return lambda id: agents.scale(api, id, 0)
