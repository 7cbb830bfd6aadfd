"""Nodes: every worker has its place, near the fewest nodes, with room for what comes and for a zone that goes; and nobody is evicted."""

from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st
from orrery.hypervisor import nodes
from orrery.hypervisor.nodes import Demand, Node, NodeAction, Placed, Pool, Size

SMALL = Pool("small", "m6i.2xlarge", Size(7.5, 30), high=1000)
LARGE = Pool("large", "m6i.4xlarge", Size(15.5, 62), high=1000)
POOLS = (SMALL, LARGE)
SIZES = st.sampled_from([Size(cpu, cpu * 2) for cpu in (1, 2, 4)])
DEMANDS = st.lists(
    st.builds(
        Demand, st.sampled_from([Size(cpu, cpu * 2) for cpu in (1, 2, 4, 8, 12)]), st.integers(0, 6), st.integers(0, 3), st.booleans()
    )
)
WORKERS = st.lists(
    st.builds(
        lambda cpu, busy, idle: Placed("d1", "w", Size(cpu, cpu * 2), 0 if idle else busy, idle),
        st.sampled_from([1, 2, 4]),
        st.integers(0, 3),
        st.booleans(),
    ),
    max_size=1,
)


def node(name: str, *workers: tuple[int, int, bool], pool: str = "small") -> Node:
    """Workers as vCPU, tasks, and whether they are idle and not needed."""
    return Node(
        name, pool, tuple(Placed("d1", f"{name}-{n}", Size(cpu, cpu * 2), busy, idle) for n, (cpu, busy, idle) in enumerate(workers))
    )


def decided(*demands: Demand, there: int = 0, pool: Pool = SMALL) -> nodes.PoolDecision:
    (decision,) = nodes.plan([pool], demands, [node(f"n{n}") for n in range(there)]).pools
    return decision


@given(st.lists(st.sampled_from([(4, 2, 1), (4, 1, 1, 1), (2, 2, 2, 1), (4, 2), (1,) * 7, (4,), (2, 2)])))
def test_the_packing_is_within_eleven_ninths_of_the_fewest_nodes(full: list[tuple[int, ...]]) -> None:
    """The workers of so many nodes of 7 vCPU, taken apart: as many nodes are enough for whoever packs best."""
    sizes = [Size(cpu, cpu * 2) for cpus in full for cpu in cpus]
    assert ceil(sum(size.cpu for size in sizes) / 7) <= nodes.pack(Size(7, 14), sizes) <= 11 / 9 * len(full) + 6 / 9


@given(st.lists(SIZES), st.randoms())
def test_the_order_of_workers_never_matters(sizes: list[Size], chance: object) -> None:
    shuffled = list(sizes)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert nodes.pack(SMALL.room, shuffled) == nodes.pack(SMALL.room, sizes)


@given(DEMANDS, st.randoms())
def test_every_pool_is_decided_once_whatever_the_order(demands: list[Demand], chance: object) -> None:
    shuffled, pools = list(demands), list(POOLS)
    chance.shuffle(shuffled), chance.shuffle(pools)  # type: ignore[attr-defined]
    planned = nodes.plan(POOLS, demands, [])
    assert [decision.pool for decision in planned.pools] == ["large", "small"]
    assert nodes.plan(pools, shuffled, []).pools[0].target == planned.pools[0].target
    assert all(decision.reason for decision in planned.pools)


@given(DEMANDS)
def test_all_that_is_wanted_and_foreseen_has_room(demands: list[Demand]) -> None:
    planned = nodes.plan(POOLS, demands, [])
    room = sum(decision.target * pool.room.cpu for decision, pool in zip(planned.pools, (LARGE, SMALL), strict=True))
    assert room >= sum(demand.size.cpu * (demand.now + demand.soon) for demand in demands)
    assert planned.unplaced == ()


