"""An agent's door: what it tells is taken for its own cluster and its own Deployments, and the newest lease comes back."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from orrery.hypervisor import execute
from orrery.model.deployment import Health
from orrery.store import fleets, observed
from orrery.store.tables import table

from tests.support.http import Answer, Caller
from tests.support.plane import Plane

TAKEN = datetime.now(UTC)


def told(deployment: dict[str, Any], **changes: Any) -> dict[str, Any]:
    queue = {"name": "default", "queued": 0, "running": 0, "min": 0, "max": 4, "concurrency": 5, "workers": []}
    return {
        "id": deployment["id"],
        "organizationId": deployment["organizationId"],
        "generation": 1,
        "observedGeneration": 1,
        "healthy": True,
        "reason": "",
        "address": "http://calm-orbit-1234.localhost:18080",
        "components": [{"name": "scheduler", "state": "RUNNING", "reason": ""}],
        "queues": [queue | changes.pop("queue", {})],
    } | changes


def snapshot(*deployments: dict[str, Any], after: int = 0) -> dict[str, Any]:
    return {"takenAt": (TAKEN + timedelta(seconds=after)).isoformat(), "agent": {"version": "1"}, "deployments": list(deployments)}


def report(plane: Plane, *deployments: dict[str, Any], after: int = 0) -> Answer:
    home = plane.installation
    return home.agent.post(f"/agent/v1/clusters/{home.cluster_id}/snapshots", snapshot(*deployments, after=after))


def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The sort keys of the rows that are written from now on."""
    rows: list[str] = []
    save = table().save

    def spy(self: Any, *args: Any, **kwargs: Any) -> Any:
        rows.append(self.sk)
        return save(self, *args, **kwargs)

    monkeypatch.setattr(table(), "save", spy)
    return rows


def test_the_first_report_is_taken_and_answered_with_an_empty_lease(plane: Plane) -> None:
    answer = report(plane)
    assert answer.status == 200
    assert answer.body["lease"]["generation"] == 0
    assert answer.body["lease"]["targets"] == []
    assert answer.body["lease"]["expiresAt"] <= answer.body["now"]


def test_what_the_hypervisor_planned_comes_back_with_the_next_report(plane: Plane) -> None:
    deployment = plane.made()
    waiting = told(deployment, queue={"queued": 7})
    report(plane, waiting)
    done = execute.plan_shard(plane.installation.cluster_id)
    assert done == {"shard": plane.installation.cluster_id, "lease": 1, "queues": 1, "recorded": 1}
    lease = report(plane, waiting).body["lease"]
    assert lease["generation"] == 1
    assert lease["targets"] == [
        {
            "deploymentId": deployment["id"],
            "queue": "default",
            "workers": 2,
            "deploymentGeneration": 1,
            "reason": "more tasks or a higher floor than the workers are enough for",
        }
    ]
    decisions = plane.installation.owner.get(f"{plane.path}/{deployment['id']}/scaling-decisions").body
    assert decisions["totalCount"] == 1
    assert decisions["scalingDecisions"][0]["reason"] == "7 queued + 0 running need 2 workers of 5; 0 are running"
    assert {name: decisions["scalingDecisions"][0][name] for name in ("action", "current", "target", "queued", "leaseGeneration")} == {
        "action": "LAUNCH", "current": 0, "target": 2, "queued": 7, "leaseGeneration": 1,
    }  # fmt: skip


def test_what_was_observed_is_written_when_it_changes_and_only_then(plane: Plane, monkeypatch: pytest.MonkeyPatch) -> None:
    deployment = plane.made()
    rows = written(monkeypatch)
    report(plane, told(deployment))
    assert rows == ["OBSERVED", "SNAPSHOT#0#NOW", f"CLUSTER#{plane.installation.cluster_id}"]
    rows.clear()
    report(plane, told(deployment), after=10)
    assert rows == [f"CLUSTER#{plane.installation.cluster_id}"]
    rows.clear()
    report(plane, told(deployment, healthy=False, reason="its scheduler is being started"), after=20)
    assert rows == ["OBSERVED", "SNAPSHOT#0#NOW", f"CLUSTER#{plane.installation.cluster_id}"]
    seen = observed.load(deployment["id"])
    assert (seen.health, seen.reason, seen.address) == (
        Health.UNHEALTHY, "its scheduler is being started", "http://calm-orbit-1234.localhost:18080",
    )  # fmt: skip


def test_a_demand_that_changes_is_no_change_of_health(plane: Plane, monkeypatch: pytest.MonkeyPatch) -> None:
    deployment = plane.made()
    report(plane, told(deployment))
    rows = written(monkeypatch)
    report(plane, told(deployment, queue={"queued": 3}))
    assert rows == ["SNAPSHOT#0#NOW", f"CLUSTER#{plane.installation.cluster_id}"]


