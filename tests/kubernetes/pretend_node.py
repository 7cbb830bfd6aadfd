"""A node without a kubelet: pods that the scheduler binds to it are said to run, or to end, as a test wishes; no container ever starts.

It proves what controllers, scheduler and API server do with our objects. What pods really do is for `tests/kubernetes/node.py`.
"""

import contextlib
import http.client
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from orrery.dataplane.kubernetes.apply import covers

from tests.kubernetes.api import Api

PAUSE = 0.1
VOLUMES_EVERY = 5
"""Looks from one at claims to the next: they are listed, which costs the server more the more there are."""
HEARTBEAT = 10.0
WATCH = 60
ROOM = {"cpu": "512", "memory": "2Ti", "ephemeral-storage": "10Ti", "pods": "1000"}

Pod = Mapping[str, Any]
Fate = Callable[[Pod], Mapping[str, Any] | None]
"""The `status` that a pod has instead of running well; None for a pod that does."""


class PretendNode:
    """`fate` may be set at any time; it is asked about each pod at each look."""

    def __init__(self, api: Api, name: str = "pretended") -> None:
        self._api, self.name = api, name
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._pods: dict[str, Pod] = {}
        self.fate: Fate = lambda pod: None

    def start(self) -> "PretendNode":
        self._api.create("/api/v1/nodes", {"metadata": {"name": self.name, "labels": {"kubernetes.io/hostname": self.name}}})
        self._beat()
        self._thread.start()
        threading.Thread(target=self._watch, name=f"{self.name}-sight", daemon=True).start()
        return self

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()
        self._api.delete(f"/api/v1/nodes/{self.name}")

    def _run(self) -> None:
        beats = 0
        while not self._stopped.wait(PAUSE):
            beats += 1
            # a request that is lost on a busy machine is made again at the next look, as a kubelet does
            with contextlib.suppress(OSError, http.client.HTTPException):
                if beats * PAUSE >= HEARTBEAT:
                    self._beat()
                    beats = 0
                self._look(sees_claims=beats % VOLUMES_EVERY == 0)

    def _watch(self) -> None:
        """Its pods by uid, as the server tells of them: a list of them all at each look would cost more than what a test does."""
        path = f"/api/v1/pods?fieldSelector=spec.nodeName={self.name}"
        while not self._stopped.wait(PAUSE):
            with contextlib.suppress(OSError, http.client.HTTPException, ValueError, KeyError):
                listed = self._api.get(path).body
                self._pods = {pod["metadata"]["uid"]: pod for pod in listed["items"]}
                for event in self._api.watch(path, listed["metadata"]["resourceVersion"], seconds=WATCH):
                    if event["type"] not in ("ADDED", "MODIFIED", "DELETED"):
                        break
                    self._hear(event["type"], event["object"])

    def _hear(self, what: str, pod: Pod) -> None:
        if what == "DELETED":
            self._pods.pop(pod["metadata"]["uid"], None)
        else:
            self._pods[pod["metadata"]["uid"]] = pod

    def _look(self, *, sees_claims: bool) -> None:
        for pod in list(self._pods.values()):
            self._tend(pod)
        if sees_claims:
            self._provision()

    def _beat(self) -> None:
        ready = {"type": "Ready", "status": "True", "reason": "KubeletReady", "lastHeartbeatTime": _now(), "lastTransitionTime": _now()}
        status = {"conditions": [ready], "capacity": ROOM, "allocatable": ROOM}
        self._patch(f"/api/v1/nodes/{self.name}/status", {"status": status})
        self._patch(f"/api/v1/nodes/{self.name}", {"spec": {"taints": None}})

    def _tend(self, pod: Pod) -> None:
        at = f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods/{pod['metadata']['name']}"
        if pod["metadata"].get("deletionTimestamp"):
            if not self.lingers(pod):
                self._api.send("DELETE", at, {"gracePeriodSeconds": 0})
            return
        wanted = self.fate(pod) or (_done(pod) if pod["spec"].get("restartPolicy") == "Never" else running(pod))
        there = pod.get("status", {})
        said = {name: value for name, value in wanted.items() if name != "conditions"}
        # the server adds to what it is told; the cluster takes all pods of a node that was late for not ready, until they are said to be
        if not covers(said, there) or not _ready(wanted).items() <= _ready(there).items() or not there.get("podIP"):
            self._patch(f"{at}/status", {"status": {"podIP": "10.244.0.9", **wanted}})

    def _provision(self) -> None:
        """A volume for every claim that waits for one, as long as it is claimed."""
        for claim in self._api.get("/api/v1/persistentvolumeclaims").body.get("items", []):
            if claim["status"].get("phase") == "Pending" and not claim["spec"].get("volumeName"):
                self._api.create("/api/v1/persistentvolumes", _volume(claim))
        for volume in self._api.get("/api/v1/persistentvolumes").body.get("items", []):
            if volume["status"].get("phase") == "Released":
                self._api.delete(f"/api/v1/persistentvolumes/{volume['metadata']['name']}")

    def lingers(self, pod: Pod) -> bool:
        """Whether a pod that was told to end goes on for now, as a worker does whose task runs."""
        return bool(pod["metadata"].get("annotations", {}).get("tests/lingers"))

    def _patch(self, path: str, body: Mapping[str, Any]) -> None:
        self._api.send("PATCH", path, body, kind="application/merge-patch+json")


