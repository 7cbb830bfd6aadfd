"""The agent beside a real home: real tasks bring real workers, it sees which of them is at work, and sends nobody away from a task."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from agent.process_home import ProcessHome
from tests.dataplane_contract import a_spec, ref_of, remove_all
from tests.local.home.airflows import Airflow
from tests.local.home.running import ROOT, FakePlane, RunningHome, wait_until

pytestmark = pytest.mark.e2e
FAN_OUT = '''
import hashlib
from airflow.sdk import dag, task

@dag(schedule=None)
def fan_out():
    @task
    def digest(number: int) -> str:
        """Some seconds of work for one core."""
        return hashlib.pbkdf2_hmac("sha256", b"orrery", str(number).encode(), 8_000_000).hex()

    digest.expand(number=[1, 2, 3, 4])

fan_out()
'''


@dataclass
class RunningAgent:
    """`python -m agent` without a plane: its lease never comes, so everything it does is its own decision."""

    process: subprocess.Popen[bytes]
    folder: Path

    def decisions(self) -> list[dict[str, Any]]:
        file = self.folder / "decisions.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def log(self) -> str:
        return (self.folder / "log").read_text()


@pytest.fixture
def agent(home: RunningHome, tmp_path: Path) -> Iterator[RunningAgent]:
    token = tmp_path / "token"
    token.touch(mode=0o600)
    environment = os.environ | {
        "PYTHONPATH": f"{ROOT}:{ROOT / 'layers' / 'common'}",
        "ORRERY_CLUSTER_ID": "c1",
        "ORRERY_API_URL": "http://127.0.0.1:9",
        "ORRERY_AGENT_TOKEN_FILE": str(token),
        "ORRERY_AGENT_STATE": str(tmp_path),
        "ORRERY_HOME_SOCKET": str(home.places.socket),
    }
    with open(tmp_path / "log", "wb") as log:
        process = subprocess.Popen([sys.executable, "-m", "agent"], env=environment, stdout=log, stderr=log, cwd=ROOT)
    yield RunningAgent(process, tmp_path)
    process.terminate()
    assert process.wait(timeout=20) == 0


@pytest.fixture
def airflow(home: RunningHome, fake_plane: FakePlane) -> Iterator[Airflow]:
    fake_plane.tokens["operator-token"] = "OPERATOR"
    airflow = Airflow(home, a_spec(api_url=fake_plane.url))
    yield airflow.up()
    remove_all(home.client, ref_of(airflow.spec))


def test_real_tasks_bring_real_workers_which_go_when_they_are_idle(airflow: Airflow, agent: RunningAgent, tmp_path: Path) -> None:
    airflow.deploy(FAN_OUT, "v1", tmp_path)
    run = airflow.trigger("fan_out")
    hosts = wait_until(
        lambda: len(at_work(airflow)) == 2 and at_work(airflow), seconds=120, what="two workers at work", otherwise=agent.log
    )
    assert hosts == {worker["hostname"] for worker in airflow.workers()}
    assert airflow.finished("fan_out", run) == "success", agent.log()
    wait_until(lambda: not airflow.workers(), seconds=120, what="the workers to go", otherwise=agent.log)
    actions = [decision["action"] for decision in agent.decisions()]
    assert sorted(actions) == ["CORDON", "CORDON", "DRAIN", "DRAIN", "LAUNCH", "LAUNCH", "SOURCE"]
    touched = [decision for decision in agent.decisions() if decision["action"] in ("CORDON", "DRAIN")]
    ended = last_ends(airflow)
    assert all(datetime.fromisoformat(each["at"]) > ended[f"{each['worker']}.localhost"] for each in touched), "nobody while tasks ran"
    assert all(decision["source"].startswith("reactive (plane away since ") for decision in agent.decisions())
    entries = written(airflow)
    assert {entry["source"] for entry in entries} == {"apiserver", "dag-processor", "scheduler", "worker"}
    assert any("Starting the scheduler" in entry["raw"] for entry in entries if entry["source"] == "scheduler")
    assert any("Warm shutdown" in entry["raw"] for entry in entries if entry["source"] == "worker"), "the words of workers that are gone"
    assert all(0 <= time.time() + 1 - entry["at"] / 1000 < 3600 for entry in entries), "each has its own time"


def written(airflow: Airflow) -> list[dict[str, Any]]:
    """What the processes wrote so far, as the agent reads it."""
    home = ProcessHome(airflow.home.places.socket)
    told = home.logs(airflow.spec.id, {}, most=1_000_000)
    assert home.logs(airflow.spec.id, told["after"], most=1_000_000)["more"] is False
    return list(told["entries"])


def at_work(airflow: Airflow) -> set[str]:
    """The host names that running tasks report."""
    with psycopg.connect(airflow.inventory["databaseUrl"]) as connection:
        return {host for (host,) in connection.execute("SELECT DISTINCT hostname FROM task_instance WHERE state = 'running'")}


def last_ends(airflow: Airflow) -> dict[str, datetime]:
    """When the last task of each host ended."""
    with psycopg.connect(airflow.inventory["databaseUrl"]) as connection:
        return dict(connection.execute("SELECT hostname, max(end_date) FROM task_instance GROUP BY hostname").fetchall())
