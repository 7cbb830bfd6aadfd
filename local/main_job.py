"""The main job, seen from outside: a Workspace, a Deployment, code on it, and a DAG run on workers the hypervisor asked for."""

import json
from typing import Any

from local.dag_run import DagRun
from local.state import ROOT, Failure
from local.tenant import Tenant, until

DEPLOYMENT = "hello"
PROJECT = ROOT / "examples" / "hello"
DAG = "fan_out"
QUEUES = [
    {"name": "default", "isDefault": True, "astroMachine": "A5", "minWorkerCount": 0, "maxWorkerCount": 2, "workerConcurrency": 5},
    {"name": "heavy", "isDefault": False, "astroMachine": "A5", "minWorkerCount": 0, "maxWorkerCount": 4, "workerConcurrency": 2},
]
QUICK = {"resamples": 25_000}
"""A tenth of the DAG's own figure: the work is the same, and a newcomer's two cores are soon done with it."""

Item = dict[str, Any]


def run(tenant: Tenant) -> Item:
    """Returns the Deployment; raises `Failure` with one line when it cannot be done."""
    job = MainJob(tenant)
    job.run_dag()
    job.summary()
    return job.deployment


class MainJob:
    def __init__(self, tenant: Tenant) -> None:
        self.tenant, self.screen, self.state = tenant, tenant.screen, tenant.state
        self.deployment = tenant.deployment({"name": DEPLOYMENT, "workerQueues": QUEUES})
        tenant.deploy(self.deployment, PROJECT)

    def run_dag(self) -> None:
        """A new run of the fan-out, watched until it has succeeded, with what the hypervisor decides on the way."""
        decisions = self.tenant.decisions(self.deployment)
        run, command = DagRun(self.tenant.airflow(self.deployment), DAG, QUICK, decisions=decisions), self.tenant.command
        with self.screen.step(f"Waiting for the DAG `{DAG}`"):
            until(run.visible, f"the DAG `{DAG}` does not appear: see `{command} deployment logs {DEPLOYMENT}`")
        with self.screen.step("Waiting for the hypervisor's first plan"):
            plane = self.state.logs / "plane.log"
            until(lambda: run.planned() and self._is_led(), f"the hypervisor does not plan `{DEPLOYMENT}`: see `{plane}`")
        run.follow(self.screen)
        if unasked := run.queues - decisions.launched - self._kept_ready():
            queues = ", ".join(f"`{queue}`" for queue in sorted(unasked))
            raise Failure(f"the run `{run.id}` succeeded, but no decision of the hypervisor asked for workers of {queues}")

    def _kept_ready(self) -> set[str]:
        """The queues that whoever was here before gave workers without a task."""
        return {queue["name"] for queue in self.deployment["workerQueues"] if queue["minWorkerCount"]}

    def _is_led(self) -> bool:
        """Whether the agent follows a lease: after a start it scales by itself until there is one for what it sees, within a minute."""
        lines = self.state.agent_journal.read_text().splitlines() if self.state.agent_journal.exists() else []
        told: list[dict[str, str]] = [json.loads(line) for line in lines]
        sources = [each["source"] for each in told if each["action"] == "SOURCE"]
        return bool(sources) and sources[-1].startswith("lease")

    def summary(self) -> None:
        tenant = self.tenant
        link = tenant.api.post(f"{tenant.root}/deployments/{self.deployment['id']}/handover", {})["url"]
        web = self.deployment["webServerUrl"].partition("?")[0]
        lines = {
            "Console": f"{tenant.url}/",
            "Its code": f"{self.state.sign_in_code()} (a browser is asked for it once)",
            "API": tenant.url,
            "Airflow": web if "://" in web else f"http://{web}",
            "Sign in once": link,
            "Another link": f"{tenant.command} deployment open {DEPLOYMENT}",
            "Try next": f"{tenant.command} deployment inspect {DEPLOYMENT}",
            "State, logs": str(self.state.path),
        }
        self.screen.line()
        for name, value in lines.items():
            self.screen.line(f"  {name:<14}{value}")
        self.screen.line()