def test_an_agent_cannot_speak_of_deployments_that_are_not_placed_on_its_cluster(plane: Plane) -> None:
    deployment = plane.made()
    elsewhere = {"id": "c" + "1" * 24, "organizationId": plane.installation.organization_id}
    borrowed = {"id": deployment["id"], "organizationId": "c" + "2" * 24}
    assert report(plane, told(elsewhere), told(borrowed)).status == 200
    assert observed.load(elsewhere["id"]).health is Health.UNKNOWN
    assert observed.load(deployment["id"]).health is Health.UNKNOWN
    kept = fleets.snapshot(plane.installation.cluster_id)
    assert kept
    assert kept["deployments"] == []


def test_a_deployment_that_is_told_of_twice_is_refused(plane: Plane) -> None:
    deployment = plane.made()
    answer = report(plane, told(deployment), told(deployment))
    assert (answer.status, answer.fields) == (400, ["deployments"])


def test_another_cluster_looks_like_no_cluster(plane: Plane) -> None:
    answer = plane.installation.agent.post(f"/agent/v1/clusters/c{'9' * 24}/snapshots", snapshot())
    assert (answer.status, answer.body["message"]) == (404, "there is no such cluster, or you may not see it")
    assert fleets.heartbeats() == []


def test_an_owner_is_no_agent(plane: Plane) -> None:
    home = plane.installation
    assert home.owner.post(f"/agent/v1/clusters/{home.cluster_id}/snapshots", snapshot()).status == 404
    assert Caller().post(f"/agent/v1/clusters/{home.cluster_id}/snapshots", snapshot()).status == 401
    assert fleets.heartbeats() == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"queued": -1}, "deployments[0].queues[0].queued"),
        ({"queued": "7"}, "deployments[0].queues[0].queued"),
        ({"concurrency": 0}, "deployments[0].queues[0].concurrency"),
        ({"workers": [{"id": "w1", "state": "KILLED", "busy": 0}]}, "deployments[0].queues[0].workers[0].state"),
        ({"workers": [{"id": "w1", "state": "RUNNING", "busy": 0, "idleSince": "yesterday"}]},
         "deployments[0].queues[0].workers[0].idleSince"),
        ({"workers": [{"id": "w1", "state": "RUNNING", "busy": 0, "freesIn": -1}]}, "deployments[0].queues[0].workers[0].freesIn"),
        ({"ahead": [[1, 1]] * 301}, "deployments[0].queues[0].ahead"),
        ({"ahead": [[-1, 1]]}, "deployments[0].queues[0].ahead[0][0]"),
        ({"ahead": [[1, 1_000_000]]}, "deployments[0].queues[0].ahead[0][1]"),
        ({"ahead": [[1]]}, "deployments[0].queues[0].ahead[0][1]"),
        ({"startSeconds": 0}, "deployments[0].queues[0].startSeconds"),
        ({"next": {"dag": "x" * 251, "at": "2026-03-01T00:00:00Z", "tasks": 1}}, "deployments[0].queues[0].next.dag"),
        ({"next": {"dag": "x", "at": "2026-03-01T00:00:00", "tasks": 1}}, "deployments[0].queues[0].next.at"),
    ],
)  # fmt: skip
def test_a_snapshot_that_makes_no_sense_is_refused_by_field(plane: Plane, change: dict[str, Any], field: str) -> None:
    deployment = plane.made()
    answer = report(plane, told(deployment, queue=change))
    assert (answer.status, answer.fields) == (400, [field])
    assert fleets.heartbeats() == []


def test_what_lies_ahead_is_kept_as_it_was_told(plane: Plane) -> None:
    worker = {"id": "w1", "state": "RUNNING", "busy": 1, "idleSince": None, "freesIn": 12.5}
    run = {"dag": "etl", "at": "2026-03-01T00:00:00Z", "tasks": 3}
    queue = {"ahead": [[0.0, 30], [2.5, 4]], "startSeconds": 17.0, "next": run, "workers": [worker]}
    rest = {"nextRunAt": "2026-03-01T00:00:00Z", "idleSince": None}
    assert report(plane, told(plane.made(), queue=queue, **rest)).status == 200
    kept = fleets.snapshot(plane.installation.cluster_id)
    assert kept
    (deployment,) = kept["deployments"]
    assert {name: deployment[name] for name in rest} == rest
    assert {name: deployment["queues"][0][name] for name in queue} == queue


def test_a_field_that_a_newer_agent_sends_is_passed_over(plane: Plane) -> None:
    deployment = plane.made()
    assert report(plane, told(deployment, weather="fair", queue={"forecast": [1, 2]})).status == 200


def test_a_snapshot_of_more_than_a_mebibyte_is_refused(plane: Plane) -> None:
    deployment = plane.made()
    assert report(plane, *[told(deployment, reason="x" * 900)] * 1000).status == 413
