"""One DAG run as its Airflow tells it, beside the decisions of the hypervisor that it brought about."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from orrery_cli.failures import Failure as Refused
from orrery_cli.http import Api

from local.decisions import Decisions
from local.progress import Screen, Step
from local.state import Failure
from local.tenant import until

AGENT_HEARTBEAT = timedelta(seconds=12)
"""An agent asks for its targets at least every ten seconds."""


class DagRun:
    def __init__(self, airflow: Api, dag: str, conf: dict[str, int], *, decisions: Decisions) -> None:
        self._airflow, self._dag, self._conf, self.decisions = airflow, dag, conf, decisions
        self.id = f"make_up__{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}"
        self.queues: set[str] = set()
        """Where its tasks ran."""

    def visible(self) -> bool:
        try:
            self._airflow.get(f"/dags/{self._dag}")
        except Refused as refused:
            if refused.kind in ("not_found", "api_unavailable"):
                return False
            raise
        return True

    def planned(self) -> bool:
        """Whether the hypervisor plans for this Deployment, and its plan has had the time to reach the agent."""
        heard = datetime.now(UTC) - AGENT_HEARTBEAT
        return any(datetime.fromisoformat(decision["decidedAt"]) < heard for decision in self.decisions.newest())

    def trigger(self) -> bool:
        """Unpauses the DAG and asks for the run; asked again after a lost answer it is the same run."""
        self.decisions.forget()  # what was decided before is not for this run
        self._airflow.send("PATCH", f"/dags/{self._dag}", body={"is_paused": False})
        try:
            self._airflow.post(f"/dags/{self._dag}/dagRuns", {"dag_run_id": self.id, "logical_date": None, "conf": self._conf})
        except Refused as refused:
            if refused.kind != "conflict":
                raise
        return True

    def follow(self, screen: Screen) -> None:
        """Triggers the run and shows how it goes until it has succeeded; raises `Failure` when it does not."""
        until(self.trigger, f"Airflow does not answer when `{self._dag}` is triggered")
        with screen.step(f"Running `{self._dag}`") as step:
            until(lambda: self._ended(screen, step), f"the run `{self.id}` of `{self._dag}` does not end", patience=600)

    def _ended(self, screen: Screen, step: Step) -> bool:
        self.decisions.tell(screen)
        state, words = self.progress()
        step.say(words)
        if state == "failed":
            raise Failure(f"the run `{self.id}` of `{self._dag}` failed: see its logs in Airflow, or with `orrery deployment logs`")
        return state == "success"

    def progress(self) -> tuple[str, str]:
        """The run's state, and its tasks in words."""
        path = f"/dags/{self._dag}/dagRuns/{self.id}"
        state = str(self._airflow.get(path)["state"])
        instances = self._airflow.get(f"{path}/taskInstances", {"limit": 100})["task_instances"]
        self.queues |= {instance["queue"] for instance in instances if instance["queue"]}
        counts = Counter(instance["state"] or "waiting" for instance in instances)
        return state, ", ".join(f"{count} {name}" for name, count in sorted(counts.items())) or state
