"""The invariants: each is broken once, by hand, and the plan is refused in words."""

from dataclasses import replace

import pytest
from orrery.errors import PlanRefused
from orrery.hypervisor import fleet as fleets
from orrery.hypervisor.check import check, violations
from orrery.hypervisor.fleet import Queue, Worker, WorkerState
from orrery.hypervisor.plan import Action, Decision, plan

BUSY = Worker("busy", WorkerState.RUNNING, 1, None)
IDLE = Worker("idle", WorkerState.RUNNING, 0, 99.0)
SEEN = Queue("d1", "o1", 7, "default", 0, 1, (BUSY, IDLE), 1, 4, 5)
FLEET = fleets.of("c1", [SEEN])
GOOD = plan(FLEET)


def broken(**changes: object) -> tuple[Decision, ...]:
    return (replace(GOOD[0], **changes),)  # type: ignore[arg-type]


def test_a_good_plan_passes_as_it_is() -> None:
    assert check(FLEET, GOOD) is GOOD


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ((), "1 queues are forgotten"),
        (GOOD * 2, "a queue is decided twice"),
        ((*GOOD, replace(GOOD[0], queue="other")), "a queue that nobody saw"),
        (broken(target=0), "target 0 is outside 1 to 4"),
        (broken(action=Action.LAUNCH, target=5), "target 5 is outside 1 to 4"),
        (broken(generation=6), "planned from another state than the one that was seen"),
        (broken(current=3), "planned from another state than the one that was seen"),
        (broken(action=Action.HOLD), "HOLD leads from 2 to 1"),
    ],
)
def test_a_bad_plan_is_refused(bad: tuple[Decision, ...], words: str) -> None:
    with pytest.raises(PlanRefused, match=words):
        check(FLEET, bad)


def test_no_plan_may_go_below_the_workers_that_run_tasks() -> None:
    fleet = fleets.of("c1", [replace(SEEN, workers=(BUSY, BUSY._replace(id="b2")), floor=0)])
    bad = (replace(GOOD[0], target=1),)
    assert violations(fleet, bad) == (
        "queue default of d1: target 1 is less than the 2 workers that run tasks, and nobody knows what comes",
        "queue default of d1: more workers are drained than are idle or above the ceiling of 4",
    )


def test_tasks_to_come_may_be_packed_on_fewer_workers_when_it_is_known_what_comes_but_not_on_none() -> None:
    lasts = BUSY._replace(frees=90.0)
    fleet = fleets.of("c1", [replace(SEEN, workers=(lasts, lasts._replace(id="b2")), running=2, floor=0, ahead=(2.0,) * 60)])
    assert violations(fleet, plan(fleet)) == ()
    assert plan(fleet)[0].target == 1
    assert violations(fleet, (replace(plan(fleet)[0], target=0),)) == ("queue default of d1: no worker is left for 2 tasks",)


def test_a_worker_of_which_nobody_knows_when_its_tasks_end_is_not_closed() -> None:
    fleet = fleets.of("c1", [replace(SEEN, workers=(BUSY, BUSY._replace(id="b2")), running=2, floor=0, ahead=(2.0,) * 60)])
    assert plan(fleet)[0].target == 2
    assert violations(fleet, (replace(plan(fleet)[0], action=Action.DRAIN, target=1),)) == (
        "queue default of d1: target 1 is less than the 2 workers that run tasks, and nobody knows what comes",
        "queue default of d1: more workers are drained than are idle or above the ceiling of 4",
    )


def test_below_a_lowered_ceiling_busy_workers_may_be_told_to_take_no_more() -> None:
    fleet = fleets.of("c1", [replace(SEEN, workers=(BUSY, BUSY._replace(id="b2")), floor=0, ceiling=1)])
    assert violations(fleet, plan(fleet)) == ()
    assert plan(fleet)[0].target == 1


def test_an_unseen_queue_may_not_be_touched() -> None:
    silent = fleets.of("c1", [SEEN], silence=61)
    assert violations(silent, plan(silent)) == ()
    assert violations(silent, (replace(plan(silent)[0], action=Action.DRAIN, target=1),)) == (
        "queue default of d1: an unseen queue is touched",
    )
