"""Scaling decisions over HTTP: what was decided for each queue, from what was seen, and why; newest first."""

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
        "id": "", "decidedAt": "2026-01-01T12:02:00.000Z", "queue": "default", "action": "LAUNCH", "current": 2, "target": 3,
        "queued": 7, "running": 2, "reason": "7 tasks wait", "leaseGeneration": 2,
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
