"""What the agent foresees, over a real Postgres with Airflow's tables: schedules, habits, runs on their way, and nothing of the future."""

import asyncio
import json
import zlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, cast

import psycopg
import pytest
from orrery.hypervisor.forecast import GRAIN, HORIZON

from agent.demand import Counts, Demand
from agent.doors import Connection, Doors
from agent.foresight import AT_REST, EVERY, Ahead, Foresight
from tests.support.home import FakeClock
from tests.support.postgres import Server, serve

NOTHING = Counts({}, {})
TABLES = """
    DROP SCHEMA public CASCADE; CREATE SCHEMA public;
    CREATE TABLE dag (dag_id varchar(250) PRIMARY KEY, is_paused boolean DEFAULT false, is_stale boolean DEFAULT false,
        max_active_runs int DEFAULT 16, max_active_tasks int DEFAULT 16, next_dagrun_create_after timestamptz);
    CREATE TABLE dag_run (id serial, dag_id varchar(250), run_id varchar(250), state varchar(50), run_after timestamptz DEFAULT now(),
        start_date timestamptz, end_date timestamptz, UNIQUE (dag_id, run_id));
    CREATE TABLE task_instance (dag_id varchar(250), run_id varchar(250), task_id varchar(250), map_index int DEFAULT -1,
        state varchar(20), queue varchar(256) DEFAULT 'default', hostname varchar(1000), start_date timestamptz, end_date timestamptz);
    CREATE TABLE slot_pool (pool varchar(256), slots int);
    CREATE TABLE serialized_dag (dag_id varchar(250), data jsonb, data_compressed bytea, dag_hash varchar(32),
        created_at timestamptz DEFAULT now());
"""


@pytest.fixture(scope="module")
def postgres() -> Iterator[Server]:
    with serve() as server:
        yield server


@dataclass
class Airflow:
    """Its metadata database, written as Airflow writes it."""

    url: str

    def execute(self, query: str, *values: Any) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(query.encode(), values or None)

    def dag(self, id: str, *tasks: Mapping[str, Any], next_in: float | None = None, timetable: Any = None, **columns: Any) -> None:
        """A DAG whose tasks are as `a_task` makes them."""
        data = {
            "__version": 3,
            "dag": {"dag_id": id, "tasks": [{"__var": task, "__type": "operator"} for task in tasks], "timetable": timetable},
        }
        self.execute("INSERT INTO dag (dag_id, next_dagrun_create_after) VALUES (%s, now() + make_interval(secs => %s))", id, next_in)
        for name, value in columns.items():
            self.execute(f"UPDATE dag SET {name} = %s WHERE dag_id = %s", value, id)
        self.execute("INSERT INTO serialized_dag (dag_id, data, dag_hash) VALUES (%s, %s, 'h1')", id, json.dumps(data))

    def run(self, dag: str, run: str, state: str = "running", *, began: float = 0.0, ended: float | None = None) -> None:
        """`began` and `ended` in seconds ago."""
        self.execute(
            "INSERT INTO dag_run (dag_id, run_id, state, run_after, start_date, end_date) "
            "SELECT %s, %s, %s, began, began, now() - make_interval(secs => %s) FROM (SELECT now() - make_interval(secs => %s)) x (began)",
            dag, run, state, ended, began,
        )  # fmt: skip

    def task(
        self, dag: str, run: str, task: str, state: str | None, *, copy: int = -1, began: Any = None, ended: Any = None, host: str = ""
    ) -> None:
        self.execute(
            "INSERT INTO task_instance (dag_id, run_id, task_id, state, map_index, hostname, start_date, end_date) "
            "VALUES (%s, %s, %s, %s, %s, %s, now() - make_interval(secs => %s), now() - make_interval(secs => %s))",
            dag, run, task, state, copy, host, began, ended,
        )  # fmt: skip

    def past(self, dag: str, *, runs: int = 3, **seconds: float | list[float]) -> None:
        """So many successful runs, in which each task took so long; a list is a mapped task."""
        for number in range(runs):
            self.run(dag, f"past{number}", "success", began=5000, ended=1000 + number)
            for task, each in seconds.items():
                for copy, took in enumerate(each) if isinstance(each, list) else [(-1, each)]:
                    self.task(dag, f"past{number}", task, "success", copy=copy, began=2000 + took, ended=2000)