def _volume(claim: Mapping[str, Any]) -> dict[str, Any]:
    named = {name: claim["metadata"][name] for name in ("name", "namespace", "uid")}
    spec = {
        "capacity": claim["spec"]["resources"]["requests"],
        "accessModes": claim["spec"]["accessModes"],
        "claimRef": {"kind": "PersistentVolumeClaim", "apiVersion": "v1", **named},
        "hostPath": {"path": "/nowhere"},
        "persistentVolumeReclaimPolicy": "Retain",
    }
    return {"metadata": {"name": f"volume-{claim['metadata']['uid']}"}, "spec": spec}


def running(pod: Pod, **more: Any) -> dict[str, Any]:
    """A pod that runs well; `more` goes into each container's status."""
    began = {"running": {"startedAt": pod["metadata"]["creationTimestamp"]}}
    containers = _containers(pod, began, ready=True, **more)
    return {"phase": "Running", "conditions": _conditions(pod, ready=True), "containerStatuses": containers}


def _done(pod: Pod) -> dict[str, Any]:
    born = pod["metadata"]["creationTimestamp"]
    ended = {"terminated": {"exitCode": 0, "reason": "Completed", "startedAt": born, "finishedAt": born}}
    return {"phase": "Succeeded", "conditions": _conditions(pod, ready=False), "containerStatuses": _containers(pod, ended, ready=False)}


def waiting(pod: Pod, reason: str, **more: Any) -> dict[str, Any]:
    """A pod whose containers wait for `reason`; `more` goes into each container's status."""
    state = {"waiting": {"reason": reason}}
    return {
        "phase": "Running" if more.get("restartCount") else "Pending",
        "conditions": _conditions(pod, ready=False),
        "containerStatuses": _containers(pod, state, ready=False, **more),
    }


def _containers(pod: Pod, state: Mapping[str, Any], *, ready: bool, **more: Any) -> list[dict[str, Any]]:
    return [
        {
            "name": each["name"],
            "image": each["image"],
            "imageID": "",
            "ready": ready,
            "restartCount": 0,
            "started": ready,
            "state": state,
            **more,
        }
        for each in pod["spec"]["containers"]
    ]


def _conditions(pod: Pod, *, ready: bool) -> list[dict[str, Any]]:
    """Beside what the scheduler has said."""
    said = [each for each in pod.get("status", {}).get("conditions", []) if each["type"] not in ("Ready", "ContainersReady")]
    word = {"status": str(ready), "lastTransitionTime": pod["metadata"]["creationTimestamp"]}
    return [*said, {"type": "ContainersReady", **word}, {"type": "Ready", **word}]


def _ready(status: Mapping[str, Any]) -> dict[str, str]:
    return {each["type"]: each["status"] for each in status.get("conditions", []) if each["type"] in ("Ready", "ContainersReady")}


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
