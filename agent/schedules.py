"""What is on in an Airflow and what is due: its active runs with their tasks, its next runs and its pools.

All spans of time are taken inside the database, so no clock has to agree with another. The tables are the Deployment's own: whatever it
makes of them, these queries give text and numbers, and not without end.
"""

from collections.abc import Iterable, Sequence
from math import isfinite
from typing import Any, NamedTuple

from orrery.hypervisor.forecast import HORIZON

from agent.doors import Connection

_FAR = 1e9
_RUNS = """
    SELECT left(dag_id::text, 250), left(run_id::text, 250), (state::text = 'running')::int,
           extract(epoch FROM coalesce(CASE WHEN state::text = 'running' THEN start_date END, run_after) - now())::float8
    FROM dag_run WHERE state IN ('queued', 'running') ORDER BY state DESC, run_after LIMIT 2000
"""
_DAGS = """
    SELECT left(dag_id::text, 250), (NOT is_paused AND NOT is_stale)::int, max_active_runs::int, max_active_tasks::int,
           extract(epoch FROM next_dagrun_create_after)::float8, extract(epoch FROM next_dagrun_create_after - now())::float8
    FROM dag WHERE dag_id = ANY(%(active)s) OR (NOT is_paused AND NOT is_stale AND next_dagrun_create_after <= greatest(
        now() + make_interval(secs => %(horizon)s),
        (SELECT min(next_dagrun_create_after) FROM dag WHERE NOT is_paused AND NOT is_stale)))
    ORDER BY dag_id = ANY(%(active)s) DESC, next_dagrun_create_after LIMIT 2000
"""
_TASKS = """
    SELECT left(dag_id::text, 250), left(run_id::text, 250), left(task_id::text, 250), left(coalesce(task_instance.state::text, ''), 50),
           (CASE WHEN task_instance.state = 'running' THEN left(task_instance.hostname::text, 256) END),
           (CASE WHEN task_instance.state IN ('running', 'deferred')
            THEN greatest(0, extract(epoch FROM now() - task_instance.start_date)) END)::float8,
           (max(map_index) >= 0)::int, count(*)
    FROM task_instance JOIN dag_run USING (dag_id, run_id) WHERE dag_run.state = 'running' GROUP BY 1, 2, 3, 4, 5, 6 LIMIT 20000
"""
_POOLS = "SELECT left(pool::text, 256), slots::int FROM slot_pool WHERE slots >= 0 LIMIT 1000"
_READ = "SELECT EXISTS (SELECT 1 FROM dag)"
_QUIET = "SELECT extract(epoch FROM now() - max(end_date))::float8 FROM dag_run WHERE end_date <= now()"


class ActiveRun(NamedTuple):
    dag: str
    run: str
    is_running: bool
    """Otherwise it is queued: it begins when Airflow's limits let it, and not before it is due."""
    due: float
    """Seconds from now; negative once it has begun."""


class Dag(NamedTuple):
    id: str
    is_on: bool
    """Neither paused nor gone from the code: only then do its runs go on and new ones begin."""
    runs: int
    """How many of its runs may be active at once."""
    tasks: int
    """How many tasks of one run may be active at once."""
    next_at: float | None
    """When its next run is due, as a time of the epoch; None when no time makes it due."""
    next_in: float | None
    """The same in seconds from now."""


class TaskRow(NamedTuple):
    """So many task instances of one task in one run that are alike."""

    dag: str
    run: str
    task: str
    state: str
    host: str
    elapsed: float
    """Seconds since it began, when it is running or deferred."""
    is_mapped: bool
    alike: int


async def runs(connection: Connection) -> list[ActiveRun]:
    """The active runs, running ones first."""
    rows = await _rows(connection, _RUNS)
    return [ActiveRun(_text(dag), _text(run), bool(running), _number(due) or 0.0) for dag, run, running, due in rows]


async def dags(connection: Connection, active: Sequence[str]) -> list[Dag]:
    """The DAGs with these ids, those with a run due within the horizon, and the one that is due next."""
    rows = await _rows(connection, _DAGS, {"active": list(active), "horizon": HORIZON})
    return [Dag(id, bool(on), _limit(runs), _limit(tasks), _moment(at), _number(due)) for id, on, runs, tasks, at, due in rows if id]


async def tasks(connection: Connection) -> list[TaskRow]:
    """The task instances of the running runs."""
    rows = await _rows(connection, _TASKS)
    return [
        TaskRow(_text(dag), _text(run), _text(task), _text(state), _text(host), _number(elapsed) or 0.0, bool(mapped), min(count, 10_000))
        for dag, run, task, state, host, elapsed, mapped, count in rows
    ]


async def pools(connection: Connection) -> dict[str, float]:
    """The slots of each pool that has an end."""
    return {_text(pool): float(slots) for pool, slots in await _rows(connection, _POOLS)}


async def is_read(connection: Connection) -> bool:
    """Whether its Airflow has read any code yet."""
    ((there,),) = await _rows(connection, _READ)
    return bool(there)


async def quiet(connection: Connection) -> float | None:
    """For how many seconds no run has been active, when none is; None when there never was one."""
    ((seconds,),) = await _rows(connection, _QUIET)
    return _number(seconds)


async def _rows(connection: Connection, query: str, values: Any = None) -> Iterable[Any]:
    return await (await connection.execute(query.encode(), values)).fetchall()


def _text(value: Any) -> str:
    return value or ""


def _number(value: float | None) -> float | None:
    """A finite number; a database may well hold `infinity`."""
    return max(-_FAR, min(_FAR, value)) if value is not None and isfinite(value) else None


def _moment(value: float | None) -> float | None:
    """A time of the epoch that every calendar has."""
    return value if value is not None and 0 <= value < 1e11 else None


def _limit(value: int | None) -> int:
    return value if value and value > 0 else 16
