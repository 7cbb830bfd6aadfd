"""The Deployment of the small control plane, and what Deployments and clusters can be made of there."""

from typing import Any

Item = dict[str, Any]
TIME = "2026-01-02T03:04:05.678Z"


def deployment(name: str, id_: str, *, workspace: str, cluster: str) -> Item:
    """A healthy one with a queue, a variable and a secret."""
    return {
        "id": id_,
        "name": name,
        "status": "HEALTHY",
        "namespace": "brisk-comet-1234",
        "type": "STANDARD",
        "executor": "CELERY",
        "schedulerSize": "SMALL",
        "workspaceId": workspace,
        "workspaceName": "Data",
        "isCicdEnforced": False,
        "isDagDeployEnabled": True,
        "isDevelopmentMode": True,
        "isHighAvailability": False,
        "airflowVersion": "3.3.2",
        "astroRuntimeVersion": "3.3-1",
        "description": "",
        "clusterId": cluster,
        "clusterName": "standard",
        "region": "us-east-1",
        "contactEmails": [],
        "defaultTaskPodCpu": "0.25",
        "defaultTaskPodMemory": "0.5Gi",
        "resourceQuotaCpu": "10",
        "resourceQuotaMemory": "20Gi",
        "scalingSpec": None,
        "webServerUrl": "brisk-comet-1234.localhost",
        "environmentVariables": [
            {"key": "STAGE", "value": "dev", "isSecret": False},
            {"key": "KEY", "isSecret": True, "updatedAt": TIME},
        ],
        "workerQueues": [
            {"id": "q1", "name": "default", "isDefault": True, "minWorkerCount": 1, "maxWorkerCount": 3, "workerConcurrency": 5}
            | {"astroMachine": "A5", "podCpu": "1", "podMemory": "2Gi", "podEphemeralStorage": "10Gi"}
        ],
    }


_RANGE = {"floor": 0, "default": 5, "ceiling": 10}
OPTIONS = {
    "workerMachines": [{"name": "A5", "concurrency": _RANGE}, {"name": "A10", "concurrency": _RANGE | {"default": 10}}],
    "executors": ["ASTRO", "CELERY"],
    "runtimeReleases": [{"version": "3.3-1", "airflowVersion": "3.3.2", "channel": "stable"}],
    "workerQueues": {"minWorkers": _RANGE | {"default": 0}, "maxWorkers": _RANGE | {"default": 10}, "workerConcurrency": _RANGE},
}
_PLACE = {"name": "us-east-1", "location": "N. Virginia", "limited": False, "bannedInstances": []}
CLUSTER_OPTIONS = {"provider": "AWS", "regions": [_PLACE], "defaultRegion": _PLACE, "nodeCountMin": 1, "nodeCountMax": 20}
