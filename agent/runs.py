"""From what an Airflow has recorded to the runs that the forecast plays: pure.

Task instances that Airflow's own limits hold back are as good as queued: it is the limits, played too, that say how many are active.
Those that wait for a trigger or for another try need no worker meanwhile, and what follows them waits.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from math import inf
from typing import NamedTuple

from orrery.hypervisor.forecast import HORIZON, Run, Running, Shape, remaining

from agent.schedules import ActiveRun, Dag, TaskRow
from agent.timetables import Timetable, following

_MOST = 20_000
"""Task instances of one Deployment that are played."""
_RUNNING, _QUEUED, _READY, _HELD, _WAITING = "running", "queued", "scheduled", "held", ""
_AT = {"running": _RUNNING, "queued": _QUEUED, "restarting": _QUEUED, "scheduled": _READY, "": _WAITING} | dict.fromkeys(
    ("deferred", "up_for_retry", "up_for_reschedule", "awaiting_input"), _HELD
)


class Known(NamedTuple):
    """What is known of a DAG."""

    shape: Shape
    places: Mapping[str, int]
    """Of each task in the shape."""
    timetable: Timetable | None


class Due(NamedTuple):
    """A run that will be made."""

    dag: str
    at: float
    """A time of the epoch."""
    run: Run


def begun(
    active: Iterable[ActiveRun], rows: Iterable[TaskRow], dags: Mapping[str, Dag], known: Mapping[str, Known], leaving: Collection[str]
) -> list[Run]:
    """The active runs; `leaving` are the hosts whose workers take nothing new."""
    of_run: dict[tuple[str, str], list[TaskRow]] = defaultdict(list)
    for row in rows:
        of_run[row.dag, row.run].append(row)
    room, found = Counter({id: dag.runs for id, dag in dags.items()}), []
    left = _MOST
    for run in active:
        room[run.dag] -= 1
        dag, of = dags.get(run.dag), known.get(run.dag)
        if dag is None or of is None or (not run.is_running and (room[run.dag] < 0 or not dag.is_on)):
            continue
        if run.is_running:
            found.append(_begun(run, of_run[run.dag, run.run], dag, of, leaving, left))
            left = max(0, left - len(found[-1].running) - len(found[-1].queued))
        elif run.due < HORIZON:
            found.append(Run(of.shape, max(0.0, run.due)))
    return found


def due(dags: Iterable[Dag], active: Iterable[ActiveRun], known: Mapping[str, Known]) -> list[Due]:
    """The runs that will be made within the horizon, the earliest first; none where as many are active as may be."""
    taken, found = Counter(run.dag for run in active), []
    for dag in dags:
        of = known.get(dag.id)
        if of is None or not dag.is_on or dag.next_at is None or dag.next_in is None or dag.next_in >= HORIZON:
            continue
        later = following(of.timetable, dag.next_at, dag.next_at - dag.next_in + HORIZON)
        for at in [dag.next_at, *later][: max(0, dag.runs - taken[dag.id])]:
            found.append(Due(dag.id, at, Run(of.shape, max(0.0, at - dag.next_at + dag.next_in))))
    return sorted(found, key=lambda each: (each.at, each.dag))


def frees(rows: Iterable[TaskRow], known: Mapping[str, Known]) -> dict[str, tuple[int, float]]:
    """For each host: how many tasks run on it, and in how many seconds the last of them is expected to end (infinite: nobody knows)."""
    found: dict[str, tuple[int, float]] = {}
    for row in rows:
        if row.state == _RUNNING:
            count, last = found.get(row.host, (0, 0.0))
            found[row.host] = count + row.alike, max(last, _left(row, known.get(row.dag)))
    return found


def _left(row: TaskRow, known: Known | None) -> float:
    place = known.places.get(row.task) if known else None
    return inf if known is None or place is None else remaining(known.shape.steps[place].seconds, row.elapsed)


def _begun(run: ActiveRun, rows: Iterable[TaskRow], dag: Dag, known: Known, leaving: Collection[str], most: int) -> Run:
    """What the run has no instance of is no part of it."""
    of_task: dict[int, list[TaskRow]] = defaultdict(list)
    for row in rows:
        if row.task in known.places:
            of_task[known.places[row.task]].append(row)
    running: list[Running] = []
    queued: list[int] = []
    copies: dict[int, int] = {}
    ended = set(range(len(known.shape.steps))) - of_task.keys()
    for place, alike in of_task.items():
        at = Counter[str]()
        for row in alike:
            at[_AT.get(row.state, "ended")] += row.alike
        running += _running(place, alike, leaving, most - len(running))
        ready = at[_READY] + (at[_WAITING] if at[_RUNNING] or at[_QUEUED] or at[_HELD] or at[_READY] else 0)
        queued += [place] * min(at[_QUEUED] + (ready if dag.is_on else 0), most - len(queued))
        if not (at[_RUNNING] or at[_QUEUED] or at[_HELD] or ready):
            if not at[_WAITING] or not dag.is_on:
                ended.add(place)
            elif any(row.is_mapped for row in alike):
                copies[place] = at[_WAITING]
    shape = _with_copies(known.shape, copies)
    return Run(shape, min(0.0, run.due), frozenset(ended), tuple(running), tuple(queued))


def _running(place: int, rows: Iterable[TaskRow], leaving: Collection[str], most: int) -> list[Running]:
    found: list[Running] = []
    for row in rows:
        at = _AT.get(row.state)
        if at in (_RUNNING, _HELD):
            found += [Running(place, row.elapsed, at == _HELD or row.host in leaving)] * min(row.alike, most - len(found))
    return found


def _with_copies(shape: Shape, copies: Mapping[int, int]) -> Shape:
    if all(shape.steps[place].copies == count for place, count in copies.items()):
        return shape
    steps = [step._replace(copies=copies.get(place, step.copies)) for place, step in enumerate(shape.steps)]
    return replace(shape, steps=tuple(steps))
