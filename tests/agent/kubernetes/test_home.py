"""The cluster's home keeps the contract of the agent's port, before a real API server with its controllers and scheduler."""

import pytest

from tests.agent.home_contract import HomeContract, Street
from tests.agent.kubernetes.conftest import KubernetesStreet


class TestKubernetesHome(HomeContract):
    @pytest.fixture
    def street(self, deployment: KubernetesStreet) -> Street:
        return deployment
