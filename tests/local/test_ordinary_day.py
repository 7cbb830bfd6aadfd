"""An ordinary day of an Organization, said in commands alone: people and machines come, get rights, lose them, and go.

Each `orrery` is the real command in a process of its own, against the real gateway and functions. Whoever loses a right is refused
at the very next request, and what is gone is gone from every list that showed it.
"""

import json
import pathlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page

from local.aws.engine import Engine
from local.state import State
from tests.support import terminal
from tests.support.process import Plane

EVE = "eve@example.com"


@dataclass(frozen=True)
class Desk(terminal.Desk):
    """What is looked at over and over."""

    def names(self, noun: str, *words: str, key: str = "name") -> list[str]:
        """What a list shows now."""
        (found,) = self.says(noun, *words).values()
        return [each[key] for each in found]

    def records(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.says("organization", "audit-logs", "export", "--include", "1")["auditLogs"]
        return found

    def why(self, permission: str, *words: str) -> bool:
        """Whether Eve may do that, in the words of `user why`."""
        told = self.says("user", "why", EVE, permission, "--deployment", "etl", *words)
        assert told["message"]
        return bool(told["isAllowed"])


@dataclass(frozen=True)
class Office:
    """The control plane of the day, and its owner at work."""

    url: str
    folder: pathlib.Path
    owner: Desk
    code: str
    """What the development sign-in asks a browser for."""

    def desk(self, name: str, token: str = "") -> Desk:
        return Desk(self.url, self.folder / name, token)


@pytest.fixture
def office(tmp_path: pathlib.Path, aws_engine: Engine) -> Iterator[Office]:
    plane = Plane(State(tmp_path / "state"), aws_engine)
    url = plane.start()
    try:
        office = Office(url, tmp_path, Desk(url, tmp_path / "ada"), plane.state.sign_in_code())
        office.owner.says("login", "--token", stdin=plane.invoke({"reissue": "owner"})["token"])
        yield office
    finally:
        plane.stop()


def test_an_ordinary_day(office: Office, page: Page) -> None:
    ada, secrets = office.owner, list[str]()
    ada.says("workspace", "create", "Data")
    ada.says("deployment", "create", "etl", "--workspace", "Data")

    eve = joins(office, page, secrets)
    is_in_a_team_with_a_role_of_our_own(ada, eve)
    robot = a_machine_gets_a_token(office, secrets)
    rights_are_moved_around(ada, eve)
    the_log_has_it_all(ada, eve, secrets)

    her_own_roles_are_taken(ada, eve)
    the_custom_role_is_deleted(ada, eve)
    she_leaves_the_team(ada, eve)
    the_token_is_deleted(ada, robot)
    she_is_removed(ada, eve)
    the_log_has_the_refusals_too(ada, secrets)


# -- the morning: everybody comes --------------------------------------------------------------------------------------


def joins(office: Office, page: Page, secrets: list[str]) -> Desk:
    """Eve gets a link, becomes a member by it, signs in, and sees nothing of others yet."""
    ada, eve = office.owner, office.desk("eve")
    link = ada.says("user", "invite", EVE, "--link")["url"]
    assert ada.names("user", "invites", key="organizationName")
    eve.says("user", "accept", "--full-name", "Eve", stdin=link)
    assert eve.may_not("whoami") == "unauthenticated"
    eve.signs_in(page, office.code, EVE)
    secrets += [link.partition("#token=")[2], eve.access_token()]

    assert eve.says("whoami")["username"] == EVE
    assert EVE in ada.names("user", "list", key="username")
    assert ada.names("user", "invites", key="inviteId") == []
    assert eve.may_not("deployment", "inspect", "etl") == "not_found"
    return eve


def is_in_a_team_with_a_role_of_our_own(ada: Desk, eve: Desk) -> None:
    ada.says("team", "create", "platform")
    ada.says("team", "add-member", "platform", EVE)
    ada.says("role", "create", "looker", "--permission", "deployment.get", "--only-in", "Data")
    ada.says("team", "roles", "platform", "--deployment-role", "etl=looker")

    assert ada.names("team", "members", "platform", key="username") == [EVE]
    assert "looker" in ada.names("role", "list")
    assert eve.says("deployment", "inspect", "etl")["name"] == "etl"
    assert eve.may_not("deployment", "delete", "etl") == "forbidden"
    assert (ada.why("deployment.get"), ada.why("deployment.delete")) == (True, False)


def a_machine_gets_a_token(office: Office, secrets: list[str]) -> Desk:
    ada = office.owner
    secret = ada.says("token", "create", "ci", "--role", "ORGANIZATION_MEMBER")["token"]
    secrets.append(secret)
    robot = office.desk("robot", secret)
    assert robot.names("deployment", "list") == []
    ada.says("token", "roles", "ci", "--workspace-role", "Data=WORKSPACE_AUTHOR")
    assert robot.names("deployment", "list") == ["etl"]
    return robot


def rights_are_moved_around(ada: Desk, eve: Desk) -> None:
    """On the Workspace, on a DAG and on a tag, to Eve and to her team."""
    change = ("workspace", "update", "Data", "--description", "what Eve says")
    assert eve.may_not(*change) == "forbidden"
    ada.says("user", "roles", EVE, "--workspace-role", "Data=WORKSPACE_OWNER")
    assert eve.says(*change)["description"] == "what Eve says"
    ada.says("user", "roles", EVE, "--workspace-role", "Data=WORKSPACE_MEMBER", "--dag", "etl:weather=DAG_VIEWER")
    assert eve.may_not(*change) == "forbidden"

    run = ("dag.airflow.dagRun.create", "--dag", "weather")
    assert (ada.why("dag.airflow.dagRun.get", "--dag", "weather"), ada.why(*run, "--dag-tag", "finance")) == (True, False)
    ada.says("team", "roles", "platform", "--dag-tag", "etl:finance=DAG_AUTHOR")
    assert (ada.why(*run, "--dag-tag", "finance"), ada.why(*run)) == (True, False)


def the_log_has_it_all(ada: Desk, eve: Desk, secrets: list[str]) -> None:
    """Who did what, in order and without a secret; only its owners read it."""
    records = ada.records()
    said = [each["operationId"] for each in records]
    for operation in ("CreateUserInvite", "CreateTeam", "AddTeamMembers", "CreateCustomRole", "UpdateTeamRoles", "UpdateUserRoles"):
        assert operation in said
    assert {"CreateApiToken", "UpdateApiTokenRoles"} <= set(said)
    assert without(secrets, records)
    assert eve.may_not("organization", "audit-logs", "export") == "forbidden"


# -- the evening: every right ends ---------------------------------------------------------------------------------------


def her_own_roles_are_taken(ada: Desk, eve: Desk) -> None:
    ada.says("user", "roles", EVE, "--workspace-role", "Data=WORKSPACE_OWNER")
    eve.says("workspace", "update", "Data", "--description", "once more")
    ada.says(
        "user", "roles", EVE, "--dag", "etl:weather=none", "--deployment-role", "etl=none", "--workspace-role", "Data=none"
    )  # fmt: skip

    assert eve.may_not("workspace", "update", "Data", "--description", "and again") == "forbidden"
    left = ada.says("user", "get", EVE)
    assert (left["workspaceRoles"], left["deploymentRoles"], left["dagRoles"]) == ([], [], [])
    assert EVE not in ada.names("user", "list", "--workspace", "Data", key="username")
    assert not ada.why("dag.airflow.dagRun.get", "--dag", "weather")


def the_custom_role_is_deleted(ada: Desk, eve: Desk) -> None:
    ada.says("team", "roles", "platform", "--dag-tag", "etl:finance=none")
    assert not ada.why("dag.airflow.dagRun.create", "--dag", "weather", "--dag-tag", "finance")
    assert eve.names("deployment", "list") == ["etl"]
    ada.says("role", "delete", "looker")

    assert eve.names("deployment", "list") == []
    assert eve.may_not("deployment", "inspect", "etl") == "not_found"
    assert ada.names("role", "list") == []
    assert "looker" not in json.dumps(ada.says("team", "get", "platform"))
    assert not ada.why("deployment.get")


def she_leaves_the_team(ada: Desk, eve: Desk) -> None:
    ada.says("team", "roles", "platform", "--deployment-role", "etl=none", "--workspace-role", "Data=WORKSPACE_OPERATOR")
    assert eve.names("deployment", "list") == ["etl"]
    ada.says("team", "remove-member", "platform", EVE)

    assert eve.may_not("deployment", "inspect", "etl") == "not_found"
    assert (eve.names("deployment", "list"), eve.names("workspace", "list")) == ([], [])
    assert ada.names("team", "members", "platform", key="username") == []
    ada.says("team", "delete", "platform")
    assert ada.names("team", "list") == []


def the_token_is_deleted(ada: Desk, robot: Desk) -> None:
    assert robot.names("deployment", "list") == ["etl"]
    ada.says("token", "delete", "ci")

    assert robot.may_not("deployment", "list") == "unauthenticated"
    assert "ci" not in ada.names("token", "list")


def she_is_removed(ada: Desk, eve: Desk) -> None:
    assert eve.says("whoami")["username"] == EVE
    ada.says("user", "remove", EVE)

    assert eve.may_not("whoami") == "unauthenticated"
    assert EVE not in ada.names("user", "list", key="username")
    assert ada.may_not("user", "get", EVE) == "not_found"


def the_log_has_the_refusals_too(ada: Desk, secrets: list[str]) -> None:
    records = ada.records()
    said = [each["operationId"] for each in records]
    for operation in ("DeleteCustomRole", "RemoveTeamMember", "DeleteTeam", "DeleteApiToken", "DeleteUser"):
        assert operation in said
    assert 403 in [each["responseStatus"] for each in records if each["operationId"] == "UpdateWorkspace"]
    assert without(secrets, records)


def without(secrets: list[str], records: list[dict[str, Any]]) -> bool:
    text = json.dumps(records)
    return bool(records) and all(secrets) and not any(each in text for each in secrets)