def a_task(id: str, *children: str, **more: Any) -> dict[str, Any]:
    return {"task_id": id, "downstream_task_ids": list(children), **more}


def cron(expression: str) -> dict[str, Any]:
    return {
        "__type": "airflow.timetables.trigger.CronTriggerTimetable",
        "__var": {"expression": expression, "timezone": "UTC", "interval": 0.0},
    }


@pytest.fixture
def airflow(postgres: Server) -> Airflow:
    airflow = Airflow(postgres.url)
    airflow.execute(TABLES)
    return airflow


def foreseen(airflow: Airflow, counts: Counts = NOTHING, leaving: Collection[str] = ()) -> Ahead:
    async def look() -> Ahead | None:
        clock = FakeClock()
        doors = Doors(clock)
        found = await Foresight(doors, clock).foresee({"d1": airflow.url}, {"d1": counts}, {"d1": leaving})
        await doors.close()
        return found["d1"]

    ahead = asyncio.run(look())
    assert ahead
    return ahead


def at(curve: tuple[float, ...], seconds: float) -> float:
    return curve[int(seconds / 2)] if int(seconds / 2) < len(curve) else 0.0


def test_a_run_that_is_due_brings_its_tasks_one_after_the_other(airflow: Airflow) -> None:
    airflow.dag("etl", a_task("load", "report"), a_task("report", queue="heavy"), next_in=60)
    airflow.past("etl", load=30, report=20)
    ahead = foreseen(airflow)
    assert [at(ahead.curves["default"], second) for second in (56, 70, 86, 98)] == [0, 1, 1, 0]
    assert [at(ahead.curves["heavy"], second) for second in (90, 100, 120)] == [0, 1, 0]
    assert (ahead.next["heavy"].dag, ahead.next["heavy"].tasks, ahead.is_active) == ("etl", 1, False)
    assert ahead.next_run_at == ahead.next["default"].at


def test_a_mapped_task_is_expected_to_expand_as_it_usually_did(airflow: Airflow) -> None:
    airflow.dag("fan", a_task("list", "each"), a_task("each", _is_mapped=True, partial_kwargs={"queue": "heavy"}), next_in=10)
    airflow.past("fan", list=10, each=[30.0] * 7)
    assert at(foreseen(airflow).curves["heavy"], 40) == 7


def test_a_task_that_most_runs_skip_takes_nobody_and_holds_up_nobody(airflow: Airflow) -> None:
    airflow.dag("branch", a_task("rare", "last"), a_task("last", queue="heavy"), next_in=10)
    airflow.past("branch", last=60)
    for number in range(3):
        airflow.task("branch", f"past{number}", "rare", "skipped", began=2000, ended=2000)
    ahead = foreseen(airflow)
    assert ahead.curves["default"] == ()
    assert at(ahead.curves["heavy"], 30) == 1


def test_a_task_that_was_never_seen_to_end_is_not_foretold_and_nothing_behind_it(airflow: Airflow) -> None:
    airflow.dag("new", a_task("first", "second"), a_task("second"), next_in=10)
    ahead = foreseen(airflow)
    assert not any(ahead.curves.values())
    assert ahead.next["default"].tasks == 2


def test_a_dag_that_runs_each_minute_is_due_again_each_minute(airflow: Airflow) -> None:
    airflow.dag("often", a_task("one"), next_in=50, timetable={"__type": "x", "__var": {"delta": 60.0, "interval": 0.0}})
    airflow.past("often", one=10)
    assert [at(foreseen(airflow).curves["default"], second) for second in (56, 80, 116, 140, 476)] == [1, 0, 1, 0, 1]


def test_a_dag_on_a_cron_of_each_minute_is_due_again_each_minute(airflow: Airflow) -> None:
    airflow.dag("often", a_task("one"), timetable=cron("* * * * *"))
    airflow.execute("UPDATE dag SET next_dagrun_create_after = date_trunc('minute', now()) + interval '1 minute'")
    airflow.past("often", one=20)
    ahead = foreseen(airflow)
    rises = sum(before == 0 < now for before, now in zip((0.0, *ahead.curves["default"]), ahead.curves["default"], strict=False))
    assert rises in (8, 9)


