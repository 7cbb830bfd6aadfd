"""The process home keeps the contract of the data plane port, with real Airflow behind it."""

from typing import cast

import pytest
from orrery.dataplane.port import DataPlane

from tests.dataplane_contract import DataPlaneContract
from tests.local.home.running import RunningHome


@pytest.mark.e2e
class TestProcessHome(DataPlaneContract):
    @pytest.fixture
    def plane(self, home: RunningHome) -> DataPlane:
        return cast(DataPlane, home.client)
