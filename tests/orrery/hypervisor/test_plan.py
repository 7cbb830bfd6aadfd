"""The planner: what it decides and the words it gives, and what holds for every fleet there can be."""

import random
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from orrery.hypervisor import fleet as fleets
from orrery.hypervisor.check import violations
from orrery.hypervisor.fleet import START, Due, Fleet, Queue, Worker, WorkerState
from orrery.hypervisor.forecast import GRAIN, Curve
from orrery.hypervisor.plan import Action, Cause, Decision, plan
from orrery.model.scaling import Style

from tests.orrery.hypervisor.simulation import World, settle

IDLE = Worker("idle", WorkerState.RUNNING, 0, START)
FRESH = Worker("fresh", WorkerState.RUNNING, 0, 4.0)
BUSY = Worker("busy", WorkerState.RUNNING, 1, None)
LASTS = BUSY._replace(frees=90.0)
STARTING = Worker("starting", WorkerState.STARTING, 0, None)
LEAVING = Worker("leaving", WorkerState.DRAINING, 2, None)


def queue(*workers: Worker, queued: int = 0, running: int = 0, floor: int = 0, ceiling: int = 4, concurrency: int = 5) -> Queue:
    named = tuple(worker._replace(id=f"{worker.id}-{number}") for number, worker in enumerate(workers))
    return Queue("d1", "o1", 7, "default", queued, running, named, floor, ceiling, concurrency)


def decide(seen: Queue, *, silence: float = 0.0) -> Decision:
    return plan(fleets.of("c1", [seen], silence=silence))[0]


@pytest.mark.parametrize(
    ("seen", "action", "target", "reason"),
    [
        (queue(queued=7), "LAUNCH", 2, "7 queued + 0 running need 2 workers of 5; 0 are running"),
        (queue(BUSY, queued=3, running=2), "HOLD", 1, "3 queued + 2 running need 1 worker of 5; 1 is running"),
        (queue(STARTING, queued=3), "HOLD", 1, "3 queued + 0 running need 1 worker of 5; 1 is running"),
        (queue(*[BUSY] * 4, queued=80, running=20), "HOLD", 4,
         "80 queued + 20 running need 20 workers of 5; 4 are running, the most that may"),
        (queue(), "HOLD", 0, "nothing is queued or running; no worker is needed"),
        (queue(IDLE, floor=1), "HOLD", 1, "nothing is queued or running; 1 worker kept ready"),
        (queue(floor=2, queued=1), "LAUNCH", 2, "1 queued + 0 running need 1 worker of 5, at least 2 must run; 0 are running"),
        (queue(BUSY, BUSY, running=2), "HOLD", 2,
         "0 queued + 2 running need 1 worker of 5; 2 are running and none is idle: tasks are never cut short"),
        (queue(BUSY, FRESH, running=1), "HOLD", 2,
         "0 queued + 1 running need 1 worker of 5; 2 are running, idle for 4 s of the 30 s that one is kept"),
        (queue(BUSY, IDLE, IDLE, running=1), "DRAIN", 1,
         "0 queued + 1 running need 1 worker of 5; 3 are running, 2 too many and idle for 30 s or more"),
        (queue(BUSY, BUSY, IDLE, running=10, ceiling=1), "DRAIN", 1, "at most 1 may run; 3 are running"),
        (queue(BUSY, running=1, ceiling=0), "DRAIN", 0, "no worker may run on this queue any more; 1 is running"),
        (queue(LEAVING, queued=1, running=2), "LAUNCH", 1,
         "1 queued + 2 running (of which 2 on draining workers) need 1 worker of 5; 0 are running"),
        (queue(LEAVING, running=2), "HOLD", 0, "0 queued + 2 running (of which 2 on draining workers) need 0 workers of 5; 0 are running"),
    ],
)  # fmt: skip
def test_decides_with_a_reason_that_a_person_can_read(seen: Queue, action: str, target: int, reason: str) -> None:
    decision = decide(seen)
    assert (decision.action, decision.target, decision.reason) == (action, target, reason)


def curve(*spans: tuple[float, float]) -> Curve:
    """So many tasks for so many seconds, one after another."""
    return tuple(tasks for tasks, seconds in spans for _ in range(int(seconds / GRAIN)))


