"""What is wrong with a Deployment's pods, by their own status and their makers': pure, and in the order of what should be told first."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from orrery.dataplane.kubernetes.objects import COMPONENT
from orrery.dataplane.kubernetes.plan import Manifest
from orrery.dataplane.port import Incident


class Kind(StrEnum):
    """The first is the most telling."""

    IMAGE_PULL = "IMAGE_PULL"
    OUT_OF_MEMORY = "OUT_OF_MEMORY"
    CRASH_LOOP = "CRASH_LOOP"
    OUT_OF_STORAGE = "OUT_OF_STORAGE"
    MISCONFIGURED = "MISCONFIGURED"
    OVER_QUOTA = "OVER_QUOTA"
    NO_ROOM = "NO_ROOM"
    NOT_READY = "NOT_READY"


_ORDER = list(Kind)
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
    Kind.OVER_QUOTA: "it is over the quota of its namespace",
    Kind.NO_ROOM: "no node has room for it",
    Kind.NOT_READY: "it runs and does not answer yet",
}
_RUNS_TASKS = frozenset({"task", "worker"})


@dataclass(frozen=True)
class Trouble:
    kind: Kind
    component: str
    name: str
    """Of the pod, or of what cannot make one."""
    times: int = 0
    """How often its container was started again."""

    @property
    def words(self) -> str:
        again = f" ({self.times} times so far)" if self.times and self.kind in (Kind.CRASH_LOOP, Kind.OUT_OF_MEMORY) else ""
        return f"its {self.component} is not well: {_SAYS[self.kind]}{again}"

    @property
    def incident(self) -> Incident:
        """What runs tasks concerns some tasks, every other component the whole Deployment."""
        severity = "warning" if self.component in _RUNS_TASKS else "critical"
        return Incident(self.kind.value, severity, f"{self.component} {self.name}", self.words)


def of(pods: Iterable[Manifest], makers: Iterable[Manifest] = ()) -> list[Trouble]:
    """One for each pod that is not well, and for each Deployment that may make none; the most telling first.

    Nothing about pods that are just starting, or that were told to end.
    """
    found = [trouble for pod in pods if not pod["metadata"].get("deletionTimestamp") for trouble in _of_pod(pod)]
    found += [Trouble(Kind.OVER_QUOTA, _component(each), each["metadata"]["name"]) for each in makers if _is_kept_out(each)]
    return sorted(found, key=lambda trouble: (_ORDER.index(trouble.kind), trouble.component, trouble.name))


def _of_pod(pod: Manifest) -> Iterator[Trouble]:
    containers = pod.get("status", {}).get("containerStatuses", [])
    if kinds := list(_kinds(pod.get("status", {}), containers)):
        times = sum(each.get("restartCount", 0) for each in containers)
        yield Trouble(min(kinds, key=_ORDER.index), _component(pod), pod["metadata"]["name"], times)


def _kinds(status: Manifest, containers: list[Manifest]) -> Iterator[Kind]:
    yield from (kind for each in containers if (kind := _of_container(each)))
    if status.get("reason") == "Evicted" and "ephemeral" in str(status.get("message", "")):
        yield Kind.OUT_OF_STORAGE
    if any(each["type"] == "PodScheduled" and each.get("reason") == "Unschedulable" for each in status.get("conditions", [])):
        yield Kind.NO_ROOM


def _of_container(container: Manifest) -> Kind | None:
    """What its state says; one that was ended for its memory and waits to be started again is told by how it ended."""
    state, last = container.get("state", {}), container.get("lastState", {})
    if container.get("ready"):
        return None
    if "OOMKilled" in [each.get("terminated", {}).get("reason") for each in (state, last)]:
        return Kind.OUT_OF_MEMORY
    return _WAITING.get(state.get("waiting", {}).get("reason", ""), Kind.NOT_READY if "running" in state else None)


def _is_kept_out(maker: Manifest) -> bool:
    conditions = maker.get("status", {}).get("conditions", [])
    return any(each["type"] == "ReplicaFailure" and "exceeded quota" in str(each.get("message", "")) for each in conditions)


def _component(found: Manifest) -> str:
    return str(found["metadata"].get("labels", {}).get(COMPONENT, "pod"))
