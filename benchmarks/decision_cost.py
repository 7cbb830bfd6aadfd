"""What one hypervisor decision costs: CPU per Deployment of plan and check, against the bound of 25 microseconds (P10).

    PYTHONPATH=layers/common python -m benchmarks.decision_cost [deployments]

Three rounds of each, interleaved; the figure is the median. `read` is the snapshot's way from
JSON into a fleet; what the bound is for is all three together, of a fleet that nobody has counted before.
"""

import json
import random
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from orrery.hypervisor import fleet as fleets
from orrery.hypervisor import shards
from orrery.hypervisor.check import check
from orrery.hypervisor.plan import Plan, plan

BOUND = 25.0
"""Microseconds of CPU for each Deployment."""
SHARD = shards.MOST
"""Deployments in one cluster's snapshot."""


def snapshot(chance: random.Random, deployments: int) -> dict[str, Any]:
    """A cluster at work: one Deployment in five has a second queue, half of the queues are at rest."""
    return {"takenAt": "2026-03-01T12:00:30+00:00", "deployments": [_deployment(chance, n) for n in range(deployments)]}


def _deployment(chance: random.Random, number: int) -> dict[str, Any]:
    names = ["default", "heavy"] if chance.random() < 0.2 else ["default"]
    queues = [_queue(chance, name) for name in names]
    return {"id": f"d{number}", "organizationId": "o1", "generation": 3, "queues": queues}


def _queue(chance: random.Random, name: str) -> dict[str, Any]:
    workers = [_worker(chance, number) for number in range(chance.choice([0, 0, 1, 2, 4]))]
    busy = sum(worker["busy"] for worker in workers)
    queued = chance.choice([0, 0, 0, 7, 40])
    return {"name": name, "queued": queued, "running": busy, "workers": workers, "min": 0, "max": 10, "concurrency": 5}


def _worker(chance: random.Random, number: int) -> dict[str, Any]:
    busy = chance.choice([0, 1, 3, 5])
    return {"id": f"w{number}", "state": "RUNNING", "busy": busy, "idleSince": None if busy else "2026-03-01T12:00:10+00:00"}


def microseconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return (time.process_time() - started) * 1e6


def _whole(told: dict[str, Any]) -> Plan:
    fleet = fleets.read("c", told)
    return check(fleet, plan(fleet))


def main(deployments: int) -> None:
    chance = random.Random(7)
    texts = [json.dumps(snapshot(chance, SHARD)) for _ in range(max(1, deployments // SHARD))]
    seen = [fleets.read(f"c{number}", json.loads(text)) for number, text in enumerate(texts)]
    steps: dict[str, Callable[[], object]] = {
        "plan": lambda: [plan(fleet) for fleet in seen],
        "plan and check": lambda: [check(fleet, plan(fleet)) for fleet in seen],
        "read, plan, check": lambda: [_whole(json.loads(text)) for text in texts],
        "read": lambda: [fleets.read("c", json.loads(text)) for text in texts],
    }
    rounds = [{name: microseconds(work) / (len(texts) * SHARD) for name, work in steps.items()} for _ in range(3)]
    print(f"{len(texts) * SHARD} Deployments in {len(texts)} shards; CPU per Deployment, bound {BOUND:.0f} us")
    for name in steps:
        times = [each[name] for each in rounds]
        middle = statistics.median(times)
        print(f"  {name:<17} {middle:6.2f} us   {middle / BOUND:5.2f} x the bound   (spread {min(times):.2f} to {max(times):.2f})")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
