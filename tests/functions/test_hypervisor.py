"""The minute of the hypervisor, run from its real definition with its real function."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from orrery import errors
from orrery.store import fleets

from functions.hypervisor.app import handler
from tests.support import asl
from tests.support.machine import DEFINITIONS, Fault, Machine

DEFINITION = DEFINITIONS / "tick_hypervisor.asl.json"


def see(cluster: str, *, name: str = "default", moving: bool = True) -> None:
    now = datetime.now(UTC)
    queue = {"name": name, "queued": 7, "running": 0, "min": 0, "max": 4, "concurrency": 5, "workers": []}
    deployment = {"id": f"of-{cluster}", "organizationId": "o1", "generation": 3, "queues": [queue]}
    fleets.keep_snapshot(cluster, {"takenAt": now.isoformat(), "deployments": [deployment]})
    fleets.hear(cluster, taken_at=now.isoformat(), now=now, moving=[moving])


@pytest.fixture
def machine(empty_table: None) -> Machine:
    return Machine("tick_hypervisor", {"Hypervisor": handler})


def test_each_shard_is_planned_six_times_a_minute(machine: Machine) -> None:
    see("c1")
    see("c2")
    result = machine.run({})
    assert result.status == "SUCCEEDED"
    between = ["look_at_sleep", "list_shards", "plan_shard", "plan_shard"]
    assert result.steps == [*between, "plan_nodes", "plan_nodes", *between * 5]
    assert result.states.count("Wait") == 5
    for cluster in ("c1", "c2"):
        lease = fleets.lease(cluster)
        assert lease
        assert [target.workers for target in lease.targets] == [2]


def test_a_shard_at_rest_is_planned_once_a_minute(machine: Machine) -> None:
    see("c1", moving=False)
    assert machine.run({}).steps == ["look_at_sleep", "list_shards", "plan_shard", "plan_nodes"] + ["look_at_sleep", "list_shards"] * 5


def test_the_pause_between_two_rounds_is_ten_seconds() -> None:
    assert json.loads(Path(DEFINITION).read_text())["States"]["Wait"]["Seconds"] == 10


def test_an_installation_without_clusters_has_a_quiet_minute(machine: Machine) -> None:
    result = machine.run({})
    assert (result.status, result.steps) == ("SUCCEEDED", ["look_at_sleep", "list_shards"] * 6)


def test_a_cluster_that_reports_within_the_minute_is_planned_within_it(machine: Machine) -> None:
    rounds = iter(range(6))

    def listing(event: dict[str, str], context: object) -> dict[str, object]:
        if event["step"] == "list_shards" and next(rounds) == 2:
            see("late")
        return dict(handler(event, context))

    late = Machine("tick_hypervisor", {"Hypervisor": listing})
    assert late.run({}).steps == ["look_at_sleep", "list_shards"] * 2 + ["look_at_sleep", "list_shards", "plan_shard"] * 4


def test_one_shard_that_cannot_be_planned_stops_no_other(machine: Machine) -> None:
    see("c1")
    fleets.keep_snapshot("c1", {"takenAt": "never", "deployments": [{"id": "unlike any"}]})
    see("c2")
    result = machine.run({})
    assert result.status == "SUCCEEDED"
    assert result.states.count("SkipShard") == 6
    assert fleets.lease("c1") is None
    assert fleets.lease("c2")


def test_memory_that_is_away_for_a_moment_is_asked_again(machine: Machine) -> None:
    see("c1")
    result = machine.run({}, fault=Fault("list_shards", "before", times=2, error=errors.Unavailable))
    assert result.status == "SUCCEEDED"
    assert fleets.lease("c1")


def test_every_round_may_run_twice(machine: Machine) -> None:
    see("c1")
    assert machine.run({}, twice=True).status == "SUCCEEDED"
    assert fleets.lease("c1")


def test_the_definition_keeps_the_house_rules() -> None:
    definition = asl.load(DEFINITION)
    assert asl.dangling(definition) == asl.unreachable(definition) == asl.endless(definition) == asl.unbounded(definition) == []
    assert asl.retried_in_vain(definition, asl.retryable_classes(errors.Error)) == []


def test_sleep_that_cannot_be_looked_at_stops_no_planning(machine: Machine) -> None:
    see("c1")
    result = machine.run({}, fault=Fault("look_at_sleep", "before"))
    assert result.status == "SUCCEEDED"
    assert result.steps.count("plan_shard") == 6
