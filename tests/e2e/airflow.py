"""A Deployment of a running platform, and its Airflow, through doors that need no control plane."""

from typing import Any

from local.main_job import QUICK
from tests.support.platform import Platform, call


class Airflow:
    """A Deployment's Airflow, spoken to with a session that a one-time link opened: it must not need the control plane."""

    def __init__(self, platform: Platform, deployment: Any) -> None:
        self.base = "http://" + deployment["webServerUrl"].partition("?")[0].rstrip("/")
        link = platform.cli("deployment", "open", deployment["id"])["url"]
        door, _, code = link.partition("#code=")
        self.session = call(door, "POST", {"code": code})["cookie"].partition("=")[2].partition(";")[0]

    def call(self, method: str, path: str, body: Any = None) -> Any:
        return call(f"{self.base}/api/v2{path}", method, body, token=self.session)

    def trigger(self, dag: str, run: str) -> None:
        self.call("PATCH", f"/dags/{dag}", {"is_paused": False})
        self.call("POST", f"/dags/{dag}/dagRuns", {"dag_run_id": run, "logical_date": None, "conf": QUICK})

    def run(self, dag: str, run: str) -> Any:
        return self.call("GET", f"/dags/{dag}/dagRuns/{run}")

    def tasks(self, dag: str, run: str) -> Any:
        return self.call("GET", f"/dags/{dag}/dagRuns/{run}/taskInstances?limit=100")["task_instances"]


def deployment(platform: Platform, name: str) -> Any:
    """As the API tells of it; None when there is none of that name."""
    found = platform.api("GET", f"/v1/organizations/{platform.organization}/deployments?names={name}")["deployments"]
    return next(iter(found), None)
