"""Our policy in the simulator: production's planner, which knows nothing that had not been recorded."""

from dataclasses import replace

import pytest
from orrery.model.scaling import Style

from benchmarks.hypervisor.ours import Ours
from benchmarks.hypervisor.workload import Planned
from benchmarks.hypervisor.world import World
from tests.benchmarks.hypervisor.days import DIAMOND, FAN, LONG, WIDE, day

STYLES = list(Style)


class Watched(World):
    """It also remembers when each task ended."""

    def __init__(self, *given, **named):
        self.ends: dict[tuple[float, str], float] = {}
        super().__init__(*given, **named)

    def _ended(self, run, task, worker):
        self.ends[run.due, run.dag.tasks[task]] = self.now
        super()._ended(run, task, worker)


def watched(deployment, style=Style.BALANCED):
    policy = Ours(style)
    world = Watched(deployment, policy, concurrency=5, start=30.0, seed=4)
    world.play()
    return policy.plans, world.ends


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("moment", [350.0, 700.0, 1111.0, 1500.0, 2222.0])
@pytest.mark.parametrize("is_announced", [True, False])
def test_another_future_leaves_every_plan_up_to_now_as_it_was(style, moment, is_announced):
    past = day(8, DIAMOND, WIDE, LONG, is_announced=is_announced)
    plans, ended = watched(past, style)
    future = replace(past, runs=tuple(_another(run, moment, ended) for run in past.runs))
    others, _ = watched(future, style)
    before = [plan for plan in plans if plan[0] <= moment]
    assert before
    assert [plan for plan in others if plan[0] <= moment] == before
    assert others != plans


def _another(run: Planned, moment: float, ended) -> Planned:
    """What has not ended by then takes three times as long."""
    known = (ended[run.due, task] <= moment for task in run.dag.tasks)
    durations = tuple(s if is_known else 3 * s + 1 for s, is_known in zip(run.durations, known, strict=True))
    return replace(run, durations=durations)


@pytest.mark.parametrize("style", STYLES)
def test_runs_that_nobody_told_of_change_no_plan_before_they_come(style):
    past = day(8, DIAMOND, WIDE, is_announced=False)
    fewer = replace(past, runs=past.runs[:3])
    moment = past.runs[3].due
    plans, others = watched(past, style)[0], watched(fewer, style)[0]
    assert [plan for plan in plans if plan[0] < moment] == [plan for plan in others if plan[0] < moment]


def test_a_scheduled_dag_finds_its_workers_ready():
    plans, _ = watched(day(8, WIDE, runs=1))
    policy = Ours(Style.BALANCED)
    world = World(day(8, WIDE, runs=4), policy, concurrency=5, start=30.0, seed=4).play()
    assert plans[0][0] < 300.0
    assert max(world.waits) <= 12.0
    assert max(world.slowdowns) < 1.1


def test_economy_is_cheaper_and_slower_than_balanced():
    worlds = [World(day(8, FAN), Ours(style), concurrency=5, start=30.0, seed=4).play() for style in STYLES]
    balanced, economy = worlds
    assert economy.launches < balanced.launches
    assert economy.cost < balanced.cost
    assert sum(economy.slowdowns) > sum(balanced.slowdowns)


def test_no_plan_is_made_while_nothing_runs_and_nothing_is_due():
    plans, _ = watched(day(8, DIAMOND, runs=2, every=40_000.0))
    assert len(plans) < 200
