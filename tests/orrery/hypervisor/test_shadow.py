"""Shadow mode: another style's decisions are told once each, and change nothing."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from orrery.hypervisor import execute, fleet, shards
from orrery.model.scaling import ScalingDecision, Search
from orrery.store import decisions, fleets, snapshots

pytestmark = pytest.mark.usefixtures("empty_table")
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def tick(*, queued: int, after: float = 0, **about: Any) -> None:
    """The agent tells of one queue that is foretold to need two workers for a moment, and the plane plans."""
    moment = NOW + timedelta(seconds=after)
    queue = {"name": "default", "queued": queued, "running": 0, "min": 0, "max": 4, "concurrency": 1, "workers": []}
    ahead = [[float(queued), 10]] if queued else []
    entry = {"id": "d1", "organizationId": "o1", "generation": 3, "queues": [{**queue, "ahead": ahead}], **about}
    told = {"takenAt": moment.isoformat(), "deployments": [entry]}
    moving = snapshots.keep("c1", told, resting=shards.resting(fleet.read("c1", told)), before=snapshots.load("c1"))
    fleets.hear("c1", taken_at=moment.isoformat(), now=moment, moving=moving)
    execute.plan_shard("c1", now=moment)


def told(*, is_shadow: bool) -> list[ScalingDecision]:
    found, _ = decisions.page("c1", "d1", offset=0, limit=100, wanted=Search(is_shadow=is_shadow))
    return found


def test_what_another_style_would_do_is_told_once_and_never_leased() -> None:
    for seconds in (0, 10, 20):
        tick(queued=4, after=seconds, style="BALANCED", shadowStyle="ECONOMY")
    (thought,) = told(is_shadow=True)
    real = told(is_shadow=False)[0]
    assert (thought.style, real.style) == ("ECONOMY", "BALANCED")
    assert thought.target < real.target
    lease = fleets.lease("c1")
    assert lease
    assert [target.workers for target in lease.targets] == [real.target]


def test_a_new_thought_is_told_again() -> None:
    tick(queued=4, shadowStyle="ECONOMY")
    tick(queued=0, after=10, shadowStyle="ECONOMY")
    assert [each.cause for each in told(is_shadow=True)] == ["AT_REST", "DEMAND"]


def test_a_deployment_without_a_shadow_style_is_planned_once() -> None:
    tick(queued=4)
    assert told(is_shadow=True) == []
    assert len(told(is_shadow=False)) == 1


def test_a_decision_keeps_what_it_was_made_from() -> None:
    tick(queued=4)
    (made,) = told(is_shadow=False)
    kept = ("floor", "ceiling", "concurrency", "serving", "foretold", "peak", "startSeconds")
    assert {name: made.inputs[name] for name in kept} == {
        "floor": 0, "ceiling": 4, "concurrency": 1, "serving": 0, "foretold": "yes", "peak": 4, "startSeconds": 30.0,
    }  # fmt: skip
