"""One DAG run as its Airflow tells it, beside the decisions of the hypervisor that it brought about."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from orrery_cli.failures import Failure as Refused
from orrery_cli.http import Api

RESAMPLES = 25_000
"""A tenth of the DAG's own figure: the work is the same, and a newcomer's two cores are soon done with it."""

AGENT_HEARTBEAT = timedelta(seconds=12)
"""An agent asks for its targets at least every ten seconds."""

Item = dict[str, Any]


class DagRun:
    def __init__(self, airflow: Api, dag: str, *, decisions: Callable[[], list[Item]]) -> None:
        self._airflow, self._dag, self._decisions = airflow, dag, decisions
        self._seen: set[str] = set()
        self.id = f"make_up__{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}"
        self.queues: set[str] = set()
        """Where its tasks ran."""
        self.launched: set[str] = set()
        """For which queues the hypervisor asked for workers since the trigger."""

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
        return any(datetime.fromisoformat(decision["decidedAt"]) < heard for decision in self._decisions())

    def trigger(self) -> bool:
        """Unpauses the DAG and asks for the run; asked again after a lost answer it is the same run."""
        self._seen |= {decision["id"] for decision in self._decisions()}  # what was decided before is not for this run
        self._airflow.send("PATCH", f"/dags/{self._dag}", body={"is_paused": False})
        try:
            self._airflow.post(
                f"/dags/{self._dag}/dagRuns", {"dag_run_id": self.id, "logical_date": None, "conf": {"resamples": RESAMPLES}}
            )
        except Refused as refused:
            if refused.kind != "conflict":
                raise
        return True

    def progress(self) -> tuple[str, str]:
        """The run's state, and its tasks in words."""
        path = f"/dags/{self._dag}/dagRuns/{self.id}"
        state = str(self._airflow.get(path)["state"])
        instances = self._airflow.get(f"{path}/taskInstances", {"limit": 100})["task_instances"]
        self.queues |= {instance["queue"] for instance in instances if instance["queue"]}
        counts = Counter(instance["state"] or "waiting" for instance in instances)
        return state, ", ".join(f"{count} {name}" for name, count in sorted(counts.items())) or state

    def new_decisions(self) -> list[str]:
        """What was decided since the last look, oldest first; holds are left out."""
        fresh = [decision for decision in self._decisions() if decision["id"] not in self._seen]
        self._seen |= {decision["id"] for decision in fresh}
        moves = [decision for decision in reversed(fresh) if decision["action"] != "HOLD"]
        self.launched |= {decision["queue"] for decision in moves if decision["action"] == "LAUNCH"}
        return [f"{each['queue']} {each['current']} -> {each['target']} workers: {each['reason']}" for each in moves]
