"""What agents and the hypervisor leave for each other, on a real table."""

import random
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from orrery.errors import StaleGeneration, TooLarge
from orrery.hypervisor.lease import Lease, Target
from orrery.store import fleets, observed

NOW = datetime.now(UTC)
LEASE = Lease(1, NOW, NOW + timedelta(seconds=90), (Target("d1", "default", 2, 3, "DEMAND"),))
SNAPSHOT: dict[str, Any] = {"takenAt": "2026-03-01T12:00:00+00:00", "agent": {"version": "1"}, "deployments": [{"id": "d1"}]}


@pytest.fixture
def cluster(empty_table: None) -> str:
    return f"c{uuid.uuid4().hex[:24]}"


def test_a_snapshot_comes_back_as_of_the_last_heartbeat(cluster: str) -> None:
    fleets.keep_snapshot(cluster, SNAPSHOT)
    fleets.hear(cluster, taken_at="2026-03-01T12:00:40+00:00", now=NOW)
    seen, _ = fleets.look(cluster)
    assert seen
    assert (seen.heard_at, seen.snapshot["takenAt"]) == (NOW, "2026-03-01T12:00:40+00:00")
    assert seen.snapshot["deployments"] == SNAPSHOT["deployments"]


def test_a_cluster_is_listed_once_it_was_heard(cluster: str) -> None:
    assert fleets.heartbeats() == []
    assert fleets.look(cluster) == (None, None)
    fleets.hear(cluster, taken_at=NOW.isoformat(), now=NOW)
    assert [beat.cluster_id for beat in fleets.heartbeats()] == [cluster]
    assert observed.heartbeat(cluster) == NOW


def test_two_ticks_cannot_publish_after_the_same_lease(cluster: str) -> None:
    assert fleets.lease(cluster) is None
    fleets.publish(cluster, LEASE)
    assert fleets.lease(cluster) == LEASE
    with pytest.raises(StaleGeneration):
        fleets.publish(cluster, LEASE)
    fleets.publish(cluster, replace(LEASE, generation=2))
    with pytest.raises(StaleGeneration):
        fleets.publish(cluster, replace(LEASE, generation=2, targets=()))
    assert fleets.lease(cluster) == replace(LEASE, generation=2)


def test_a_snapshot_of_a_thousand_busy_workers_fits(cluster: str) -> None:
    chance = random.Random(5)
    workers: list[dict[str, Any]] = [
        {"id": f"w{chance.randbytes(4).hex()}", "state": "RUNNING", "busy": chance.randint(0, 5)} for _ in range(5000)
    ]
    fleets.keep_snapshot(cluster, {**SNAPSHOT, "deployments": workers})
    assert fleets.snapshot(cluster) == {**SNAPSHOT, "deployments": sorted(workers, key=lambda worker: str(worker["id"]))}


def test_a_snapshot_that_no_item_can_hold_is_refused_in_words(cluster: str) -> None:
    noise = random.Random(5).randbytes(400_000).hex()
    with pytest.raises(TooLarge, match="place its Deployments on more clusters"):
        fleets.keep_snapshot(cluster, {**SNAPSHOT, "noise": noise + noise})
