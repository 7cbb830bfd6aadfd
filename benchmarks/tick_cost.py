"""What planning 100,000 Deployments every ten seconds costs a month: counted calls times public prices, against 100 dollars (P10).

    PYTHONPATH=layers/common python -m benchmarks.tick_cost [minutes]

Modelled: the real tick plans one full shard on a local DynamoDB over so many simulated minutes of an ordinary day, and every call, request
unit and CPU second of it is counted and scaled. Left out, because they are there without a hypervisor too: the clusters and their nodes,
the database, NAT and the network. What the agents' reports cost is shown beneath, apart from the bound.
"""

import functools
import os
import random
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from orrery.hypervisor import execute, execute_nodes, fleet, shards
from orrery.store import fleets, snapshots, tables

from benchmarks.metering import Meter, metered
from benchmarks.ordinary_day import Day
from local.aws.engine import Engine
from tests.support.aws import tools_python
from tests.support.installation import forget

BOUND = 100.0
"""Dollars a month."""
DEPLOYMENTS = 100_000
MINUTES = 43_830
"""In a month of 30.44 days."""
ROUND = 10
"""Seconds."""
SPELLS, MANY_SPELLS = 12, 24
"""How often a day a Deployment goes to work: half of them once an hour and the others once a day; and, for comparison, all once an hour."""
WARM_UP = 10
"""Minutes before counting starts, so that as many spells end as begin."""

PRICES = {
    "DynamoDB, on-demand write request units": 0.625e-6,
    "DynamoDB, on-demand read request units": 0.125e-6,
    "DynamoDB, storage (GB-month)": 0.25,
    "Lambda, requests": 0.20e-6,
    "Lambda, arm64 duration (GB-second)": 0.0000133334,
    "Step Functions, Express requests": 1.00e-6,
    "Step Functions, Express duration (GB-second)": 0.00001667,
    "EventBridge Scheduler, invocations": 1.00e-6,
    "API Gateway, HTTP API requests": 1.00e-6,
}
"""Dollars for one, as AWS lists them for us-east-1; no free tier, no savings plan."""

MEMORY = 0.5
"""GB of the function, and its share of a CPU, which Lambda gives in proportion: one at 1,769 MB."""
SHARE = 512 / 1769
ROUND_TRIP = 0.005
"""Seconds that a call to DynamoDB takes from a function beside it."""
EXPRESS_GB = 0.128
"""An Express execution's memory: 50 MB and its payload, in steps of 64 MB."""


@dataclass
class Spent:
    """What one kind of work took while it was counted."""

    meter: Meter
    invocations: int = 0
    cpu: float = 0.0

    @property
    def gigabyte_seconds(self) -> float:
        """As Lambda bills it: CPU stretched by the function's share of one, and waiting for DynamoDB."""
        return MEMORY * (self.cpu / SHARE + sum(self.meter.calls.values()) * ROUND_TRIP)


class Count:
    """Runs one full shard, and counts planning apart from reporting."""

    def __init__(self, cluster: str, clusters: int) -> None:
        self.cluster, self.clusters = cluster, clusters
        self.forget()

    def forget(self) -> None:
        """Begin to count anew."""
        self.listing, self.planning, self.nodes, self.reporting = (Spent(Meter()) for _ in range(4))

    def work(self, kind: str, call: Callable[[], Any]) -> Any:
        spent: Spent = getattr(self, kind)
        with metered() as meter:
            started = time.process_time()
            result = call()
            spent.cpu += time.process_time() - started - meter.own
        spent.invocations += 1
        spent.meter.calls += meter.calls
        spent.meter.reads += meter.reads
        spent.meter.writes += meter.writes
        spent.meter.stored += meter.stored
        return result

    def minute(self, day: Day, begin: datetime) -> None:
        for seconds in range(0, 60, ROUND):
            now = begin + timedelta(seconds=seconds)
            told = day.advance(now, ROUND, fleets.lease(self.cluster))
            self.work("reporting", functools.partial(self._report, told, now))
            listed = self.work("listing", functools.partial(execute.list_shards, whole=seconds == 0, now=now))
            for shard in (each for each in listed if each["cluster"] == self.cluster):
                self.work("planning", functools.partial(execute.plan_shard, self.cluster, shard["number"], whole=shard["whole"], now=now))
        self.work("nodes", functools.partial(execute_nodes.plan_nodes, self.cluster, now=begin))

    def _report(self, told: dict[str, Any], now: datetime) -> None:
        """What the agents' door does with a snapshot that it has read."""
        resting = shards.resting(fleet.read(self.cluster, told))
        moving = snapshots.keep(self.cluster, told, resting=resting, before=snapshots.load(self.cluster))
        fleets.hear(self.cluster, taken_at=told["takenAt"], now=now, moving=moving)
        fleets.leases(self.cluster)


