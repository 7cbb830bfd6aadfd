"""The process home keeps the contract of the data plane port, with real Airflow behind it."""

from collections.abc import Callable
from typing import cast

import pytest
from orrery.dataplane.port import DataPlane

from tests.dataplane_contract import DataPlaneContract, WorkersContract
from tests.local.home.running import RunningHome, wait_until


@pytest.mark.e2e
class TestProcessHome(DataPlaneContract, WorkersContract):
    @pytest.fixture
    def plane(self, home: RunningHome) -> DataPlane:
        return cast(DataPlane, home.client)

    @pytest.fixture
    def employ(self, home: RunningHome) -> Callable[[str], None]:
        def employed(id: str) -> None:
            home.client.request("POST", f"/deployments/{id}/workers", {"queue": "default", "decision": "a test"})

        return employed

    @pytest.fixture
    def finish(self, home: RunningHome) -> Callable[[str], None]:
        def workers(id: str) -> list[str]:
            listed = home.client.request("GET", f"/deployments/{id}/workers")["workers"]
            return [worker["id"] for worker in listed]

        def drained(id: str) -> None:
            for worker in workers(id):
                home.client.request("POST", f"/deployments/{id}/workers/{worker}/drain")
            wait_until(lambda: not workers(id), seconds=60, what="the worker to end")

        return drained
