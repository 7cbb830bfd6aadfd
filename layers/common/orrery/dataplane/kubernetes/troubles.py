"""What is wrong with pods, from their own status: pure, and in the order of what should be told first."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from orrery.dataplane.kubernetes.objects import COMPONENT
from orrery.dataplane.kubernetes.plan import Manifest


class Kind(StrEnum):
    """The first is the most telling."""

    IMAGE_PULL = "IMAGE_PULL"
    OUT_OF_MEMORY = "OUT_OF_MEMORY"
    CRASH_LOOP = "CRASH_LOOP"
    OUT_OF_STORAGE = "OUT_OF_STORAGE"
    MISCONFIGURED = "MISCONFIGURED"
    NO_ROOM = "NO_ROOM"
    NOT_READY = "NOT_READY"


_WAITING = {
    "CrashLoopBackOff": Kind.CRASH_LOOP,
    "ErrImagePull": Kind.IMAGE_PULL,
    "ImagePullBackOff": Kind.IMAGE_PULL,
    "ImageInspectError": Kind.IMAGE_PULL,
    "InvalidImageName": Kind.IMAGE_PULL,
    "CreateContainerConfigError": Kind.MISCONFIGURED,
    "CreateContainerError": Kind.MISCONFIGURED,
    "RunContainerError": Kind.MISCONFIGURED,
}
_SAYS = {
    Kind.IMAGE_PULL: "its image cannot be pulled",
    Kind.OUT_OF_MEMORY: "it was ended because it used more memory than it has",
    Kind.CRASH_LOOP: "it ends again and again soon after it starts",
    Kind.OUT_OF_STORAGE: "it was ended because it wrote more files than it has room for",
    Kind.MISCONFIGURED: "it cannot be started as it is configured",
    Kind.NO_ROOM: "no node has room for it",
    Kind.NOT_READY: "it runs and does not answer yet",
}


@dataclass(frozen=True)
class Trouble:
    kind: Kind
    component: str
    pod: str
    times: int = 0
    """How often its container was started again."""

    @property
    def words(self) -> str:
        again = f" ({self.times} times so far)" if self.times and self.kind in (Kind.CRASH_LOOP, Kind.OUT_OF_MEMORY) else ""
        return f"its {self.component} is not well: {_SAYS[self.kind]}{again}"


def of(pods: Iterable[Manifest]) -> list[Trouble]:
    """One for each pod that is not well, the most telling first; nothing about pods that are just starting or ending."""
    order = list(Kind)
    found = (trouble for pod in pods if not pod["metadata"].get("deletionTimestamp") for trouble in _of_one(pod))
    return sorted(found, key=lambda trouble: (order.index(trouble.kind), trouble.component, trouble.pod))


def _of_one(pod: Manifest) -> Iterator[Trouble]:
    status = pod.get("status", {})
    component, name = str(pod["metadata"].get("labels", {}).get(COMPONENT, "pod")), str(pod["metadata"]["name"])
    containers = status.get("containerStatuses", [])
    times = sum(each.get("restartCount", 0) for each in containers)
    kinds = [kind for each in containers if (kind := _of_container(each))]
    if status.get("reason") == "Evicted" and "ephemeral" in str(status.get("message", "")):
        kinds.append(Kind.OUT_OF_STORAGE)
    if any(each["type"] == "PodScheduled" and each.get("reason") == "Unschedulable" for each in status.get("conditions", [])):
        kinds.append(Kind.NO_ROOM)
    if not kinds and any("running" in each.get("state", {}) and not each.get("ready") for each in containers):
        kinds.append(Kind.NOT_READY)
    order = list(Kind)
    if kinds:
        yield Trouble(min(kinds, key=order.index), component, name, times)


def _of_container(container: Manifest) -> Kind | None:
    """What its state says; a container that was ended for its memory and waits to be started again is told by how it ended."""
    state, last = container.get("state", {}), container.get("lastState", {})
    ends = [each["terminated"].get("reason") for each in (state, last) if "terminated" in each]
    waiting = state.get("waiting", {}).get("reason", "")
    if "OOMKilled" in ends and not container.get("ready"):
        return Kind.OUT_OF_MEMORY
    return _WAITING.get(waiting)
