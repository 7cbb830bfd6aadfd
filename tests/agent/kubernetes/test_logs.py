"""Component logs out of a cluster keep the contract: a real API server asks a pretended kubelet, and the agent has its own rights alone."""

import threading
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from orrery.dataplane.kubernetes.agent_access import ACCOUNT, IN_A_NAMESPACE
from orrery.dataplane.kubernetes.objects import COMPONENT, DEPLOYMENT, KINDS, ORGANIZATION, path

from agent.kubernetes.api import Access, Api, Refused
from agent.kubernetes.cluster import Cluster
from agent.kubernetes.logs import ComponentLogs
from tests.agent.kubernetes.conftest import eventually
from tests.agent.logs_contract import LogsContract
from tests.kubernetes.control_plane import ControlPlane
from tests.kubernetes.pretend_kubelet import PretendKubelet
from tests.kubernetes.pretend_node import PretendNode, running
from tests.orrery.dataplane.kubernetes.plans import CLUSTER
from tests.support.kubernetes import await_account

OURS = {"app.kubernetes.io/managed-by": "orrery"}


class Pods:
    """A Deployment's namespace with a pod for each component that writes."""

    def __init__(self, plane: ControlPlane, node: PretendNode, kubelet: PretendKubelet, access: Access) -> None:
        self._plane, self._node, self._kubelet = plane, node, kubelet
        self.id = f"c{uuid.uuid4().hex[:24]}"
        self.namespace = f"pods-{self.id}"
        self._starts: dict[str, int] = {}
        self._make("Namespace", "", self.namespace, labels={**OURS, DEPLOYMENT: self.id, ORGANIZATION: "o1"})
        role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": IN_A_NAMESPACE}
        subject = {"kind": "ServiceAccount", "name": ACCOUNT, "namespace": CLUSTER.system_namespace}
        self._make("RoleBinding", self.namespace, "agent", roleRef=role, subjects=[subject])
        await_account(plane.api, self.namespace)
        node.fate = self._fate
        self.stop, self.api = threading.Event(), Api(access)
        self.cluster = Cluster(self.api)
        self.cluster.begin(self.stop)
        self.home = self.arrive()
        eventually(lambda: any(told["id"] == self.id for told in self.home.deployments()))

    def arrive(self) -> ComponentLogs:
        """A new agent, at this moment."""
        self.home = ComponentLogs(self.api, self.cluster, lambda: int(self._kubelet.now * 1000) * 10**6)
        eventually(lambda: bool(self.home.deployments()))
        return self.home

    def write(self, component: str, *lines: str, **how: float) -> None:
        self.see(component)
        self._kubelet.write(self.namespace, component, *lines, **how)

    def start_again(self, component: str) -> None:
        self._starts[component] = self._starts.get(component, 0) + 1
        self._kubelet.start_again(self.namespace, component)
        self.see(component)

    def rotate(self, component: str) -> None:
        self._kubelet.rotate(self.namespace, component)

    def mute(self, component: str) -> None:
        self._kubelet.mute.add(component)

    def see(self, component: str) -> None:
        """Its pod is there as it should be, and the agent knows."""
        if self._plane.api.get(path("Pod", self.namespace, component)).status == 404:
            spec = {"nodeName": self._node.name, "containers": [{"name": component, "image": "example.com/airflow"}]}
            self._make("Pod", self.namespace, component, labels={**OURS, DEPLOYMENT: self.id, COMPONENT: component}, spec=spec)
        eventually(lambda: self._seen(component) == self._starts.get(component, 0))

    def _seen(self, component: str) -> int | None:
        pod = self.cluster.pods.get(self.namespace, component)
        return pod.starts if pod and pod.is_up else None

    def _fate(self, pod: Any) -> Any:
        if pod["metadata"]["namespace"] != self.namespace:
            return None
        return running(pod, restartCount=self._starts.get(pod["metadata"]["name"], 0))

    def _make(self, kind: str, namespace: str, name: str, *, labels: dict[str, str] | None = None, **content: Any) -> None:
        made = {"apiVersion": KINDS[kind][0], "kind": kind, "metadata": {"name": name, "labels": labels or {}}, **content}
        assert self._plane.api.create(path(kind, namespace), made).status == 201


