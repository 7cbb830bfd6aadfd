"""What an agent tells is wrong with a Deployment: held to its bounds, kept on change with its beginning, and shown to the customer."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from orrery.model import runtime
from orrery.store import fleets

from tests.orrery.api.test_agents import report, told, written
from tests.support.plane import Plane

CRASHES = {"code": "CRASH_LOOP", "severity": "critical", "subject": "scheduler", "description": "it ends again and again"}
NO_ROOM = {"code": "NO_ROOM", "severity": "warning", "subject": "worker of queue heavy", "description": "no node has room for it"}


def incidents(plane: Plane, deployment: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = plane.get(deployment["id"])["deploymentHealthStatus"]["incidents"]
    return found


def test_what_is_wrong_reaches_the_customer_and_is_gone_when_it_is_mended(plane: Plane) -> None:
    deployment = plane.made()
    report(plane, told(deployment, healthy=False, reason="its scheduler is not well", incidents=[CRASHES, NO_ROOM]))
    shown = plane.get(deployment["id"])
    assert (shown["status"], shown["statusReason"]) == ("UNHEALTHY", "its scheduler is not well")
    first, second = incidents(plane, deployment)
    since = first.pop("createdAt")
    assert first == {
        "incidentType": "CRASH_LOOP", "severity": "critical", "subject": "scheduler", "description": "it ends again and again",
        "deploymentId": deployment["id"], "workspaceId": deployment["workspaceId"],
    }  # fmt: skip
    assert (second["incidentType"], second["createdAt"]) == ("NO_ROOM", since)
    report(plane, told(deployment), after=20)
    assert incidents(plane, deployment) == []


def test_an_incident_keeps_its_beginning_for_as_long_as_it_lasts(plane: Plane) -> None:
    deployment = plane.made()
    report(plane, told(deployment, incidents=[CRASHES]))
    (first,) = incidents(plane, deployment)
    report(plane, told(deployment, incidents=[NO_ROOM, {**CRASHES, "description": "it ends again and again (4 times so far)"}]), after=20)
    later, same = incidents(plane, deployment)
    assert (same["createdAt"], same["description"]) == (first["createdAt"], "it ends again and again (4 times so far)")
    assert later["createdAt"] > same["createdAt"]
    report(plane, told(deployment), after=40)
    report(plane, told(deployment, incidents=[CRASHES]), after=60)
    (again,) = incidents(plane, deployment)
    assert again["createdAt"] > first["createdAt"], "what was over and came back is another one"


def test_an_incident_is_written_when_it_comes_and_when_it_goes_and_only_then(plane: Plane, monkeypatch: pytest.MonkeyPatch) -> None:
    deployment, beat = plane.made(), f"CLUSTER#{plane.installation.cluster_id}"
    report(plane, told(deployment))
    rows = written(monkeypatch)
    for after, told_of, expected in [(20, [NO_ROOM], ["OBSERVED", "SNAPSHOT#0#NOW", beat]), (40, [NO_ROOM], [beat]),
                                     (60, [], ["OBSERVED", "SNAPSHOT#0#NOW", beat])]:  # fmt: skip
        rows.clear()
        report(plane, told(deployment, incidents=told_of), after=after)
        assert rows == expected


def test_a_deployment_that_is_well_costs_no_byte_for_it(plane: Plane) -> None:
    report(plane, told(plane.made(), incidents=[]))
    kept = fleets.snapshot(plane.installation.cluster_id)
    assert kept
    assert "incidents" not in kept["deployments"][0]


def test_of_a_cluster_that_is_silent_nobody_can_tell_what_is_wrong(plane: Plane, monkeypatch: pytest.MonkeyPatch) -> None:
    deployment = plane.made()
    report(plane, told(deployment, incidents=[CRASHES]))
    monkeypatch.setattr("orrery.api.rendering.FRESH", timedelta(0))
    assert (plane.get(deployment["id"])["status"], incidents(plane, deployment)) == ("UNKNOWN", [])


def test_what_holds_up_a_new_deployment_is_told_while_it_is_being_made(plane: Plane) -> None:
    deployment = plane.create().body
    report(plane, told(deployment, healthy=False, reason="its scheduler is being started", incidents=[CRASHES]))
    shown = plane.get(deployment["id"])
    assert (shown["status"], shown["statusReason"]) == ("CREATING", "its Airflow is being made; scheduler: it ends again and again")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"code": "crash loop"}, "code"),
        ({"severity": "operations"}, "severity"),
        ({"subject": ""}, "subject"),
        ({"subject": "x" * 101}, "subject"),
        ({"description": "x" * 301}, "description"),
    ],
)
def test_an_incident_that_makes_no_sense_is_refused_by_field(plane: Plane, change: dict[str, Any], field: str) -> None:
    answer = report(plane, told(plane.made(), incidents=[CRASHES | change]))
    assert (answer.status, answer.fields) == (400, [f"deployments[0].incidents[0].{field}"])


def test_more_incidents_than_anybody_reads_are_refused(plane: Plane) -> None:
    answer = report(plane, told(plane.made(), incidents=[CRASHES] * 21))
    assert (answer.status, answer.fields) == (400, ["deployments[0].incidents"])


SCHEDULES = "AIRFLOW__SCHEDULER__USE_JOB_SCHEDULE"


def test_schedules_that_a_variable_turns_off_are_told_whoever_is_silent(plane: Plane) -> None:
    off = {"key": SCHEDULES, "value": "False", "isSecret": False}
    deployment = plane.made(environmentVariables=[off, {"key": "MODE", "value": "false", "isSecret": False}])
    (first,) = incidents(plane, deployment)
    assert (first["incidentType"], first["severity"], first["subject"]) == ("JOB_SCHEDULING_DISABLED", "warning", "scheduler")
    assert first["createdAt"] == next(each["updatedAt"] for each in deployment["environmentVariables"] if each["key"] == SCHEDULES)
    report(plane, told(deployment, incidents=[CRASHES]))
    assert [each["incidentType"] for each in incidents(plane, deployment)] == ["CRASH_LOOP", "JOB_SCHEDULING_DISABLED"]
    assert plane.update(deployment, environmentVariables=[{**off, "value": "True"}]).status == 200
    assert [each["incidentType"] for each in incidents(plane, deployment)] == ["CRASH_LOOP"]


def test_what_a_secret_variable_says_is_not_looked_at(plane: Plane) -> None:
    deployment = plane.made(environmentVariables=[{"key": SCHEDULES, "value": "False", "isSecret": True}])
    assert incidents(plane, deployment) == []


def test_a_runtime_that_is_offered_no_more_is_told_with_the_newest(plane: Plane, monkeypatch: pytest.MonkeyPatch) -> None:
    deployment = plane.made()
    (newest,) = runtime.offered()
    monkeypatch.setattr(runtime, "offered", lambda: (replace(newest, version="3.4-1"),))
    (found,) = incidents(plane, deployment)
    assert (found["incidentType"], found["severity"]) == ("DEPRECATED_RUNTIME_VERSION", "warning")
    assert (newest.version in found["description"], "3.4-1" in found["description"]) == (True, True)
