"""The one query, on a real Postgres: what it counts, what it passes over, and how it lives with a server that comes and goes."""

import asyncio
import os
import signal
import time
from collections.abc import Iterator, Sequence

import psycopg
import pytest

from agent import doors as doors_room
from agent.clock import SystemClock
from agent.demand import Counts, Demand
from agent.doors import Doors
from tests.support.home import FakeClock
from tests.support.postgres import Server, serve

TASKS = [
    ("default", "queued", None),
    ("default", "queued", ""),
    ("default", "running", "w1.localhost"),
    ("default", "running", "w1.localhost"),
    ("heavy", "running", "w2.localhost"),
    ("heavy", "scheduled", None),
    ("heavy", "deferred", None),
    ("heavy", "success", "w2.localhost"),
    ("heavy", None, None),
]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve() as server:
        fill(server, TASKS)
        yield server


def fill(server: Server, tasks: Sequence[tuple[str, str | None, str | None]]) -> None:
    with psycopg.connect(server.url) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE task_instance (queue text, state text, hostname text)")
        cursor.execute("CREATE TABLE job (job_type text, latest_heartbeat timestamptz)")
        cursor.executemany("INSERT INTO task_instance VALUES (%s, %s, %s)", tasks)


async def look(server: Server) -> Counts | None:
    doors = Doors(SystemClock())
    counts = (await Demand(doors).read({"d1": server.url}))["d1"]
    await doors.close()
    return counts


def test_queued_and_running_tasks_are_counted_by_queue_and_worker(server: Server) -> None:
    assert asyncio.run(look(server)) == Counts({"default": 2}, {("default", "w1.localhost"): 2, ("heavy", "w2.localhost"): 1})


def test_the_schedulers_latest_heartbeat_is_told_and_nobody_elses(server: Server) -> None:
    with psycopg.connect(server.url) as connection:
        for kind, ago in (("SchedulerJob", 900), ("SchedulerJob", 700), ("TriggererJob", 5)):
            connection.execute("INSERT INTO job VALUES (%s, now() - make_interval(secs => %s))", [kind, ago])
    counts = asyncio.run(look(server))
    assert counts is not None
    assert counts.silence is not None
    assert 700 <= counts.silence < 900
    with psycopg.connect(server.url) as connection:
        connection.execute("TRUNCATE job")


def test_a_heartbeat_that_cannot_be_read_hides_no_demand(server: Server) -> None:
    with psycopg.connect(server.url) as connection:
        connection.execute("ALTER TABLE job RENAME TO another")
    counts = asyncio.run(look(server))
    assert counts == Counts({"default": 2}, {("default", "w1.localhost"): 2, ("heavy", "w2.localhost"): 1})
    with psycopg.connect(server.url) as connection:
        connection.execute("ALTER TABLE another RENAME TO job")


def test_the_connection_stays_open_and_one_that_is_not_asked_for_any_more_is_closed(server: Server) -> None:
    async def look() -> list[int]:
        doors = Doors(SystemClock())
        demand = Demand(doors)
        open_ones = []
        for ids in (["d1"], ["d1"], ["d1", "d2"], []):
            await demand.read(dict.fromkeys(ids, server.url))
            open_ones.append(_agents(server, len(ids)))
        return open_ones

    assert asyncio.run(look()) == [1, 1, 2, 0]


def _agents(server: Server, expected: int) -> int:
    """The agent's connections; the server takes a moment to notice one that was closed."""
    count = -1
    for _ in range(200):
        count = len(_backends(server))
        if count == expected:
            break
        time.sleep(0.02)
    return count


def _backends(server: Server) -> list[int]:
    query = "SELECT pid FROM pg_stat_activity WHERE application_name = 'orrery-agent'"
    with psycopg.connect(server.url, autocommit=True) as connection:
        return [pid for (pid,) in connection.execute(query)]


def test_a_server_that_comes_back_is_seen_again_after_a_pause_that_grows(server: Server) -> None:
    clock = FakeClock()

    async def look() -> list[bool]:
        doors = Doors(clock)
        demand = Demand(doors)
        seen = []

        async def at(seconds: float) -> None:
            clock.now += seconds
            seen.append((await demand.read({"d1": server.url}))["d1"] is not None)

        await at(0)
        server.stop()
        await at(2)
        server.start()
        await at(1)  # still left alone
        await at(1)
        server.stop()
        await at(2)
        await at(2)
        server.start()
        await at(3)  # two failures in a row: four seconds
        await at(1)
        await doors.close()
        return seen

    assert asyncio.run(look()) == [True, False, False, True, False, False, False, True]


def test_a_database_that_is_not_there_hides_no_other(server: Server) -> None:
    async def look() -> dict[str, Counts | None]:
        doors = Doors(SystemClock())
        demand = Demand(doors)
        nowhere = server.url.replace("/postgres?", "/nowhere?")
        answers = await demand.read({"d1": nowhere, "d2": server.url})
        await doors.close()
        return answers

    answers = asyncio.run(look())
    assert answers["d1"] is None
    assert answers["d2"]


def test_whatever_a_deployment_makes_of_its_table_hides_no_other(server: Server) -> None:
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE odd")
    odd = server.url.replace("/postgres?", "/odd?")
    with psycopg.connect(odd, autocommit=True) as connection:
        connection.execute("CREATE TABLE task_instance (queue text[], state text, hostname text)")
        connection.execute("CREATE FUNCTION left(text, int) RETURNS jsonb LANGUAGE sql AS $$ SELECT '{}'::jsonb $$")
        connection.execute("INSERT INTO task_instance SELECT '{a}', 'running', 'w1' FROM generate_series(1, 5000)")
        connection.execute("ALTER DATABASE odd SET search_path = public, pg_catalog")

    async def look() -> dict[str, Counts | None]:
        doors = Doors(SystemClock())
        demand = Demand(doors)
        answers = await demand.read({"d1": odd, "d2": server.url})
        await doors.close()
        return answers

    answers = asyncio.run(look())
    assert answers["d2"]
    assert answers["d1"] == Counts({}, {("{a}", "w1"): 1000})


def test_a_server_that_is_frozen_freezes_nobody(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors_room, "_PATIENCE", 0.3)

    async def look() -> list[bool]:
        doors = Doors(SystemClock())
        demand = Demand(doors)
        seen = [(await demand.read({"d1": server.url}))["d1"] is not None]
        (backend,) = _backends(server)
        os.kill(backend, signal.SIGSTOP)
        try:
            seen.append((await demand.read({"d1": server.url}))["d1"] is not None)
        finally:
            os.kill(backend, signal.SIGCONT)
        await doors.close()
        return seen

    assert asyncio.run(look()) == [True, False]
