"""What is wrong with a Deployment's pods, by their own status and their makers': pure, and in the order of what should be told first."""

from collections.abc import Iterable, Iterator

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
"""So many starts without ever being ready, or ready no more: between two back-offs it runs for a moment, and is no better for it."""


def of(pods: Iterable[Manifest], makers: Iterable[Manifest] = ()) -> list[Trouble]:
    """One for each pod that is not well, and for each Deployment that may make none; the most telling first.

    Nothing about pods that are just starting, or that were told to end.
    """
    found = [trouble for pod in pods if not pod["metadata"].get("deletionTimestamp") for trouble in _of_pod(pod)]
    found += [_trouble(Kind.OVER_QUOTA, each) for each in makers if _is_kept_out(each)]
    return ordered(found)


def _of_pod(pod: Manifest) -> Iterator[Trouble]:
    containers = pod.get("status", {}).get("containerStatuses", [])
    if kinds := list(_kinds(pod.get("status", {}), containers)):
        yield _trouble(next(kind for kind in Kind if kind in kinds), pod, times=sum(each.get("restartCount", 0) for each in containers))


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
    if container.get("restartCount", 0) >= _LOOPS and ("running" in state or state.get("terminated", {}).get("exitCode")):
        return Kind.CRASH_LOOP
    return _WAITING.get(state.get("waiting", {}).get("reason", ""), Kind.NOT_READY if "running" in state else None)


def _is_kept_out(maker: Manifest) -> bool:
    conditions = maker.get("status", {}).get("conditions", [])
    return any(each["type"] == "ReplicaFailure" and "exceeded quota" in str(each.get("message", "")) for each in conditions)


def _trouble(kind: Kind, found: Manifest, *, times: int = 0) -> Trouble:
    metadata = found["metadata"]
    component = metadata.get("labels", {}).get(COMPONENT, "pod")
    return Trouble(kind, component, metadata["name"], times, metadata.get("annotations", {}).get(QUEUE, ""))
