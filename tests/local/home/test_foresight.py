"""What the agent foresees of a real Airflow: its schedule, its code and its past, through the reader's own login."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from agent import history
from agent.clock import SystemClock
from agent.demand import Demand
from agent.doors import Connection, Doors
from agent.foresight import Ahead, Foresight
from tests.dataplane_contract import a_spec, ref_of, remove_all
from tests.local.home.airflows import Airflow
from tests.local.home.running import FakePlane, RunningHome, wait_until

pytestmark = pytest.mark.e2e
EACH_MINUTE = """
import time
from datetime import datetime
from airflow.sdk import dag, task

@dag(schedule="* * * * *", start_date=datetime(2024, 1, 1), max_active_runs=4)
def each_minute():
    @task
    def find():
        time.sleep(2)
        return [1, 2, 3]

    @task
    def take(number: int):
        time.sleep(1)

    take.expand(number=find())

each_minute()
"""


@pytest.fixture
def airflow(home: RunningHome, fake_plane: FakePlane) -> Iterator[Airflow]:
    fake_plane.tokens["operator-token"] = "OPERATOR"
    airflow = Airflow(home, a_spec(api_url=fake_plane.url))
    yield airflow.up()
    for worker in airflow.workers():
        airflow.tell(worker["id"], "drain")
    remove_all(home.client, ref_of(airflow.spec))


def test_a_schedule_is_seen_and_after_a_run_its_profile(airflow: Airflow, tmp_path: Path) -> None:
    airflow.deploy(EACH_MINUTE, "v1", tmp_path)
    airflow.employ()
    run = airflow.trigger("each_minute")
    assert airflow.finished("each_minute", run) == "success"

    profile = asyncio.run(profile_of(airflow))
    assert (profile["find"].copies, profile["take"].copies) == (1, 3)
    assert 2 <= profile["find"].seconds < 20
    assert 1 <= profile["take"].seconds < 20

    ahead = wait_until(lambda: resting(airflow), seconds=90, what="a moment between two runs")
    assert ahead.next_run_at == ahead.next["default"].at
    assert ahead.next_run_at % 60 == 0
    assert -5 < ahead.next_run_at - time.time() <= 60
    assert (ahead.next["default"].dag, ahead.next["default"].tasks) == ("each_minute", 4)
    assert max(ahead.curves["default"]) > 1, "its mapped tasks side by side"


def resting(airflow: Airflow) -> Ahead | None:
    ahead = asyncio.run(foreseen(airflow))
    return ahead if ahead and not ahead.is_active else None


async def foreseen(airflow: Airflow) -> Ahead | None:
    clock, url = SystemClock(), {airflow.spec.id: airflow.inventory["databaseUrl"]}
    doors = Doors(clock)
    counts = await Demand(doors).read(url)
    ahead = await Foresight(doors, clock).foresee(url, counts, {})
    await doors.close()
    return ahead[airflow.spec.id]


async def profile_of(airflow: Airflow) -> history.Profile:
    connection: Connection = await psycopg.AsyncConnection.connect(airflow.inventory["databaseUrl"])
    async with connection:
        graphs = await history.graphs(connection, ["each_minute"])
        assert [task.id for task in graphs["each_minute"].tasks] == ["find", "take"]
        return (await history.profiles(connection, ["each_minute"]))["each_minute"]
