"""How many Deployments may go in an hour: the arithmetic."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from orrery.errors import RemovalHeld
from orrery.model.removals import FEW, Allowance, Removals, limit

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)


def gone(removals: Removals, times: int, *, there: int, now: datetime = NOON) -> Removals:
    for _ in range(times):
        removals = removals.let_go(now, there=there)
    return removals


@pytest.mark.parametrize(("there", "most"), [(0, 5), (1, 5), (50, 5), (60, 6), (1000, 100)])
def test_a_few_may_go_or_a_tenth(there: int, most: int) -> None:
    assert limit(there) == most
    full = gone(Removals("c1"), most, there=there)
    with pytest.raises(RemovalHeld, match="goes later by itself, or as soon as an operator allows it"):
        full.let_go(NOON, there=there)


def test_an_hour_later_others_may() -> None:
    full = gone(Removals("c1"), FEW, there=10)
    with pytest.raises(RemovalHeld):
        full.let_go(NOON + timedelta(minutes=59), there=10)
    assert len(full.let_go(NOON + timedelta(hours=1), there=10).recent) == 1


def test_a_persons_word_is_for_so_many_and_so_long() -> None:
    allowed = gone(Removals("c1"), FEW, there=10).allow(Allowance(2, NOON + timedelta(hours=2), "a team moves out"))
    spent = gone(allowed, 2, there=10)
    with pytest.raises(RemovalHeld):
        spent.let_go(NOON, there=10)
    full = gone(allowed, FEW, there=10, now=NOON + timedelta(hours=2))
    with pytest.raises(RemovalHeld):
        full.let_go(NOON + timedelta(hours=2), there=10)


@given(st.lists(st.integers(0, 90), max_size=60), st.integers(0, 300))
def test_no_hour_ever_loses_more_than_may_go_in_one(minutes: list[int], there: int) -> None:
    removals, went = Removals("c1"), []
    for minute in sorted(minutes):
        now = NOON + timedelta(minutes=minute)
        try:
            removals = removals.let_go(now, there=there)
            went.append(now)
        except RemovalHeld:
            pass
    for start in went:
        assert sum(start <= each < start + timedelta(hours=1) for each in went) <= limit(there)
