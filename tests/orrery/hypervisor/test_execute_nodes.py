"""One tick over a cluster's nodes, on a real table and a small data plane: it is told what is new, and asked for no worker's life."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from orrery import dataplane
from orrery.dataplane.port import NodePoolSpec, NodeView
from orrery.errors import Unavailable
from orrery.hypervisor import execute, execute_nodes
from orrery.store import fleets, node_plans

from tests.support.dataplane import FakeDataPlane

pytestmark = pytest.mark.usefixtures("empty_table")
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def plane(monkeypatch: pytest.MonkeyPatch) -> FakeDataPlane:
    fake = FakeDataPlane()
    monkeypatch.setattr(dataplane, "connect", lambda: fake)
    return fake


def see(*, queued: int, workers: int = 0) -> None:
    """The agent reports a queue of workers of 4 vCPU, all of them busy."""
    busy = [{"id": f"w{number}", "state": "RUNNING", "busy": 5} for number in range(workers)]
    bounds = {"min": 0, "max": 9, "concurrency": 5, "cpu": 4, "memory": 8}
    queue: dict[str, Any] = {"name": "default", "queued": queued, "running": workers * 5, "workers": busy, **bounds}
    deployment = {"id": "d1", "organizationId": "o1", "generation": 3, "queues": [queue]}
    fleets.keep_snapshot("c1", {"takenAt": NOW.isoformat(), "deployments": [deployment]})
    fleets.hear("c1", taken_at=NOW.isoformat(), now=NOW)


def view(name: str, *workers: str, fixed: bool = False) -> NodeView:
    pool = "machine" if fixed else "general"
    return NodeView(name, pool, "this machine" if fixed else "m6i.2xlarge", 7.5, 30, tuple(("d1", worker) for worker in workers), fixed)


def wanted(plane: FakeDataPlane) -> dict[str, int]:
    return {pool.name: pool.nodes for pool in plane.node_pools("c1") if pool.nodes}


def test_what_the_lease_will_launch_has_its_nodes_asked_for(plane: FakeDataPlane) -> None:
    see(queued=15)
    execute.plan_shard("c1", now=NOW)
    assert execute_nodes.plan_nodes("c1", now=NOW) == {"cluster": "c1", "nodes": 3, "proposals": 0, "told": "yes"}
    assert plane.node_pools("c1")[0] == NodePoolSpec("general", "m6i.2xlarge", 3, 0, 100)


def test_the_data_plane_is_told_what_is_new_and_only_that(plane: FakeDataPlane) -> None:
    see(queued=0, workers=2)
    told = [execute_nodes.plan_nodes("c1", now=NOW + timedelta(minutes=minute))["told"] for minute in range(3)]
    assert (told, plane.count("ensure_node_pools")) == (["yes", "no", "no"], 1)
    see(queued=0, workers=3)
    assert execute_nodes.plan_nodes("c1", now=NOW)["told"] == "yes"
    assert wanted(plane) == {"general": 3}


def test_a_data_plane_that_is_away_is_told_at_the_next_tick(plane: FakeDataPlane) -> None:
    see(queued=0, workers=2)
    plane.refuse("ensure_node_pools", Unavailable("away"), times=1)
    with pytest.raises(Unavailable):
        execute_nodes.plan_nodes("c1", now=NOW)
    assert execute_nodes.plan_nodes("c1", now=NOW)["told"] == "yes"
    assert wanted(plane) == {"general": 2}


def test_a_node_that_is_one_too_many_is_proposed_and_nothing_is_done_to_it(plane: FakeDataPlane) -> None:
    see(queued=0, workers=1)
    plane.have_nodes("c1", view("n1", "w0"), view("n2"))
    execute_nodes.plan_nodes("c1", now=NOW)
    planned = node_plans.load("c1")
    assert planned
    assert [(proposal.node, proposal.reason) for proposal in planned.plan.proposals] == [("n2", "no worker is on it")]
    assert {call for call, _ in plane.calls} == {"observe_nodes", "ensure_node_pools"}


def test_a_home_of_fixed_nodes_is_planned_as_what_it_is(plane: FakeDataPlane) -> None:
    see(queued=0, workers=4)
    plane.have_nodes("c1", view("here", "w0", "w1", "w2", "w3", fixed=True))
    execute_nodes.plan_nodes("c1", now=NOW)
    planned = node_plans.load("c1")
    assert planned
    assert [(each.pool, each.target, each.reason) for each in planned.plan.pools] == [
        ("machine", 1, "4 workers need 4 nodes of this machine, at most 1 may be; 1 is there")
    ]


def test_without_a_data_plane_it_is_said_what_would_be_wanted() -> None:
    see(queued=0, workers=1)
    assert execute_nodes.plan_nodes("c1", now=NOW)["told"] == "no"
    planned = node_plans.load("c1")
    assert planned
    assert (planned.untold, planned.plan.pools[0].target) == ("no data plane is attached to this control plane", 1)


def test_a_cluster_that_is_silent_is_left_as_it_is() -> None:
    see(queued=0)
    assert execute_nodes.list_clusters(now=NOW + timedelta(seconds=60)) == ["c1"]
    assert execute_nodes.list_clusters(now=NOW + timedelta(seconds=61)) == []