def bill(count: Count, minutes: int) -> tuple[list[tuple[str, float]], list[tuple[str, float]]]:
    """(name of the price, units a month) of the tick, and of the reports."""
    month = MINUTES / minutes
    of_shards = month * DEPLOYMENTS / shards.MOST
    tick = [(count.listing, month), (count.planning, of_shards), (count.nodes, of_shards)]
    lines = [
        ("DynamoDB, on-demand write request units", sum(spent.meter.writes * times for spent, times in tick)),
        ("DynamoDB, on-demand read request units", sum(spent.meter.reads * times for spent, times in tick)),
        ("DynamoDB, storage (GB-month)", count.planning.meter.stored * of_shards / 1e9),
        ("Lambda, requests", sum(spent.invocations * times for spent, times in tick)),
        ("Lambda, arm64 duration (GB-second)", sum(spent.gigabyte_seconds * times for spent, times in tick)),
        ("Step Functions, Express requests", MINUTES),
        ("Step Functions, Express duration (GB-second)", MINUTES * 60 * EXPRESS_GB),
        ("EventBridge Scheduler, invocations", MINUTES),
    ]
    told = count.reporting
    reports = [
        ("API Gateway, HTTP API requests", told.invocations * of_shards),
        ("Lambda, requests", told.invocations * of_shards),
        ("Lambda, arm64 duration (GB-second)", told.gigabyte_seconds * of_shards),
        ("DynamoDB, on-demand write request units", told.meter.writes * of_shards),
        ("DynamoDB, on-demand read request units", told.meter.reads * of_shards),
    ]
    return lines, reports


@contextmanager
def memory() -> Iterator[None]:
    """An empty table on a local engine of its own."""
    with tempfile.TemporaryDirectory() as folder, Engine(Path(folder), python=tools_python()) as engine:
        os.environ.update(engine.environment | {"TABLE_NAME": f"cost-{uuid.uuid4().hex}", "REGION": "us-east-1"})
        forget()
        tables.table().create_table(wait=True, billing_mode="PAY_PER_REQUEST")
        yield


def count(minutes: int, spells: int) -> Count:
    chance, begin = random.Random(11), datetime(2026, 3, 1, 12, tzinfo=UTC)
    counted = Count("c" + "0" * 24, DEPLOYMENTS // shards.MOST)
    for number in range(1, counted.clusters):
        fleets.hear(f"c{number:024}", taken_at=begin.isoformat(), now=begin + timedelta(days=1), moving=[True])
    day = Day(shards.MOST, spells=spells, chance=chance)
    for minute in range(WARM_UP):
        counted.minute(day, begin + timedelta(minutes=minute))
    counted.forget()
    for minute in range(WARM_UP, WARM_UP + minutes):
        counted.minute(day, begin + timedelta(minutes=minute))
    return counted


def total(lines: list[tuple[str, float]]) -> float:
    return sum(units * PRICES[name] for name, units in lines)


def table(title: str, lines: list[tuple[str, float]]) -> None:
    print(title)
    for name, units in lines:
        print(f"  {name:<46} {units:>16,.0f} x {PRICES[name]:.10f} = {units * PRICES[name]:8.2f} $")
    print(f"  {'total':<46} {total(lines):>42.2f} $", end="")


def main(minutes: int) -> None:
    bills = []
    for spells in (SPELLS, MANY_SPELLS):
        with memory():
            bills.append(bill(count(minutes, spells), minutes))
    (tick, reports), (busier, _) = bills
    print(
        f"modelled: {DEPLOYMENTS:,} Deployments in {DEPLOYMENTS // shards.MOST} shards that all move, each Deployment {SPELLS} times a day;"
    )
    print(f"counted over {minutes} minutes of one shard; without clusters, databases, NAT and network\n")
    table("the tick, a month", tick)
    print(f"   {total(tick) / BOUND:.2f} x the bound of {BOUND:.0f} $")
    print(f"  with {MANY_SPELLS} times a day {total(busier):.2f} $   {total(busier) / BOUND:.2f} x\n")
    table(f"beside it, outside the bound: a report of each shard every {ROUND} s", reports)
    print()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
