"""Pictures for people: what each policy costs and how slow it is, and one wave of work with the workers that each policy had for it."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.hypervisor.score import Case, Figures, played

matplotlib.rcParams.update({"font.size": 10, "axes.spines.top": False, "axes.spines.right": False, "svg.hashsalt": "orrery"})
COLOURS = {
    "balanced": "#1b6e3c",
    "economy": "#57b27c",
    "astro": "#b5432e",
    "astro_no_hold": "#e08a5b",
    "keda": "#3b6fb0",
    "mwaa": "#8a5fb0",
    "balanced_by_hand": "#1b6e3c",
    "economy_by_hand": "#57b27c",
    "placed": "#555555",
    "placed_by_truth": "#999999",
}
WINDOW = 2400.0
"""Seconds that the second picture shows."""
BEFORE = 120.0
"""Seconds that it shows before the first run is due."""


def write(directory: Path, found: Mapping[str, Figures], cases: Sequence[Case]) -> None:
    """`cost-and-slowdown.png` and `workers.png`, the latter of the Deployment with the most tasks in its first run."""
    directory.mkdir(parents=True, exist_ok=True)
    _save(cost_and_slowdown(found), directory / "cost-and-slowdown.png")
    _save(workers(list(found), max(cases, key=lambda case: len(case.deployment.runs[0].durations))), directory / "workers.png")


def cost_and_slowdown(found: Mapping[str, Figures]) -> Figure:
    figure = Figure(figsize=(7, 4.2), layout="constrained")
    axes = figure.subplots()
    for name, each in found.items():
        axes.plot(each.dag_slowdown_mean, each.cost_over_optimum, "o", color=COLOURS[name], markersize=9)
        axes.annotate(
            name, (each.dag_slowdown_mean, each.cost_over_optimum), xytext=(8, 4), textcoords="offset points", color=COLOURS[name]
        )
    axes.plot(1, 1, "k*", markersize=12)
    axes.annotate("hindsight", (1, 1), xytext=(8, -14), textcoords="offset points")
    axes.set(xlabel="DAG slowdown, mean (makespan / critical path)", ylabel="cost / optimum")
    axes.margins(x=0.16, y=0.12)
    axes.grid(alpha=0.2)
    return figure


def workers(policies: Sequence[str], case: Case) -> Figure:
    """Workers over time, and how many the tasks would need if none had to wait."""
    begin = case.deployment.runs[0].due - BEFORE
    ideal = _steps((span for run in case.deployment.runs if run.comes for span in run.ideal()), case.setting.concurrency)
    figure = Figure(figsize=(7, 1.35 * len(policies) + 0.6), layout="constrained")
    rows = figure.subplots(len(policies), 1, sharex=True, sharey=True, squeeze=False)[:, 0]
    for axes, name in zip(rows, policies, strict=True):
        _fill(axes, ideal, begin, "#c9c9c9", "needed")
        _outline(axes, _steps(played(name, case).lifetimes, 1), begin, COLOURS[name], name)
        axes.legend(loc="upper right", frameon=False, ncols=2)
        axes.set(xlim=(-BEFORE, WINDOW - BEFORE), ylabel="workers")
    rows[-1].set_xlabel("seconds after the first run was due")
    return figure


def _steps(spans: Iterable[tuple[float, float]], slots: int) -> tuple[list[float], list[int]]:
    """How many are there at once, divided by the slots, at each moment of a change."""
    changes: dict[float, int] = {}
    for start, end in spans:
        changes[start] = changes.get(start, 0) + 1
        changes[end] = changes.get(end, 0) - 1
    moments, counts, active = [0.0], [0], 0
    for moment in sorted(changes):
        active += changes[moment]
        moments.append(moment)
        counts.append(-(-active // slots))
    return moments, counts


def _fill(axes: Axes, steps: tuple[list[float], list[int]], begin: float, colour: str, label: str) -> None:
    moments, counts = steps
    axes.fill_between([moment - begin - BEFORE for moment in moments], counts, step="post", color=colour, label=label)


def _outline(axes: Axes, steps: tuple[list[float], list[int]], begin: float, colour: str, label: str) -> None:
    moments, counts = steps
    axes.step([moment - begin - BEFORE for moment in moments], counts, where="post", color=colour, linewidth=1.6, label=label)


def _save(figure: Figure, path: Path) -> None:
    figure.savefig(path, dpi=110, metadata={"Software": None})
