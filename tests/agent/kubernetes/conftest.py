"""A Deployment on the real API server, made by the plane's own home, and the agent with no more rights than its manifests give it."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from orrery.dataplane.kubernetes import access, apply
from orrery.dataplane.kubernetes.agent import render
from orrery.dataplane.kubernetes.agent_access import ACCOUNT
from orrery.dataplane.kubernetes.home import KubernetesHome as Plane
from orrery.dataplane.kubernetes.home import Reach
from orrery.dataplane.kubernetes.objects import COMPONENT, path
from orrery.dataplane.port import DeploymentSpec, QueueSpec

from agent.consumers import Deaf
from agent.home import HomeTrouble
from agent.kubernetes.api import Access
from agent.kubernetes.home import KubernetesHome
from tests.agent.home_contract import Workers
from tests.dataplane_contract import a_spec, persist
from tests.kubernetes.api import Api
from tests.kubernetes.control_plane import ControlPlane
from tests.kubernetes.pretend_node import PretendNode
from tests.orrery.dataplane.kubernetes.databases import Databases
from tests.orrery.dataplane.kubernetes.plans import AGENT, CLUSTER


@dataclass
class Crowd:
    """Celery's workers as their broker has them: those that are up answer, and take tasks unless they were told not to."""

    deaf: bool = False
    mute: set[str] = field(default_factory=set)
    closed: set[str] = field(default_factory=set)
    tasks: Counter[str] = field(default_factory=Counter)
    said: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    def broadcast(self, broker: str, verb: str, workers: list[str], **arguments: str) -> dict[str, Any]:
        assert broker.startswith("redis://:")
        if self.deaf:
            raise Deaf("the broker does not answer")
        names = tuple(worker.removeprefix("worker@") for worker in workers)
        self.said.append((verb, names))
        there = [name for name in names if name not in self.mute]
        if verb == "cancel_consumer":
            self.closed.update(there)
        elif verb == "add_consumer":
            self.closed.difference_update(there)
        return {f"worker@{name}": ["a task"] * self.tasks[name] if verb == "active" else [] for name in there}


@dataclass
class KubernetesStreet:
    plane: Plane
    api: Api
    access: Access
    spec: DeploymentSpec
    node: PretendNode
    crowd: Crowd = field(default_factory=Crowd)
    stop: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.home = self.arrive()

    @property
    def id(self) -> str:
        return self.spec.id

    def arrive(self) -> KubernetesHome:
        """An agent that remembers nothing, with the cluster in its sight."""
        self.stop.set()
        self.stop = threading.Event()
        self.home = KubernetesHome(self.access, domain=CLUSTER.domain, say=self.crowd.broadcast)
        self.home.begin(self.stop)
        eventually(lambda: self.id in {entry["id"] for entry in self.home.deployments()})
        return self.home

    def change(self, **changes: Any) -> None:
        """A new generation of the Deployment, in the queues' step."""
        self.spec = replace(self.spec, generation=self.spec.generation + 1, **changes)
        self.plane.ensure_release(self.spec)
        self.plane.ensure_queues(self.spec)

    def close_queues(self) -> None:
        apply.remove(self.plane.reach("").api, self.spec.namespace, "queues", ("ConfigMap",))

    def until(self, holds: Callable[[Workers], bool]) -> Workers:
        found: Workers = []

        def seen() -> bool:
            self.home.deployments()
            found[:] = self.home.workers(self.id)
            return holds(found)

        eventually(seen, lambda: str(found))
        return found

    def launch(self, count: int = 1, queue: str = "default") -> list[str]:
        """Workers that take tasks, by name."""
        for _ in range(count):
            self.home.launch(self.id, queue, decision={})
        up = self.until(lambda workers: sum(w["state"] == "RUNNING" for w in workers if w["queue"] == queue) >= count)
        return [worker["id"] for worker in up if worker["queue"] == queue]

    def pods(self) -> dict[str, Any]:
        """The worker pods that nobody has told to end, as the API server has them."""
        found = self.api.get(f"{path('Pod', self.spec.namespace)}?labelSelector={COMPONENT}=worker").body["items"]
        return {pod["metadata"]["name"]: pod for pod in found if "deletionTimestamp" not in pod["metadata"]}

    def counts(self) -> dict[str, int]:
        """Workers wanted, by worker Deployment."""
        found = self.api.get(f"{path('Deployment', self.spec.namespace)}?labelSelector={COMPONENT}=worker").body["items"]
        return {each["metadata"]["name"]: each["spec"]["replicas"] for each in found}

    def machine_says(self, worker: str, containers: list[dict[str, Any]]) -> None:
        """What the node tells of a worker's containers from now on."""
        name, usual = self.spec.namespace, self.node.fate

        def fate(pod: Any) -> Any:
            if (pod["metadata"]["namespace"], pod["metadata"]["name"]) == (name, worker):
                return {"phase": "Running", "containerStatuses": containers}
            return usual(pod)

        self.node.fate = fate

    def patch(self, kind: str, name: str, body: dict[str, Any], part: str = "") -> None:
        at = path(kind, self.spec.namespace, name) + part
        assert self.api.send("PATCH", at, body, kind="application/merge-patch+json").status == 200


def eventually(holds: Callable[[], bool], told: Callable[[], str] = lambda: "", *, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not _is_so(holds):
        assert time.monotonic() < end, f"not in time: {told()}"
        time.sleep(0.05)


def _is_so(holds: Callable[[], bool]) -> bool:
    try:
        return holds()
    except HomeTrouble:
        return False


@pytest.fixture(scope="session")
def admitted(kubernetes: ControlPlane, tmp_path_factory: pytest.TempPathFactory) -> Access:
    """The agent's manifests are applied, and this is how its pod would reach the API server."""
    made = access.by_kubeconfig(str(kubernetes.kubeconfig))
    for manifest in render(CLUSTER, AGENT):
        made.apply(manifest, manager="orrery")
    account = f"/api/v1/namespaces/{CLUSTER.system_namespace}/serviceaccounts/{ACCOUNT}/token"
    token = kubernetes.api.create(account, {"spec": {"expirationSeconds": 3600}}).body["status"]["token"]
    folder: Path = tmp_path_factory.mktemp("account")
    (folder / "token").write_text(token)
    authority = json.loads(kubernetes.kubeconfig.read_text())["clusters"][0]["cluster"]["certificate-authority"]
    return Access(kubernetes.url, Path(authority), folder / "token")


@pytest.fixture
def deployment(kubernetes: ControlPlane, admitted: Access, node: PretendNode) -> Iterator[KubernetesStreet]:
    reach = Reach(access.by_kubeconfig(str(kubernetes.kubeconfig)), CLUSTER, Databases())
    plane, spec = Plane(lambda _: reach), a_spec(queues=(QueueSpec("default", 0, 4, 2, "A5", 1, 2),))
    for part in ("namespace", "database", "broker", "release", "queues"):
        persist(lambda part=part: getattr(plane, f"ensure_{part}")(spec))  # type: ignore[misc]
    made = KubernetesStreet(plane, kubernetes.api, admitted, spec, node)
    yield made
    made.stop.set()
    node.fate = lambda pod: None
    kubernetes.api.delete(path("Namespace", "", spec.namespace))
