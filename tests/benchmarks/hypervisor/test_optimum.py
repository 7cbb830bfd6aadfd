"""Hindsight's fleet, against every fleet that there could have been."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from benchmarks.hypervisor.optimum import optimum

SPANS = st.lists(st.tuples(st.integers(0, 12), st.integers(1, 8)).map(lambda pair: (pair[0], pair[0] + pair[1])), max_size=7)


def tried_out(spans, concurrency, start):
    """The cheapest of all fleets, second by second: each may have any size that the tasks do not exceed."""
    most = -(-len(spans) // concurrency)
    cheapest = {0: 0.0}
    for second in range(22):
        needed = -(-sum(begin <= second < end for begin, end in spans) // concurrency)
        cheapest = {
            size: min(cost + max(0, size - before) * start for before, cost in cheapest.items()) + size for size in range(needed, most + 1)
        }
    return min(cheapest.values())


@given(spans=SPANS, concurrency=st.integers(1, 3), start=st.integers(0, 6))
def test_no_fleet_is_cheaper(spans, concurrency, start):
    assert optimum(spans, concurrency, start) == tried_out(spans, concurrency, start)


def test_a_pause_shorter_than_a_start_is_bridged_and_a_longer_one_is_not():
    short, long = [(0, 10), (15, 20)], [(0, 10), (45, 50)]
    assert optimum(short, 5, 30) == 20 + 30
    assert optimum(long, 5, 30) == 10 + 5 + 2 * 30


def test_nothing_costs_nothing():
    assert optimum([], 5, 30.0) == 0


@given(spans=SPANS)
def test_dearer_starts_never_make_it_cheaper(spans):
    costs = [optimum(spans, 2, start) for start in range(8)]
    assert all(a <= b for a, b in pairwise(costs))
