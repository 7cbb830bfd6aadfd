"""What comes after the main job, for whoever watches: the workers go again, and a Deployment sleeps between its runs.

Nothing here moves anything: the hypervisor does, and this tells of it in the words of the public API.
"""

from datetime import UTC, datetime
from typing import Any

from orrery_cli.failures import Failure as Refused

from local import main_job
from local.dag_run import DagRun
from local.state import ROOT, Failure
from local.tenant import Tenant, in_words, until

DEPLOYMENT, DAG = "clockwork", "planets"
PROJECT = ROOT / "examples" / "clockwork"
QUEUES = [{"name": "default", "isDefault": True, "astroMachine": "A5", "minWorkerCount": 0, "maxWorkerCount": 2, "workerConcurrency": 5}]
SLEEPS = {"hibernationSpec": {"idle": {"isEnabled": True, "afterMinutes": 2}}}
WHOLE = {"resamples": 50_000}
"""Twice as long as in the main job, so that there is something to see."""
TURN = 1800.0
"""Seconds in which a run, a sleep and the next run must have been seen: the DAG runs every ten minutes."""

Item = dict[str, Any]


def run(tenant: Tenant, hello: Item) -> None:
    """Returns when all was seen, or when something was not; the platform stays up either way."""
    try:
        FanOut(tenant, hello).again()
        Clockwork(tenant).turn()
    except (Failure, Refused) as trouble:
        words = in_words(trouble) if isinstance(trouble, Refused) else str(trouble)
        tenant.screen.line(f"  not shown: {words}; everything stays up all the same")


class FanOut:
    """The main job's DAG once more: its first run was new to the hypervisor, the second is foretold."""

    def __init__(self, tenant: Tenant, deployment: Item) -> None:
        self.screen = tenant.screen
        self.decisions = tenant.decisions(deployment)
        self.decisions.forget()
        self.second = DagRun(tenant.airflow(deployment), main_job.DAG, WHOLE, decisions=self.decisions)

    def again(self) -> None:
        self._drained()
        self.screen.line(f"  Once more `{main_job.DAG}`, now that it is known how it goes:")
        self.second.follow(self.screen)
        self._drained()

    def _drained(self) -> None:
        with self.screen.step("Waiting for the workers to go again"):
            until(self._gone, "there are workers still", patience=600)

    def _gone(self) -> bool:
        self.decisions.tell(self.screen)
        return not any(self.decisions.workers().values())


class Clockwork:
    """A Deployment whose only DAG runs every ten minutes, and which sleeps as soon as nothing has run for two minutes."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant, self.screen = tenant, tenant.screen
        request = {"name": DEPLOYMENT, "workerQueues": QUEUES, "scalingSpec": SLEEPS}
        self.deployment = tenant.deployment(request, asleep=True)
        tenant.deploy(self.deployment, PROJECT)
        self.decisions = tenant.decisions(self.deployment)

    def turn(self) -> None:
        """One sleep, one wake, and the run that it woke for."""
        with self.screen.step(f"Waiting until `{DEPLOYMENT}` sleeps: nothing to do for two minutes, and its next run is far"):
            asleep = until(self._asleep, f"`{DEPLOYMENT}` does not sleep", patience=TURN)
        status = asleep["scalingStatus"]["hibernationStatus"]
        if not status["nextEventAt"]:
            raise Failure(f"`{DEPLOYMENT}` fell asleep before its next run was known")
        due = datetime.fromisoformat(status["nextEventAt"])
        self.screen.line(f"  {DEPLOYMENT} sleeps: {status['reason']}")
        self.decisions.forget()
        with self.screen.step(f"Waiting until it wakes for its run of {due:%H:%M:%S} UTC"):
            until(lambda: not self._asleep(), f"`{DEPLOYMENT}` does not wake", patience=TURN)
        self.screen.line(f"  {DEPLOYMENT} wakes {_seconds_to(due):.0f} s before its run is due")
        with self.screen.step("Waiting for the first task of that run"):
            began = until(lambda: self._began(due), f"the run of {due:%H:%M:%S} does not begin")
        self.screen.line(
            f"  {DEPLOYMENT}: the first task began {(began - due).total_seconds():.1f} s after its run was due; {self._ahead(due)}"
        )

    def _now(self) -> Item:
        found: Item = self.tenant.api.get(f"{self.tenant.root}/deployments/{self.deployment['id']}")
        return found

    def _asleep(self) -> Item | None:
        now = self._now()
        return now if now["status"] == "HIBERNATING" else None

    def _began(self, due: datetime) -> datetime | None:
        """When the first task of the run that was due then started to run."""
        self.decisions.tell(self.screen)
        try:
            return self._first_task(due)
        except Refused:  # its Airflow is on its way up
            return None

    def _first_task(self, due: datetime) -> datetime | None:
        airflow = self.tenant.airflow(self._now())
        runs = airflow.get(f"/dags/{DAG}/dagRuns", {"order_by": "-run_after", "limit": 5})["dag_runs"]
        found = [run for run in runs if run["run_type"] == "scheduled" and datetime.fromisoformat(run["run_after"]) == due]
        if not found:
            return None
        tasks = airflow.get(f"/dags/{DAG}/dagRuns/{found[0]['dag_run_id']}/taskInstances", {"limit": 100})["task_instances"]
        return min((datetime.fromisoformat(task["start_date"]) for task in tasks if task["start_date"]), default=None)

    def _ahead(self, due: datetime) -> str:
        asked = [datetime.fromisoformat(move["decidedAt"]) for move in self.decisions.moves if move["action"] == "LAUNCH"]
        early = (due - min(asked)).total_seconds() if asked else 0
        return f"its worker was asked for {early:.0f} s before" if early > 0 else "its worker was asked for when the task was there"


def _seconds_to(moment: datetime) -> float:
    return (moment - datetime.now(UTC)).total_seconds()
