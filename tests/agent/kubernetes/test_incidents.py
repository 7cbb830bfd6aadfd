"""What the agent sees is wrong in a cluster: of pods as a node tells them, and of what the API server lets nobody make."""

from collections.abc import Callable
from typing import Any

from tests.agent.kubernetes.conftest import KubernetesStreet, eventually

CRASHED = {
    "name": "worker",
    "image": "i",
    "imageID": "",
    "ready": False,
    "restartCount": 4,
    "state": {"waiting": {"reason": "CrashLoopBackOff"}},
}
KILLED = {**CRASHED, "lastState": {"terminated": {"reason": "OOMKilled", "exitCode": 137}}}


def seen(street: KubernetesStreet) -> Callable[[], list[tuple[Any, ...]]]:
    def incidents() -> list[tuple[Any, ...]]:
        entry = next(entry for entry in street.home.deployments() if entry["id"] == street.id)
        return [(each["code"], each["severity"], each["subject"]) for each in entry["incidents"]]

    return incidents


def test_a_worker_that_is_not_well_is_told_with_its_queue_until_it_is_well_again(deployment: KubernetesStreet) -> None:
    (worker,) = deployment.launch()
    incidents, usual = seen(deployment), deployment.node.fate
    assert incidents() == []
    deployment.machine_says(worker, [CRASHED])
    eventually(lambda: incidents() == [("CRASH_LOOP", "warning", "worker of queue default")])
    deployment.node.fate = usual
    deployment.machine_says(worker, [KILLED])
    eventually(lambda: incidents() == [("OUT_OF_MEMORY", "warning", "worker of queue default")])
    deployment.node.fate = usual
    eventually(lambda: incidents() == [])


def test_workers_that_the_quota_keeps_out_are_told(deployment: KubernetesStreet) -> None:
    deployment.patch("ResourceQuota", "deployment", {"spec": {"hard": {"pods": "0"}}})
    deployment.home.launch(deployment.id, "default", decision={})
    eventually(lambda: seen(deployment)() == [("OVER_QUOTA", "warning", "worker of queue default")])