NOON = Due("etl", datetime(2026, 3, 1, 12, tzinfo=UTC), 12)


@pytest.mark.parametrize(
    ("seen", "action", "cause", "target", "reason"),
    [
        (replace(queue(), ahead=curve((0, 32), (12, 60)), due=NOON), "LAUNCH", "AHEAD", 3,
         "3 workers of 5 will be needed in 32 s: dag `etl` is due at 12:00:00; 0 are running"),
        (replace(queue(), ahead=curve((0, 60), (12, 60)), due=NOON), "HOLD", "AT_REST", 0,
         "nothing is queued or running; no worker is needed"),
        (replace(queue(), ahead=curve((0, 4), (12, 60)), due=NOON), "LAUNCH", "AHEAD", 3,
         "3 workers of 5 will be needed in 4 s: dag `etl` is due at 12:00:00; 0 are running"),
        (replace(queue(FRESH), ahead=curve((0, 4), (2, 60)), due=NOON), "HOLD", "AHEAD", 1,
         "1 worker of 5 will be needed in 4 s: dag `etl` is due at 12:00:00; 1 is running and kept for it"),
        (replace(queue(STARTING, queued=20), ahead=curve((20, 4))), "LAUNCH", "DEMAND", 2,
         "20 queued + 0 running need 2 workers of 5, as a task may wait 10 s; 1 is running"),
        (replace(queue(queued=3), ahead=curve((3, 20), (12, 60))), "LAUNCH", "DEMAND", 3,
         "3 queued + 0 running need 1 worker of 5; 0 are running, and 3 workers of 5 will be needed in 20 s, when running DAGs come to it"),
        (replace(queue(BUSY, FRESH, running=1), ahead=curve((1, 30), (8, 60))), "HOLD", "AHEAD", 2,
         "2 workers of 5 will be needed in 30 s, when running DAGs come to it; 2 are running and kept for it"),
        (replace(queue(LASTS, FRESH, running=1), ahead=curve((1, 120))), "DRAIN", "IDLE", 1,
         "0 queued + 1 running need 1 worker of 5; 2 are running, 1 too many, idle and not needed in the next 42 s"),
        (replace(queue(BUSY, BUSY, running=2), ahead=curve((2, 120))), "HOLD", "ALL_BUSY", 2,
         "0 queued + 2 running need 1 worker of 5; 2 are running and none is idle: tasks are never cut short"),
        (replace(queue(BUSY, LASTS, FRESH, running=2), ahead=curve((2, 120))), "HOLD", "JUST_IDLE", 3,
         "0 queued + 2 running need 1 worker of 5; 3 are running, idle for 4 s of the 30 s that one is kept"),
        (replace(queue(LASTS, LASTS, running=2), ahead=curve((2, 120))), "DRAIN", "PACKED", 1,
         "0 queued + 2 running need 1 worker of 5; 2 are running, 1 too many in the next 42 s; what comes is packed on the busiest"),
        (replace(queue(BUSY, running=1), ahead=()), "HOLD", "RIGHT_SIZED", 1, "0 queued + 1 running need 1 worker of 5; 1 is running"),
    ],
)  # fmt: skip
def test_decides_by_what_is_foretold(seen: Queue, action: str, cause: str, target: int, reason: str) -> None:
    decision = decide(seen)
    assert (decision.action, decision.cause, decision.target, decision.reason) == (action, cause, target, reason)


def test_economy_lets_short_work_wait_and_balanced_does_not() -> None:
    burst = replace(queue(STARTING, queued=20), ahead=curve((20, 24)))
    assert decide(burst).target == 4
    assert decide(replace(burst, style=Style.ECONOMY)).target == 2


@pytest.mark.parametrize("style", Style)
def test_nobody_is_launched_who_would_be_up_before_there_is_something_to_do(style: Style) -> None:
    """However patient the style is: patience is for tasks that wait, not for workers."""
    wave = replace(queue(), ahead=curve((0, 50), (20, 300)), style=style)
    assert decide(wave).action is Action.HOLD
    assert decide(replace(wave, ahead=curve((0, 20), (20, 300)))).target == 4


def test_a_short_wave_finds_the_same_workers_wherever_in_a_grain_it_begins() -> None:
    whole, half = curve((0, 30), (20, 6)), (*curve((0, 28)), 10.0, *curve((20, 4)), 10.0)
    assert decide(replace(queue(), ahead=whole)).target == decide(replace(queue(), ahead=half)).target == 3


