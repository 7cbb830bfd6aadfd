"""Scaling decisions over HTTP: what was decided for each queue, from what was seen, and why; newest first."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from orrery.model.scaling import ScalingDecision
from orrery.store import decisions

from tests.support.plane import Plane


def test_decisions_are_told_with_their_reasons_newest_first(plane: Plane) -> None:
    id, now = plane.made()["id"], datetime(2026, 1, 1, 12, tzinfo=UTC)
    told = [
        ScalingDecision("", now + timedelta(minutes=n), "default", "LAUNCH", "DEMAND", n, n + 1, 7, n, "7 tasks wait", n) for n in range(3)
    ]
    for decision in told:
        decisions.record(plane.installation.cluster_id, 0, [(id, decision), ("another", decision)])
    page = plane.installation.owner.get(f"{plane.path}/{id}/scaling-decisions", limit=2).body
    assert {**page["scalingDecisions"][0], "id": ""} == {
        "id": "", "decidedAt": "2026-01-01T12:02:00.000Z", "queue": "default", "action": "LAUNCH", "cause": "DEMAND",
        "current": 2, "target": 3,
        "queued": 7, "running": 2, "inputs": {}, "style": "BALANCED", "reason": "7 tasks wait", "leaseGeneration": 2, "isShadow": False,
    }  # fmt: skip
    assert ([each["current"] for each in page["scalingDecisions"]], page["totalCount"]) == ([2, 1], 3)
    assert len({each["id"] for each in page["scalingDecisions"]}) == 2
    rest = plane.installation.owner.get(f"{plane.path}/{id}/scaling-decisions", offset=2, limit=2).body
    assert [each["current"] for each in rest["scalingDecisions"]] == [0]


def test_a_deployment_without_decisions_has_an_empty_page(plane: Plane) -> None:
    id = plane.made()["id"]
    page = plane.installation.owner.get(f"{plane.path}/{id}/scaling-decisions").body
    assert (page["scalingDecisions"], page["totalCount"]) == ([], 0)
    outsider = plane.installation.somebody("WORKSPACE_ACCESSOR", plane.workspace_id)
    assert outsider.get(f"{plane.path}/{id}/scaling-decisions").status == 404


def test_what_was_decided_and_what_was_only_thought_are_listed_apart_with_their_inputs(plane: Plane) -> None:
    made, now = plane.made(), datetime.now(UTC)
    real = ScalingDecision(
        "", now, "default", "LAUNCH", "DEMAND", 0, 4, 4, 0, "why", 1, {"floor": 0, "nextDag": "etl", "peakInSeconds": 2.5}
    )
    thought = replace(real, target=2, style="ECONOMY", is_shadow=True)
    decisions.record(made["clusterId"], 0, [(made["id"], real), (made["id"], thought)])
    listed = [
        plane.installation.owner.get(f"{plane.path}/{made['id']}/scaling-decisions", **query).body["scalingDecisions"]
        for query in ({}, {"isShadow": "true"})
    ]
    assert [[(each["target"], each["style"], each["isShadow"]) for each in page] for page in listed] == [
        [(4, "BALANCED", False)], [(2, "ECONOMY", True)],
    ]  # fmt: skip
    assert listed[0][0]["inputs"] == {"floor": 0, "nextDag": "etl", "peakInSeconds": 2.5}
    assert listed[0][0]["id"] != listed[1][0]["id"]
