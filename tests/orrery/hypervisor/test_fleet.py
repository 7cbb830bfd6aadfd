"""A snapshot becomes a fleet."""

from typing import Any

from orrery.hypervisor import fleet as fleets
from orrery.hypervisor.fleet import Queue, Worker, WorkerState

TAKEN = "2026-03-01T12:00:30+00:00"


def snapshot(*workers: dict[str, Any]) -> dict[str, Any]:
    queue = {"name": "default", "queued": 3, "running": 2, "min": 0, "max": 4, "concurrency": 5, "workers": list(workers)}
    return {"takenAt": TAKEN, "deployments": [{"id": "d1", "organizationId": "o1", "generation": 7, "queues": [queue]}]}


def test_a_snapshot_becomes_queues_with_their_workers() -> None:
    seen = snapshot(
        {"id": "w1", "state": "RUNNING", "busy": 2, "idleSince": None},
        {"id": "w2", "state": "RUNNING", "busy": 0, "idleSince": "2026-03-01T12:00:10+00:00"},
        {"id": "w3", "state": "STARTING", "busy": 0, "idleSince": None},
    )
    workers = (
        Worker("w1", WorkerState.RUNNING, 2, None),
        Worker("w2", WorkerState.RUNNING, 0, 20.0),
        Worker("w3", WorkerState.STARTING, 0, None),
    )
    assert fleets.read("c1", seen).queues == (Queue("d1", "o1", 7, "default", 3, 2, workers, 0, 4, 5),)


def test_a_busy_worker_is_not_idle_whatever_it_says() -> None:
    seen = snapshot({"id": "w1", "state": "RUNNING", "busy": 1, "idleSince": "2026-03-01T12:00:10+00:00"})
    assert fleets.read("c1", seen).queues[0].workers[0].idle is None


def test_an_idle_time_in_the_future_counts_as_now() -> None:
    seen = snapshot({"id": "w1", "state": "RUNNING", "busy": 0, "idleSince": "2026-03-01T13:00:00+00:00"})
    assert fleets.read("c1", seen).queues[0].workers[0].idle == 0.0
