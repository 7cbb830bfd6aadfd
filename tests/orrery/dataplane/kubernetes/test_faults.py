"""Every state of every saga meets every fault, on the real definitions and a real API server; what is left is counted on the server.

Trouble that passes comes to each state of a saga in one run, and the saga goes on as if nothing had been. What ends an attempt comes to one
state at a time: the saga turns back, or falls back, or stays open and meets that state's next fault in the sweeper's next attempt. Many
Deployments live side by side.
"""

import functools
import itertools
from collections.abc import Iterable, Iterator

import pytest

from tests.orrery.dataplane.kubernetes import inventory
from tests.orrery.dataplane.kubernetes.lives import Life, side_by_side
from tests.orrery.dataplane.kubernetes.stage import ClusterStage
from tests.orrery.dataplane.kubernetes.trouble import PASSING, Kind, Trouble
from tests.support.dataplane import PARTS
from tests.test_definitions import SAGAS, tasks

BUILDS = [*(f"ensure_{part}" for part in PARTS[:-1]), "await_healthy", "ensure_ingress"]
REMOVES = [f"remove_{part}" for part in reversed(PARTS)]
UPDATES = ["ensure_release", "ensure_airflow", "ensure_queues", "await_healthy", "ensure_ingress"]
RESTORES = ["restore_release", "restore_airflow", "restore_queues", "restore_ingress"]
STATES = {
    "create_deployment": {*BUILDS, "mark_ready", *REMOVES, "mark_failed", "mark_stuck"},
    "update_deployment": {*UPDATES, "mark_ready", *RESTORES, "mark_fell_back", "mark_stuck"},
    "hibernate_deployment": {"ensure_drained", "remove_airflow", "mark_asleep", "mark_stuck"},
    "delete_deployment": {*REMOVES, "forget", "mark_stuck"},
}
EVERYWHERE = frozenset().union(*STATES.values())
ENDING: tuple[Kind, ...] = ("before", "denied", "after", "timeout")
"""An attempt, in an order in which each finds something to disturb."""
TRIES = {
    (path.name.partition("_")[0], state["Parameters"]["step"]): 1 + retrier["MaxAttempts"]
    for path in SAGAS
    for state in tasks(path).values()
    for retrier in state["Retry"]
    if "States.Timeout" in retrier["ErrorEquals"]
}
"""How often a step that runs out of time is called."""
SETTLING = ("mark_ready", "mark_failed", "mark_fell_back", "mark_asleep", "forget")
"""Once such a state has had its effect nothing is open, and no next attempt comes."""
BEFORE_STUCK = {"create": "remove_queues", "update": "restore_queues", "hibernate": "remove_airflow", "delete": "remove_database"}
"""What the cluster forbids, so that a saga gets stuck."""


@pytest.fixture
def stage(cluster_stage: ClusterStage) -> Iterator[ClusterStage]:
    """Nothing is on the server afterwards that was not there before, of any kind."""
    before = inventory.everything(cluster_stage.server)
    yield cluster_stage
    assert inventory.everything(cluster_stage.server) - before == set()


def ending(saga: str, step: str, *kinds: Kind) -> tuple[Trouble, ...]:
    """One fault of this state after the other, each in an attempt of its own."""
    found: list[Trouble] = []
    for kind in kinds:
        times = TRIES[saga, step] if kind == "timeout" else 1
        found.append(Trouble(kind, {step}, times, whole=kind != "denied", after=found[-1] if found else None))
    if step == "mark_stuck":
        return (*found, Trouble("denied", {BEFORE_STUCK[saga]}, len(kinds)))
    return tuple(found)


def attempts(saga: str, steps: Iterable[str]) -> list[tuple[Trouble, ...]]:
    """Every fault of these states, in as few sagas as can meet them."""
    settled = [step for step in steps if step in SETTLING]
    together = [ending(saga, step, *ENDING) for step in steps if step not in SETTLING]
    return [*together, *(ending(saga, step, *kinds) for step in settled for kinds in (ENDING[:-1], ENDING[-1:]))]


def breaking(times: float = 1) -> Trouble:
    """All but the last thing is done."""
    return Trouble("denied", {"ensure_ingress"}, times)


@pytest.mark.parametrize("path", SAGAS, ids=lambda path: path.name.split(".")[0])
def test_the_matrix_has_every_state(path):
    assert STATES[path.name.removesuffix(".asl.json")] == {state["Parameters"]["step"] for state in tasks(path).values()}


