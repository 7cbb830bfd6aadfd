"""Every state of every saga meets every fault, on the real definitions and a real API server; what is left is counted on the server.

Trouble that passes comes to each state of a saga in one run, and the saga goes on as if nothing had been. What stays for a whole attempt
comes to one state at a time: the saga turns back, falls back, or is finished by the sweeper. Many Deployments live side by side.
"""

import functools
import itertools
from collections.abc import Callable, Iterator

import pytest

from tests.orrery.dataplane.kubernetes import inventory
from tests.orrery.dataplane.kubernetes.lives import Life, side_by_side, staying
from tests.orrery.dataplane.kubernetes.stage import ClusterStage
from tests.orrery.dataplane.kubernetes.trouble import PASSING, Kind, Trouble
from tests.support.dataplane import PARTS
from tests.test_definitions import SAGAS, tasks

BUILDS = [*(f"ensure_{part}" for part in PARTS[:-1]), "await_healthy", "ensure_ingress"]
REMOVES = [f"remove_{part}" for part in reversed(PARTS)]
UPDATES = ["ensure_release", "ensure_airflow", "ensure_queues", "await_healthy", "ensure_ingress"]
RESTORES = ["restore_release", "restore_airflow", "restore_queues", "restore_ingress"]
STAYING: tuple[Kind, ...] = ("before", "after", "timeout", "denied")
"""The function never runs, or nobody hears of its end, or too late, or the cluster forbids what is in the middle of the step."""
STATES = {
    "create_deployment": {*BUILDS, "mark_ready", *REMOVES, "mark_failed", "mark_stuck"},
    "update_deployment": {*UPDATES, "mark_ready", *RESTORES, "mark_fell_back", "mark_stuck"},
    "hibernate_deployment": {"ensure_drained", "remove_airflow", "mark_asleep", "mark_stuck"},
    "delete_deployment": {*REMOVES, "forget", "mark_stuck"},
}
BEFORE_STUCK = {"create": "remove_queues", "update": "restore_queues", "hibernate": "remove_airflow", "delete": "remove_database"}
"""What the cluster forbids, so that a saga gets stuck."""

Cell = tuple[str, Kind]


@pytest.fixture
def stage(cluster_stage: ClusterStage) -> Iterator[ClusterStage]:
    """Nothing is on the server afterwards that was not there before, of any kind."""
    server = cluster_stage.server
    before = inventory.everything(server)
    yield cluster_stage
    assert inventory.everything(server) - before == set()


def cells(*steps: str) -> list[Cell]:
    return list(itertools.product(steps, STAYING))


def breaking() -> Trouble:
    """All but the last thing is done."""
    return Trouble("denied", {"ensure_ingress"})


def stuck(saga: str, step: str) -> tuple[Trouble, ...]:
    """Before a state that only a stuck saga comes to."""
    return (Trouble("denied", {BEFORE_STUCK[saga]}),) if step == "mark_stuck" else ()


@pytest.mark.parametrize("path", SAGAS, ids=lambda path: path.name.split(".")[0])
def test_the_matrix_has_every_state(path):
    assert STATES[path.name.removesuffix(".asl.json")] == {state["Parameters"]["step"] for state in tasks(path).values()}


def test_trouble_that_passes_is_waited_out_wherever_it_comes(stage):
    """Everything meets it once: what is built, what is changed, what falls back, what is put to sleep, what is taken away."""
    lives = {kind: functools.partial(a_life_with, stage, kind) for kind in PASSING}
    assert side_by_side(lives) == {}


def a_life_with(stage, kind):
    life, everywhere = Life(stage), set().union(*STATES.values())

    def meets(saga, status, *more, but=()):
        trouble = Trouble(kind, everywhere)
        result = saga(*more, trouble)
        assert result.status == status, result
        assert trouble.met == set(stage.done[life.deployment.id]) - set(but)

    meets(life.create, "SUCCEEDED")
    life.stands("first")
    meets(functools.partial(life.update, "second"), "SUCCEEDED")
    life.stands("second")
    meets(functools.partial(life.update, "third"), "FAILED", breaking(), but={"ensure_ingress"})
    life.stands("second")
    meets(life.sleep, "SUCCEEDED")
    life.sleeps()
    life.is_used()
    meets(life.delete, "FAILED", *stuck("delete", "mark_stuck"))
    life.is_gone()


