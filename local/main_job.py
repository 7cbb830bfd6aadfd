"""The main job, seen from outside: a Workspace, a Deployment, code on it, and a DAG run on workers the hypervisor asked for.

A client like any other: it speaks the public API, Airflow's API, and the `orrery` command.
"""

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar

from orrery_cli import airflow
from orrery_cli.failures import Failure as Refused
from orrery_cli.http import Api

from local import owner
from local.dag_run import DagRun
from local.progress import Screen
from local.state import ROOT, Failure, State

WORKSPACE, DEPLOYMENT = "main", "hello"
PROJECT = ROOT / "examples" / "hello"
DAG = "fan_out"
QUEUES = [
    {"name": "default", "isDefault": True, "astroMachine": "A5", "minWorkerCount": 0, "maxWorkerCount": 2, "workerConcurrency": 5},
    {"name": "heavy", "isDefault": False, "astroMachine": "A5", "minWorkerCount": 0, "maxWorkerCount": 4, "workerConcurrency": 2},
]
PATIENCE = 300.0

Item = dict[str, Any]
T = TypeVar("T")


def run(state: State, screen: Screen, known: owner.Owner, url: str) -> None:
    """Raises `Failure` with one line when it cannot be done."""
    try:
        job = MainJob(state, screen, known, url)
        job.prepare()
        job.deploy()
        job.run_dag()
        job.summary()
    except Refused as refused:
        fields = "; ".join(f"{each.get('field')}: {each.get('message')}" for each in refused.field_errors)
        raise Failure(f"the main job stopped: {refused.message}" + (f" ({fields})" if fields else "")) from refused


