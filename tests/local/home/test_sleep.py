"""A real Airflow sleeps and wakes: a visitor wakes it and is sent on, and it is awake before its next run is due."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from orrery.hypervisor.sleep import Action, Facts, decide
from orrery.model.deployment import IdleRule, SleepCause
from orrery_cli.local import ports

from tests.dataplane_contract import a_spec, persist, ref_of, remove_all
from tests.local.home.airflows import Airflow
from tests.local.home.running import ROOT, FakePlane, RunningHome, wait_until

pytestmark = pytest.mark.e2e
PAGE = {"Accept": "text/html", "Authorization": ""}
EARLY = """
from airflow.sdk import dag, task
from datetime import datetime

@dag(schedule="{minute} {hour} * * *", start_date=datetime(2026, 1, 1), catchup=False, is_paused_upon_creation=False)
def early():
    @task
    def first() -> None:
        pass

    first()

early()
"""


@dataclass
class Sleeper:
    """A Deployment whose sagas are done by hand, in the order in which they do them."""

    airflow: Airflow
    generation: int = 1

    def sleep(self) -> None:
        spec = self._next(hibernating=True)
        persist(lambda: self.airflow.home.client.ensure_queues(spec))
        self.airflow.home.client.remove_airflow(ref_of(spec))

    def wake(self) -> None:
        spec = self._next(hibernating=False)
        for part in ("release", "airflow", "queues", "ingress"):
            getattr(self.airflow.home.client, f"ensure_{part}")(spec)

    def _next(self, *, hibernating: bool) -> Any:
        self.generation += 1
        bounds = (0, 0) if hibernating else (0, 2)
        queues = tuple(replace(queue, min_workers=bounds[0], max_workers=bounds[1]) for queue in self.airflow.spec.queues)
        return replace(self.airflow.spec, generation=self.generation, hibernating=hibernating, queues=queues)


@pytest.fixture
def sleeper(home: RunningHome, fake_plane: FakePlane, tmp_path: Path) -> Iterator[Sleeper]:
    fake_plane.tokens["operator-token"] = "OPERATOR"
    airflow = Airflow(home, a_spec(api_url=fake_plane.url)).up()
    token = tmp_path / "token"
    token.touch(mode=0o600)
    environment = os.environ | {
        "PYTHONPATH": f"{ROOT}:{ROOT / 'layers' / 'common'}",
        "ORRERY_CLUSTER_ID": "c1",
        "ORRERY_API_URL": fake_plane.url,
        "ORRERY_AGENT_TOKEN_FILE": str(token),
        "ORRERY_AGENT_STATE": str(tmp_path),
        "ORRERY_HOME_SOCKET": str(home.places.socket),
    }
    with open(tmp_path / "log", "wb") as log:
        agent = subprocess.Popen([sys.executable, "-m", "agent"], env=environment, stdout=log, stderr=log, cwd=ROOT)
    yield Sleeper(airflow)
    remove_all(home.client, ref_of(airflow.spec))  # its worker is the agent's to drain
    agent.terminate()
    assert agent.wait(timeout=20) == 0


def test_a_visitor_wakes_it_and_its_next_run_finds_it_awake(sleeper: Sleeper, fake_plane: FakePlane, tmp_path: Path) -> None:
    airflow, address = sleeper.airflow, sleeper.airflow.address
    sleeper.sleep()
    assert airflow.address == address, "a sleeper keeps its address"
    wait_until(lambda: asleep(airflow), seconds=20, what="the agent to answer in its place")
    visits: list[float] = []

    def wake(deployment: str) -> None:
        visits.append(time.monotonic())
        sleeper.wake()

    fake_plane.visited = wake
    answer = airflow.ask("GET", "/dags", **PAGE)
    assert (answer.status, "Airflow is waking up" in answer.body) == (503, True)
    wait_until(lambda: opened(airflow), seconds=120, what="the page that was asked for")
    took = time.monotonic() - visits[0]
    assert (len(visits), airflow.address) == (1, address)

    due = (datetime.now(UTC) + timedelta(seconds=took + 120)).replace(second=0, microsecond=0)
    airflow.deploy(EARLY.format(minute=due.minute, hour=due.hour), "v1", tmp_path)
    wait_until(lambda: next_run(airflow) == due, seconds=60, what="Airflow to know its next run")
    sleeper.sleep()
    facts = Facts(datetime.now(UTC), SleepCause.IDLE, datetime.now(UTC), idle=IdleRule(is_enabled=True), next_run_at=due, wake_seconds=took)
    wait_until(lambda: decide(replace(facts, now=datetime.now(UTC))).action is Action.WAKE, seconds=120, what="the time to wake")
    assert datetime.now(UTC) < due
    sleeper.wake()
    started = wait_until(lambda: first_run(airflow), seconds=120, what="the run to begin")
    assert timedelta(0) <= started - due < timedelta(seconds=5), "it was awake before its run was due"


def asleep(airflow: Airflow) -> bool:
    """Whether the agent answers; a look like this wakes nobody."""
    return not ports.free(int(airflow.address.rpartition(":")[2])) and airflow.ask("HEAD", "/").status == 503


def opened(airflow: Airflow) -> bool:
    """As a visitor's page asks: nobody answers while the port changes hands, and then Airflow does."""
    try:
        answer = airflow.ask("GET", "/dags", **PAGE)
    except OSError:
        return False
    return answer.status in (200, 302, 307) and "x-orrery-asleep" not in answer.headers


def next_run(airflow: Airflow) -> datetime | None:
    found = _one(airflow, "SELECT next_dagrun_create_after FROM dag WHERE dag_id = 'early'")
    return found.astimezone(UTC) if found else None


def first_run(airflow: Airflow) -> datetime | None:
    found = _one(
        airflow,
        "SELECT min(queued_at) FROM dag_run WHERE dag_id = 'early' AND run_type = 'scheduled' AND run_after > now() - interval '5 minutes'",
    )
    return found.astimezone(UTC) if found else None


def _one(airflow: Airflow, question: Any) -> datetime | None:
    with psycopg.connect(airflow.inventory["databaseUrl"]) as connection:
        row = connection.execute(question).fetchone()
        return row[0] if row else None