def test_trouble_that_passes_while_turning_back_leaves_nothing_either(stage):
    lives = {kind: functools.partial(never_born_with, stage, kind) for kind in PASSING}
    assert side_by_side(lives) == {}


def never_born_with(stage, kind):
    life, trouble = Life(stage), Trouble(kind, set().union(*STATES.values()))
    assert life.create(breaking(), trouble).status == "FAILED"
    life.was_never_made()
    assert trouble.met == {*BUILDS, *REMOVES, "mark_failed"} - {"ensure_ingress"}


def test_a_create_that_cannot_go_on_leaves_nothing_wherever_it_breaks(stage):
    lives = {cell: functools.partial(never_born, stage, *cell) for cell in cells(*BUILDS)}
    assert side_by_side(lives) == {}


def never_born(stage, step, kind):
    life, (troubles, how) = Life(stage), staying(step, kind)
    assert life.create(*troubles, **how).status == "FAILED"
    assert step in stage.done[life.deployment.id]
    assert all(trouble.met for trouble in troubles)
    life.was_never_made()


def test_a_create_that_breaks_while_turning_back_leaves_nothing_in_the_end(stage):
    """The sweeper's attempt fails at its very first step, so that it must take away what it has not made."""
    lives = {cell: functools.partial(never_undone, stage, *cell) for cell in cells(*REMOVES, "mark_failed", "mark_stuck")}
    assert side_by_side(lives) == {}


def never_undone(stage, step, kind):
    life, (troubles, how) = Life(stage), staying(step, kind)
    first = breaking()
    again = Trouble("denied", {"ensure_namespace"}, stays=True, after=first)
    assert life.create(first, again, *stuck("create", step), *troubles, **how).status == "FAILED"
    assert step in stage.done[life.deployment.id]
    assert all(trouble.met for trouble in troubles)
    life.was_never_made()


def test_what_stands_outlives_every_fault_of_every_saga_until_it_is_gone(stage):
    """Of 36 Deployments each is created, updated once or twice, put to sleep or not, and deleted, with a fault of its own in each saga."""
    created, updated = cells("mark_ready"), cells(*UPDATES, "mark_ready", *RESTORES, "mark_fell_back", "mark_stuck")
    put_to_sleep, deleted = cells("ensure_drained", "remove_airflow", "mark_asleep", "mark_stuck"), cells(*REMOVES, "forget", "mark_stuck")
    lives = {}
    for number, cell in enumerate(deleted):
        own = [("create", *each) for each in created[number : number + 1]]
        own += [("update", *each) for each in updated[number :: len(deleted)]]
        own += [("hibernate", *each) for each in put_to_sleep[number - 12 : number - 11] if number >= 12]
        lives[(*own, ("delete", *cell))] = functools.partial(a_whole_life, stage, [*own, ("delete", *cell)])
    assert len({cell for life in lives for cell in life}) == len(created) + len(updated) + len(put_to_sleep) + len(deleted)
    assert side_by_side(lives) == {}


def a_whole_life(stage, faults):
    life, mode = Life(stage), "first"
    if faults[0][0] != "create":
        life.create()
    for saga, step, kind in faults:
        troubles, how = staying(step, kind)
        mode = SAGA[saga](life, mode, step, *stuck(saga, step), *troubles, **how)
        assert step in stage.done[life.deployment.id]
        assert all(trouble.met for trouble in troubles)


def create(life, mode, step, *troubles, **how):
    life.create(*troubles, **how)
    life.stands(mode)
    return mode


def update(life, mode, step, *troubles, **how):
    """What ran before runs again, unless only the word of the success was lost."""
    new = f"{mode} {step}"
    falls_back_later = () if step in UPDATES or step == "mark_ready" else (Trouble("denied", {"ensure_ingress"}, stays=True),)
    life.update(new, *falls_back_later, *troubles, **how)
    life.stands(new if step == "mark_ready" else mode)
    return new if step == "mark_ready" else mode


def hibernate(life, mode, step, *troubles, **how):
    life.sleep(*troubles, **how)
    life.sleeps()
    return mode


def delete(life, mode, step, *troubles, **how):
    life.delete(*troubles, **how)
    life.is_gone()
    return mode


SAGA: dict[str, Callable[..., str]] = {"create": create, "update": update, "hibernate": hibernate, "delete": delete}
