"""The hypervisor's score, beside its peers and beside hindsight.

How a figure comes about:

  cost / optimum   worker-seconds from launch to end, start-up and drain included, by those of the cheapest fleet that could have run
                   every task without a wait had everything been known: ceil(active tasks / concurrency) at every moment, and
                   --start-seconds worker-seconds for each launch
  DAG slowdown     seconds from a run's due time to the end of its last task, by its critical path; Airflow's own 2 s between the end of
                   a task and the queueing of the next are part of the critical path, because no fleet can save them
  task wait        seconds from queued to running

Policies: balanced and economy are ours and run production's own planner, which sees what was recorded up to that moment (5 earlier runs
of each DAG, what has happened since, the schedules) and nothing else. Peers: astro and astro_no_hold (each 10 s; a worker goes when it
was idle for 300 s, or at once), keda (polls each 30 s from zero, 15 s above, 300 s down; whom it picks has 600 s), mwaa (each 60 s,
120 s, workers start in 150 s).

Yardsticks are hypothetical and no peers; they are played when they are named, and with --breakdown: balanced_by_hand and economy_by_hand
(ours, but the open worker that lasts longest takes each task, not chance), placed (a worker is there at once, its start paid, and each
task is put by hand where by all that was recorded it prolongs a worker least), placed_by_truth (the same, told how long tasks will take).

A run is a day: each DAG is a Deployment of its own, on a cron that the seed chooses (every 15 minutes, hourly, daily), its tasks' durations
differ from run to run (lognormal, 0.15). Jobs of an arrivals file are single tasks that no schedule tells of; beside graphs they are one
more Deployment, and do not count as DAG runs.

examples:
  python -m benchmarks.hypervisor                                       a table for the graphs that come with us
  python -m benchmarks.hypervisor --policy balanced --seed 1 2 3        one policy, three days together
  python -m benchmarks.hypervisor --arrivals jobs.csv --json            arrival_seconds,duration_seconds
  python -m benchmarks.hypervisor --scenario wrong                      another day: see the list below
  python -m benchmarks.hypervisor --breakdown                           what the worker-seconds went into, by shares of the optimum
  python -m benchmarks.hypervisor --report                              all scenarios, tuned and held-out seeds; minutes

scenarios:
"""

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path

from benchmarks.hypervisor import report
from benchmarks.hypervisor.scenarios import SCENARIOS
from benchmarks.hypervisor.score import POLICIES, YARDSTICKS, Case, Setting, breakdown, outcomes, printable, scores, table
from benchmarks.hypervisor.workload import jobs, read_arrivals, read_graphs

TRACES = Path(__file__).parent / "traces"
GRAPHS, ARRIVALS = TRACES / "workflow_graphs.json", TRACES / "surf_week.csv"


def arguments() -> argparse.ArgumentParser:
    listed = "\n".join(f"  {name:<16} {scenario.about}" for name, scenario in SCENARIOS.items())
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.hypervisor",
        description=f"{__doc__}{listed}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--graphs", type=Path, metavar="FILE", help="JSON with workflow graphs (those that come with us)")
    parser.add_argument("--arrivals", type=Path, metavar="FILE", help="CSV with jobs; alone, only they are scored")
    parser.add_argument("--seed", type=int, nargs="+", default=[1], metavar="N", help="one day for each; figures are over all of them (1)")
    parser.add_argument("--concurrency", type=_positive, default=5, metavar="N", help="tasks a worker (5)")
    parser.add_argument("--start-seconds", type=_seconds, default=30.0, metavar="S", help="until a new worker takes tasks (30)")
    parser.add_argument("--policy", choices=[*POLICIES, *YARDSTICKS, "all"], default="all", help="which to score (all)")
    parser.add_argument("--scenario", choices=list(SCENARIOS), default="steady", help="what kind of day (steady)")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument("--breakdown", action="store_true", help="a table of what the worker-seconds went into instead")
    parser.add_argument("--plots", type=Path, metavar="DIR", help="also write PNGs into this directory")
    parser.add_argument("--report", action="store_true", help="the whole table of docs/hypervisor.md, as Markdown")
    parser.add_argument(
        "--tasks", type=_positive, metavar="N", help="play days with our policies until so many tasks have ended; count kills"
    )
    return parser


def main(given: list[str]) -> int:
    asked = arguments().parse_args(given)
    if asked.report:
        report.write(read_graphs(GRAPHS), read_arrivals(ARRIVALS))
        return 0
    if asked.tasks:
        return report.count_kills(read_graphs(GRAPHS), asked.tasks)
    cases = list(_cases(asked))
    policies = list(POLICIES) if asked.policy == "all" else [asked.policy]
    if asked.breakdown:
        print(breakdown(outcomes([*policies, *YARDSTICKS] if asked.policy == "all" else policies, cases)))
        return 0
    found = scores(policies, cases)
    if asked.plots:
        from benchmarks.hypervisor import plots  # only people who want pictures load a plotting library

        plots.write(asked.plots, found, cases)
    print(json.dumps(printable(found)) if asked.json else table(found))
    return 0


def _cases(asked: argparse.Namespace) -> Iterable[Case]:
    scenario = SCENARIOS[asked.scenario]
    only_jobs = asked.arrivals and not asked.graphs and asked.scenario == "steady"
    graphs = () if only_jobs else read_graphs(asked.graphs or GRAPHS)
    arrivals = read_arrivals(asked.arrivals or ARRIVALS) if asked.arrivals or asked.scenario == "surf" else []
    for seed in asked.seed:
        setting = Setting(asked.concurrency, asked.start_seconds, seed)
        yield from scenario.cases(graphs, arrivals, setting)
        if asked.arrivals and asked.scenario != "surf":
            yield Case(jobs(arrivals, is_scored_as_dags=not graphs), setting, len(graphs))


def _positive(text: str) -> int:
    if not 0 < (number := int(text)) <= 1_000_000_000:
        raise argparse.ArgumentTypeError(f"{text} is not a positive number")
    return number


def _seconds(text: str) -> float:
    if not 0 <= (seconds := float(text)) <= 3600:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 3600 seconds")
    return seconds


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
