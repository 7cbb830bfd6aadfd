"""Small workloads, and small days made of them."""

import random
from collections.abc import Iterable

from benchmarks.hypervisor.score import Case, Setting
from benchmarks.hypervisor.workload import Dag, Deployment, Planned, history, jittered

DIAMOND = Dag("diamond", ("first", "left", "right", "last"), (20.0, 40.0, 60.0, 5.0), ((), (0,), (0,), (1, 2)))
WIDE = Dag("wide", tuple(f"wide/{n}" for n in range(23)), (45.0,) * 23, ((), *((0,),) * 22))
FAN = Dag("fan", tuple(f"fan/{n}" for n in range(23)), (5.0,) * 23, ((), *((0,),) * 22))
LONG = Dag("long", ("long",), (1500.0,), ((),))


def day(seed: int, *dags: Dag, runs: int = 6, every: float = 400.0, is_announced: bool = True) -> Deployment:
    """The DAGs in turn, one each `every` seconds."""
    chance = random.Random(seed)
    chosen = [dags[number % len(dags)] for number in range(runs)]
    planned = (Planned(dag, 300.0 + every * n, jittered(chance, dag.seconds), is_announced) for n, dag in enumerate(chosen))
    return Deployment(tuple(planned), {task: each for dag in dags for task, each in history(chance, dag).items()})


def case(deployment: Deployment, *, concurrency: int = 5, start: float = 30.0, seed: int = 1) -> Case:
    return Case(deployment, Setting(concurrency, start, seed))


def at(*moments: float, seconds: float = 10.0) -> Deployment:
    """Single tasks that nobody tells of."""
    return jobs_at((moment, seconds) for moment in moments)


def jobs_at(pairs: Iterable[tuple[float, float]]) -> Deployment:
    dag = Dag("job", ("job",), (60.0,), ((),))
    return Deployment(tuple(Planned(dag, moment, (seconds,), is_announced=False) for moment, seconds in pairs))
