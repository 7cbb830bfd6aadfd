"""The forecast: what is recorded is played forward, and nothing else is known."""

import random
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st
from orrery.hypervisor.forecast import GAP, GRAIN, Curve, Run, Running, Shape, Step, curves, remaining, spans

EXTRACT = Step("default", 10.0)
LOADS = Step("default", 4.0, parents=(0,), copies=3)
ETL = Shape("etl", (EXTRACT, LOADS))


def curve(*runs: Run, horizon: float = 40, **pools: float) -> Curve:
    return curves(runs, horizon=horizon, pools=pools).get("default", ())


def test_a_run_that_is_due_begins_on_time_and_its_tasks_follow_each_other() -> None:
    assert curve(Run(ETL, 4.0)) == (0, 0, 0, 1, 1, 1, 1, 1, 0, 3, 3)


def test_a_value_is_the_mean_over_its_grain() -> None:
    assert curve(Run(Shape("one", (Step("default", 3.0),)), 1.0)) == (0, 0.5, 1)


def test_a_running_task_ends_when_its_like_does_and_what_waits_for_it_follows() -> None:
    assert curve(Run(ETL, -8.0, running=(Running(0, 6.0),))) == (1, 1, 0, 3, 3)


def test_a_queued_task_has_all_of_its_time_before_it() -> None:
    assert curve(Run(ETL, -8.0, queued=(0,))) == (1, 1, 1, 1, 1, 0, 3, 3)


def test_nobody_makes_room_for_a_task_on_a_leaving_worker_but_its_children_are_foretold() -> None:
    assert curve(Run(ETL, -8.0, running=(Running(0, 6.0, leaving=True),))) == (0, 0, 0, 3, 3)


def test_what_has_ended_is_over() -> None:
    assert curve(Run(ETL, -20.0, ended=frozenset({0}), running=(Running(1, 2.0), Running(1, 0.0)))) == (2, 1)


def test_a_task_that_was_never_seen_to_end_is_not_foretold_and_counts_for_as_long_as_it_is_there() -> None:
    unknown = Shape("new", (Step("default", None), Step("default", 5.0, (0,))))
    assert curve(Run(unknown, 4.0)) == ()
    assert curve(Run(unknown, -4.0, running=(Running(0, 90.0),)), horizon=6) == (1, 1, 1)


def test_a_pool_and_a_dags_own_limit_hold_tasks_back() -> None:
    wide = Shape("wide", (Step("default", 4.0, copies=10, pool="small"),))
    assert curve(Run(wide, -4.0), small=4) == (4, 4)
    assert curve(Run(Shape("wide", wide.steps, most=6), -4.0)) == (6, 6)


def test_queues_are_foretold_apart() -> None:
    mixed = Shape("mixed", (EXTRACT, Step("heavy", 2.0, (0,))))
    assert curves([Run(mixed, -2.0)], horizon=40) == {"default": (1,) * 5, "heavy": (0,) * 6 + (1,)}


def test_a_late_task_goes_on_for_a_tenth_of_its_time() -> None:
    assert remaining(100, 40) == 60
    assert remaining(100, 95) == pytest.approx(10)
    assert remaining(100, 500) == pytest.approx(50)
    assert remaining(None, 5) == inf


def test_a_span_is_the_critical_path_of_the_shortest_run_that_lies_ahead() -> None:
    long = Shape("long", (Step("default", 500.0), Step("heavy", 1.0)))
    assert ETL.span == 10 + 4 + 2 * GAP
    assert spans([Run(ETL, 30.0), Run(long, -5.0)], horizon=60) == {"default": ETL.span, "heavy": long.span}
    assert spans([Run(ETL, 90.0)], horizon=60) == {}


@st.composite
def shapes(draw: st.DrawFn) -> Shape:
    count = draw(st.integers(1, 6))
    parents = [draw(st.lists(st.integers(0, place - 1), max_size=2, unique=True)) if place else [] for place in range(count)]
    made = (
        Step(draw(st.sampled_from(["default", "heavy"])), draw(st.floats(0.5, 20)), tuple(each), draw(st.integers(1, 3)))
        for each in parents
    )
    return Shape("dag", tuple(made))


runs = st.builds(Run, shapes(), st.floats(-30, 30))


@given(st.lists(runs, max_size=4))
def test_all_work_is_in_the_curves_once(seen: list[Run]) -> None:
    work = sum(step.seconds * step.copies for run in seen for step in run.shape.steps if step.seconds)
    foretold = curves(seen, horizon=400)
    assert sum(map(sum, foretold.values())) * GRAIN == pytest.approx(work, abs=0.1)


@given(st.lists(runs, max_size=4), st.randoms(use_true_random=False))
def test_the_order_of_runs_does_not_matter(seen: list[Run], chance: random.Random) -> None:
    shuffled = list(seen)
    chance.shuffle(shuffled)
    one, other = curves(seen, horizon=100), curves(shuffled, horizon=100)
    assert one.keys() == other.keys()
    assert all(one[queue] == pytest.approx(other[queue]) for queue in one if len(one[queue]) == len(other[queue]))


@given(st.lists(runs, max_size=4))
def test_a_nearer_horizon_shows_the_same_but_less_of_it(seen: list[Run]) -> None:
    near, far = curves(seen, horizon=20), curves(seen, horizon=100)
    for queue, values in near.items():
        assert values == pytest.approx(far[queue][: len(values)])