class TestClusterLogs(LogsContract):
    @pytest.fixture
    def scene(self, kubernetes: ControlPlane, node: PretendNode, admitted: Access) -> Iterator[Pods]:
        kubelet = PretendKubelet(kubernetes, node.name).start()
        made = Pods(kubernetes, node, kubelet, admitted)
        yield made
        made.stop.set()
        node.fate = lambda pod: None
        kubernetes.api.delete(path("Namespace", "", made.namespace))
        kubelet.stop()

    def test_an_agent_that_goes_on_reads_what_came_while_it_was_away(self, scene: Pods) -> None:
        after: dict[str, Any] = {}
        scene.write("scheduler", "2026-03-01T00:00:00Z one")
        assert self.raw(scene, after) == ["one"]
        scene.write("scheduler", "2026-03-01T00:00:00Z two")
        scene.write("worker", "2026-03-01T00:00:00Z three")
        scene.arrive()
        assert self.raw(scene, after) == ["two", "three"]

    def test_a_new_agent_that_knows_nothing_tells_nothing_twice(self, scene: Pods) -> None:
        scene.write("scheduler", "2026-03-01T00:00:00Z one")
        assert self.raw(scene, {}) == ["one"]
        scene.arrive()
        after: dict[str, Any] = {}
        assert self.raw(scene, after) == []
        scene.write("scheduler", "2026-03-01T00:00:00Z two")
        assert self.raw(scene, after) == ["two"]

    def test_many_lines_of_one_second_are_passed_over_once_they_were_read(self, scene: Pods) -> None:
        after: dict[str, Any] = {}
        lines = [f"2026-03-01T00:00:00Z {'x' * 1000} {number}" for number in range(200)]
        scene.write("scheduler", *lines, seconds=0.001)
        found: list[str] = []
        while told := self.read(scene, after, most=20_000)["entries"]:
            found += [entry["raw"] for entry in told]
        assert found == lines

    def test_what_may_have_been_rotated_away_is_said(self, scene: Pods) -> None:
        after: dict[str, Any] = {}
        scene.write("scheduler", "2026-03-01T00:00:00Z one")
        assert self.raw(scene, after) == ["one"]
        scene.write("scheduler", "2026-03-01T00:00:00Z lost")
        scene.rotate("scheduler")
        scene.write("scheduler", "2026-03-01T00:00:00Z three")
        gone, three = self.read(scene, after)["entries"]
        assert "rotated away" in gone["raw"]
        assert three["raw"].endswith("three")

    def test_a_node_that_does_not_answer_for_one_pod_holds_up_no_other(self, scene: Pods) -> None:
        after: dict[str, Any] = {}
        scene.write("scheduler", "2026-03-01T00:00:00Z one")
        scene.write("triggerer", "2026-03-01T00:00:00Z two")
        scene.mute("scheduler")
        assert self.raw(scene, after) == ["two"]

    def test_what_writes_no_component_log_is_not_asked(self, scene: Pods) -> None:
        scene.write("broker", "2026-03-01T00:00:00Z a password")
        assert self.read(scene, {})["entries"] == []
        assert scene._kubelet.asked == []

    def test_a_line_without_an_end_is_left_until_it_has_one_and_a_long_one_is_cut(self, scene: Pods) -> None:
        scene.write("scheduler", f"2026-03-01T00:00:00Z {'x' * 100_000}", "2026-03-01T00:00:00Z two")
        first, second = self.read(scene, {})["entries"]
        assert len(first["raw"]) == 8192
        assert second["raw"].endswith("two")

    def test_the_agent_may_read_no_logs_outside_of_a_deployments_namespace(self, scene: Pods) -> None:
        with pytest.raises(Refused) as refusal:
            list(scene.api.lines(f"{path('Pod', 'kube-system', 'anything')}/log", {}, longest=1000))
        assert refusal.value.status == 403
