"""Ends one worker, that very one, and none with a task.

The pod is named: deleted by its uid and as it was just read, with the day that its template gives it to finish. Only then is the count
lowered by one. Lowering the count first would leave the choice to the ReplicaSet's controller, which looks at `pod-deletion-cost` last: a
busy worker on a node that is out of reach for a moment would go before an idle one. Between the two writes the controller may start a
successor; lowering the count then takes that one away again, because it is pending, and because it lacks the cost that every worker at work
bears: nobody gives a mark to one that is surplus.
"""

from collections.abc import Callable

from orrery.dataplane.kubernetes.objects import path
from orrery.dataplane.kubernetes.workers import CONFIGURATION

from agent.home import HomeTrouble
from agent.kubernetes.api import Api
from agent.kubernetes.counts import Counts
from agent.kubernetes.seen import Pod
from agent.kubernetes.workers import Worker
from agent.world import CORDONED


class Ending:
    def __init__(self, api: Api, counts: Counts, is_busy: Callable[[Pod], bool]) -> None:
        """`is_busy` asks the worker itself; it is to say False where the worker does not answer."""
        self._api, self._counts, self._is_busy = api, counts, is_busy

    def end(self, namespace: str, worker: Worker) -> None:
        """Raises `HomeTrouble`, and changes nothing, for a worker that takes tasks or has one."""
        if worker.pod is None:
            self._give_up(namespace, worker)
            return
        self._delete(namespace, worker.pod)
        if worker.deployment:
            self._counts.change(namespace, worker.deployment, -1)

    def _delete(self, namespace: str, seen: Pod) -> None:
        at = path("Pod", namespace, seen.name)
        found = self._api.get(at)
        now = Pod.read(found)
        if now.uid != seen.uid or now.is_ending:
            raise HomeTrouble(f"worker `{seen.name}` is already on its way out")
        if now.mark and now.mark != CORDONED and now.is_up:
            raise HomeTrouble(f"worker `{seen.name}` takes tasks; it has to be cordoned first")
        if now.is_up and self._is_busy(now):
            raise HomeTrouble(f"worker `{seen.name}` says that it has a task")
        self._api.delete(at, uid=now.uid, version=found["metadata"]["resourceVersion"])

    def _give_up(self, namespace: str, worker: Worker) -> None:
        """One that never got a pod: the count alone, as long as there really are fewer pods than were asked for."""
        chosen = {"labelSelector": f"{CONFIGURATION}={worker.configuration}"}
        pods = [Pod.read(found) for page in self._api.pages(path("Pod", namespace), chosen) for found in page["items"]]
        there = sum(not pod.is_over and not pod.is_ending for pod in pods)
        if there >= self._counts.wanted(namespace, worker.deployment):
            raise HomeTrouble(f"worker `{worker.id}` has a pod by now")
        self._counts.change(namespace, worker.deployment, -1)
