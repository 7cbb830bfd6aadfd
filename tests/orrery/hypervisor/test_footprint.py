"""What a cluster's queues take up: the targets in force, who drains, and what is foreseen."""

from typing import Any

from orrery.hypervisor import fleet as fleets
from orrery.hypervisor import footprint
from orrery.hypervisor.lease import Target
from orrery.hypervisor.nodes import Demand, Size

IDLE = {"id": "w1", "state": "RUNNING", "busy": 0, "idleSince": "2026-03-01T12:00:00+00:00"}
BUSY = {"id": "w2", "state": "RUNNING", "busy": 2}
GOING = {"id": "w3", "state": "DRAINING", "busy": 1}


def snapshot(*workers: dict[str, Any], **queue: Any) -> dict[str, Any]:
    calm = {"name": "default", "queued": 0, "running": 0, "min": 0, "max": 9, "concurrency": 2, "cpu": 2, "memory": 4}
    told = {**calm, "workers": list(workers), **queue}
    deployment = {"id": "d1", "organizationId": "o1", "generation": 3, "highAvailability": True, "queues": [told]}
    return {"takenAt": "2026-03-01T12:01:00+00:00", "deployments": [deployment]}


def demands(told: dict[str, Any], *targets: int) -> tuple[Demand, ...]:
    leased = [Target("d1", "default", target, 3, "DEMAND") for target in targets]
    return footprint.demands(fleets.read("c1", told), told, leased)


def test_a_target_counts_and_whoever_drains_still_takes_room() -> None:
    assert demands(snapshot(BUSY, GOING, running=3), 4) == (Demand(Size(2, 4), 5, 0, True),)


def test_a_queue_without_a_target_is_as_it_is() -> None:
    assert demands(snapshot(BUSY, running=2)) == (Demand(Size(2, 4), 1, 0, True),)


def test_a_demand_that_has_no_target_yet_is_foreseen() -> None:
    assert demands(snapshot(queued=8)) == (Demand(Size(2, 4), 0, 4, True),)
    assert demands(snapshot(queued=80)) == (Demand(Size(2, 4), 0, 9, True),), "no more than the queue may have"


def test_an_agent_that_tells_no_size_runs_the_smallest() -> None:
    assert demands(snapshot(BUSY, running=2, cpu=0))[0].size == footprint.UNKNOWN


def test_a_worker_is_idle_when_it_runs_nothing_and_is_more_than_is_needed() -> None:
    told = snapshot(BUSY, IDLE, GOING, running=3)
    placed = footprint.placed(fleets.read("c1", told), told)
    assert {worker: place.is_idle for (_, worker), place in placed.items()} == {"w1": True, "w2": False, "w3": False}
    kept = snapshot(BUSY, IDLE, running=2, min=2)
    assert not footprint.placed(fleets.read("c1", kept), kept)["d1", "w1"].is_idle


def test_whoever_asks_for_nothing_takes_no_room() -> None:
    asking: list[dict[str, Any]] = [{"queued": 1}, {"running": 1}, {"min": 1}, {"workers": [IDLE]}, {"ahead": [[1.0, 3]]}]
    assert footprint.taking_room(snapshot())["deployments"] == []
    assert all(footprint.taking_room(snapshot(**change))["deployments"] for change in asking)


def test_what_is_foretold_within_a_nodes_start_needs_its_room_now() -> None:
    assert demands(snapshot(ahead=[[0.0, 30], [7.0, 10]])) == (Demand(Size(2, 4), 0, 4, True),)
    assert demands(snapshot(ahead=[[0.0, 60], [7.0, 10]])) == (Demand(Size(2, 4), 0, 0, True),), "in 120 s there is still time"
