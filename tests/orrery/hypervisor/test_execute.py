"""One tick over one shard, on a real table: what is published, what is remembered, and what is left alone."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from orrery.errors import PlanRefused
from orrery.hypervisor import execute, fleet, shards
from orrery.store import decisions, fleets, snapshots

pytestmark = pytest.mark.usefixtures("empty_table")
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def see(*, queued: int, cluster: str = "c1", after: float = 0, queues: int = 1, resting: int = 0) -> None:
    """The cluster's agent reports one Deployment, and so many more that are at rest."""
    moment = NOW + timedelta(seconds=after)
    queue = {"name": "default", "queued": queued, "running": 0, "min": 0, "max": 4, "concurrency": 5, "workers": []}
    calm = [_deployment(f"r{number}", [{**queue, "queued": 0}]) for number in range(resting)]
    told = {"takenAt": moment.isoformat(), "deployments": [_deployment("d1", [queue] * queues), *calm]}
    moving = snapshots.keep(cluster, told, resting=shards.resting(fleet.read(cluster, told)), before=snapshots.load(cluster))
    fleets.hear(cluster, taken_at=moment.isoformat(), now=moment, moving=moving)


def _deployment(id: str, queues: list[dict[str, Any]]) -> dict[str, Any]:
    return {"id": id, "organizationId": "o1", "generation": 3, "queues": queues}


def tick(*, after: float = 0, cluster: str = "c1", whole: bool = True) -> dict[str, int | str]:
    return execute.plan_shard(cluster, whole=whole, now=NOW + timedelta(seconds=after))


def remembered() -> list[tuple[str, str, int]]:
    """Action, cause and lease of each decision, oldest first."""
    return [(each.action, each.cause, each.lease_generation) for each in reversed(decisions.page("c1", "d1", offset=0, limit=100)[0])]


def test_a_shard_that_never_reported_is_left_alone() -> None:
    assert tick() == {"shard": "c1", "lease": 0, "queues": 0, "recorded": 0}


def test_a_demand_becomes_a_lease_and_a_record() -> None:
    see(queued=7)
    assert tick() == {"shard": "c1", "lease": 1, "queues": 1, "recorded": 1}
    lease = fleets.lease("c1")
    assert lease
    assert (lease.targets[0].workers, lease.expires_at) == (2, NOW + timedelta(seconds=90))
    assert remembered() == [("LAUNCH", "DEMAND", 1)]


def test_a_fleet_at_rest_is_told_once_and_then_costs_one_lease_a_minute() -> None:
    generations = []
    for seconds in range(0, 240, 60):
        see(queued=0, after=seconds)
        generations.append(tick(after=seconds)["lease"])
    assert generations == [1, 2, 3, 4]
    assert remembered() == [("HOLD", "AT_REST", 1)]


def test_a_fleet_that_moves_on_unchanged_costs_a_lease_every_forty_five_seconds() -> None:
    generations = []
    for seconds in range(0, 120, 10):
        see(queued=7, after=seconds)
        generations.append(tick(after=seconds, whole=False)["lease"])
    assert generations == [1] * 5 + [2] * 5 + [3] * 2


def test_what_is_at_rest_is_left_out_between_two_whole_plans_and_nothing_is_forgotten() -> None:
    see(queued=7, resting=60)
    assert tick()["queues"] == 61
    assert tick(after=10, whole=False) == {"shard": "c1", "lease": 1, "queues": 1, "recorded": 1}
    lease = fleets.lease("c1")
    assert lease
    assert [(target.deployment_id, target.workers) for target in lease.targets] == [("d1", 2)]


def test_shards_at_rest_and_silent_clusters_are_planned_once_a_minute_only() -> None:
    see(queued=7, cluster="busy")
    see(queued=0, cluster="calm")
    see(queued=7, cluster="lost", after=-70)
    listed = [[shard["cluster"] for shard in execute.list_shards(whole=whole, now=NOW)] for whole in (True, False)]
    assert listed == [["busy", "calm", "lost"], ["busy"]]


def test_a_large_cluster_is_several_shards_and_its_agent_is_given_one_lease() -> None:
    see(queued=7, resting=2500)
    planned = execute.list_shards(whole=True, now=NOW)
    assert [shard["number"] for shard in planned] == [0, 1, 2, 3]
    assert sum(int(execute.plan_shard("c1", shard["number"], now=NOW)["queues"]) for shard in planned) == 2501
    lease = fleets.lease("c1")
    assert lease
    assert (lease.queues, [target.deployment_id for target in lease.targets]) == (2501, ["d1"])
    assert len(execute.list_shards(whole=False, now=NOW)) == 1, "the other three are at rest"


def test_a_silent_cluster_is_told_once_and_its_lease_is_not_prolonged() -> None:
    see(queued=7)
    tick()
    for seconds in range(60, 200, 10):
        tick(after=seconds)
    lease = fleets.lease("c1")
    assert lease
    assert lease.expires_at == lease.issued_at == NOW + timedelta(seconds=70)
    assert remembered() == [("LAUNCH", "DEMAND", 1), ("LAUNCH", "DEMAND", 2), ("HOLD", "SILENT", 3)]


def test_a_cluster_that_reports_again_is_planned_again() -> None:
    see(queued=7)
    tick(after=100)
    see(queued=7, after=105)
    tick(after=110)
    assert remembered() == [("HOLD", "SILENT", 1), ("LAUNCH", "DEMAND", 2)]


def test_of_two_ticks_that_cross_one_publishes_and_the_other_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    see(queued=7)
    read = fleets.look

    def late(cluster: str, number: int, *, whole: bool) -> Any:
        before = read(cluster, number, whole=whole)
        monkeypatch.setattr(fleets, "look", read)
        tick()
        return before

    monkeypatch.setattr(fleets, "look", late)
    assert tick(after=1)["recorded"] == 0
    assert remembered() == [("LAUNCH", "DEMAND", 1)]


def test_a_plan_that_breaks_an_invariant_is_refused_and_changes_nothing() -> None:
    see(queued=7, queues=2)
    with pytest.raises(PlanRefused, match="a queue is decided twice"):
        tick()
    assert fleets.lease("c1") is None
    assert remembered() == []
