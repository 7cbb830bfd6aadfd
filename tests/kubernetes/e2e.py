"""`make e2e-kubernetes`: the runtime's own image, on a real node, under the walls that every Deployment's pods have."""

import sys
from typing import Any

from local.progress import Screen
from tests.kubernetes import cluster, image
from tests.kubernetes.api import Answer, Api
from tests.kubernetes.binaries import Missing

NAMESPACE = "/api/v1/namespaces/runtime"
USER = 50000
PATIENCE = 180.0


def main() -> int:
    screen = Screen()
    try:
        programs, built = cluster.prepare(screen), image.ensure(screen)
        with cluster.run(screen, programs) as running:
            with screen.step("Importing the runtime's image"):
                running.node.import_image(built)
            with screen.step("Running `airflow version` in a pod"):
                said = run(running.plane.api, "version", ["airflow", "version"])
        screen.line(f"Airflow {said} ran in a pod of a restricted namespace, as user {USER}, on a read-only root file system")
    except Missing as missing:
        screen.line(f"make e2e-kubernetes: {missing}")
        return 1
    return 0


def run(api: Api, name: str, command: list[str]) -> str:
    """What this command printed in a pod of the runtime's image; fails with its output if it failed."""
    make_namespace(api)
    answer = api.create(f"{NAMESPACE}/pods", pod(name, command))
    assert answer.status == 201, answer
    ended = api.until(f"{NAMESPACE}/pods/{name}", over, patience=PATIENCE)
    said = api.get(f"{NAMESPACE}/pods/{name}/log")
    assert ended.body["status"]["phase"] == "Succeeded", f"{ended.body['status']}\n{said.body}"
    return str(said.body).strip()


def over(answer: Answer) -> bool:
    return answer.body["status"].get("phase") in ("Succeeded", "Failed")


def make_namespace(api: Api) -> None:
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    assert api.create("/api/v1/namespaces", {"metadata": {"name": "runtime", "labels": labels}}).status in (201, 409)
    api.until(f"{NAMESPACE}/serviceaccounts/default", lambda answer: answer.status == 200)


def pod(name: str, command: list[str]) -> dict[str, Any]:
    rooms = {"files": "/var/airflow", "tmp": "/tmp"}
    container = {
        "name": "main",
        "image": image.TAG,
        "imagePullPolicy": "Never",
        "command": command,
        "resources": {"limits": {"cpu": "1", "memory": "1Gi"}},
        "securityContext": {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}},
        "volumeMounts": [{"name": volume, "mountPath": path} for volume, path in rooms.items()],
    }
    spec = {
        "containers": [container],
        "restartPolicy": "Never",
        "automountServiceAccountToken": False,
        "terminationGracePeriodSeconds": 1,
        "securityContext": {"runAsNonRoot": True, "runAsUser": USER, "runAsGroup": USER, "seccompProfile": {"type": "RuntimeDefault"}},
        "volumes": [{"name": volume, "emptyDir": {}} for volume in rooms],
    }
    return {"metadata": {"name": name}, "spec": spec}


if __name__ == "__main__":
    sys.exit(main())
