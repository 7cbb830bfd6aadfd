"""A client of the platform like any other: it speaks the public API, Airflow's API, and the `orrery` command."""

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from orrery_cli import airflow
from orrery_cli.failures import Failure as Refused
from orrery_cli.http import Api

from local import owner
from local.decisions import Decisions
from local.progress import Screen
from local.state import ROOT, Failure, State

WORKSPACE = "main"
PATIENCE = 300.0

Item = dict[str, Any]
T = TypeVar("T")


class Tenant:
    """The owner of the first Organization, at work in its Workspace."""

    def __init__(self, state: State, screen: Screen, known: owner.Owner, url: str) -> None:
        self.state, self.screen, self.url = state, screen, url
        self.known = _signed_in(state, known, url)
        self.api = Api(url, self.known.token)
        self.root = f"/v1/organizations/{known.organization}"

    def deployment(self, request: Item, *, asleep: bool = False) -> Item:
        """The Deployment of this name, found or made in the Workspace, once its Airflow answers; or, if that will do, `asleep`."""
        name = request["name"]
        workspace = until(lambda: self._ensure("workspaces", {"name": WORKSPACE}), "the API does not answer")
        owner.work_in(WORKSPACE)
        found = self.named("deployments", name)
        with self.screen.step(f"{'Bringing back' if found else 'Creating'} the Deployment `{name}`") as step:
            made = until(lambda: self._ensure("deployments", self._whole(request, workspace["id"])), "the API does not answer")

            def healthy() -> Item | None:
                now: Item = self.api.get(f"{self.root}/deployments/{made['id']}")
                step.say(", ".join(part for part in (now["status"].lower(), now.get("statusReason")) if part))
                if now["status"] == "HIBERNATING" and asleep:
                    return now
                if now["status"] == "HIBERNATING":
                    raise Failure(f"the Deployment `{name}` hibernates: wake it with `{self.command} deployment wake-up {name}`")
                return now if now["status"] == "HEALTHY" and self._airflow_answers(now) else None

            return until(healthy, f"the Deployment `{name}` is not healthy: see `{self.state.logs}`")

    def deploy(self, deployment: Item, project: Path) -> None:
        """A project's DAGs, by the `orrery` command; only when they are not what runs there already."""
        mark, name = {"deployment": deployment["id"], "project": _fingerprint(project)}, deployment["name"]
        if self.state.recall(f"deployed.{name}") == mark:
            return
        with self.screen.step(f"Deploying {project.relative_to(ROOT)} to `{name}`"):
            until(lambda: self._send(project, name), "the API does not answer")
        self.state.remember(f"deployed.{name}", mark)

    def decisions(self, deployment: Item) -> Decisions:
        path = f"{self.root}/deployments/{deployment['id']}/scaling-decisions"
        return Decisions(lambda: list(self.api.get(path, {"limit": 50})["scalingDecisions"]))

    def airflow(self, deployment: Item) -> Api:
        return airflow.connect(deployment, self.known.token)

    def named(self, noun: str, name: str) -> Item | None:
        return next((each for each in self.api.items(f"{self.root}/{noun}", noun) if each["name"] == name), None)

    @property
    def command(self) -> str:
        """The `orrery` command as somebody would type it who stands where the code is."""
        home, command = _relative(self.state.cli), _relative(Path(sys.executable).with_name("orrery"))
        return f"ORRERY_HOME={home} {command}"

    def _whole(self, request: Item, workspace: str) -> Item:
        return {
            "type": "STANDARD",
            "workspaceId": workspace,
            "clusterId": self.known.cluster,
            "executor": "CELERY",
            "schedulerSize": "SMALL",
            "isDevelopmentMode": True,
            "isCicdEnforced": False,
            "isDagDeployEnabled": True,
            "isHighAvailability": False,
        } | request

    def _ensure(self, noun: str, request: Item) -> Item:
        """Found by its name or made: an answer that was lost must not make two."""
        made: Item = self.named(noun, request["name"]) or self.api.post(f"{self.root}/{noun}", request)
        return made

    def _airflow_answers(self, deployment: Item) -> bool:
        """After a restart the status may still be of the last life; Airflow itself says whether it is there."""
        try:
            self.airflow(deployment).get("/dags", {"limit": 1})
        except Refused:
            return False
        return True

    def _send(self, project: Path, name: str) -> bool:
        argv = [sys.executable, "-m", "orrery_cli", "deploy", name, "--dags", "--path", str(project), "-o", "json"]
        own = {"ORRERY_HOME": str(self.state.cli), "ORRERY_CONTEXT": owner.CONTEXT, "ORRERY_API_TOKEN": self.known.token}
        done = subprocess.run(argv, env=os.environ | own, capture_output=True, text=True, check=False, cwd=ROOT)
        if done.returncode and '"api_unavailable"' in done.stderr:
            return False
        if done.returncode:
            raise Failure(f"the deploy failed: {(done.stderr.strip() or done.stdout.strip()).splitlines()[-1]}")
        return True


def in_words(refused: Refused) -> str:
    fields = "; ".join(f"{each.get('field')}: {each.get('message')}" for each in refused.field_errors)
    return refused.message + (f" ({fields})" if fields else "")


def until(ask: Callable[[], T | None], failure: str, *, patience: float = PATIENCE) -> T:
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


def _relative(path: Path) -> str:
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


def _fingerprint(project: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(path for path in project.rglob("*") if path.is_file() and "__pycache__" not in path.parts):
        digest.update(f"{path.relative_to(project)}\0".encode() + path.read_bytes())
    return digest.hexdigest()
