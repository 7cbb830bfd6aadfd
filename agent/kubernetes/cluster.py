"""All that the agent keeps in sight of a cluster: six kinds of objects of the Deployments on it."""

import threading

from orrery.dataplane.kubernetes.agent_access import NAME as WAYS
from orrery.dataplane.kubernetes.objects import DEPLOYMENT, path
from orrery.dataplane.kubernetes.workers import QUEUES

from agent.kubernetes.api import Api
from agent.kubernetes.seen import Bounds, Controlled, Pod, Tenant, Ways
from agent.kubernetes.watched import Watched

OURS = "app.kubernetes.io/managed-by=orrery"


class Cluster:
    def __init__(self, api: Api) -> None:
        self.tenants = Watched(api, path("Namespace"), Tenant.read, labelSelector=f"{OURS},{DEPLOYMENT}")
        self.bounds = Watched(api, path("ConfigMap"), Bounds.read, fieldSelector=f"metadata.name={QUEUES}")
        self.ways = Watched(api, path("Secret"), Ways.read, fieldSelector=f"metadata.name={WAYS}")
        self.deployments = Watched(api, path("Deployment"), Controlled.read, labelSelector=OURS)
        self.stateful = Watched(api, path("StatefulSet"), Controlled.read, labelSelector=OURS)
        self.pods = Watched(api, path("Pod"), Pod.read, labelSelector=OURS)
        self._kinds = (self.tenants, self.bounds, self.ways, self.deployments, self.stateful, self.pods)

    def begin(self, stop: threading.Event) -> None:
        """Follow all of them until `stop`."""
        for kind in self._kinds:
            kind.begin(stop)

    def tenants_now(self) -> dict[str, Tenant]:
        """The Deployments by the names of their namespaces; `HomeTrouble` unless all that is kept in sight is how it is."""
        self.refuse_unless_current()
        return self.tenants.within("")

    def refuse_unless_current(self) -> None:
        for kind in self._kinds:
            kind.refuse_unless_current()
