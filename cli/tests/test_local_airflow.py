"""A day with a real Airflow on this machine, from nothing to nothing: the packages of the runtime, its scheduler, its api-server."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_plane import Plane
from orrery_cli.local import releases

GIVEN = """
from airflow.sdk import Connection, Variable, dag, task

@dag(schedule=None, tags=["test"])
def given():
    @task
    def look() -> None:
        sales, region = Connection.get("sales"), Variable.get("region")
        assert (sales.host, sales.password, region) == ("db.example.com", "hunter2", "eu"), (sales.host, region)
    look()

given()
"""
BROKEN = "from airflow.sdk import dag\n\nimport nothing_of_this_name\n"


class Day:
    """`orrery` in a process of its own, as a person runs it, in a new project."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def says(self, *words: str, exit_code: int = 0) -> Any:
        command = [sys.executable, "-m", "orrery_cli", *words, "-o", "json"]
        done = subprocess.run(command, cwd=self.root, capture_output=True, text=True, check=False)
        assert done.returncode == exit_code, done.stderr[-5000:]
        return json.loads(done.stdout)

    def processes(self) -> dict[int, str]:
        """Whatever runs in the project's environment or folder, by pid."""
        found = {}
        for name in filter(str.isdigit, os.listdir("/proc")):
            try:
                words = Path("/proc", name, "cmdline").read_text()
                environment = Path("/proc", name, "environ").read_text(errors="replace")
            except OSError:
                continue
            if words and f"AIRFLOW_HOME={self.root}" in environment:
                found[int(name)] = words.replace("\0", " ")
        return found


@pytest.fixture
def day(environment: dict[str, str], plane: Plane, tmp_path: Path) -> Iterator[Day]:
    for each in plane.environment:
        if each["connection"]:
            each["connection"] = {**each["connection"], "password": "hunter2"}
    (tmp_path / "shop").mkdir()
    started = Day(tmp_path / "shop")
    yield started
    started.says("local", "reset", "--yes")


def ask(status: Any, path: str, body: Any = None, token: str | None = None, method: str | None = None) -> Any:
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    content = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(status["url"] + path, content, headers, method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def parsed(status: Any, token: str, dag_ids: set[str]) -> None:
    """Returns when the DAG processor has seen these: Airflow is healthy before."""
    while not dag_ids <= {each["dag_id"] for each in ask(status, "/api/v2/dags", token=token)["dags"]}:
        time.sleep(0.5)


def state_of(status: Any, token: str, dag_id: str, run_id: str) -> str:
    """The state in which a run of the started Airflow ended."""
    while True:
        state = ask(status, f"/api/v2/dags/{dag_id}/dagRuns/{run_id}", token=token)["state"]
        if state in ("success", "failed"):
            return str(state)
        time.sleep(1)


@pytest.mark.e2e
@pytest.mark.timeout(900)
def test_a_project_is_begun_checked_run_started_and_ended(day: Day) -> None:
    day.says("init")
    (day.root / "dags" / "given.py").write_text(GIVEN)

    status = day.says("local", "start", "--timeout", "600")
    assert status["healthy"] is True
    assert status["airflowVersion"] == releases.newest().airflow
    seen = day.says("local", "status")
    assert (seen["running"], seen["url"], seen["startedAt"]) == (True, status["url"], status["startedAt"])

    token = ask(status, "/auth/token", {"username": status["username"], "password": status["password"]})["access_token"]
    parsed(status, token, {"example", "given"})
    ask(status, "/api/v2/dags/given", {"is_paused": False}, token=token, method="PATCH")
    run = ask(status, "/api/v2/dags/given/dagRuns", {"logical_date": None}, token=token)["dag_run_id"]

    ran = day.says("local", "run", "example", "--conf", '{"days": 3}')
    assert (ran["state"], len(ran["tasks"])) == ("success", 5)
    assert {each["state"] for each in ran["tasks"]} == {"success"}
    assert state_of(status, token, "given", run) == "success"

    (day.root / "dags" / "broken.py").write_text(BROKEN)
    checked = day.says("check", exit_code=1)
    assert ([each["dagId"] for each in checked["dags"]], checked["warnings"]) == (["example", "given"], [])
    (error,) = checked["errors"]
    assert (error["file"], error["line"], error["code"]) == ("dags/broken.py", 3, "import-error")
    assert day.says("pytest", "-k", "tagged") == {"passed": 1, "failed": 0, "errors": 0, "skipped": 0, "exitCode": 0}

    assert len(day.processes()) >= 4
    assert day.says("local", "stop")["endedProcesses"] >= 4
    assert day.processes() == {}
    assert day.says("local", "status")["running"] is False
