"""The agent's port on Kubernetes: what is there comes from what is kept in sight, what is done is read anew just before."""

import threading
from datetime import UTC, datetime
from typing import Any

from orrery.dataplane.kubernetes.agent_access import NAME as WAYS
from orrery.dataplane.kubernetes.workers import QUEUES

from agent.consumers import broadcast
from agent.home import HomeTrouble, Verb
from agent.kubernetes.api import Access, Api
from agent.kubernetes.cluster import Cluster
from agent.kubernetes.counts import Counts
from agent.kubernetes.ending import Ending
from agent.kubernetes.hearing import Broadcast, Hearing
from agent.kubernetes.inventory import entry
from agent.kubernetes.logs import ComponentLogs
from agent.kubernetes.seen import Bounds, Pod, Ways
from agent.kubernetes.workers import Worker, workers
from agent.world import CORDONED, RUNNING


class KubernetesHome:
    def __init__(self, access: Access, *, domain: str, say: Broadcast = broadcast) -> None:
        """`domain` is under which Deployments answer, by the name of their namespace."""
        self.api = Api(access)
        self._domain = domain
        self._places: dict[str, str] = {}
        """Namespace by Deployment, as of the last look at all of them."""
        self._cluster = Cluster(self.api)
        self._hearing = Hearing(self.api, self._cluster.pods, say)
        self._counts = Counts(self.api, self._cluster.deployments)
        self.component_logs = ComponentLogs(self.api, self._cluster)

    def begin(self, stop: threading.Event) -> None:
        """Keep the cluster in sight until `stop`."""
        self._cluster.begin(stop)

    def deployments(self) -> list[dict[str, Any]]:
        """Those that have a way to their database; `HomeTrouble` while the cluster is not in sight."""
        tenants, now = self._cluster.tenants_now(), datetime.now(UTC)
        self._places = {tenant.id: namespace for namespace, tenant in tenants.items()}
        self._hearing.forget({pod.uid for pod in self._cluster.pods.all().values()})
        return [
            entry(
                namespace,
                tenant,
                ways,
                self._bounds(namespace),
                controlled=[*self._cluster.deployments.within(namespace).values(), *self._cluster.stateful.within(namespace).values()],
                pods=self._cluster.pods.within(namespace).values(),
                workers=self._workers(namespace),
                domain=self._domain,
                now=now,
            )
            for namespace, tenant in sorted(tenants.items())
            if (ways := self._cluster.ways.get(namespace, WAYS))
        ]

    def workers(self, deployment_id: str) -> list[dict[str, Any]]:
        self._cluster.refuse_unless_current()
        namespace = self._places.get(deployment_id, "")
        if not self._cluster.tenants.get("", namespace):
            return []
        pods = [worker.pod for worker in self._workers(namespace) if worker.pod and not worker.is_surplus]
        if ways := self._cluster.ways.get(namespace, WAYS):
            self._hearing.listen(namespace, ways.broker, pods)
        return [self._describe(namespace, worker) for worker in self._workers(namespace)]

    def launch(self, deployment_id: str, queue: str, *, decision: dict[str, Any]) -> dict[str, Any]:
        """One worker of the newest configuration; its pod comes when it comes."""
        namespace = self._find(deployment_id)
        bounds = self._bounds(namespace)
        known = bounds.queues.get(queue) if bounds and not bounds.hibernating else None
        if known is None:
            raise HomeTrouble(f"deployment `{deployment_id}` has no worker queue `{queue}` to run now")
        self._counts.change(namespace, known.deployment, +1)
        born = [worker for worker in self._workers(namespace) if worker.deployment == known.deployment and worker.pod is None]
        return self._describe(namespace, born[-1]) if born else {}

    def tell(self, deployment_id: str, worker_id: str, verb: Verb) -> dict[str, Any]:
        namespace = self._find(deployment_id)
        worker = self._known(namespace, worker_id)
        broker = self._ways(namespace).broker
        if verb == "drain":
            Ending(self.api, self._counts, lambda pod: self._hearing.is_busy(broker, pod)).end(namespace, worker)
        else:
            pod = _open(worker)
            (self._hearing.cordon if verb == "cordon" else self._hearing.uncordon)(namespace, broker, pod)
        return self._describe(namespace, worker)

    def _find(self, deployment_id: str) -> str:
        """Its namespace, as of the last look at all of them."""
        self._cluster.refuse_unless_current()
        if deployment_id not in self._places:
            raise HomeTrouble(f"the cluster has no deployment `{deployment_id}`")
        return self._places[deployment_id]

    def _bounds(self, namespace: str) -> Bounds | None:
        return self._cluster.bounds.get(namespace, QUEUES)

    def _workers(self, namespace: str) -> list[Worker]:
        return workers(
            self._cluster.deployments.within(namespace).values(),
            self._cluster.pods.within(namespace).values(),
            self._bounds(namespace),
            self._hearing.closed,
        )

    def _known(self, namespace: str, worker_id: str) -> Worker:
        for worker in self._workers(namespace):
            if worker.id == worker_id:
                return worker
        raise HomeTrouble(f"namespace `{namespace}` has no worker `{worker_id}`")

    def _ways(self, namespace: str) -> Ways:
        found = self._cluster.ways.get(namespace, WAYS)
        if found is None:
            raise HomeTrouble(f"namespace `{namespace}` does not say how its broker is reached")
        return found

    def _describe(self, namespace: str, worker: Worker) -> dict[str, Any]:
        tenant = self._cluster.tenants.get("", namespace)
        return {
            "id": worker.id,
            "queue": worker.queue,
            "hostname": f"{worker.id}.localhost",  # what its tasks report, by orrery_airflow.worker
            "state": worker.state,
            "generation": tenant.generation if tenant and worker.is_current else 0,
            "node": worker.pod.node if worker.pod else "",
        }


def _open(worker: Worker) -> Pod:
    """Its pod, if it can be told anything."""
    if worker.pod is None or worker.state not in (RUNNING, CORDONED):
        raise HomeTrouble(f"worker `{worker.id}` is {worker.state.lower()}")
    return worker.pod
