"""The fake data plane keeps the port's contract, so tests that use it prove something about real homes."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from orrery.errors import Unavailable

from tests.dataplane_contract import DataPlaneContract, WorkersContract, a_spec, ensure_all, ref_of
from tests.support.dataplane import PARTS, FakeDataPlane


class TestTheFake(DataPlaneContract, WorkersContract):
    @pytest.fixture
    def plane(self) -> FakeDataPlane:
        return FakeDataPlane()

    @pytest.fixture
    def employ(self, plane: FakeDataPlane) -> Callable[[str], None]:
        return lambda id: plane.employ(id, workers=1)

    @pytest.fixture
    def finish(self, plane: FakeDataPlane) -> Callable[[str], None]:
        return plane.finish


def test_other_content_of_the_same_generation_is_applied() -> None:
    plane, spec = FakeDataPlane(), a_spec()
    ensure_all(plane, spec)
    plane.ensure_release(replace(spec, environment={"MODE": "old"}))
    assert plane.in_force(spec.id, "release").environment == {"MODE": "old"}


def test_a_leak_stays_visible() -> None:
    plane, spec = FakeDataPlane(), a_spec()
    ensure_all(plane, spec)
    plane.remove_namespace(ref_of(spec))
    assert plane.has(spec.id) == set(PARTS) - {"namespace"}


def test_refuses_as_often_as_asked() -> None:
    plane, spec = FakeDataPlane(), a_spec()
    plane.refuse("ensure_namespace", Unavailable("away"), times=2)
    for _ in range(2):
        with pytest.raises(Unavailable):
            plane.ensure_namespace(spec)
    plane.ensure_namespace(spec)
    assert plane.count("ensure_namespace") == 3