@pytest.mark.parametrize("change", ["is_paused = true", "is_stale = true", "next_dagrun_create_after = NULL"])
def test_a_dag_that_is_paused_or_gone_or_without_a_time_is_not_due(airflow: Airflow, change: str) -> None:
    airflow.dag("etl", a_task("one"), next_in=60)
    airflow.past("etl", one=30)
    airflow.execute(f"UPDATE dag SET {change}")
    ahead = foreseen(airflow)
    assert (ahead.curves, ahead.next, ahead.next_run_at) == ({}, {}, None)


def test_no_run_is_due_where_as_many_are_active_as_may_be(airflow: Airflow) -> None:
    airflow.dag("etl", a_task("one"), next_in=60, max_active_runs=1)
    airflow.past("etl", one=30)
    airflow.run("etl", "now", began=5)
    airflow.task("etl", "now", "one", "running", began=5, host="w1")
    ahead = foreseen(airflow, Counts({}, {("default", "w1"): 1}))
    assert [at(ahead.curves["default"], second) for second in (0, 20, 70)] == [1, 1, 0]


def test_what_runs_ends_when_its_like_did_and_then_its_children_follow(airflow: Airflow) -> None:
    airflow.dag("etl", a_task("load", "report"), a_task("report", queue="heavy"))
    airflow.past("etl", load=60, report=20)
    airflow.run("etl", "now", began=40)
    airflow.task("etl", "now", "load", "running", began=40, host="w1.localhost")
    airflow.task("etl", "now", "report", None)
    ahead = foreseen(airflow, Counts({}, {("default", "w1.localhost"): 1}))
    assert [at(ahead.curves["default"], second) for second in (0, 16, 22)] == [1, 1, 0]
    assert [at(ahead.curves["heavy"], second) for second in (18, 26, 46)] == [0, 1, 0]
    count, left = ahead.frees["w1.localhost"]
    assert count == 1
    assert 15 < left <= 20


def test_nobody_has_to_make_room_for_what_ends_on_a_worker_that_leaves(airflow: Airflow) -> None:
    airflow.dag("etl", a_task("load"))
    airflow.past("etl", load=60)
    airflow.run("etl", "now", began=40)
    airflow.task("etl", "now", "load", "running", began=40, host="w1")
    ahead = foreseen(airflow, Counts({}, {("default", "w1"): 1}), {"w1"})
    assert ahead.curve("default", ahead.seconds) == ()


def test_tasks_that_are_deferred_or_wait_for_another_try_need_nobody(airflow: Airflow) -> None:
    airflow.dag("etl", a_task("wait", "after"), a_task("again", "after"), a_task("after"))
    airflow.past("etl", wait=60, again=60, after=10)
    airflow.run("etl", "now", began=40)
    airflow.task("etl", "now", "wait", "deferred", began=40)
    airflow.task("etl", "now", "again", "up_for_retry", began=40, ended=30)
    airflow.task("etl", "now", "after", None)
    curve = foreseen(airflow).curves["default"]
    assert [at(curve, second) for second in (0, 30, 66)] == [0, 0, 1]


def test_tasks_that_airflows_limits_hold_back_count_as_far_as_the_pool_goes(airflow: Airflow) -> None:
    airflow.dag("etl", a_task("each", pool="narrow", _is_mapped=True))
    airflow.execute("INSERT INTO slot_pool VALUES ('narrow', 3), ('default_pool', -1)")
    airflow.past("etl", each=[60.0] * 8)
    airflow.run("etl", "now", began=2)
    for copy in range(8):
        airflow.task("etl", "now", "each", "scheduled" if copy > 2 else "queued", copy=copy)
    assert foreseen(airflow, Counts({"default": 3}, {})).curves["default"][0] == 3


def test_tasks_that_no_code_tells_of_count_until_they_are_gone(airflow: Airflow) -> None:
    airflow.dag("odd")
    airflow.run("odd", "now")
    airflow.task("odd", "now", "gone", "running", began=3, host="w1")
    curve = foreseen(airflow, Counts({"default": 2}, {("default", "w1"): 1})).curves["default"]
    assert curve == (3.0,) * int(HORIZON / GRAIN)


