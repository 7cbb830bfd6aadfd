"""A recorded day is replayed by the production planner: what is recorded explains what came, and nothing that comes later is looked at."""

from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from orrery.hypervisor import replay
from orrery.hypervisor.replay import Task, Terms
from orrery.model.demand_record import Sample
from orrery.model.scaling import Style

DAY = 86_400.0
TASKS = st.lists(st.tuples(st.integers(0, 300), st.integers(1, 60)), min_size=1, max_size=40).map(
    lambda each: [(10 * at, 10 * seconds) for at, seconds in each]
)


def record(tasks: Iterable[tuple[int, int]], *, until: int = 4000, workers: int = 1, foretold: bool = False, **bounds: int) -> list[Sample]:
    """What is recorded of these (arrival, seconds) when nobody waits; a curve, if any, says so for 20 s."""
    told: list[Sample] = []
    for at in range(0, until, 10):
        active = sum(came <= at < came + seconds for came, seconds in tasks)
        ahead = ((float(active), 10),) if foretold else None
        floor, ceiling = bounds.get("floor", 0), bounds.get("ceiling", 10)
        made = Sample(float(at), 0, active, 0, workers, 0, floor, ceiling, 2, 30.0, 0.0, ahead)
        if not told or told[-1]._replace(at=made.at) != made:
            told.append(made)
    return told


@given(TASKS)
def test_the_tasks_that_explain_a_record_ran_together_for_as_long_as_it_says(tasks: list[tuple[int, int]]) -> None:
    samples = record(tasks)
    assert sum(task.seconds for task in replay.tasks(samples, 4000.0)) == sum(seconds for _, seconds in tasks)


def test_a_record_of_one_task_is_that_task_with_its_wait() -> None:
    waits = Sample(100.0, 1, 0, 0, 0, 0, 0, 4, 5, 30.0)
    samples = [waits, waits._replace(at=130.0, queued=0, running=1, serving=1), waits._replace(at=190.0, queued=0, serving=1)]
    assert replay.tasks(samples, 300.0) == (Task(100.0, 60.0, 30.0),)
    real = replay.recorded(samples, 300.0)
    assert (real.worker_seconds, real.launches, real.waited, real.tasks) == (170.0, 1, 30.0, 1)


def test_a_lone_task_without_a_worker_waits_for_its_start_and_the_worker_goes_when_it_has_been_idle_for_as_long() -> None:
    outcome = replay.replay(record([(100, 60)], workers=0), 4000.0, Terms())
    assert outcome.waits == (30.0,)
    assert [(told.at, told.action, told.target) for told in outcome.decisions] == [(100.0, "LAUNCH", 1), (220.0, "DRAIN", 0)]
    assert outcome.worker_seconds == 220.0 + replay.LINGERS - 100.0


@settings(deadline=None, max_examples=25)
@given(TASKS, st.sampled_from(Style), st.booleans())
def test_every_task_is_run_or_still_waits_and_bounds_hold(tasks: list[tuple[int, int]], style: Style, foretold: bool) -> None:
    outcome = replay.replay(record(tasks, floor=1, ceiling=3, foretold=foretold), 4000.0, Terms(style))
    assert len(outcome.waits) == outcome.tasks
    assert 1 <= outcome.most_workers <= 3 + outcome.launches
    assert all(1 <= told.target <= 3 for told in outcome.decisions)
    assert outcome.worker_seconds * 2 >= outcome.task_seconds - outcome.waited, "no worker takes more than its two tasks"


@settings(deadline=None, max_examples=25)
@given(TASKS, TASKS, st.sampled_from(Style), st.booleans())
def test_what_comes_later_changes_nothing_that_was_decided_before(
    tasks: list[tuple[int, int]], later: list[tuple[int, int]], style: Style, foretold: bool
) -> None:
    changed = [*tasks, *((3000 + at, seconds) for at, seconds in later)]
    before, after = (replay.replay(record(each, until=7000, foretold=foretold), 7000.0, Terms(style)) for each in (tasks, changed))
    early = [[told for told in outcome.decisions if told.at < 3000] for outcome in (before, after)]
    assert early[0] == early[1]


def test_workers_that_are_kept_ready_cost_and_nobody_waits() -> None:
    samples = record([(1000, 60)], floor=2, workers=2)
    kept, none = (replay.replay(samples, 4000.0, Terms(floor=floor)) for floor in (None, 0))
    assert (kept.waited, kept.worker_seconds) == (0.0, 8000.0)
    assert none.waited > 0
    assert none.worker_seconds < 0.1 * kept.worker_seconds


def test_a_task_that_can_wait_starts_nobody_in_economy() -> None:
    samples = record([(at, 20) for at in range(100, 3500, 100) for _ in range(6)], foretold=True)
    balanced, economy = (replay.replay(samples, 4000.0, Terms(style)) for style in Style)
    assert economy.worker_seconds < balanced.worker_seconds
    assert economy.waited > balanced.waited


def test_queues_together_are_the_sum_of_each() -> None:
    one, two = (replay.replay(record(each), 4000.0, Terms()) for each in ([(100, 60)], [(500, 600), (500, 20)]))
    both = replay.together([one, two])
    assert both.worker_seconds == one.worker_seconds + two.worker_seconds
    assert both.waits == tuple(sorted([*one.waits, *two.waits]))
    assert [told.at for told in both.decisions] == sorted(told.at for told in (*one.decisions, *two.decisions))


@pytest.mark.parametrize("share", [0.0, 0.5, 0.99, 1.0])
def test_nobody_waits_where_nobody_came(share: float) -> None:
    assert replay.replay([], DAY, Terms()).wait(share) == 0.0


def test_a_queue_that_rests_costs_no_plans() -> None:
    assert replay.work(record([], until=10, workers=0), DAY) == 0
    assert replay.work(record([(0, 4000)], workers=1), 4000.0) == pytest.approx(400, abs=2)
