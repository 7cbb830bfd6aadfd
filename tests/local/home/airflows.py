"""A Deployment in a running home, used as its people use it: over Airflow's own API, with tokens of the (stand-in) control plane."""

import hashlib
import io
import json
import tarfile
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from orrery.dataplane.port import DeploymentSpec

from tests.dataplane_contract import ensure_all, observed, ref_of
from tests.local.home.running import RunningHome, wait_until


@dataclass
class Answer:
    status: int
    headers: Any
    body: Any


@dataclass
class Airflow:
    home: RunningHome
    spec: DeploymentSpec
    token: str = "operator-token"

    def up(self) -> "Airflow":
        ensure_all(self.home.client, self.spec)
        seen = observed(self.home.client, ref_of(self.spec), lambda seen: seen.healthy)
        assert seen.healthy, seen.reason
        return self

    @property
    def address(self) -> str:
        return self.home.client.observe(ref_of(self.spec)).address

    @property
    def inventory(self) -> dict[str, Any]:
        entries = self.home.client.request("GET", "/deployments")["deployments"]
        return next(entry for entry in entries if entry["id"] == self.spec.id)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """One request under the Deployment's own host name (which not every resolver knows, so the socket goes to loopback)."""
        address = urlsplit(self.address)
        given = {"Host": address.netloc, "Content-Type": "application/json", "Authorization": f"Bearer {self.token}"} | headers
        request = urllib.request.Request(
            f"http://127.0.0.1:{address.port}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={name: value for name, value in given.items() if value},
        )
        try:
            with urllib.request.build_opener(_NoRedirect).open(request, timeout=60) as answer:
                return Answer(answer.status, answer.headers, _decode(answer.read()))
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.headers, _decode(error.read()))

    def deploy(self, code: str, version: str, folder: Path) -> None:
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
            member = tarfile.TarInfo("dags.py")
            member.size = len(code.encode())
            tar.addfile(member, io.BytesIO(code.encode()))
        file = folder / f"{version}.tar.gz"
        file.write_bytes(buffer.getvalue())
        body = {"version": version, "sha256": hashlib.sha256(buffer.getvalue()).hexdigest(), "path": str(file)}
        self.home.client.request("PUT", f"/deployments/{self.spec.id}/releases/current", body)

    def trigger(self, dag: str, conf: Any = None) -> str:
        """Unpause a DAG once it can be seen, run it, and return the run's id."""
        wait_until(lambda: self.ask("GET", f"/api/v2/dags/{dag}").status == 200, seconds=60, what=f"the DAG {dag}")
        assert self.ask("PATCH", f"/api/v2/dags/{dag}", {"is_paused": False}).status == 200
        answer = self.ask("POST", f"/api/v2/dags/{dag}/dagRuns", {"logical_date": None, "conf": conf or {}})
        assert answer.status == 200, answer.body
        return str(answer.body["dag_run_id"])

    def finished(self, dag: str, run: str) -> str:
        """The state the run ended in."""

        def ended() -> str | None:
            state = str(self.ask("GET", f"/api/v2/dags/{dag}/dagRuns/{run}").body["state"])
            return state if state in ("success", "failed") else None

        return str(wait_until(ended, seconds=120, what=f"the run of {dag}"))

    def words(self, dag: str, run: str, task: str) -> str:
        """The task's log, as Airflow shows it."""
        return str(self.ask("GET", f"/api/v2/dags/{dag}/dagRuns/{run}/taskInstances/{task}/logs/1?full_content=true").body)

    def returned(self, dag: str, run: str, task: str) -> Any:
        path = f"/api/v2/dags/{dag}/dagRuns/{run}/taskInstances/{task}/xcomEntries/return_value"
        return self.ask("GET", path).body["value"]

    def employ(self, queue: str = "default") -> str:
        """Start a worker, as the agent does; returns its id once it runs."""
        worker = self.home.client.request("POST", f"/deployments/{self.spec.id}/workers", {"queue": queue})["id"]
        wait_until(lambda: self.worker(worker)["state"] == "RUNNING", seconds=60, what="the worker to run")
        return str(worker)

    def tell(self, worker: str, verb: str) -> None:
        self.home.client.request("POST", f"/deployments/{self.spec.id}/workers/{worker}/{verb}")

    def workers(self) -> list[dict[str, Any]]:
        return list(self.home.client.request("GET", f"/deployments/{self.spec.id}/workers")["workers"])

    def worker(self, worker_id: str) -> dict[str, Any]:
        return next(worker for worker in self.workers() if worker["id"] == worker_id)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def _decode(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode(errors="replace")
