"""The days that policies are scored on, each made from the graphs, the arrivals and a seed; `make` gives the Deployments."""

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from benchmarks.hypervisor.score import Case, Setting
from benchmarks.hypervisor.workload import DAY, Dag, Deployment, Planned, dues, history, jittered, jobs, scheduled, together

Arrivals = Sequence[tuple[float, float]]
TUNED = (1, 2, 3)
"""The seeds that we looked at while the styles were tuned."""
HELD_OUT = (301, 302, 303, 304, 305)
"""The seeds that nobody looked at before the table was made."""

NEVER = 0.7
"""The share of runs that never come where schedules are wrong."""
SLOWER = 1.5
"""How much longer tasks take from midday on where durations drift."""
RENEWED = 0.3
"""The share of tasks that a new version of a DAG replaces."""
SENSED = 300.0
"""The median of the seconds that a sensor waits, and occupies a slot."""
BURST, LASTS, GAPS = 20, 60.0, range(5, 335, 5)
"""Tasks in a burst, seconds each, and the pauses between bursts, which meet every hold just after it has run out."""


@dataclass(frozen=True)
class Scenario:
    about: str
    make: Callable[[Sequence[Dag], Arrivals, int, float], Iterable[Deployment]]
    concurrency: int | None = None
    start: float | None = None

    def cases(self, graphs: Sequence[Dag], arrivals: Arrivals, setting: Setting, days: float = 1.0) -> list[Case]:
        own = replace(setting, concurrency=self.concurrency or setting.concurrency, start=self.start or setting.start)
        return [Case(each, own, number) for number, each in enumerate(self.make(graphs, arrivals, setting.seed, days))]


def steady(graphs: Sequence[Dag], arrivals: Arrivals, seed: int, days: float) -> list[Deployment]:
    return [scheduled(chance, dag, days) for chance, dag in _each(graphs, seed)]


def shared(graphs: Sequence[Dag], arrivals: Arrivals, seed: int, days: float) -> list[Deployment]:
    return [together(steady(graphs, arrivals, seed, days))]


def drift(graphs: Sequence[Dag], arrivals: Arrivals, seed: int, days: float) -> list[Deployment]:
    """From midday on every task takes half as long again, and a new version of each DAG has tasks that were never seen."""
    return [_drifting(chance, dag, days) for chance, dag in _each(graphs, seed)]


def sensors(graphs: Sequence[Dag], arrivals: Arrivals, seed: int, days: float) -> list[Deployment]:
    """Each DAG waits for two files first, for as long as it takes, on a worker's slot."""
    return [_sensing(chance, dag, days) for chance, dag in _each(graphs, seed)]


def wrong(graphs: Sequence[Dag], arrivals: Arrivals, seed: int, days: float) -> list[Deployment]:
    """A third of the profiles says five times the truth, a third a fifth, and of a third of the DAGs most runs never come."""
    return [_misled(chance, scheduled(chance, dag, days), number % 3) for number, (chance, dag) in enumerate(_each(graphs, seed))]


def bursts(graphs: Sequence[Dag], arrivals: Arrivals, seed: int, days: float) -> list[Deployment]:
    """Work that nobody tells of, coming back after every pause there is."""
    return [_adversary(random.Random(f"{seed}/adversary/{number}")) for number in range(4)]


def surf(graphs: Sequence[Dag], arrivals: Arrivals, seed: int, days: float) -> list[Deployment]:
    return [jobs(arrivals)]


SCENARIOS: dict[str, Scenario] = {
    "steady": Scenario("each DAG on a cron of its own Deployment", steady),
    "together": Scenario("all DAGs on one queue", shared),
    "large": Scenario("16 tasks a worker, which takes 90 s to start", steady, 16, 90.0),
    "drift": Scenario("from midday on tasks take 1.5 times as long and 30 % of them are new", drift),
    "sensors": Scenario("each DAG first waits on a worker, for nobody knows how long", sensors),
    "wrong": Scenario("profiles say 5 times or a fifth of the truth; announced runs that never come", wrong),
    "bursts": Scenario("unannounced bursts just after every possible scale-down", bursts),
    "surf": Scenario("a week of real batch jobs that no schedule tells of", surf),
}


def _each(graphs: Sequence[Dag], seed: int) -> list[tuple[random.Random, Dag]]:
    return [(random.Random(f"{seed}/{dag.name}"), dag) for dag in graphs]


def _drifting(chance: random.Random, dag: Dag, days: float) -> Deployment:
    before, later = scheduled(chance, dag, days), _renewed(chance, dag)
    runs = [run if run.due < DAY / 2 else Planned(later, run.due, jittered(chance, later.seconds)) for run in before.runs]
    return replace(before, runs=tuple(runs))


def _renewed(chance: random.Random, dag: Dag) -> Dag:
    """Another version: some tasks are new, and follow another parent than before; all take longer."""
    names, parents = list(dag.tasks), list(dag.parents)
    for place in range(1, len(names)):
        if chance.random() < RENEWED:
            names[place] += "/new"
            parents[place] = (chance.randrange(place),)
    return Dag(f"{dag.name}/new", tuple(names), tuple(SLOWER * each for each in dag.seconds), tuple(parents))


def _sensing(chance: random.Random, dag: Dag, days: float) -> Deployment:
    """The same DAG behind two sensors, which every task without a parent waits for."""
    names = (f"{dag.name}/sensor 1", f"{dag.name}/sensor 2", *dag.tasks)
    parents = ((), (), *(tuple(each + 2 for each in parents) or (0, 1) for parents in dag.parents))
    sensing = Dag(f"{dag.name}/sensing", names, (SENSED, SENSED, *dag.seconds), parents)
    recorded = {**history(chance, sensing), **{name: list(_sensed(chance, 5)) for name in names[:2]}}
    runs = (Planned(sensing, due, (*_sensed(chance, 2), *jittered(chance, dag.seconds))) for due in dues(chance, days))
    return Deployment(tuple(runs), recorded)


def _sensed(chance: random.Random, count: int) -> tuple[float, ...]:
    return jittered(chance, [SENSED] * count, sigma=1.0)


def _misled(chance: random.Random, deployment: Deployment, kind: int) -> Deployment:
    if kind < 2:
        return replace(deployment, bias=(5.0, 0.2)[kind])
    return replace(deployment, runs=tuple(replace(run, comes=chance.random() >= NEVER) for run in deployment.runs))


def _adversary(chance: random.Random) -> Deployment:
    dag = Dag("burst", tuple(f"burst/{number}" for number in range(BURST)), (LASTS,) * BURST, ((),) * BURST)
    runs, now = [], 600.0
    for gap in chance.sample(GAPS, len(GAPS)):
        runs.append(Planned(dag, now, jittered(chance, dag.seconds), is_announced=False))
        now += LASTS + gap
    return Deployment(tuple(runs), history(chance, dag))
