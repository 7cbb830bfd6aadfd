"""Environment objects of the small control plane: one of each type in its one Workspace, linked to its one Deployment."""

from typing import Any

Item = dict[str, Any]

CONNECTION = "cconnection00000000001aaa"
AIRFLOW_VARIABLE = "cairflowvariable000001aaa"
VARIABLE = "cvariable000000000001aaaa"
METRICS_EXPORT = "cmetricsexport0000001aaaa"

_NOTHING = dict.fromkeys(("connection", "airflowVariable", "environmentVariable", "metricsExport"))
_POSTGRES = {"type": "postgres", "host": "db.example.com", "login": "ada", "password": None, "port": 5432, "schema": None, "extra": None}

_PROMETHEUS = dict.fromkeys(("basicToken", "headers", "labels", "password", "sigV4AssumeArn", "sigV4StsRegion", "username")) | {
    "authType": "AUTH_TOKEN",
    "endpoint": "https://prometheus.example.com/api/v1/write",
    "exporterType": "PROMETHEUS",
}


def objects(workspace: str, deployment: str, time: str) -> list[Item]:
    """The four, as the API sends them."""
    link = {"scope": "DEPLOYMENT", "scopeEntityId": deployment, "setFields": []}
    place = {"scope": "WORKSPACE", "scopeEntityId": workspace, "sourceScope": "WORKSPACE", "sourceScopeEntityId": workspace}
    shared = place | {
        "description": "",
        "autoLinkDeployments": True,
        "links": [link],
        "excludeLinks": [],
        "createdAt": time,
        "updatedAt": time,
    }
    return [
        {"id": CONNECTION, "objectKey": "sales", "objectType": "CONNECTION", **shared, **_NOTHING, "connection": _POSTGRES},
        {"id": AIRFLOW_VARIABLE, "objectKey": "region", "objectType": "AIRFLOW_VARIABLE", **shared, **_NOTHING}
        | {"airflowVariable": {"isSecret": False, "value": "eu"}},
        {"id": VARIABLE, "objectKey": "STAGE", "objectType": "ENVIRONMENT_VARIABLE", **shared, **_NOTHING}
        | {"environmentVariable": {"isSecret": True, "value": ""}},
        {"id": METRICS_EXPORT, "objectKey": "grafana", "objectType": "METRICS_EXPORT", **shared, **_NOTHING, "metricsExport": _PROMETHEUS},
    ]


def changed(found: Item, change: Item) -> Item:
    """An object after a change: a link's overrides come back under the name of their type."""
    links = [_link(each.get("overrides", {}), each["scopeEntityId"]) for each in change.get("links", [])]
    return found | change | ({"links": links} if "links" in change else {})


def _link(overrides: Item, deployment: str) -> Item:
    told = {f"{name}Overrides": held for name, held in overrides.items() if name != "unsetFields"}
    return {"scope": "DEPLOYMENT", "scopeEntityId": deployment, **told, "setFields": [field for held in told.values() for field in held]}