@given(st.lists(st.builds(Demand, SIZES, st.integers(1, 9), st.just(0), st.just(True)), min_size=1))
def test_without_any_one_zone_the_workers_still_have_room(demands: list[Demand]) -> None:
    decision = decided(*demands)
    lost = ceil(decision.target / nodes.ZONES)
    assert decision.target - lost >= decision.packed


def test_a_plan_says_what_it_counts() -> None:
    decision = decided(Demand(Size(4, 8), 3, 2, True), there=1)
    assert (decision.action, decision.current, decision.target, decision.packed) == (NodeAction.GROW, 1, 7, 5)
    assert decision.reason == (
        "3 workers need 3 nodes of m6i.2xlarge, 2 more for 2 workers foreseen within 120 s, "
        "2 kept for the loss of one of 3 zones; 1 is there"
    )  # fmt: skip


def test_bounds_hold_and_are_named() -> None:
    floor, ceiling = Pool("small", "m6i.2xlarge", SMALL.room, low=2), Pool("small", "m6i.2xlarge", SMALL.room, high=1)
    assert decided(pool=floor).reason == "no worker is wanted, at least 2 must be there; 0 are there"
    assert (decided(pool=floor).target, decided(Demand(Size(4, 8), 5), pool=ceiling).target) == (2, 1)
    assert decided(Demand(Size(4, 8), 5), pool=ceiling).reason.endswith("at most 1 may be; 0 are there")


def test_a_worker_goes_to_the_smallest_kind_of_node_that_takes_it() -> None:
    planned = nodes.plan(POOLS, [Demand(Size(4, 8), 1), Demand(Size(8, 16), 1)], [])
    assert {decision.pool: decision.target for decision in planned.pools} == {"large": 1, "small": 1}


def test_a_worker_that_fits_nowhere_is_told_of() -> None:
    assert nodes.plan(POOLS, [Demand(Size(32, 64), 2)], []).unplaced == ("2 workers of 32 vCPU and 64 GiB fit on no kind of node",)


@pytest.mark.parametrize(
    ("there", "proposed"),
    [
        ([node("a", (4, 2, False)), node("b")], [("b", "no worker is on it")]),
        (
            [node("a", (4, 2, False)), node("b", (1, 0, True))],
            [("b", "1 worker on it, idle and not needed: cordon it; it is empty once they have ended")],
        ),
        (
            [node("a", (4, 2, False)), node("b", (2, 1, False))],
            [("b", "1 worker on it would fit on the other 1 node: "
                   "cordon it and wait until 1 running task has ended; no task is cut short")],
        ),
        ([node("a", (4, 2, False)), node("b", (4, 1, False))], []),
    ],
)  # fmt: skip
def test_a_node_that_could_be_emptied_is_proposed_with_the_way_to_do_it(there: list[Node], proposed: list[tuple[str, str]]) -> None:
    planned = nodes.plan([SMALL], [Demand(Size(4, 8), 1)], there)
    assert [(proposal.node, proposal.reason) for proposal in planned.proposals] == proposed


@given(st.lists(WORKERS, max_size=6), st.integers(0, 4))
def test_whoever_is_moved_has_room_where_the_others_stay(loads: list[list[Placed]], wanted: int) -> None:
    there = [Node(f"n{number}", "small", tuple(workers)) for number, workers in enumerate(loads)]
    planned = nodes.plan([SMALL], [Demand(Size(1, 2), wanted)], there)
    gone = {proposal.node for proposal in planned.proposals}
    needed = [worker for each in there for worker in each.workers if not worker.is_idle]
    assert len(gone) <= max(0, len(there) - planned.pools[0].target)
    assert (len(there) - len(gone)) * SMALL.room.cpu >= sum(worker.size.cpu for worker in needed)


def test_no_more_is_proposed_than_is_too_much() -> None:
    planned = nodes.plan([Pool("small", "m6i.2xlarge", SMALL.room, low=2)], [], [node(name) for name in "abc"])
    assert [proposal.node for proposal in planned.proposals] == ["a"]
