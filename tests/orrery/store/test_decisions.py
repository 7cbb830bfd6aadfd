"""Scaling decisions are kept by the plan and found by the Deployment."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from orrery.hypervisor import shards
from orrery.model.scaling import ScalingDecision
from orrery.store import decisions, fleets

pytestmark = pytest.mark.usefixtures("empty_table")
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def decision(number: int, **changes: Any) -> ScalingDecision:
    made = ScalingDecision("", NOW + timedelta(seconds=number), "default", "LAUNCH", "DEMAND", 0, 2, 7, 0, "7 queued + 0 running", number)
    return replace(made, **changes)


def listed(deployment: str, *, offset: int = 0, limit: int = 100) -> tuple[list[int], int]:
    """The leases of a page of decisions, and how many there are."""
    page, total = decisions.page("c1", deployment, offset=offset, limit=limit)
    return [each.lease_generation for each in page], total


def test_a_deployments_decisions_are_listed_newest_first_in_pages() -> None:
    for number in range(30):
        decisions.record("c1", 0, [("d1", decision(number)), ("d2", decision(number))])
    assert listed("d1", offset=5, limit=10) == (list(range(24, 14, -1)), 30)


def test_a_decision_comes_back_as_it_was_with_an_id_that_stays() -> None:
    decisions.record("c1", 0, [("d1", decision(1)), ("d1", decision(1, queue="heavy", cause="AHEAD"))])
    (first, second), _ = decisions.page("c1", "d1", offset=0, limit=20)
    assert [replace(each, id="") for each in (first, second)] == [decision(1), decision(1, queue="heavy", cause="AHEAD")]
    again, _ = decisions.page("c1", "d1", offset=0, limit=20)
    assert [each.id for each in again] == [first.id, second.id]
    assert first.id != second.id


def test_what_was_decided_before_a_shard_was_split_is_still_found() -> None:
    decisions.record("c1", 0, [("d1", decision(1))])
    fleets.hear("c1", taken_at=NOW.isoformat(), now=datetime.now(UTC), moving=[True] * 4)
    decisions.record("c1", shards.homes("d1", 4)[-1], [("d1", decision(2))])
    assert listed("d1") == ([2, 1], 2)


def test_a_plan_without_news_leaves_no_trace() -> None:
    decisions.record("c1", 0, [])
    assert listed("d1") == ([], 0)
