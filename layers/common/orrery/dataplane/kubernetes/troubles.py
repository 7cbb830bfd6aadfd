"""What is wrong with a Deployment's pods, by their own status and their makers': pure, and in the order of what should be told first."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from orrery.dataplane.kubernetes.objects import COMPONENT, QUEUE
from orrery.dataplane.kubernetes.plan import Manifest
from orrery.dataplane.trouble import Kind, Trouble, ordered

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
_LOOPS = 3
"""So many starts make a loop: between two back-offs a container runs for a moment, and is no better for it."""

Sign = tuple[Kind, str, bool]
"""What a status tells, when that happened or began (empty when it does not say), and whether it is over."""


def of(pods: Iterable[Manifest], makers: Iterable[Manifest] = ()) -> list[Trouble]:
    """One for each pod that is not well, or was not when it ran last, and for each Deployment that may make none; the most telling first.

    Nothing about pods that are just starting, or that were told to end.
    """
    found = [trouble for pod in pods if not pod["metadata"].get("deletionTimestamp") for trouble in _of_pod(pod)]
    found += [_trouble(Kind.OVER_QUOTA, each) for each in makers if _is_kept_out(each)]
    return ordered(found)


def _of_pod(pod: Manifest) -> Iterator[Trouble]:
    containers = pod.get("status", {}).get("containerStatuses", [])
    if signs := list(_signs(pod.get("status", {}), containers)):
        times = sum(each.get("restartCount", 0) for each in containers)
        kind, at, is_over = min(signs, key=lambda sign: (sign[2], list(Kind).index(sign[0])))
        yield _trouble(kind, pod, times=times, at=datetime.fromisoformat(at) if at else None, is_over=is_over)


def _signs(status: Manifest, containers: list[Manifest]) -> Iterator[Sign]:
    yield from (sign for each in containers if (sign := _of_container(each)))
    if status.get("reason") == "Evicted" and "ephemeral" in str(status.get("message", "")):
        yield Kind.OUT_OF_STORAGE, "", False
    for each in status.get("conditions", []):
        if each["type"] == "PodScheduled" and each.get("reason") == "Unschedulable":
            yield Kind.NO_ROOM, each.get("lastTransitionTime") or "", False


def _of_container(container: Manifest) -> Sign | None:
    """What its state says; one that was ended for its memory, or loops, is told by how it ended, also while it runs again."""
    state, ready = container.get("state", {}), bool(container.get("ready"))
    ended = state.get("terminated") or container.get("lastState", {}).get("terminated") or {}
    at = ended.get("finishedAt") or ""
    if ended.get("reason") == "OOMKilled":
        return Kind.OUT_OF_MEMORY, at, ready
    if container.get("restartCount", 0) >= _LOOPS and _loops(state, ended, ready=ready):
        return Kind.CRASH_LOOP, at, ready
    if ready:
        return None
    kind = _WAITING.get(state.get("waiting", {}).get("reason", ""), Kind.NOT_READY if "running" in state else None)
    return (kind, at, False) if kind else None


def _loops(state: Manifest, ended: Manifest, *, ready: bool) -> bool:
    """Of one that was started again and again: whether it failed at last, or runs and is not ready."""
    return bool(ended.get("exitCode")) if ready or "terminated" in state else "running" in state


def _is_kept_out(maker: Manifest) -> bool:
    conditions = maker.get("status", {}).get("conditions", [])
    return any(each["type"] == "ReplicaFailure" and "exceeded quota" in str(each.get("message", "")) for each in conditions)


def _trouble(kind: Kind, found: Manifest, *, times: int = 0, at: datetime | None = None, is_over: bool = False) -> Trouble:
    metadata = found["metadata"]
    component = metadata.get("labels", {}).get(COMPONENT, "pod")
    return Trouble(kind, component, metadata["name"], times, metadata.get("annotations", {}).get(QUEUE, ""), at, is_over)