def test_code_that_is_kept_compressed_is_read_too(airflow: Airflow) -> None:
    airflow.dag("etl", a_task("one"), next_in=30)
    airflow.past("etl", one=30)
    data = json.dumps({"dag": {"tasks": [{"__var": a_task("one", queue="heavy")}]}}).encode()
    airflow.execute("UPDATE serialized_dag SET data = NULL, data_compressed = %s", zlib.compress(data))
    assert list(foreseen(airflow).curves) == ["heavy"]


@pytest.mark.parametrize(
    "change",
    [
        """UPDATE serialized_dag SET data = '{"dag": {"tasks": [1, [], null]}}'""",
        "UPDATE serialized_dag SET data = NULL, data_compressed = 'not zlib'",
        """UPDATE serialized_dag SET data = jsonb_build_object('dag', repeat('x', 2000000))""",
        """UPDATE serialized_dag SET data = '{"dag": {"tasks": [{"__var": {"task_id": "a", "downstream_task_ids": ["a"]}}]}}'""",
        "UPDATE dag SET next_dagrun_create_after = 'infinity'",
        "UPDATE dag SET next_dagrun_create_after = '4000-01-01 BC'",
        "INSERT INTO task_instance SELECT 'etl', 'now', 'one', copy, 'running' FROM generate_series(1, 60000) copy",
        """UPDATE serialized_dag SET data = jsonb_build_object('dag', jsonb_build_object('tasks', (
            SELECT jsonb_agg(jsonb_build_object('__var', jsonb_build_object('task_id', n::text))) FROM generate_series(1, 5000) n)))""",
        "UPDATE dag_run SET start_date = '-infinity', end_date = '-infinity'",
        "UPDATE task_instance SET start_date = '-infinity', state = 'odd'",
    ],
)
def test_whatever_a_deployment_writes_there_its_demand_is_still_seen(airflow: Airflow, change: str) -> None:
    airflow.dag("etl", a_task("one"), next_in=30)
    airflow.past("etl", one=30)
    airflow.run("etl", "now")
    airflow.task("etl", "now", "one", "running", began=3, host="w1")
    airflow.execute(change)
    assert foreseen(airflow, Counts({"default": 2}, {("default", "w1"): 1})).curves["default"][0] >= 3


def test_a_schedule_that_cannot_be_read_leaves_the_demand_as_it_is(airflow: Airflow) -> None:
    airflow.execute("ALTER TABLE task_instance ALTER state TYPE text; DROP TABLE dag_run")
    airflow.task("etl", "now", "one", "queued")

    async def look() -> list[Any]:
        clock = FakeClock()
        doors = Doors(clock)
        seen: list[Any] = []
        for _ in range(3):
            counts = await Demand(doors).read({"d1": airflow.url})
            seen.append((counts["d1"], await Foresight(doors, clock).foresee({"d1": airflow.url}, counts, {})))
        await doors.close()
        return seen

    assert asyncio.run(look()) == [(Counts({"default": 1}, {}), {"d1": None})] * 3


class Counted:
    """A connection that counts what is asked."""

    def __init__(self, connection: Connection) -> None:
        self._connection, self.asked = connection, 0

    async def execute(self, *args: Any) -> Any:
        self.asked += 1
        return await self._connection.execute(*args)


class Watched(Foresight):
    """Counts the queries of each look."""

    def __init__(self, doors: Doors, clock: FakeClock) -> None:
        super().__init__(doors, clock)
        self.asked = 0

    async def look(self, id: str, connection: Connection, counts: Counts, leaving: Collection[str]) -> Ahead:
        counted = Counted(connection)
        ahead = await super().look(id, cast(Connection, counted), counts, leaving)
        self.asked += counted.asked
        return ahead


