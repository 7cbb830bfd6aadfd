"""A small data plane that works: the port's contract in memory, with words for what a test wants to happen and to see.

plane.refuse("ensure_broker", Unavailable("away"), times=2)
plane.employ("c...", workers=2)          # tasks are running
plane.finish("c...")                     # the agent drained every worker
assert plane.has("c...") == set()
"""

import threading
from collections import Counter
from dataclasses import dataclass, field

from orrery.dataplane.port import DeploymentRef, DeploymentSpec, NodePoolSpec, NodeView, Observation
from orrery.errors import DataPlaneFailed, Error, WorkersBusy

PARTS = ("namespace", "database", "broker", "release", "airflow", "queues", "ingress")


@dataclass
class Home:
    """One Deployment's things: each part with the spec it was last brought to."""

    parts: dict[str, DeploymentSpec] = field(default_factory=dict)
    generation: int = 0
    workers: int = 0
    sick: str = ""


@dataclass
class Refusal:
    error: Error
    times: int | None


class FakeDataPlane:
    def __init__(self) -> None:
        self.homes: dict[str, Home] = {}
        self.calls: list[tuple[str, str]] = []
        self.refusals: dict[str, Refusal] = {}
        self.pools: dict[str, tuple[NodePoolSpec, ...]] = {}
        self.nodes: dict[str, tuple[NodeView, ...]] = {}
        self._lock = threading.RLock()

    # what a test wants to happen

    def refuse(self, call: str, error: Error, *, times: int | None = None) -> None:
        """The next `times` calls of this name raise (None: all of them from now on)."""
        self.refusals[call] = Refusal(error, times)

    def relent(self) -> None:
        """No call is refused any more."""
        self.refusals.clear()

    def employ(self, id: str, *, workers: int) -> None:
        """So many workers are running tasks."""
        self.homes[id].workers = workers

    def finish(self, id: str) -> None:
        """The tasks end, and workers that are no longer wanted go."""
        self.homes[id].workers = 0

    def sicken(self, id: str, reason: str) -> None:
        """Its Airflow stops being healthy."""
        self.homes[id].sick = reason

    def have_nodes(self, cluster_id: str, *nodes: NodeView) -> None:
        """These nodes are there from now on, and no others."""
        self.nodes[cluster_id] = nodes

    # what a test wants to see

    def has(self, id: str) -> set[str]:
        """The parts that are there."""
        return set(self.homes[id].parts) if id in self.homes else set()

    def in_force(self, id: str, part: str = "airflow") -> DeploymentSpec:
        """What a part was last brought to."""
        return self.homes[id].parts[part]

    def count(self, call: str) -> int:
        return Counter(name for name, _ in self.calls)[call]

    # the port

    def ensure_namespace(self, spec: DeploymentSpec) -> None:
        with self._lock:
            self._called("ensure_namespace", spec.id)
            self.homes.setdefault(spec.id, Home())
            self._bring("namespace", spec)

    def ensure_database(self, spec: DeploymentSpec) -> None:
        self._ensure("database", spec)

    def ensure_broker(self, spec: DeploymentSpec) -> None:
        self._ensure("broker", spec)

    def ensure_release(self, spec: DeploymentSpec) -> None:
        self._ensure("release", spec)

    def ensure_airflow(self, spec: DeploymentSpec) -> None:
        self._ensure("airflow", spec)

    def ensure_queues(self, spec: DeploymentSpec) -> None:
        self._ensure("queues", spec)
        if spec.hibernating and self.homes[spec.id].generation == spec.generation:
            self._refuse_while_busy(spec.id)

    def ensure_ingress(self, spec: DeploymentSpec) -> None:
        self._ensure("ingress", spec)

    def remove_ingress(self, ref: DeploymentRef) -> None:
        self._remove("ingress", ref)

    def remove_queues(self, ref: DeploymentRef) -> None:
        self._remove("queues", ref)
        self._refuse_while_busy(ref.id)

    def remove_airflow(self, ref: DeploymentRef) -> None:
        self._remove("airflow", ref)

    def remove_release(self, ref: DeploymentRef) -> None:
        self._remove("release", ref)

    def remove_broker(self, ref: DeploymentRef) -> None:
        self._remove("broker", ref)

    def remove_database(self, ref: DeploymentRef) -> None:
        self._remove("database", ref)

    def remove_namespace(self, ref: DeploymentRef) -> None:
        with self._lock:
            self._called("remove_namespace", ref.id)
            if home := self.homes.get(ref.id):
                home.parts.pop("namespace", None)
                home.workers = 0

    def observe(self, ref: DeploymentRef) -> Observation:
        with self._lock:
            self._called("observe", ref.id)
            home = self.homes.get(ref.id)
            if home is None or "airflow" not in home.parts:
                return Observation(0, False, "its Airflow is not there", "", home.workers if home else 0)
            address = f"http://{ref.namespace}.localhost" if "ingress" in home.parts else ""
            return Observation(home.parts["airflow"].generation, not home.sick, home.sick, address, home.workers)

    def ensure_node_pools(self, cluster_id: str, pools: tuple[NodePoolSpec, ...]) -> None:
        with self._lock:
            self._called("ensure_node_pools", cluster_id)
            self.pools[cluster_id] = tuple(sorted(pools, key=lambda pool: pool.name))

    def node_pools(self, cluster_id: str) -> tuple[NodePoolSpec, ...]:
        return self.pools.get(cluster_id, ())

    def observe_nodes(self, cluster_id: str) -> tuple[NodeView, ...]:
        with self._lock:
            self._called("observe_nodes", cluster_id)
            return tuple(sorted(self.nodes.get(cluster_id, ()), key=lambda node: node.name))

    # how it works

    def _called(self, call: str, id: str) -> None:
        self.calls.append((call, id))
        refusal = self.refusals.get(call)
        if refusal and refusal.times != 0:
            refusal.times = None if refusal.times is None else refusal.times - 1
            raise refusal.error

    def _ensure(self, part: str, spec: DeploymentSpec) -> None:
        with self._lock:
            self._called(f"ensure_{part}", spec.id)
            if "namespace" not in self.has(spec.id):
                raise DataPlaneFailed(f"there is no namespace for the {part} of `{spec.namespace}`")
            self._bring(part, spec)

    def _bring(self, part: str, spec: DeploymentSpec) -> None:
        home = self.homes[spec.id]
        if spec.generation >= home.generation:
            home.parts[part], home.generation = spec, spec.generation

    def _remove(self, part: str, ref: DeploymentRef) -> None:
        with self._lock:
            self._called(f"remove_{part}", ref.id)
            if home := self.homes.get(ref.id):
                home.parts.pop(part, None)

    def _refuse_while_busy(self, id: str) -> None:
        with self._lock:
            if id in self.homes and self.homes[id].workers:
                raise WorkersBusy(f"{self.homes[id].workers} workers are still running tasks")
