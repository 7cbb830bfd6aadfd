"""The peers do what their makers say, and no worse."""

import pytest

from benchmarks.hypervisor.score import played
from tests.benchmarks.hypervisor.days import at, case, jobs_at


def held(policy, deployment, **setting):
    """Seconds from the last task's end to the end of the last worker."""
    world = played(policy, case(deployment, **setting))
    last = max(run.due + 2.0 + wait + run.durations[0] for run, wait in zip(deployment.runs, world.waits, strict=True))
    return max(end for _, end in world.lifetimes) - last


@pytest.mark.parametrize(
    ("policy", "least", "most"), [("astro", 300, 310), ("astro_no_hold", 0, 10), ("mwaa", 120, 180), ("keda", 285, 331)]
)
def test_an_idle_worker_is_held_as_documented(policy, least, most):
    assert least <= held(policy, at(100.0)) <= most


@pytest.mark.parametrize(("policy", "start", "tick"), [("astro", 30, 10), ("astro_no_hold", 30, 10), ("keda", 30, 30), ("mwaa", 150, 60)])
def test_the_first_task_waits_for_a_tick_and_a_start(policy, start, tick):
    waits = [played(policy, case(at(100.0), seed=seed)).waits[0] for seed in range(20)]
    assert all(start <= wait <= start + tick for wait in waits)
    assert max(waits) - min(waits) > tick / 2


@pytest.mark.parametrize("policy", ["astro", "astro_no_hold", "keda", "mwaa"])
def test_they_launch_what_the_tasks_that_are_queued_need(policy):
    assert played(policy, case(at(*[100.0] * 11, seconds=500.0))).launches == 3


def test_keda_ends_workers_without_looking_and_kills_what_outlasts_the_grace():
    deployment = jobs_at([*((100.0, 5.0) for _ in range(10)), *((100.0, 2000.0) for _ in range(2))])
    killed = [played("keda", case(deployment, concurrency=4, seed=seed)).killed for seed in range(10)]
    assert any(killed)
    assert len(set(killed)) > 1


@pytest.mark.parametrize("policy", ["astro", "astro_no_hold", "mwaa"])
def test_the_others_end_only_idle_workers(policy):
    deployment = jobs_at([*((100.0, 5.0) for _ in range(10)), *((100.0, 2000.0) for _ in range(2))])
    assert played(policy, case(deployment, concurrency=4)).killed == 0