async def asked(airflow: Airflow, counts: list[Counts], *, each: float) -> list[int]:
    """How many queries each round makes, `each` seconds apart; the demand is as `counts` say."""
    clock = FakeClock()
    doors = Doors(clock)
    foresight, numbers = Watched(doors, clock), [0]
    for told in counts:
        await foresight.foresee({"d1": airflow.url}, {"d1": told}, {})
        numbers.append(foresight.asked)
        clock.now += each
    await doors.close()
    return [after - before for before, after in pairwise(numbers)]


def test_an_airflow_at_rest_is_asked_two_small_questions_every_ten_seconds(airflow: Airflow) -> None:
    airflow.dag("etl", a_task("one"), next_in=5000)
    numbers = asyncio.run(asked(airflow, [NOTHING] * 16, each=2))
    assert (AT_REST, numbers) == (10, [3, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2])


def test_code_and_history_are_not_read_again_while_nothing_can_have_changed(airflow: Airflow) -> None:
    airflow.dag("etl", a_task("one"))
    airflow.past("etl", one=30)
    airflow.run("etl", "now")
    airflow.task("etl", "now", "one", "running", began=3, host="w1")
    busy = Counts({}, {("default", "w1"): 1})
    numbers = asyncio.run(asked(airflow, [busy] * 10, each=2))
    assert (EVERY, numbers) == (4, [7, 0, 3, 0, 3, 0, 3, 0, 3, 0])


def test_a_demand_that_changes_is_looked_at_at_once(airflow: Airflow) -> None:
    numbers = asyncio.run(asked(airflow, [NOTHING, NOTHING, Counts({"default": 1}, {}), Counts({"default": 1}, {})], each=2))
    assert numbers == [4, 0, 3, 0], "one of them each time whether it has read any code"


def test_an_airflow_is_read_once_it_knows_a_dag_whatever_that_is_due(airflow: Airflow) -> None:
    assert not foreseen(airflow).is_read
    airflow.dag("by_hand", a_task("one"))
    assert foreseen(airflow).is_read


def test_how_long_nothing_was_on_is_told_by_the_database(airflow: Airflow) -> None:
    airflow.dag("etl", a_task("one"))
    airflow.past("etl", one=30)
    quiet = foreseen(airflow).quiet
    assert quiet
    assert 1000 <= quiet < 1030


FUTURE = [
    "INSERT INTO dag_run (dag_id, run_id, state, end_date) VALUES ('etl', 'later', 'success', now() + interval '1 hour')",
    "INSERT INTO task_instance (dag_id, run_id, task_id, state, start_date, end_date) "
    "VALUES ('etl', 'later', 'load', 'success', now(), now() + interval '1 hour')",
    "INSERT INTO task_instance (dag_id, run_id, task_id, state, map_index, start_date, end_date) "
    "VALUES ('etl', 'past0', 'load', 'success', 7, now() - interval '1 hour', now() + interval '1 hour')",
    "UPDATE task_instance SET end_date = now() + interval '1 day' WHERE state = 'running'",
    "UPDATE dag_run SET end_date = now() + interval '1 day' WHERE state = 'running'",
    "UPDATE dag SET next_dagrun_create_after = now() + interval '9 hours' WHERE dag_id = 'late'",
]


@pytest.mark.parametrize("change", FUTURE)
def test_nothing_that_lies_after_the_moment_of_the_look_changes_what_is_seen(airflow: Airflow, change: str) -> None:
    airflow.dag("etl", a_task("load", "report"), a_task("report"), next_in=60)
    airflow.dag("late", a_task("one"), next_in=4000)
    airflow.past("etl", load=60, report=20)
    airflow.run("etl", "now", began=40)
    airflow.task("etl", "now", "load", "running", began=40, host="w1")
    airflow.task("etl", "now", "report", None)

    async def twice() -> list[Ahead]:
        """In one transaction, in which `now()` stands still, with a change of somebody else's in between."""
        async with await psycopg.AsyncConnection.connect(airflow.url) as connection:
            counts = Counts({}, {("default", "w1"): 1})
            before = await Foresight(Doors(FakeClock()), FakeClock()).look("d1", connection, counts, ())
            await asyncio.to_thread(airflow.execute, change)
            return [before, await Foresight(Doors(FakeClock()), FakeClock()).look("d1", connection, counts, ())]

    before, after = asyncio.run(twice())
    assert after == before
    assert any(before.curves["default"])
