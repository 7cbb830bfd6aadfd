"""The figures of a policy over a set of Deployments, each simulated by itself; all cores take part."""

import os
import zlib
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial

from orrery.model.scaling import Style

from benchmarks.hypervisor.optimum import optimum
from benchmarks.hypervisor.ours import Ours
from benchmarks.hypervisor.peers import Keda, Reactive
from benchmarks.hypervisor.workload import Deployment
from benchmarks.hypervisor.world import PARTS, Policy, World
from benchmarks.hypervisor.yardsticks import Handed, Nobody, Placed, PlacedByTruth

POLICIES: dict[str, Callable[[], Policy]] = {
    "balanced": partial(Ours, Style.BALANCED),
    "economy": partial(Ours, Style.ECONOMY),
    "astro": partial(Reactive, 10.0, 300.0),
    "astro_no_hold": partial(Reactive, 10.0, 0.0),
    "keda": Keda,
    "mwaa": partial(Reactive, 60.0, 120.0),
}
YARDSTICKS: dict[str, tuple[type[World], Callable[[], Policy]]] = {
    "balanced_by_hand": (Handed, POLICIES["balanced"]),
    "economy_by_hand": (Handed, POLICIES["economy"]),
    "placed": (Placed, Nobody),
    "placed_by_truth": (PlacedByTruth, Nobody),
}
"""Hypothetical fleets; they are no peers, and are played only when they are asked for."""
STARTS = {"mwaa": 150.0}
"""Seconds that workers take to start where it is not the run's to say."""


@dataclass(frozen=True)
class Setting:
    concurrency: int = 5
    """Tasks a worker."""
    start: float = 30.0
    """Seconds from a worker's launch until it takes tasks."""
    seed: int = 1


@dataclass(frozen=True)
class Outcome:
    """What one Deployment came to under one policy; costs in worker-seconds."""

    cost: float
    optimum: float
    slowdowns: tuple[float, ...]
    waits: tuple[float, ...]
    launches: int
    killed: int
    ended: int
    """Tasks that ran to their end."""
    spent: dict[str, float]
    """The cost by what it went into."""


@dataclass(frozen=True)
class Figures:
    """What is printed. Waits in seconds; a slowdown is a run's time from due to end by its critical path."""

    cost_over_optimum: float
    dag_slowdown_mean: float
    dag_slowdown_p95: float
    task_wait_p50: float
    task_wait_p99: float
    launches: int
    tasks_killed: int


@dataclass(frozen=True)
class Case:
    """One Deployment to be simulated; chance is its own, so that adding another one changes nothing for it."""

    deployment: Deployment
    setting: Setting
    number: int = 0

    @property
    def seed(self) -> int:
        return zlib.crc32(f"{self.setting.seed}/{self.number}".encode())


def scores(policies: Sequence[str], cases: Sequence[Case], *, processes: int = 0) -> dict[str, Figures]:
    """The figures of each policy over all cases; the same with any number of processes (0: one for each core)."""
    seen = outcomes(policies, cases, processes=processes)
    return {name: figures(each for of, each in seen if of == name) for name in policies}


def outcomes(policies: Sequence[str], cases: Sequence[Case], *, processes: int = 0) -> list[tuple[str, Outcome]]:
    """What each case came to under each policy, with the policy's name."""
    jobs = [(name, case) for name in policies for case in cases]
    names = [name for name, _ in jobs]
    if not jobs or (processes or os.cpu_count() or 1) == 1:
        return list(zip(names, (outcome(*job) for job in jobs), strict=True))
    with ProcessPoolExecutor(processes or None) as pool:
        return list(zip(names, pool.map(outcome, *zip(*jobs, strict=True)), strict=True))


def played(policy: str, case: Case) -> World:
    """The case under that policy, to its end."""
    start = STARTS.get(policy, case.setting.start)
    world, decides = YARDSTICKS[policy] if policy in YARDSTICKS else (World, POLICIES[policy])
    return world(case.deployment, decides(), concurrency=case.setting.concurrency, start=start, seed=case.seed).play()


def outcome(policy: str, case: Case) -> Outcome:
    world, deployment = played(policy, case), case.deployment
    spans = (span for run in deployment.runs if run.comes for span in run.ideal())
    return Outcome(
        world.cost,
        optimum(spans, case.setting.concurrency, case.setting.start),
        tuple(world.slowdowns) if deployment.is_scored_as_dags else (),
        tuple(world.waits),
        world.launches,
        world.killed,
        world.ended,
        world.spent,
    )


def figures(outcomes: Iterable[Outcome]) -> Figures:
    seen = tuple(outcomes)
    slowdowns = sorted(each for one in seen for each in one.slowdowns)
    waits = sorted(each for one in seen for each in one.waits)
    return Figures(
        cost_over_optimum=round(sum(one.cost for one in seen) / max(1.0, sum(one.optimum for one in seen)), 4),
        dag_slowdown_mean=round(sum(slowdowns) / max(1, len(slowdowns)), 4),
        dag_slowdown_p95=round(_rank(slowdowns, 0.95), 4),
        task_wait_p50=round(_rank(waits, 0.50), 3),
        task_wait_p99=round(_rank(waits, 0.99), 3),
        launches=sum(one.launches for one in seen),
        tasks_killed=sum(one.killed for one in seen),
    )


def printable(found: dict[str, Figures]) -> dict[str, dict[str, dict[str, float]]]:
    return {"policies": {name: asdict(each) for name, each in found.items()}}


def table(found: dict[str, Figures]) -> str:
    """A line for each policy, in Markdown."""
    head = "| policy | cost / optimum | slowdown mean | p95 | wait p50 | p99 | launches | killed |\n|---|---|---|---|---|---|---|---|"
    return "\n".join([head, *(_line(name, each) for name, each in found.items())])


def breakdown(seen: Sequence[tuple[str, Outcome]]) -> str:
    """For each policy what its worker-seconds went into, as shares of the optimum, in Markdown."""
    head = f"| policy | cost / optimum | {' | '.join(PARTS)} |\n|---|---|{'---|' * len(PARTS)}"
    return "\n".join([head, *(_parts(name, [each for of, each in seen if of == name]) for name in dict.fromkeys(of for of, _ in seen))])


def _parts(name: str, seen: Sequence[Outcome]) -> str:
    best = max(1.0, sum(one.optimum for one in seen))
    shares = [sum(one.spent[part] for one in seen) / best for part in PARTS]
    return f"| {name} | {' | '.join(f'{each:.2f}' for each in (sum(shares), *shares))} |"


def _line(name: str, each: Figures) -> str:
    return (
        f"| {name} | {each.cost_over_optimum:.2f} | {each.dag_slowdown_mean:.2f} | {each.dag_slowdown_p95:.2f} | {each.task_wait_p50:.1f} s"
        f" | {each.task_wait_p99:.1f} s | {each.launches:,} | {each.tasks_killed:,} |"
    )


def _rank(ordered: Sequence[float], share: float) -> float:
    """The nearest-rank quantile of ordered values; 0 of none."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