class MainJob:
    def __init__(self, state: State, screen: Screen, known: owner.Owner, url: str) -> None:
        self.state, self.screen, self.url = state, screen, url
        self.known = _signed_in(state, known, url)
        self.api = Api(url, self.known.token)
        self.root = f"/v1/organizations/{known.organization}"
        self.deployment: Item = {}

    def prepare(self) -> None:
        """The Workspace and the Deployment, found or made, and healthy."""
        workspace = _until(lambda: self._ensure("workspaces", {"name": WORKSPACE}), "the API does not answer")
        found = self._named("deployments", DEPLOYMENT)
        with self.screen.step(f"{'Bringing back' if found else 'Creating'} the Deployment `{DEPLOYMENT}`") as step:
            made = _until(lambda: self._ensure("deployments", self._request(workspace["id"])), "the API does not answer")

            def healthy() -> Item | None:
                now: Item = self.api.get(f"{self.root}/deployments/{made['id']}")
                step.say(", ".join(part for part in (now["status"].lower(), now.get("statusReason")) if part))
                if now["status"] == "HIBERNATING":
                    raise Failure(f"the Deployment `{DEPLOYMENT}` hibernates: wake it with `{self._cli()} deployment wake-up {DEPLOYMENT}`")
                return now if now["status"] == "HEALTHY" and self._airflow_answers(now) else None

            self.deployment = _until(healthy, f"the Deployment `{DEPLOYMENT}` is not healthy: see `{self.state.logs}`")

    def deploy(self) -> None:
        """The example project, through the upload protocol; only when it is not what runs there already."""
        mark = _fingerprint(PROJECT)
        if self.state.recall("deployed") == {"deployment": self.deployment["id"], "project": mark}:
            return
        with self.screen.step(f"Deploying {PROJECT.relative_to(ROOT)} to `{DEPLOYMENT}`"):
            _until(self._send_project, "the API does not answer")
        self.state.remember("deployed", {"deployment": self.deployment["id"], "project": mark})

    def _send_project(self) -> bool:
        argv = [sys.executable, "-m", "orrery_cli", "deploy", DEPLOYMENT, "--dags", "--path", str(PROJECT), "-o", "json"]
        environment = {**os.environ, "ORRERY_HOME": str(self.state.cli), "ORRERY_CONTEXT": owner.CONTEXT}
        done = subprocess.run(argv, env=environment, capture_output=True, text=True, check=False, cwd=ROOT)
        if done.returncode and '"api_unavailable"' in done.stderr:
            return False
        if done.returncode:
            raise Failure(f"the deploy failed: {(done.stderr.strip() or done.stdout.strip()).splitlines()[-1]}")
        return True

    def run_dag(self) -> None:
        """A new run of the fan-out, watched until it has succeeded, with what the hypervisor decides on the way."""
        decisions = f"{self.root}/deployments/{self.deployment['id']}/scaling-decisions"
        run = DagRun(self._airflow(), DAG, decisions=lambda: list(self.api.get(decisions, {"limit": 50})["scalingDecisions"]))
        with self.screen.step(f"Waiting for the DAG `{DAG}`"):
            _until(run.visible, f"the DAG `{DAG}` does not appear: see `{self._cli()} deployment logs {DEPLOYMENT}`")
        with self.screen.step("Waiting for the hypervisor's first plan"):
            _until(
                lambda: run.planned() and self._is_led(),
                f"the hypervisor does not plan `{DEPLOYMENT}`: see `{self.state.logs / 'plane.log'}`",
            )
        _until(run.trigger, f"the Airflow of `{DEPLOYMENT}` does not answer")
        with self.screen.step(f"Running `{DAG}`") as step:
            _until(lambda: self._watch(run, step.say), f"the run `{run.id}` of `{DAG}` does not end", patience=600)
        if unasked := run.queues - run.launched:
            queues = ", ".join(f"`{queue}`" for queue in sorted(unasked))
            raise Failure(f"the run `{run.id}` succeeded, but no decision of the hypervisor asked for workers of {queues}")

    def _is_led(self) -> bool:
        """Whether the agent follows a lease: after a start it scales by itself until there is one for what it sees, within a minute."""
        lines = self.state.agent_journal.read_text().splitlines() if self.state.agent_journal.exists() else []
        told: list[dict[str, str]] = [json.loads(line) for line in lines]
        sources = [each["source"] for each in told if each["action"] == "SOURCE"]
        return bool(sources) and sources[-1].startswith("lease")

    def _watch(self, run: DagRun, say: Callable[[str], None]) -> bool | None:
        for decision in run.new_decisions():
            self.screen.line(f"  hypervisor: {decision}")
        state, words = run.progress()
        say(words)
        if state == "failed":
            raise Failure(f"the run `{run.id}` of `{DAG}` failed: see `{self._cli()} deployment logs {DEPLOYMENT} --dag-id {DAG}`")
        return state == "success" or None

    def summary(self) -> None:
        link = self.api.post(f"{self.root}/deployments/{self.deployment['id']}/handover", {})["url"]
        web = self.deployment["webServerUrl"].partition("?")[0]
        lines = {
            "API": self.url,
            "Airflow": web if "://" in web else f"http://{web}",
            "Sign in once": link,
            "Another link": f"{self._cli()} deployment open {DEPLOYMENT}",
            "Try next": f"{self._cli()} deployment inspect {DEPLOYMENT}",
            "State, logs": str(self.state.path),
        }
        self.screen.line()
        for name, value in lines.items():
            self.screen.line(f"  {name:<14}{value}")
        self.screen.line()

    def _ensure(self, noun: str, request: Item) -> Item:
        """Found by its name or made: an answer that was lost must not make two."""
        made: Item = self._named(noun, request["name"]) or self.api.post(f"{self.root}/{noun}", request)
        return made

    def _named(self, noun: str, name: str) -> Item | None:
        return next((each for each in self.api.items(f"{self.root}/{noun}", noun) if each["name"] == name), None)

    def _request(self, workspace: str) -> Item:
        return {
            "type": "STANDARD",
            "name": DEPLOYMENT,
            "workspaceId": workspace,
            "clusterId": self.known.cluster,
            "executor": "CELERY",
            "schedulerSize": "SMALL",
            "isDevelopmentMode": True,
            "isCicdEnforced": False,
            "isDagDeployEnabled": True,
            "isHighAvailability": False,
            "workerQueues": QUEUES,
        }

    def _airflow(self) -> Api:
        return airflow.connect(SimpleNamespace(token=self.known.token), self.deployment)  # type: ignore[arg-type]

    def _airflow_answers(self, deployment: Item) -> bool:
        """After a restart the status may still be of the last life; Airflow itself says whether it is there."""
        self.deployment = deployment
        try:
            self._airflow().get("/dags", {"limit": 1})
        except Refused:
            return False
        return True

    def _cli(self) -> str:
        home, command = _relative(self.state.cli), _relative(Path(sys.executable).with_name("orrery"))
        return f"ORRERY_HOME={home} {command}"


def _relative(path: Path) -> str:
    """As somebody would type it who stands where the code is."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def _signed_in(state: State, known: owner.Owner, url: str) -> owner.Owner:
    """A token that was deleted or has run out is issued anew."""
    try:
        Api(url, known.token).get("/v1/users/self")
    except Refused as refused:
        if refused.kind != "unauthenticated":
            raise
        return owner.settle(state, url, reissue=True)
    return known


def _until(ask: Callable[[], T | None], failure: str, *, patience: float = PATIENCE) -> T:
    """Asks each second until there is an answer; a server that is being started again is waited for."""
    end, trouble = time.monotonic() + patience, ""
    while True:
        try:
            if answer := ask():
                return answer
        except Refused as refused:
            if refused.kind != "api_unavailable":
                raise
            trouble = f"; {refused.message}"
        if time.monotonic() > end:
            raise Failure(f"{failure} (waited {patience:.0f} s{trouble})")
        time.sleep(1)


def _fingerprint(project: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(path for path in project.rglob("*") if path.is_file() and "__pycache__" not in path.parts):
        digest.update(f"{path.relative_to(project)}\0".encode() + path.read_bytes())
    return digest.hexdigest()
