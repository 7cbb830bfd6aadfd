"""The contract of the data plane port, as tests: every home inherits `DataPlaneContract` and gives it a `plane`.

The suite knows only the port, so it holds alike for the fake of the other tests and for a home that runs real Airflow.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from orrery import names
from orrery.dataplane.port import DataPlane, DeploymentRef, DeploymentSpec, NodePoolSpec, Observation, QueueSpec
from orrery.errors import DataPlaneFailed, WorkersBusy

ENSURES = ("namespace", "database", "broker", "release", "airflow", "queues", "ingress")


def a_spec(**changes: object) -> DeploymentSpec:
    """A small Deployment of one queue that needs no worker at rest."""
    spec = DeploymentSpec(
        id=names.new_id(),
        organization_id=names.new_id(),
        workspace_id=names.new_id(),
        cluster_id=names.new_id(),
        namespace=names.new_namespace(),
        generation=1,
        airflow_version="3.3.2",
        runtime_version="3.3-1",
        scheduler_size="SMALL",
        high_availability=False,
        hibernating=False,
        queues=(QueueSpec("default", 0, 2, 2, "A5", 1, 2),),
        environment={},
        api_url="http://127.0.0.1:9",
        releases="",
    )
    return replace(spec, **changes)  # type: ignore[arg-type]


def ref_of(spec: DeploymentSpec) -> DeploymentRef:
    return DeploymentRef(spec.id, spec.organization_id, spec.cluster_id, spec.namespace)


def ensure_all(plane: DataPlane, spec: DeploymentSpec) -> None:
    for part in ENSURES:
        persist(lambda part=part: getattr(plane, f"ensure_{part}")(spec))  # type: ignore[misc]


def remove_all(plane: DataPlane, ref: DeploymentRef) -> None:
    for part in reversed(ENSURES):
        persist(lambda part=part: getattr(plane, f"remove_{part}")(ref))  # type: ignore[misc]


def persist(call: Callable[[], None], *, seconds: float = 120) -> None:
    """Calls again while the answer is a retryable one, as the state machines do."""
    end = time.monotonic() + seconds
    while True:
        try:
            return call()
        except Exception as problem:
            if not getattr(problem, "retryable", False) or time.monotonic() > end:
                raise
            time.sleep(0.5)


def observed(plane: DataPlane, ref: DeploymentRef, until: Callable[[Observation], bool], *, seconds: float = 120) -> Observation:
    """The first observation that is as hoped, or the last one in time."""
    end = time.monotonic() + seconds
    while not until(seen := plane.observe(ref)) and time.monotonic() < end:
        time.sleep(0.5)
    return seen


class DataPlaneContract:
    """Subclasses override `plane`; what a test leaves is taken away through the port itself."""

    @pytest.fixture
    def plane(self) -> DataPlane:
        pytest.fail("a home's own tests give the plane")

    @pytest.fixture
    def spec(self, plane: DataPlane) -> Iterator[DeploymentSpec]:
        spec = a_spec()
        yield spec
        remove_all(plane, ref_of(spec))

    def test_what_is_not_there_is_unhealthy_at_generation_0(self, plane: DataPlane, spec: DeploymentSpec) -> None:
        seen = plane.observe(ref_of(spec))
        assert (seen.generation, seen.healthy, seen.address, seen.workers) == (0, False, "", 0)
        assert seen.reason

    def test_removing_what_is_not_there_succeeds(self, plane: DataPlane, spec: DeploymentSpec) -> None:
        remove_all(plane, ref_of(spec))
        assert plane.observe(ref_of(spec)).generation == 0

    def test_nothing_is_made_outside_a_namespace(self, plane: DataPlane, spec: DeploymentSpec) -> None:
        for part in ENSURES[1:]:
            with pytest.raises(DataPlaneFailed):
                getattr(plane, f"ensure_{part}")(spec)
        assert plane.observe(ref_of(spec)).generation == 0

    def test_a_life_from_nothing_to_healthy_to_asleep_to_awake_to_nothing(self, plane: DataPlane, spec: DeploymentSpec) -> None:
        ref = ref_of(spec)
        ensure_all(plane, spec)
        born = observed(plane, ref, lambda seen: seen.healthy)
        assert (born.healthy, born.generation, born.reason) == (True, 1, "")
        assert spec.namespace in born.address

        ensure_all(plane, spec)
        again = observed(plane, ref, lambda seen: seen.healthy)
        assert (again.healthy, again.generation, again.address) == (True, 1, born.address)

        asleep = replace(spec, generation=2, hibernating=True, queues=tuple(replace(q, min_workers=0, max_workers=0) for q in spec.queues))
        persist(lambda: plane.ensure_queues(asleep))
        for _ in range(2):
            persist(lambda: plane.remove_airflow(ref))
        assert not observed(plane, ref, lambda seen: not seen.healthy).healthy

        awake = replace(spec, generation=3)
        for part in ("release", "airflow", "queues", "ingress"):
            getattr(plane, f"ensure_{part}")(awake)
        back = observed(plane, ref, lambda seen: seen.healthy and seen.generation == 3)
        assert (back.healthy, back.generation, back.address) == (True, 3, born.address)

        plane.ensure_airflow(asleep)
        plane.ensure_queues(spec)
        assert plane.observe(ref).generation == 3, "a spec of an older generation is ignored"

        remove_all(plane, ref)
        gone = observed(plane, ref, lambda seen: seen.generation == 0)
        assert (gone.generation, gone.healthy, gone.address) == (0, False, "")

    def test_wanted_nodes_are_known_until_others_are_wanted(self, plane: DataPlane) -> None:
        cluster = names.new_id()
        assert plane.node_pools(cluster) == ()
        small, large = NodePoolSpec("small", "m6i.2xlarge", 3, 0, 9), NodePoolSpec("large", "m6i.4xlarge", 1, 1, 4)
        plane.ensure_node_pools(cluster, (small, large))
        plane.ensure_node_pools(cluster, (small, large))
        assert plane.node_pools(cluster) == (large, small)
        plane.ensure_node_pools(cluster, (replace(small, nodes=0),))
        assert plane.node_pools(cluster) == (replace(small, nodes=0),)

    def test_a_node_that_is_there_has_a_name_and_room(self, plane: DataPlane) -> None:
        seen = plane.observe_nodes(names.new_id())
        assert len({node.name for node in seen}) == len(seen)
        assert all(node.cpu > 0 and node.memory > 0 and node.pool for node in seen)

    def test_what_was_begun_can_be_taken_away_from_anywhere(self, plane: DataPlane, spec: DeploymentSpec) -> None:
        for reached in range(1, len(ENSURES) + 1):
            for part in ENSURES[:reached]:
                persist(lambda part=part: getattr(plane, f"ensure_{part}")(spec))  # type: ignore[misc]
            remove_all(plane, ref_of(spec))
            assert plane.observe(ref_of(spec)).generation == 0


class WorkersContract:
    """For homes whose workers a test can start: `employ(id)` makes one busy, `finish(id)` lets its task end."""

    def test_queues_are_not_gone_before_their_workers_are(
        self, plane: DataPlane, spec: DeploymentSpec, employ: Callable[[str], None], finish: Callable[[str], None]
    ) -> None:
        ensure_all(plane, spec)
        employ(spec.id)
        with pytest.raises(WorkersBusy):
            plane.ensure_queues(replace(spec, generation=2, hibernating=True))
        with pytest.raises(WorkersBusy):
            plane.remove_queues(ref_of(spec))
        assert plane.observe(ref_of(spec)).workers == 1, "nobody is killed"
        finish(spec.id)
        plane.remove_queues(ref_of(spec))
        assert plane.observe(ref_of(spec)).workers == 0