def test_touches_nothing_in_a_cluster_that_has_been_silent() -> None:
    decision = decide(queue(queued=7), silence=75)
    assert (decision.action, decision.cause) == (Action.HOLD, Cause.SILENT)
    assert decision.reason == "the cluster has been silent for 75 s; nothing is decided until it reports again"


def test_only_as_many_are_drained_as_are_idle_for_long_enough() -> None:
    assert decide(queue(IDLE, FRESH, FRESH)).target == 2


workers = st.builds(
    lambda state, busy, idle, frees: Worker("w", state, busy, idle if not busy and state is WorkerState.RUNNING else None, frees),
    st.sampled_from(WorkerState),
    st.integers(0, 5),
    st.none() | st.floats(0, 100),
    st.none() | st.floats(0, 900),
)


@st.composite
def queues(draw: st.DrawFn) -> Queue:
    floor = draw(st.integers(0, 4))
    seen = draw(st.lists(workers, max_size=8))
    running = sum(worker.busy for worker in seen) + draw(st.integers(0, 3))
    made = queue(*seen, queued=draw(st.integers(0, 60)), running=running, floor=floor, ceiling=draw(st.integers(floor, 10)),
                 concurrency=draw(st.integers(1, 16)))  # fmt: skip
    foretold = st.lists(st.floats(0, 60), max_size=60).map(tuple)
    return replace(made, ahead=draw(st.none() | foretold), style=draw(st.sampled_from(Style)), start=draw(st.floats(5, 120)))


@st.composite
def some_fleets(draw: st.DrawFn) -> Fleet:
    seen = draw(st.lists(queues(), max_size=6))
    named = [replace(one, deployment=f"d{number % 3}", name=f"q{number}") for number, one in enumerate(seen)]
    return fleets.of("c1", named, silence=draw(st.sampled_from([0.0, 60.0, 61.0])))


@given(some_fleets())
def test_every_queue_is_accounted_for_once(fleet: Fleet) -> None:
    assert [(decision.deployment, decision.queue) for decision in plan(fleet)] == [(one.deployment, one.name) for one in fleet.queues]


def test_the_one_worker_for_a_little_demand_is_a_number_that_can_be_stored() -> None:
    assert type(decide(replace(queue(), ahead=curve((0.2, 60)))).target) is int


@given(some_fleets())
def test_no_plan_breaks_an_invariant(fleet: Fleet) -> None:
    assert violations(fleet, plan(fleet)) == ()


@given(some_fleets(), st.randoms(use_true_random=False))
def test_the_order_of_observation_does_not_matter(fleet: Fleet, chance: random.Random) -> None:
    shuffled = list(fleet.queues)
    chance.shuffle(shuffled)
    assert plan(fleets.of("c1", shuffled, silence=fleet.silence)) == plan(fleet)


@given(queues())
def test_a_demand_that_stays_settles(seen: Queue) -> None:
    *_, last = settle(seen)
    assert last.action is Action.HOLD
    assert last.target >= min(seen.wanted, seen.ceiling)


@given(queues())
def test_a_queue_that_grew_is_not_shrunk_again_by_the_same_demand(seen: Queue) -> None:
    actions = [decision.action for decision in settle(seen)]
    launched = actions.index(Action.LAUNCH) if Action.LAUNCH in actions else len(actions)
    assert Action.DRAIN not in actions[launched:]


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 300), st.integers(1, 12), st.integers(1, 90)), min_size=1, max_size=8),
    st.integers(1, 6),
    st.integers(1, 8),
)
def test_every_task_of_any_load_is_finished_and_the_queue_goes_back_to_zero(
    arrivals: list[tuple[int, int, int]], ceiling: int, concurrency: int
) -> None:
    world = World((0, ceiling), concurrency)
    while world.now < 12_000 and not (world.now > 300 and not world.waiting and not world.workers):
        for at, tasks, seconds in arrivals:
            world.waiting += [seconds] * tasks if at == world.now else []
        if world.now % 10 == 0:
            world.tick()
        world.second()
    assert world.finished == sum(tasks for _, tasks, _ in arrivals)
    assert not world.workers
