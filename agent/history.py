"""How each DAG is built and how it usually goes: its newest serialized form, and the medians of its last successful runs."""

import json
import zlib
from base64 import b64decode
from collections.abc import Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from statistics import median_low
from typing import Any, NamedTuple

from orrery.hypervisor.forecast import Shape, Step

from agent.doors import Connection
from agent.timetables import Timetable
from agent.timetables import read as timetable

RUNS = 10
"""Successful runs that a profile is made of."""
_LARGEST = 1_000_000
"""Characters of a serialized DAG that are read, also after it is unpacked; a larger one is not foretold."""
_MOST_TASKS = 2000
_HASHES = """
    SELECT DISTINCT ON (dag_id) left(dag_id::text, 250), left(dag_hash::text, 64)
    FROM serialized_dag WHERE dag_id = ANY(%s) ORDER BY dag_id, created_at DESC
"""
_GRAPHS = f"""
    SELECT DISTINCT ON (dag_id) left(dag_id::text, 250), left(dag_hash::text, 64),
           CASE WHEN length(data::text) <= {_LARGEST} THEN data::text END,
           CASE WHEN length(data_compressed) <= {_LARGEST} THEN encode(data_compressed, 'base64') END
    FROM serialized_dag WHERE dag_id = ANY(%s) ORDER BY dag_id, created_at DESC
"""  # noqa: S608
_PROFILES = f"""
    WITH recent AS (
        SELECT wanted.dag_id, found.run_id, count(*) OVER (PARTITION BY wanted.dag_id) AS runs FROM unnest(%s::text[]) AS wanted (dag_id)
        CROSS JOIN LATERAL (SELECT run_id FROM dag_run WHERE dag_run.dag_id = wanted.dag_id AND state = 'success' AND end_date <= now()
                            ORDER BY end_date DESC LIMIT {RUNS}) AS found
    ), each AS (
        SELECT dag_id, run_id, task_id, max(runs) AS runs, count(*) FILTER (WHERE state = 'success') AS copies,
               percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM end_date - start_date)::float8)
               FILTER (WHERE state = 'success') AS seconds
        FROM task_instance JOIN recent USING (dag_id, run_id)
        WHERE state IN ('success', 'skipped') AND end_date <= now() AND start_date <= end_date GROUP BY 1, 2, 3
    )
    SELECT left(dag_id::text, 250), left(task_id::text, 250), max(runs)::int,
           (percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds))::float8, left(string_agg(copies::text, ','), 200)
    FROM each GROUP BY dag_id, task_id LIMIT 20000
"""  # noqa: S608


class Task(NamedTuple):
    """A task as its DAG's code has it."""

    id: str
    queue: str
    pool: str
    parents: tuple[int, ...]
    """Places of tasks that stand before it."""


class Graph(NamedTuple):
    hash: str
    tasks: tuple[Task, ...]
    """In topological order."""
    timetable: Timetable | None


class Usual(NamedTuple):
    """A task in the last successful runs, in which it succeeded or was skipped."""

    seconds: float
    copies: int
    """The median of how many of it ran in a run; 0 when most runs went without it."""


Profile = Mapping[str, Usual]
"""By task id; a task that is not in it was never seen to end."""


async def hashes(connection: Connection, dags: Sequence[str]) -> dict[str, str]:
    """The hash of each DAG's newest serialized form."""
    return dict(await (await connection.execute(_HASHES, [list(dags)])).fetchall())


async def graphs(connection: Connection, dags: Sequence[str]) -> dict[str, Graph]:
    """Each DAG's newest serialized form; without tasks where it is too large or makes no sense."""
    rows = await (await connection.execute(_GRAPHS.encode(), [list(dags)])).fetchall()
    return {dag: graph(hash or "", data, packed) for dag, hash, data, packed in rows}


async def profiles(connection: Connection, dags: Sequence[str]) -> dict[str, Profile]:
    """How the last successful runs of each of these DAGs went. What ended after the database's `now()` has not happened yet."""
    found: dict[str, dict[str, Usual]] = {dag: {} for dag in dags}
    for dag, task, runs, seconds, copies in await (await connection.execute(_PROFILES.encode(), [list(dags)])).fetchall():
        found.setdefault(dag, {})[task] = Usual(max(0.0, min(seconds or 0.0, 1e7)), _usual(copies, runs))
    return dict(found)


def graph(hash: str, data: str | None, packed: str | None = None) -> Graph:
    """A serialized DAG, as text or compressed and in base64."""
    try:
        dag = json.loads(data if data is not None else _unpacked(packed or ""))["dag"]
        return Graph(hash, _tasks([each["__var"] for each in dag["tasks"]]), timetable(dag.get("timetable")))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, zlib.error):  # whatever a Deployment may write there
        return Graph(hash, (), None)


def shape(dag: str, graph: Graph, profile: Profile, most: float) -> Shape:
    """The DAG as `forecast` plays it; a task that was never seen to end has no duration."""
    return Shape(dag, tuple(_step(task, profile.get(task.id)) for task in graph.tasks), most)


def _step(task: Task, usual: Usual | None) -> Step:
    """A task that most runs go without takes no time and no worker; what comes after it comes all the same."""
    if usual is None:
        return Step(task.queue, None, task.parents, 1, task.pool)
    return Step(task.queue, usual.seconds if usual.copies else 0.0, task.parents, usual.copies, task.pool)


def _unpacked(packed: str) -> bytes:
    return zlib.decompressobj().decompress(b64decode(packed), _LARGEST)


def _tasks(told: Sequence[Mapping[str, Any]]) -> tuple[Task, ...]:
    if len(told) > _MOST_TASKS:
        return ()
    by_id = {str(each["task_id"])[:250]: each for each in told}
    order = _order(by_id)
    place = {id: number for number, id in enumerate(order)}
    parents: dict[str, list[int]] = {id: [] for id in order}
    for id, each in by_id.items():
        for child in set(each.get("downstream_task_ids", ())) & by_id.keys():
            parents[child].append(place[id])
    return tuple(_task(id, by_id[id], sorted(parents[id])) for id in order)


def _task(id: str, told: Mapping[str, Any], parents: Iterable[int]) -> Task:
    """A mapped task has what it shares with all its copies in `partial_kwargs`; what is Airflow's own default is not written."""
    known = {**(told.get("partial_kwargs") or {}), **told}
    return Task(id, str(known.get("queue", "default"))[:256], str(known.get("pool", "default_pool"))[:256], tuple(parents))


def _order(by_id: Mapping[str, Mapping[str, Any]]) -> list[str]:
    sorter: TopologicalSorter[str] = TopologicalSorter(dict.fromkeys(by_id, ()))
    for id, each in by_id.items():
        for child in each.get("downstream_task_ids", ()):
            if child in by_id:
                sorter.add(child, id)
    try:
        return list(sorter.static_order())
    except CycleError as problem:
        raise ValueError("no DAG") from problem


def _usual(copies: str, runs: int) -> int:
    counts = [int(count) for count in copies.split(",") if count.isdigit()][:RUNS]
    return min(median_low([*counts, *[0] * (runs - len(counts))]), 10_000)