@pytest.mark.parametrize("life", ["a_life_with", "never_born_with"])
def test_trouble_that_passes_is_waited_out_wherever_it_comes(stage, life):
    """Everything meets it once: what is built and turned back, is changed and falls back, is put to sleep, is taken away."""
    side_by_side({kind: functools.partial(globals()[life], stage, kind) for kind in PASSING})


def a_life_with(stage, kind):
    life = Life(stage)

    def meets(saga, status, *more):
        trouble = Trouble(kind, EVERYWHERE)
        result = saga(*more, trouble)
        assert result.status == status, result
        assert set(trouble.met) == set(stage.done[life.deployment.id]) - {step for each in more for step in each.steps if "ensure" in step}

    meets(life.create, "SUCCEEDED")
    life.stands("first")
    meets(functools.partial(life.update, "second"), "SUCCEEDED")
    life.stands("second")
    meets(functools.partial(life.update, "third"), "FAILED", breaking())
    life.stands("second")
    meets(life.sleep, "SUCCEEDED")
    life.sleeps()
    life.is_used()
    meets(life.delete, "FAILED", Trouble("denied", {"remove_database"}))
    life.is_gone()


def never_born_with(stage, kind):
    life, trouble = Life(stage), Trouble(kind, EVERYWHERE)
    assert life.create(breaking(), trouble).status == "FAILED"
    life.was_never_made()
    assert set(trouble.met) == {*BUILDS, *REMOVES, "mark_failed"} - {"ensure_ingress"}


def test_a_create_that_cannot_go_on_leaves_nothing_wherever_it_breaks(stage):
    lives = {cell: functools.partial(never_born, stage, *cell) for cell in itertools.product(BUILDS, ENDING)}
    side_by_side(lives)


def never_born(stage, step, kind):
    life, troubles = Life(stage), ending("create", step, kind)
    assert life.create(*troubles).status == "FAILED"
    assert all(trouble.is_over for trouble in troubles)
    life.was_never_made()


def test_a_create_that_breaks_while_turning_back_leaves_nothing_in_the_end(stage):
    """The sweeper's attempts fail at their very first step, so they must take away what they have not made."""
    faults = attempts("create", [*REMOVES, "mark_failed", "mark_stuck"])
    side_by_side({number: functools.partial(never_undone, stage, troubles) for number, troubles in enumerate(faults)})


def never_undone(stage, troubles):
    life, first = Life(stage), breaking()
    again = Trouble("denied", {"ensure_namespace"}, float("inf"), after=first)
    assert life.create(first, again, *troubles).status == "FAILED"
    assert all(trouble.is_over for trouble in troubles), troubles
    life.was_never_made()


def test_what_stands_outlives_every_fault_of_every_saga_until_it_is_gone(stage):
    """Each of ten Deployments is created, updated some times, put to sleep or not, and deleted, with faults of its own in each saga."""
    created, deleted = attempts("create", ["mark_ready"]), attempts("delete", [*REMOVES, "forget", "mark_stuck"])
    updated = [ending("update", *cell) for cell in itertools.product(UPDATES, ENDING)]
    updated += attempts("update", ["mark_ready", *RESTORES, "mark_fell_back", "mark_stuck"])
    asleep = attempts("hibernate", ["ensure_drained", "remove_airflow", "mark_asleep", "mark_stuck"])
    lives = {
        number: functools.partial(a_life_of, stage, created[number::10], updated[number::10], asleep[number::10], deleted[number])
        for number in range(10)
    }
    assert len(deleted) == len(lives)
    side_by_side(lives)


def a_life_of(stage, created, updated, asleep, deleted):
    life, mode = Life(stage), "first"
    life.create(*itertools.chain(*created))
    life.stands(mode)
    for troubles in updated:
        mode = an_update(life, mode, troubles)
    for troubles in asleep:
        life.sleep(*troubles)
        life.sleeps()
    life.delete(*deleted)
    life.is_gone()
    for troubles in (*created, *updated, *asleep, deleted):
        assert all(trouble.is_over for trouble in troubles), troubles


def an_update(life, mode, troubles):
    """What ran before runs again, unless only the word of the success was lost."""
    state = next(iter(troubles[0].steps))
    succeeds, new = state == "mark_ready", f"{state} {troubles[0].kind}"
    life.update(new, *troubles, *(() if succeeds or state in UPDATES else (breaking(float("inf")),)))
    life.stands(new if succeeds else mode)
    return new if succeeds else mode
