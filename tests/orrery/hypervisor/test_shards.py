"""How Deployments are shared out among shards, and when one of them is at rest."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from orrery.hypervisor import fleet as fleets
from orrery.hypervisor import shards
from orrery.hypervisor.fleet import Queue, Worker, WorkerState
from orrery.hypervisor.plan import Cause, plan

WORKERS = st.builds(
    Worker, st.uuids().map(str), st.sampled_from(WorkerState), st.sampled_from([0, 0, 0, 3]), st.sampled_from([None, 5.0, 60.0])
)
QUEUES = st.builds(
    lambda queued, running, workers, floor, more: Queue("d1", "o1", 3, "default", queued, running, tuple(workers), floor, floor + more, 5),
    st.sampled_from([0, 0, 7]), st.sampled_from([0, 0, 3]), st.lists(WORKERS, max_size=3), st.sampled_from([0, 0, 1, 2]), st.integers(0, 4),
)  # fmt: skip


@given(st.sets(st.text(min_size=1, max_size=8), max_size=40), st.integers(0, 3))
def test_every_deployment_is_in_exactly_one_shard(ids: set[str], doublings: int) -> None:
    shares = shards.split([{"id": id} for id in sorted(ids)], 2**doublings)
    assert sorted(id for share in shares for id in share) == sorted(ids)


@given(st.sets(st.text(min_size=1, max_size=8), max_size=40), st.integers(0, 3))
def test_growing_only_splits_shards(ids: set[str], doublings: int) -> None:
    few, many = (shards.split([{"id": id} for id in ids], 2**power) for power in (doublings, doublings + 1))
    for number, share in enumerate(few):
        assert share.keys() == many[number].keys() | many[number + len(few)].keys()


@pytest.mark.parametrize(("deployments", "before", "after"), [(0, 1, 1), (1000, 1, 1), (1001, 1, 2), (2500, 1, 4), (10, 4, 4)])
def test_there_are_as_many_shards_as_a_thousand_deployments_each_ask_for(deployments: int, before: int, after: int) -> None:
    assert shards.count(deployments, at_least=before) == after


@given(QUEUES)
def test_of_what_is_at_rest_a_plan_can_only_say_so(queue: Queue) -> None:
    """What lets a plan leave it out between two minutes, and a lease do without its target."""
    if shards.is_at_rest(queue):
        assert [decision.cause for decision in plan(fleets.of("c1", [queue]))] == [Cause.AT_REST]


@pytest.mark.parametrize(
    "change",
    [
        {"queued": 1},
        {"running": 1},
        {"workers": ()},
        {"ahead": (0.0,) * 100 + (1.0,)},
        {"workers": (Worker("w1", WorkerState.STARTING, 0, None),)},
        {"workers": (Worker("w1", WorkerState.DRAINING, 0, None),)},
        {"workers": (Worker("w1", WorkerState.RUNNING, 1, None),)},
        {"workers": (Worker("w1", WorkerState.RUNNING, 0, 9.0),) * 2},
    ],
)
def test_a_task_or_a_worker_that_comes_or_goes_is_no_rest(change: dict[str, Any]) -> None:
    calm: dict[str, Any] = {"queued": 0, "running": 0, "workers": (Worker("w1", WorkerState.RUNNING, 0, 9.0),)}
    rest: dict[str, Any] = {
        "deployment": "d1",
        "organization": "o1",
        "generation": 3,
        "name": "default",
        "floor": 1,
        "ceiling": 4,
        "concurrency": 5,
    }
    assert shards.is_at_rest(Queue(**rest, **calm))
    assert not shards.is_at_rest(Queue(**rest, **{**calm, **change}))


def test_a_deployment_rests_when_all_of_its_queues_do() -> None:
    queues = [Queue(id, "o1", 3, name, queued, 0, (), 0, 4, 5) for id, name, queued in (("d1", "a", 0), ("d1", "b", 1), ("d2", "a", 0))]
    assert shards.resting(fleets.of("c1", queues)) == {"d2"}
