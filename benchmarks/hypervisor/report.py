"""The long runs: the table of every scenario over the tuned and the held-out seeds, and the count of killed tasks over a million."""

import os
from collections.abc import Sequence

from benchmarks.hypervisor.scenarios import HELD_OUT, SCENARIOS, TUNED, Arrivals, Scenario
from benchmarks.hypervisor.score import POLICIES, Case, Figures, Setting, outcomes, scores
from benchmarks.hypervisor.workload import Dag

OURS = ("balanced", "economy")
WHOLE = ("steady", "together")
"""The scenarios that are played on every seed."""


def write(graphs: Sequence[Dag], arrivals: Arrivals) -> None:
    """Prints a Markdown line for each scenario and set of seeds: cost / optimum and mean slowdown of each policy."""
    print(f"| scenario | seeds | {' | '.join(POLICIES)} |\n|---|---|{'---|' * len(POLICIES)}")
    for name, scenario in SCENARIOS.items():
        for words, seeds in _seeds(name):
            print(_line(name, words, scores(list(POLICIES), _cases(scenario, graphs, arrivals, seeds))), flush=True)


def _seeds(scenario: str) -> list[tuple[str, Sequence[int]]]:
    """All of them for the days that the goal is about, one of each for the others; chance decides nothing about the week of jobs."""
    if scenario == "surf":
        return [("real", TUNED[:1])]
    most = None if scenario in WHOLE else 1
    sets: list[tuple[str, Sequence[int]]] = [("tuned", TUNED[:most]), ("held out", HELD_OUT[:most])]
    return [(f"{words} {', '.join(str(seed) for seed in seeds)}", seeds) for words, seeds in sets]


def count_kills(graphs: Sequence[Dag], tasks: int) -> int:
    """Plays days until so many tasks have ended under our policies, and prints how many were killed; 1 if any was."""
    ended, killed, seed = 0, 0, HELD_OUT[-1]
    while ended < tasks:
        seed += 1
        scenario = list(SCENARIOS.values())[seed % 7]  # every one but the week of jobs, which has few tasks
        for _, seen in outcomes(OURS, scenario.cases(graphs, (), Setting(seed=seed))):
            ended, killed = ended + seen.ended, killed + seen.killed
    cpu = sum(os.times()[:4])  # of this process and of those that took part
    print(f"{ended:,} tasks ended under {' and '.join(OURS)}, {killed} were killed ({cpu:.0f} s of CPU)")
    return 1 if killed else 0


def _cases(scenario: Scenario, graphs: Sequence[Dag], arrivals: Arrivals, seeds: Sequence[int]) -> list[Case]:
    return [case for seed in seeds for case in scenario.cases(graphs, arrivals, Setting(seed=seed))]


def _line(name: str, seeds: str, found: dict[str, Figures]) -> str:
    return f"| {name} | {seeds} | {' | '.join(f'{each.cost_over_optimum:.2f} / {each.dag_slowdown_mean:.2f}' for each in found.values())} |"
