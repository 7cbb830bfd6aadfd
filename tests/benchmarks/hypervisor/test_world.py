"""The simulated world: what is counted adds up, whoever decides."""

import math
from dataclasses import replace

import pytest

from benchmarks.hypervisor.score import POLICIES, YARDSTICKS, Case, Setting, outcome, played
from benchmarks.hypervisor.workload import GAP, Planned, read_graphs, scheduled
from benchmarks.hypervisor.world import BUSY, PINNED
from tests.benchmarks.hypervisor.days import DIAMOND, LONG, WIDE, at, case, day, jobs_at

EVERYONE = sorted([*POLICIES, *YARDSTICKS])
CLOSING = ("balanced", "economy", "balanced_by_hand", "economy_by_hand", "keda")
"""Those that keep tasks away from workers which still have some."""


@pytest.mark.parametrize("policy", EVERYONE)
@pytest.mark.parametrize("is_announced", [True, False])
def test_every_task_runs_to_its_end_exactly_once_and_every_worker_ends(policy, is_announced):
    deployment = day(3, DIAMOND, WIDE, LONG, is_announced=is_announced)
    world = played(policy, case(deployment))
    assert world.ended == sum(len(run.dag.tasks) for run in deployment.runs)
    assert len(world.waits) == world.ended + world.killed
    assert len(world.slowdowns) == len(deployment.runs)
    assert min(world.slowdowns) >= 1 - 1e-9
    assert world.is_quiet
    assert (world.running, len(world.queue)) == (0, 0)
    assert len(world.lifetimes) == world.launches


@pytest.mark.parametrize("policy", EVERYONE)
def test_no_worker_is_paid_for_less_than_its_start_and_the_work_it_holds(policy):
    deployment = day(3, DIAMOND, WIDE)
    seen = outcome(policy, case(deployment, concurrency=2))
    work = sum(sum(run.durations) for run in deployment.runs)
    assert seen.cost >= seen.launches * 30.0 + work / 2


@pytest.mark.parametrize("policy", EVERYONE)
def test_every_worker_second_went_into_something_and_the_tasks_took_theirs(policy):
    deployment = day(3, DIAMOND, WIDE, LONG)
    world = played(policy, case(deployment))
    assert sum(world.spent.values()) == pytest.approx(world.cost)
    assert world.killed or world.spent[BUSY] == pytest.approx(sum(sum(run.durations) for run in deployment.runs) / 5)
    assert world.spent[PINNED] == 0 or policy in CLOSING


@pytest.mark.parametrize("yardstick", ["placed", "placed_by_truth"])
def test_placed_by_hand_no_task_waits_and_nothing_costs_less_than_the_optimum(yardstick):
    seen = outcome(yardstick, case(day(3, DIAMOND, WIDE, LONG, is_announced=False), concurrency=2))
    assert max(seen.waits) == 0
    assert seen.cost >= seen.optimum - 1e-6


def test_who_is_told_how_long_tasks_take_puts_the_long_ones_together():
    one, other, last = [(100.0, 20.0), (100.0, 5.0)], [(101.0, 500.0), (101.0, 5.0)], [(108.0, 400.0)]
    told, untold = (outcome(name, case(jobs_at([*one, *other, *last]), concurrency=2)) for name in ("placed_by_truth", "placed"))
    assert told.cost == pytest.approx(untold.cost - 400.0, abs=20.0)


def test_a_workers_cost_runs_from_its_launch_to_its_end():
    world = played("astro", case(at(100.0, seconds=10.0)))
    ((launched, ended),) = world.lifetimes
    tick = world.phase * 10.0 + math.ceil((102.0 - world.phase * 10.0) / 10.0) * 10.0
    assert launched == pytest.approx(tick)
    assert world.waits == pytest.approx([tick + 30.0 - 102.0])
    assert 300.0 <= ended - (tick + 40.0) <= 310.0
    assert world.cost == pytest.approx(ended - launched)


def test_a_slowdown_is_against_a_critical_path_with_airflows_own_gaps():
    run = Planned(DIAMOND, 50.0, (20.0, 40.0, 60.0, 5.0))
    assert run.critical_path == 3 * GAP + 20.0 + 60.0 + 5.0
    assert run.ideal()[0] == (52.0, 72.0)


def test_the_same_seed_is_the_same_day_and_another_one_is_not():
    deployment = day(3, DIAMOND, WIDE)
    first, again, other = (outcome("balanced", case(deployment, seed=seed)) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_no_two_tasks_share_a_slot():
    world = played("keda", case(day(5, WIDE), concurrency=1))
    tasks = sum(end - launched - 30.0 for launched, end in world.lifetimes)
    assert tasks >= sum(sum(run.durations) for run in day(5, WIDE).runs) - 1e-6


def test_a_run_that_never_comes_is_waited_for_and_costs_only_us():
    deployment = day(3, WIDE)
    absent = replace(deployment, runs=tuple(replace(run, comes=False) for run in deployment.runs))
    ours, theirs = (outcome(policy, case(absent)) for policy in ("balanced", "astro"))
    assert ours.ended == theirs.ended == theirs.launches == 0
    assert ours.launches > 0
    assert ours.optimum == 0


def test_graphs_are_read_in_an_order_in_which_they_can_run(tmp_path):
    file = tmp_path / "graphs.json"
    file.write_text('{"graphs": [{"name": "g", "tasks": [{"seconds": 1, "parents": [1]}, {"seconds": 2, "parents": []}]}]}')
    (dag,) = read_graphs(file)
    assert dag.seconds == (2.0, 1.0)
    assert dag.parents == ((), (0,))
    file.write_text('{"graphs": [{"name": "g", "tasks": [{"seconds": 1, "parents": [0]}]}]}')
    with pytest.raises(ValueError, match="cycle"):
        read_graphs(file)


def test_a_day_of_our_styles_kills_nothing_of_what_a_blind_scale_down_kills():
    """A small part of the million tasks that `make bench` plays."""
    import random

    deployments = [scheduled(random.Random(seed), dag, 0.1) for seed, dag in enumerate((DIAMOND, WIDE, LONG) * 3)]
    days = [Case(each, Setting(concurrency=3, seed=seed)) for seed, each in enumerate(deployments)]
    killed = {policy: sum(outcome(policy, each).killed for each in days) for policy in ("balanced", "economy")}
    assert killed == {"balanced": 0, "economy": 0}
    bursts = case(day(7, WIDE, LONG, runs=20, every=200.0, is_announced=False), concurrency=1)
    assert outcome("keda", bursts).killed > 0
    assert outcome("balanced", bursts).killed == 0
