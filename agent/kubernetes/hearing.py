"""What passes between the agent and a Deployment's workers over their broker, and the marks on their pods that outlive an agent.

A mark is written before a worker is told to take nothing new, and after it was told to take tasks again: whenever the agent dies, the next
one finds every worker that may have been cordoned marked as such, and tells it again.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from orrery.dataplane.kubernetes.objects import path

from agent.consumers import Deaf
from agent.home import HomeTrouble
from agent.kubernetes.api import MERGE, Api
from agent.kubernetes.seen import COST, MARK, Pod
from agent.kubernetes.watched import Watched
from agent.world import CORDONED, RUNNING

Broadcast = Callable[..., dict[str, Any]]
"""`agent.consumers.broadcast`."""
_COSTS = {RUNNING: "100", CORDONED: "50"}
"""Whatever lowers a count takes the newest first, which have none yet, and those at work last."""
_LONGEST_PAUSE = 30.0


@dataclass
class _Pause:
    seconds: float = 0.0
    until: float = float("-inf")


class Hearing:
    def __init__(self, api: Api, pods: Watched[Pod], broadcast: Broadcast, seconds: Callable[[], float] = time.monotonic) -> None:
        self._api, self._pods, self._broadcast, self._seconds = api, pods, broadcast, seconds
        self.closed: set[tuple[str, int]] = set()
        """Workers that answered that they take nothing new: uid and number of starts."""
        self._pauses: dict[str, _Pause] = {}

    def listen(self, namespace: str, broker: str, pods: Iterable[Pod]) -> None:
        """Hear who began, and tell those again that were told by an earlier agent, or before their container was started again."""
        up = [pod for pod in pods if pod.is_up and not pod.is_ending]
        for pod in self._heard(namespace, broker, "ping", [pod for pod in up if not pod.mark]):
            self._mark(namespace, pod, RUNNING)
        untold = [pod for pod in up if pod.mark == CORDONED and (pod.uid, pod.starts) not in self.closed]
        for queue in {pod.queue for pod in untold}:
            self._close(namespace, broker, queue, [pod for pod in untold if pod.queue == queue])

    def cordon(self, namespace: str, broker: str, pod: Pod) -> None:
        if pod.mark != CORDONED:
            self._mark(namespace, pod, CORDONED)
        if (pod.uid, pod.starts) not in self.closed and not self._close(namespace, broker, pod.queue, [pod]):
            raise HomeTrouble(f"worker `{pod.name}` does not answer")

    def uncordon(self, namespace: str, broker: str, pod: Pod) -> None:
        if not self._ask(broker, "add_consumer", [pod], queue=pod.queue):
            raise HomeTrouble(f"worker `{pod.name}` does not answer")
        self.closed.discard((pod.uid, pod.starts))
        self._mark(namespace, pod, RUNNING)

    def is_busy(self, broker: str, pod: Pod) -> bool:
        """Whether it says that it has a task, begun or waiting in it; False where nothing is said."""
        try:
            return any(told for verb in ("active", "reserved") for told in self._ask(broker, verb, [pod]).values())
        except HomeTrouble:
            return False

    def forget(self, there: set[str]) -> None:
        """Only pods with these uids are left."""
        self.closed = {each for each in self.closed if each[0] in there}

    def _close(self, namespace: str, broker: str, queue: str, pods: list[Pod]) -> list[Pod]:
        heard = self._heard(namespace, broker, "cancel_consumer", pods, queue=queue)
        self.closed |= {(pod.uid, pod.starts) for pod in heard}
        return heard

    def _heard(self, namespace: str, broker: str, verb: str, pods: list[Pod], **arguments: str) -> list[Pod]:
        """Those that answered. A broker that does not is left alone for longer each time: it must not hold up the others' round."""
        pause = self._pauses.setdefault(namespace, _Pause())
        if not pods or self._seconds() < pause.until:
            return []
        try:
            answers = self._ask(broker, verb, pods, **arguments)
        except HomeTrouble:
            pause.seconds = min(_LONGEST_PAUSE, max(2.0, pause.seconds * 2))
            pause.until = self._seconds() + pause.seconds
            return []
        pause.seconds = 0.0
        return [pod for pod in pods if _node(pod) in answers]

    def _ask(self, broker: str, verb: str, pods: list[Pod], **arguments: str) -> dict[str, Any]:
        try:
            return self._broadcast(broker, verb, [_node(pod) for pod in pods], **arguments)
        except Deaf as deaf:
            raise HomeTrouble(str(deaf)) from deaf

    def _mark(self, namespace: str, pod: Pod, mark: str) -> None:
        """Of this very pod: one of the same name and another uid is left alone."""
        told = {"metadata": {"uid": pod.uid, "annotations": {MARK: mark, COST: _COSTS[mark]}}}
        answer = self._api.change(path("Pod", namespace, pod.name), told, kind=MERGE)
        version = int(answer["metadata"]["resourceVersion"])
        self._pods.keep(namespace, pod.name, version, lambda known: replace(known, mark=mark))


def _node(pod: Pod) -> str:
    """The node name that `-H worker@<pod>` gives it."""
    return f"worker@{pod.name}"
