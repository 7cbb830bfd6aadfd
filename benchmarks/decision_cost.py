"""What one hypervisor decision costs: CPU per Deployment of plan and check, against the bound of 25 microseconds (P10).

    PYTHONPATH=layers/common python -m benchmarks.decision_cost [deployments]

Three rounds of each, interleaved; the figure is the median. `read` is the snapshot's way from the bytes in its row into a fleet; what the
bound is for is all three together, of a fleet that nobody has counted before.
"""

import random
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from orrery.hypervisor import fleet as fleets
from orrery.hypervisor import shards
from orrery.hypervisor.check import check
from orrery.hypervisor.fleet import Fleet
from orrery.hypervisor.plan import Plan, plan
from orrery.store.packing import pack, unpack

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


def microseconds(work: Callable[[Any], object], given: list[Any]) -> float:
    started = time.process_time()
    for each in given:
        work(each)
    return (time.process_time() - started) * 1e6


def _read(packed: bytes) -> Fleet:
    return fleets.read("c", unpack(packed))


def _checked(fleet: Fleet) -> Plan:
    return check(fleet, plan(fleet))


def _round(stored: list[bytes]) -> dict[str, float]:
    """Microseconds of each step; every step that begins with a fleet is given one that nobody has counted."""
    return {
        "read": microseconds(_read, stored),
        "plan": microseconds(plan, [_read(packed) for packed in stored]),
        "plan and check": microseconds(_checked, [_read(packed) for packed in stored]),
        "read, plan, check": microseconds(lambda packed: _checked(_read(packed)), stored),
    }


def main(deployments: int) -> None:
    chance = random.Random(7)
    stored = [pack(snapshot(chance, SHARD)) for _ in range(max(1, deployments // SHARD))]
    rounds = [_round(stored) for _ in range(3)]
    print(f"{len(stored) * SHARD} Deployments in {len(stored)} shards; CPU per Deployment, bound {BOUND:.0f} us")
    for name in rounds[0]:
        times = [each[name] / (len(stored) * SHARD) for each in rounds]
        middle = statistics.median(times)
        print(f"  {name:<17} {middle:6.2f} us   {middle / BOUND:5.2f} x the bound   (spread {min(times):.2f} to {max(times):.2f})")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
