"""Brings what Airflow's processes write to the plane: on a thread of its own, so that scaling never waits for it.

A batch is written down before it is sent, and sent until the plane has answered: after a crash the same entries go out under the same id,
which the plane knows. While the plane is away one batch of each Deployment waits here and everything else where it was written.
"""

import contextlib
import json
import secrets
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from agent import files
from agent.home import HomeTrouble, Logs
from agent.report import PlaneTrouble

EVERY = 10.0
"""Seconds between looks."""
LONGEST_PAUSE = 60.0
_BYTES = 256 * 1024
"""Of the files, for one batch: whatever they hold, it stays below the megabyte that the plane takes."""
_AT_ONCE = 2
"""Batches of one Deployment in one look; who writes faster for long loses lines to rotation, and takes nothing from others."""

Take = Callable[[dict[str, Any]], dict[str, Any]]


class Shipper:
    def __init__(self, home: Logs, take: Take, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._home, self._take, self._folder = home, take, folder
        self._pause = 0.0
        self._said = ""

    def begin(self, stop: threading.Event) -> None:
        """Work until `stop`; a daemon, because an answer that is waited for must not hold up the end."""
        threading.Thread(target=self._run, args=(stop,), name="logs", daemon=True).start()

    def look(self) -> float:
        """Bring what is new, Deployment by Deployment; seconds until the next look."""
        try:
            inventory = self._home.deployments()
            self._forget({entry["id"] for entry in inventory})
            for entry in inventory:
                self._bring(entry["organizationId"], entry["id"])
        except PlaneTrouble as problem:
            self._say(f"{problem}; they wait where they were written")
            self._pause = min(LONGEST_PAUSE, max(EVERY, self._pause * 2))
            return self._pause
        except (HomeTrouble, OSError) as problem:
            self._say(str(problem))
        else:
            self._say("")
        self._pause = 0.0
        return EVERY

    def _run(self, stop: threading.Event) -> None:
        seconds = 0.0
        while not stop.wait(seconds):
            try:
                seconds = self.look()
            except Exception as problem:  # a fault of ours in one look must not end all of them
                self._say(f"{type(problem).__name__}: {problem}")
                seconds = EVERY

    def _bring(self, organization_id: str, deployment_id: str) -> None:
        """One Deployment of which the home says nothing delays no other."""
        whose = {"organizationId": organization_id, "deploymentId": deployment_id}
        known = self._delivered(whose, self._known(deployment_id))
        with contextlib.suppress(HomeTrouble):
            for _ in range(_AT_ONCE):
                known = self._delivered(whose, self._next(deployment_id, known["after"]))
                if not known["more"]:
                    return

    def _delivered(self, whose: dict[str, str], known: dict[str, Any]) -> dict[str, Any]:
        """What is known once the batch that was written down, if there is one, has reached the plane."""
        if known["batch"] is None:
            return known
        self._send(whose | known["batch"])
        delivered = {**known, "batch": None}
        self._keep(whose["deploymentId"], delivered)
        return delivered

    def _next(self, deployment_id: str, after: dict[str, Any]) -> dict[str, Any]:
        """What comes next, written down as a batch if there is anything."""
        told = self._home.logs(deployment_id, after, most=_BYTES)
        batch = {"batch": secrets.token_hex(12), "entries": told["entries"]} if told["entries"] else None
        known = {"after": told["after"], "batch": batch, "more": told["more"]}
        if told["after"] != after or batch:
            self._keep(deployment_id, known)
        return known

    def _send(self, batch: dict[str, Any]) -> None:
        try:
            self._take(batch)
        except PlaneTrouble as problem:
            if not problem.is_final:
                raise
            print(f"agent: logs of deployment {batch['deploymentId']} are let go: {problem}", flush=True)

    def _known(self, deployment_id: str) -> dict[str, Any]:
        """Where the last look ended, and the batch that was on its way; from the beginning when that cannot be read."""
        try:
            known: dict[str, Any] = json.loads(self._file(deployment_id).read_text())
            return {"after": known["after"], "batch": known["batch"], "more": known["more"]}
        except (OSError, ValueError, TypeError, KeyError):
            return {"after": {}, "batch": None, "more": True}

    def _keep(self, deployment_id: str, known: dict[str, Any]) -> None:
        files.replace(self._file(deployment_id), known)

    def _forget(self, there: set[str]) -> None:
        for file in self._folder.glob("*.json"):
            if file.stem not in there:
                file.unlink(missing_ok=True)

    def _file(self, deployment_id: str) -> Path:
        return self._folder / f"{deployment_id}.json"

    def _say(self, trouble: str) -> None:
        if trouble != self._said:
            print(f"agent: {f'component logs: {trouble}' if trouble else 'component logs are brought again'}", flush=True)
        self._said = trouble
