"""What comes to the audit log: every change, every refusal and every look at a secret, without secrets, and never at a request's cost."""

import importlib
import json
import logging
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from orrery import names
from orrery.api import auditing, entrance
from orrery.authz.principal import Kind
from orrery.errors import Forbidden, Unavailable
from orrery.model.audit import Record
from orrery.store import audit

from local.invocation import Context
from tests.support.audit import exported, lines
from tests.support.builders import a_principal
from tests.support.http import Answer, Caller, event, function_of, parse
from tests.support.installation import Installation
from tests.support.people import member

Json = dict[str, Any]
HOME = "127.0.0.0/8"


def coming_from(address: str, caller: Caller, method: str, path: str, body: Json | None = None) -> Answer:
    text = "" if body is None else json.dumps(body)
    sent = event(method, path, text=text, headers={"authorization": f"Bearer {caller.token}", "content-type": "application/json"})
    sent["requestContext"]["http"]["sourceIp"] = address
    return parse(importlib.import_module(f"functions.{function_of(path)}.app").handler(sent, None))


def short(record: Json) -> tuple[str, str, int]:
    return record["method"], record["operationId"], record["responseStatus"]


def test_a_change_is_on_record_with_who_what_from_where_and_how_it_went(installation: Installation) -> None:
    made = installation.owner.post(f"{installation.path}/workspaces", {"name": "etl"})

    (record,) = exported(installation)

    assert record == {
        "timestamp": record["timestamp"],
        "organizationId": installation.organization_id,
        "subjectId": record["subjectId"],
        "subjectType": "SERVICEKEY",
        "sourceIp": "127.0.0.1",
        "userAgent": "tests/1",
        "method": "POST",
        "path": f"{installation.path}/workspaces",
        "operationId": "CreateWorkspace",
        "requestId": made.headers["x-request-id"],
        "requestBody": {"name": "etl"},
        "responseStatus": 200,
    }


def test_changes_that_went_wrong_are_there_too_and_reads_that_went_well_are_not(installation: Installation) -> None:
    owner, workspaces = installation.owner, f"{installation.path}/workspaces"
    owner.get(workspaces)
    owner.post(workspaces, {"name": 1})
    owner.send("POST", workspaces, text="{")
    owner.post(f"{workspaces}/{names.new_id()}", {"name": "a", "description": "", "cicdEnforcedDefault": False})
    owner.send("PUT", workspaces, text='{"name": "a"}')
    owner.delete(f"{workspaces}/{names.new_id()}")
    owner.get(workspaces, limit=-1)

    assert [short(each) for each in exported(installation)] == [
        ("POST", "CreateWorkspace", 400),
        ("POST", "CreateWorkspace", 400),
        ("POST", "UpdateWorkspace", 404),
        ("PUT", "", 404),
        ("DELETE", "DeleteWorkspace", 404),
    ]


def test_every_refusal_is_on_record_under_the_one_who_was_refused(installation: Installation) -> None:
    id, eve = member(installation)
    eve.get(f"{installation.path}/tokens/{names.new_id()}")
    eve.get(f"{installation.path}/allowed-ip-address-ranges")
    Caller().get(f"{installation.path}/workspaces")
    Caller("stranger").post(f"{installation.path}/workspaces", {"name": "a"})

    records = exported(installation)

    assert [(each["subjectId"], each["subjectType"], *short(each)) for each in records] == [
        (id, "USER", "GET", "GetApiToken", 404),
        (id, "USER", "GET", "ListAllowedIpAddressRanges", 403),
    ]


def test_a_request_from_an_address_that_is_not_allowed_is_on_record(installation: Installation) -> None:
    installation.owner.post(f"{installation.path}/allowed-ip-address-ranges", {"ipAddressRange": HOME})
    coming_from("198.51.100.1", installation.owner, "GET", f"{installation.path}/workspaces")
    coming_from("198.51.100.2", installation.owner, "POST", f"{installation.path}/workspaces", {"name": "etl"})

    refused = exported(installation)[1:]

    assert [(each["sourceIp"], *short(each)) for each in refused] == [
        ("198.51.100.1", "GET", "ListWorkspaces", 403),
        ("198.51.100.2", "POST", "CreateWorkspace", 403),
    ]
    assert {each["organizationId"] for each in refused} == {installation.organization_id}


@pytest.mark.parametrize(
    ("path", "method", "operation", "status"),
    [
        ("{home}/clusters/{id}", "DELETE", "DeleteCluster", 412),
        ("{home}/deployments/{id}", "DELETE", "DeleteDeployment", 404),
        ("{home}/tokens/{id}", "DELETE", "DeleteApiToken", 404),
        ("/airflow/v1/deployments/{id}/access", "GET", "GetAirflowAccess", 404),
        ("/agent/v1/clusters/{id}/snapshots", "POST", "ReportSnapshot", 400),
    ],
)
def test_every_function_records(installation: Installation, path: str, method: str, operation: str, status: int) -> None:
    id = installation.cluster_id if "clusters" in path else names.new_id()
    installation.owner.send(method, path.format(home=installation.path, id=id), text="{}" if method == "POST" else "")

    (record,) = exported(installation)

    assert short(record) == (method, operation, status)
    assert record["path"] == path.format(home=installation.path, id=id)


