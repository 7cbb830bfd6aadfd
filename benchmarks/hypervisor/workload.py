"""What a Deployment is asked to run: DAGs on their schedules, with the durations that each run turns out to have."""

import csv
import json
import math
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

GAP = 2.0
"""Seconds that Airflow's scheduler takes from the end of a task, or the start of a run, to the queueing of what follows."""

JITTER = 0.15
"""Sigma of the lognormal by which a task's duration differs from run to run."""

EARLIER = 5
"""Runs of each DAG that Airflow had recorded before the simulated day began."""

DAY = 86_400.0
MINUTE = 60.0
PERIODS = (15 * MINUTE, 60 * MINUTE, DAY)
LEAD = 600.0
"""Seconds before the first run may be due, so that nothing is scored for being early."""


@dataclass(frozen=True, eq=False)
class Dag:
    """Tasks in topological order: usual durations in seconds, and the places of each one's parents."""

    name: str
    tasks: tuple[str, ...]
    seconds: tuple[float, ...]
    parents: tuple[tuple[int, ...], ...]

    @cached_property
    def children(self) -> tuple[tuple[int, ...], ...]:
        found: list[list[int]] = [[] for _ in self.tasks]
        for place, parents in enumerate(self.parents):
            for parent in parents:
                found[parent].append(place)
        return tuple(map(tuple, found))


@dataclass(frozen=True, eq=False)
class Planned:
    """One run: when it is due, and how long each task will take, which nobody knows before the task has ended."""

    dag: Dag
    due: float
    durations: tuple[float, ...]
    is_announced: bool = True
    """Whether a schedule tells of it beforehand."""
    comes: bool = True
    """False for a run that the schedule tells of and that never begins."""

    def ideal(self) -> list[tuple[float, float]]:
        """When each task would start and end if none had to wait for a worker; Airflow's own gaps are in it."""
        spans: list[tuple[float, float]] = []
        for duration, parents in zip(self.durations, self.dag.parents, strict=True):
            start = max([spans[parent][1] for parent in parents], default=self.due) + GAP
            spans.append((start, start + duration))
        return spans

    @cached_property
    def critical_path(self) -> float:
        """Seconds from being due to the end of its last task if no task had to wait for a worker."""
        return max(end for _, end in self.ideal()) - self.due


@dataclass(frozen=True, eq=False)
class Deployment:
    """One queue's workload, and what Airflow had recorded of it before."""

    runs: tuple[Planned, ...]
    recorded: Mapping[str, Sequence[float]] = field(default_factory=dict)
    """Durations of earlier runs by task."""
    bias: float = 1.0
    """What is recorded is this many times the truth: how a plainly wrong profile is made."""
    is_scored_as_dags: bool = True
    """False for jobs that stand beside workflows: they cost and wait, but are no DAG runs."""


def read_graphs(path: Path) -> tuple[Dag, ...]:
    """The DAGs of a JSON file {"graphs": [{"name", "tasks": [{"seconds", "parents"}]}]}; ValueError for a graph with a cycle."""
    return tuple(_dag(number, graph) for number, graph in enumerate(json.loads(path.read_text())["graphs"]))


def read_arrivals(path: Path) -> list[tuple[float, float]]:
    """Arrival and duration, in seconds, of each job of a CSV file with those two columns."""
    with path.open() as file:
        return sorted((float(row["arrival_seconds"]), float(row["duration_seconds"])) for row in csv.DictReader(file))


def _dag(number: int, graph: Mapping[str, Any]) -> Dag:
    tasks, name = graph["tasks"], f"{number}:{graph['name']}"
    order = _sorted([task["parents"] for task in tasks])
    place = {old: new for new, old in enumerate(order)}
    return Dag(
        name,
        tuple(f"{name}/{old}" for old in order),
        tuple(max(0.1, float(tasks[old]["seconds"])) for old in order),
        tuple(tuple(place[parent] for parent in tasks[old]["parents"]) for old in order),
    )


def _sorted(parents: Sequence[Sequence[int]]) -> list[int]:
    missing = [len(each) for each in parents]
    children: list[list[int]] = [[] for _ in parents]
    for place, each in enumerate(parents):
        for parent in each:
            children[parent].append(place)
    order = [place for place, count in enumerate(missing) if count == 0]
    for place in order:
        for child in children[place]:
            missing[child] -= 1
            if missing[child] == 0:
                order.append(child)
    if len(order) < len(parents):
        raise ValueError("a workflow graph must not have a cycle")
    return order


def jittered(chance: random.Random, seconds: Iterable[float], sigma: float = JITTER) -> tuple[float, ...]:
    return tuple(each * math.exp(chance.gauss(0, sigma)) for each in seconds)


def history(chance: random.Random, dag: Dag) -> dict[str, list[float]]:
    """What Airflow had recorded of the DAG's earlier runs."""
    runs = [jittered(chance, dag.seconds) for _ in range(EARLIER)]
    return {task: [run[place] for run in runs] for place, task in enumerate(dag.tasks)}


def dues(chance: random.Random, days: float) -> list[float]:
    """The times at which a DAG is due: every 15 minutes, hourly or daily, on the full hour or at some minute of its own."""
    period = chance.choice(PERIODS)
    offset = chance.choice((0.0, 0.0, chance.uniform(0, period))) if period < DAY else chance.uniform(0, DAY)
    count = math.ceil((days * DAY - offset) / period) if period < DAY else max(1, math.ceil(days))
    return [LEAD + offset + period * number for number in range(count)]


def scheduled(chance: random.Random, dag: Dag, days: float) -> Deployment:
    """One DAG on a cron that the seed chooses."""
    recorded = history(chance, dag)
    return Deployment(tuple(Planned(dag, due, jittered(chance, dag.seconds)) for due in dues(chance, days)), recorded)


def jobs(arrivals: Iterable[tuple[float, float]], *, is_scored_as_dags: bool = True) -> Deployment:
    """Single-task runs that no schedule tells of; all that can be known is how long their like took."""
    dag = Dag("job", ("job",), (60.0,), ((),))
    runs = tuple(Planned(dag, LEAD + at, (max(0.1, seconds),), is_announced=False) for at, seconds in arrivals)
    return Deployment(runs, is_scored_as_dags=is_scored_as_dags)


def together(deployments: Iterable[Deployment]) -> Deployment:
    """All of them on one queue."""
    members = tuple(deployments)
    runs = sorted((run for member in members for run in member.runs), key=lambda run: run.due)
    return Deployment(tuple(runs), {task: each for member in members for task, each in member.recorded.items()})
