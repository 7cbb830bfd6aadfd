"""What the agent does to worker Deployments, for tests that need workers."""

import json
import time

from orrery.dataplane.kubernetes.api import Api
from orrery.dataplane.kubernetes.objects import AGENT, COMPONENT, DEPLOYMENT, path


def scale(api: Api, deployment_id: str, count: int, *, queue: str = "default", seconds: float = 30) -> None:
    """Every worker Deployment of a queue has so many workers, and so many pods are there; for tests, there is one that is not empty."""
    for found in deployments(api, deployment_id, queue):
        at = path("Deployment", found["metadata"]["namespace"], found["metadata"]["name"])
        body = json.dumps({"spec": {"replicas": count}})
        status, told = api._ask("PATCH", f"{at}/scale", {"fieldManager": AGENT}, body, "application/merge-patch+json")
        assert status == 200, told
    end = time.monotonic() + seconds
    while (there := pods(api, deployment_id, queue)) != count:
        assert time.monotonic() < end, f"{there} workers instead of {count}"
        time.sleep(0.1)


def deployments(api: Api, deployment_id: str, queue: str = "default") -> list[dict]:
    found = api.list("Deployment", labels={DEPLOYMENT: deployment_id, COMPONENT: "worker"})
    return [each for each in found if each["metadata"]["annotations"]["orrery/queue"] == queue]


def pods(api: Api, deployment_id: str, queue: str = "default") -> int:
    found = api.list("Pod", labels={DEPLOYMENT: deployment_id, COMPONENT: "worker"})
    return sum(each["metadata"]["annotations"]["orrery/queue"] == queue for each in found)