def test_agents_and_doors_without_tokens_leave_no_record(installation: Installation) -> None:
    installation.agent.post(f"/agent/v1/clusters/{installation.cluster_id}/snapshots", {"nonsense": 1})
    installation.agent.get(f"{installation.path}/workspaces")
    Caller().post("/airflow/v1/handovers/redeem", {"code": "x", "deploymentId": names.new_id()})
    Caller().get("/spec/v1.0")

    assert exported(installation) == []


def test_the_export_itself_is_on_record(installation: Installation) -> None:
    installation.owner.get(f"{installation.path}/audit-logs")
    installation.owner.get(f"{installation.path}/audit-logs", startDate="soon")

    records = lines(installation.owner.get(f"{installation.path}/audit-logs"))

    assert [short(each) for each in records] == [("GET", "GetOrganizationAuditLogs", 200), ("GET", "GetOrganizationAuditLogs", 400)]


@pytest.mark.parametrize(("query", "count"), [("showSecrets=true", 1), ("showSecrets=1", 1), ("showSecrets=false", 0), ("", 0)])
def test_a_look_at_secrets_is_on_record(installation: Installation, query: str, count: int) -> None:
    installation.owner.send("GET", f"{installation.path}/workspaces", query=query)

    assert len(exported(installation)) == count


def test_a_token_that_slips_into_the_path_is_not_written_down(installation: Installation) -> None:
    token = installation.owner.token
    installation.owner.delete(f"{installation.path}/tokens/{token}")
    installation.owner.get(f"/v1/{token}")

    records = exported(installation)

    assert [each["path"] for each in records] == [f"{installation.path}/tokens/***", "/v1/***"]
    assert token not in json.dumps(records)


# What follows needs no table: a door whose authentication and log are the test's own.

router = entrance.routes()


@router.post("/moons")
def _moon() -> dict[str, str]:
    return {}


@router.get("/mine")
def _mine(caller: entrance.Caller) -> dict[str, str]:
    return {"id": caller.id}


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> list[Record]:
    records: list[Record] = []
    monkeypatch.setattr(audit, "append", records.append)
    return records


def send(handler: entrance.Handler, method: str, path: str, text: str = "", context: Any = None, token: str = "ada") -> Answer:
    headers = {"content-type": "application/json", "authorization": token}
    return parse(handler(event(method, f"/v1{path}", text=text, headers=headers), context))


def door(**changes: Any) -> entrance.Handler:
    return entrance.serve(entrance.resolver(router), authenticate=lambda token: replace(a_principal(), id=token, **changes))


def test_a_warm_function_never_takes_the_last_caller_for_the_next_one(recorded: list[Record]) -> None:
    def authenticate(token: str) -> Any:
        if token == "nobody":
            raise Forbidden("nobody we know")
        allowed = ("10.0.0.0/8",) if token == "far" else ()
        return replace(a_principal(), id=token, allowed_from=allowed)

    warm = entrance.serve(entrance.resolver(router), authenticate=authenticate)
    for token in ("ada", "nobody", "far", "bob"):
        send(warm, "POST", "/moons", token=token)

    assert [(each.subject_id, each.response_status) for each in recorded] == [("ada", 200), ("far", 403), ("bob", 200)]
    assert send(warm, "GET", "/mine", token="eve").body == {"id": "eve"}
    open_door = entrance.serve(entrance.resolver(router), authenticate=None)
    assert send(open_door, "GET", "/mine").status == 500, "an open door knew the caller of another one"
    assert len(recorded) == 3


@pytest.mark.parametrize("problem", [Unavailable("away"), RuntimeError("broken")])
def test_a_log_that_is_away_changes_no_answer_and_the_record_goes_to_the_functions_own_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, problem: Exception
) -> None:
    def broken(_: Record) -> None:
        raise problem

    monkeypatch.setattr(audit, "append", broken)
    with caplog.at_level(logging.ERROR, logger="orrery"):
        answer = send(door(), "POST", "/moons", '{"name": "Io", "token": "hunter2"}')

    assert (answer.status, answer.body) == (200, {})
    (line,) = [each for each in caplog.records if each.message == "audit record not kept"]
    kept = vars(line)["audit"]
    assert (kept["subject_id"], kept["request_body"], kept["response_status"]) == ("ada", {"name": "Io", "token": "***"}, 200)
    assert vars(line)["reason"] == type(problem).__name__


def test_a_request_that_has_little_time_left_does_not_wait_for_the_log(recorded: list[Record], caplog: pytest.LogCaptureFixture) -> None:
    assert send(door(), "POST", "/moons", context=Context("moons", timeout=auditing.NEEDED / 1000 - 1)).status == 200
    assert recorded == []
    assert "audit record not kept" in caplog.text

    assert send(door(), "POST", "/moons", context=Context("moons", timeout=auditing.NEEDED / 1000 + 60)).status == 200
    assert len(recorded) == 1


def test_an_agent_is_never_written_down(recorded: list[Record]) -> None:
    send(door(kind=Kind.AGENT), "POST", "/moons")

    assert recorded == []


@pytest.mark.parametrize("text", ["{", "[1]", '"hunter2"', '{"name": NaN}', '{"name": "\\ud800"}', '{"a":' * 40 + "1" + "}" * 40, ""])
def test_what_is_no_json_object_is_not_written_down(recorded: list[Record], text: str) -> None:
    send(door(), "POST", "/moons", text)

    assert [each.request_body for each in recorded] == [None]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text())
def test_no_body_whatever_it_is_breaks_a_record_or_an_answer(recorded: list[Record], text: str) -> None:
    recorded.clear()
    send(door(), "POST", "/moons", text)

    assert len(recorded) == 1
